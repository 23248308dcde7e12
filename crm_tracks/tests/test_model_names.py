from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged, users

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestModelNames(TracksCase):
    """Models are found by the names that people see on the screen."""

    def search_models(self, text, limit=8, **context):
        """The models that “Applies To” offers for a text, as the form asks for them."""
        field = self.env["track.template"]._fields["res_model_ids"]
        models = self.env["ir.model"].with_context(tracks_shown_names=True, **context)
        found = models.web_name_search(
            text, {"display_name": {}}, list(field.domain), limit=limit
        )
        return models.browse([each["id"] for each in found]).mapped("model")

    def make_window(self, name, model, **values):
        return self.env["ir.actions.act_window"].create(
            {"name": name, "res_model": model, **values}
        )

    def make_menu(self, name, window, **values):
        return self.env["ir.ui.menu"].create(
            {"name": name, "action": f"ir.actions.act_window,{window.id}", **values}
        )

    def test_the_form_asks_for_these_names(self):
        arch = self.env["track.template"].get_view(view_type="form")["arch"]
        self.assertIn("tracks_shown_names", arch)

    @users("tracks_manager")
    def test_an_opportunity_is_a_lead(self):
        for text in ("opportunity", "Opportunities", "opportun", " pipeline "):
            with self.subTest(text=text):
                self.assertIn("crm.lead", self.search_models(text))

    @users("tracks_manager")
    def test_the_own_name_and_the_technical_name_are_found_as_before(self):
        self.assertIn("res.partner", self.search_models("contact"))
        self.assertIn("res.partner", self.search_models("res.partner"))
        self.assertIn("crm.lead", self.search_models("lead"))

    @users("tracks_manager")
    def test_a_model_is_found_by_the_label_of_a_field_that_selects_one(self):
        self.assertIn("res.partner", self.search_models("customer"))

    def test_a_model_is_found_by_a_window_and_by_a_menu(self):
        window = self.make_window("Prospects of the north", "crm.lead")
        self.make_menu("Harbours", window)
        for text in ("prospects of", "HARBOURS"):
            with self.subTest(text=text):
                found = self.with_user_manager().search_models(text)
                self.assertEqual(found, ["crm.lead"])

    def with_user_manager(self):
        self.env = self.env(user=self.manager)
        return self

    def test_a_window_or_a_menu_of_other_users_is_no_name(self):
        group = self.env["res.groups"].create({"name": "Harbour masters"})
        self.make_window("Quays", "crm.lead", group_ids=[Command.link(group.id)])
        window = self.make_window("Anything", "crm.lead")
        self.make_menu("Lighthouses", window, group_ids=[Command.link(group.id)])
        self.with_user_manager()
        self.assertEqual(self.search_models("quays"), [])
        self.assertEqual(self.search_models("lighthouses"), [])
        self.manager.sudo().group_ids = [Command.link(group.id)]
        self.assertEqual(self.search_models("quays"), ["crm.lead"])
        self.assertEqual(self.search_models("lighthouses"), ["crm.lead"])

    def test_names_are_found_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        window = self.make_window("Harbours", "crm.lead")
        menu = self.make_menu("Lighthouses", window)
        window.with_context(lang="fr_FR").name = "Ports"
        menu.with_context(lang="fr_FR").name = "Phares"
        self.with_user_manager()
        for text in ("phares", "ports"):
            self.assertEqual(self.search_models(text, lang="fr_FR"), ["crm.lead"])
            self.assertEqual(self.search_models(text, lang="en_US"), [])

    def test_the_models_with_this_name_come_first(self):
        # “Contact” is the name of one model and, here, what a window calls another
        self.make_window("Contact us", "crm.lead")
        self.with_user_manager()
        found = self.search_models("contact")
        self.assertLess(found.index("res.partner"), found.index("crm.lead"))
        self.assertEqual(self.search_models("contact", limit=1), found[:1])
        self.assertEqual(self.search_models("contact", limit=None)[:2], found[:2])

    def test_a_model_is_found_once_and_only_if_it_can_be_selected(self):
        self.make_window("Lead pipe", "crm.lead")
        self.make_window("Lead pipe", "res.country")
        self.make_window("Lead pipe", "track.apply")
        self.with_user_manager()
        self.assertEqual(self.search_models("lead pipe"), ["crm.lead"])
        self.assertEqual(self.search_models("lead").count("crm.lead"), 1)

    def test_a_menu_whose_window_was_deleted_is_left_out(self):
        window = self.make_window("Anything", "crm.lead")
        self.make_menu("Lighthouses", window)
        window.unlink()
        self.with_user_manager()
        self.assertEqual(self.search_models("lighthouses"), [])

    @users("tracks_manager")
    def test_other_searches_for_models_are_those_of_odoo(self):
        models = self.env["ir.model"]
        lead = models._get("crm.lead")
        plain = [id_ for id_, _name in models.name_search("opportunity", limit=None)]
        self.assertNotIn(lead.id, plain)
        asked = models.with_context(tracks_shown_names=True)
        self.assertEqual(
            asked.name_search("Lead", operator="="),
            models.name_search("Lead", operator="="),
        )
        self.assertEqual(
            asked.name_search("opportunity", operator="not ilike", limit=5),
            models.name_search("opportunity", operator="not ilike", limit=5),
        )

    @users("tracks_seller")
    def test_who_may_not_read_models_finds_none(self):
        with self.assertRaises(AccessError):
            self.search_models("opportunity")

    @users("tracks_manager")
    def test_an_empty_or_odd_text_searches_as_odoo_does(self):
        models = self.env["ir.model"]
        asked = models.with_context(tracks_shown_names=True)
        for text in ("", "   ", "%", "_"):
            with self.subTest(text=text):
                self.assertEqual(
                    asked.name_search(text, limit=5)[:5],
                    models.name_search(text, limit=5)[:5],
                )
