from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.translate import code_translations

from ..tools.library import LIBRARY
from .common import TracksCase


class TemplateSourcesCase(TracksCase):
    """Helpers to compare the tasks of created templates."""

    def assertLines(self, template, expected):
        """The tasks of a template: (summary, count, unit, from, responsible type)."""
        self.assertEqual(
            [
                (
                    line.summary,
                    line.delay_count,
                    line.delay_unit,
                    line.delay_from,
                    line.responsible_type,
                )
                for line in template.line_ids.sorted()
            ],
            expected,
        )

    def get_opened(self, action):
        """The template that an action opens."""
        self.assertEqual(action["res_model"], "track.template")
        return self.env["track.template"].browse(action["res_id"])


@tagged("post_install", "-at_install")
class TestLibrary(TemplateSourcesCase):
    """The starter library, in a database with or without demo data."""

    def setUp(self):
        super().setUp()
        # as without demo data
        self.env["ir.model.data"].search(
            [
                ("module", "=", "crm_tracks"),
                ("model", "in", ("track.template", "track.line")),
            ]
        ).unlink()
        self.Template = self.env["track.template"].with_user(self.manager)

    def open_dialog(self, source="library", user=None):
        dialog = self.env["track.library"].with_user(user or self.manager)
        return dialog.create(
            dialog.with_context(default_source=source).default_get(
                ["source", "line_ids"]
            )
        )

    def make(self, *keys):
        dialog = self.open_dialog()
        dialog.line_ids.filtered(lambda line: line.key in keys).chosen = True
        return dialog.action_make()

    def test_the_dialog_lists_all_templates_with_their_tasks(self):
        lines = self.open_dialog().line_ids
        self.assertEqual(lines.mapped("key"), list(LIBRARY))
        first = lines[0]
        self.assertEqual(first.name, "Sales follow-through")
        self.assertIn("Day 0 · Write to the customer · owner", first.tasks)
        self.assertEqual(len(first.tasks.splitlines()), 6)
        self.assertEqual(lines[2].name, "Event preparation …")
        self.assertFalse(any(lines.mapped("remark")))
        self.assertFalse(any(lines.mapped("chosen")))

    def test_choosing_one_makes_it_and_opens_it(self):
        template = self.get_opened(self.make("client_offboarding"))
        self.assertEqual(template.name, "Client offboarding")
        self.assertEqual(template.create_uid, self.manager)
        self.assertTrue(template.one_per_record)
        self.assertEqual(template.on_close, "continue")
        self.assertEqual(template.res_model_ids.mapped("model"), ["crm.lead"])
        self.assertIn("until when the client is served", template.line_ids[0].note)
        self.assertLines(
            template,
            [
                ("Confirm the end of the contract", 0, "days", "start", "owner"),
                ("Send the last invoice", 2, "weekdays", "previous", "owner"),
                ("Ask whether the decision stands", 30, "days", "start", "owner"),
                ("Delete the client's data", 1, "weekdays", "previous", "owner"),
            ],
        )

    def test_several_are_made_at_once_and_shown_in_a_list(self):
        action = self.make("support_query", "end_of_period")
        templates = self.Template.search(action["domain"])
        self.assertEqual(templates.mapped("name"), ["End of period", "Support query"])

    def test_all_of_them_can_be_started_and_name_nobody(self):
        templates = self.Template._make_from_library()
        self.assertEqual(len(templates), len(LIBRARY))
        self.assertFalse(templates.line_ids.responsible_id)
        self.assertNotIn("user", templates.line_ids.mapped("responsible_type"))
        self.assertTrue(all(templates.line_ids.mapped("activity_type_id")))
        self.assertFalse(templates.company_id)
        for template in templates:
            end_date = template.direction == "end" and "2026-06-30"
            track = self.make_leads().tracks_apply(template, end_date=end_date or None)
            self.assertEqual(track.line_ids.line_id, template.line_ids)

    def test_choosing_one_twice_makes_no_second_copy(self):
        first = self.get_opened(self.make("support_query"))
        line = self.open_dialog().line_ids.filtered(
            lambda line: line.key == "support_query"
        )
        self.assertEqual(line.remark, "Already exists.")
        self.assertEqual(self.get_opened(self.make("support_query")), first)
        # the position in the list does not count as a change
        first.sequence = 500
        self.assertEqual(self.get_opened(self.make("support_query")), first)

    def test_one_that_was_archived_comes_back(self):
        first = self.get_opened(self.make("support_query"))
        first.active = False
        self.assertEqual(self.get_opened(self.make("support_query")), first)
        self.assertTrue(first.active)

    def test_one_that_was_changed_or_deleted_is_made_anew(self):
        template = self.get_opened(self.make("support_query"))
        for change in (
            lambda made: made.line_ids[1].write({"delay_count": 3}),
            lambda made: made.write({"name": "Our support"}),
            lambda made: made.line_ids[-1].unlink(),
            lambda made: made.line_ids[0].write({"note": "<p>Be kind.</p>"}),
            lambda made: made.write({"one_per_record": True}),
            lambda made: made.unlink(),
        ):
            change(template)
            line = self.open_dialog().line_ids.filtered(
                lambda line: line.key == "support_query"
            )
            changed = (
                "Already exists, but was changed. Another template will be created."
            )
            self.assertEqual(line.remark, changed if template.exists() else False)
            again = self.get_opened(self.make("support_query"))
            self.assertNotEqual(again, template)
            self.assertEqual(self.get_opened(self.make("support_query")), again)
            template = again

    def test_the_words_are_in_the_language_of_whoever_makes_it(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        french = self.Template.with_context(lang="fr_FR")
        with self.patch_translations({"Support query": "Demande"}):
            template = french._make_from_library(["support_query"])
            self.assertEqual(template.name, "Demande")
            # the template also exists for a user with another language
            again = self.Template._make_from_library(["support_query"])
            self.assertEqual(again, template)

    def patch_translations(self, words):
        original = code_translations.get_python_translations

        def translations(module, lang):
            if module == "crm_tracks" and lang == "fr_FR":
                return {**original(module, lang), **words}
            return original(module, lang)

        return patch.object(code_translations, "get_python_translations", translations)

    def test_none_chosen_is_one_sentence(self):
        with self.assertRaisesRegex(UserError, "No template is selected"):
            self.make()

    def test_only_tracks_administrators_make_templates(self):
        before = self.Template.search_count([])
        for user in (self.seller_all, self.employee, self.portal):
            with self.assertRaises(AccessError):
                self.open_dialog(user=user)
            with self.assertRaises(AccessError):
                self.env["track.template"].with_user(user)._make_from_library()
        self.assertEqual(self.Template.search_count([]), before)

    def test_a_key_that_is_in_no_library_makes_nothing(self):
        dialog = self.open_dialog()
        dialog.sudo().line_ids[0].key = "nothing"
        dialog.line_ids[0].chosen = True
        before = self.Template.search_count([])
        dialog.action_make()
        self.assertEqual(self.Template.search_count([]), before)


@tagged("post_install", "-at_install")
class TestTemplateOfTrack(TemplateSourcesCase):
    """Templates created from a running track."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_template(
            {"summary": "Write", "note": "<p>Kindly</p>", "delay_count": 1},
            {
                "summary": "Call",
                "activity_type_id": cls.type_call.id,
                "delay_count": 2,
                "delay_unit": "weekdays",
                "delay_from": "previous",
                "responsible_type": "previous",
            },
            {
                "summary": "Bill",
                "delay_count": 1,
                "delay_unit": "months",
                "responsible_type": "user",
                "responsible_id": cls.seller_2.id,
            },
            one_per_record=True,
            on_close="continue",
            activity_creation="ahead",
            ahead_days=3,
            res_model_ids=[
                Command.set(cls.env["ir.model"]._get("crm.lead").ids),
            ],
        )
        cls.lead = cls.make_leads()
        cls.track = cls.lead.with_user(cls.seller).tracks_apply(cls.template)

    def make_of(self, user=None):
        track = self.track.with_user(user or self.manager)
        return self.get_opened(track.action_make_template())

    def test_the_tasks_are_those_of_the_track_as_they_are_now(self):
        self.track.name = "Our way"
        self.get_task(self.track, "Write").with_user(self.seller).note = "<p>Warmly</p>"
        self.track.with_user(self.seller).write(
            {"line_ids": [Command.create({"summary": "Ask", "sequence": 50})]}
        )
        template = self.make_of()
        self.assertNotEqual(template, self.template)
        self.assertEqual(template.name, "Our way")
        self.assertEqual(template.line_ids[0].note, "<p>Warmly</p>")
        self.assertEqual(template.line_ids[1].activity_type_id, self.type_call)
        self.assertEqual(template.line_ids[2].responsible_id, self.seller_2)
        self.assertLines(
            template,
            [
                ("Write", 1, "days", "start", "owner"),
                ("Call", 2, "weekdays", "previous", "previous"),
                ("Bill", 1, "months", "start", "user"),
                ("Ask", 0, "days", "start", "owner"),
            ],
        )
        for name in ("one_per_record", "on_close", "activity_creation", "ahead_days"):
            self.assertEqual(template[name], self.template[name], name)
        self.assertEqual(template.sudo().res_model_ids.mapped("model"), ["crm.lead"])

    def test_it_is_named_as_a_copy_where_the_name_is_taken(self):
        self.assertEqual(self.make_of().name, "Sales follow-through (copy)")
        self.assertEqual(self.make_of().name, "Sales follow-through (copy) (copy)")
        self.track.name = "Our way"
        self.assertEqual(self.make_of().name, "Our way")

    def test_a_name_taken_in_another_company_is_free(self):
        namesakes = self.env["track.template"].search([("name", "=", self.track.name)])
        namesakes.company_id = self.company_2
        self.template.company_id = self.company
        self.track.name = "Sales follow-through"
        self.template.name = "The seller's way"
        self.assertEqual(self.make_of().name, "Sales follow-through")

    def test_what_waited_for_a_removed_task_counts_from_the_start(self):
        self.get_task(self.track, "Write").with_user(self.seller).action_skip()
        self.get_task(self.track, "Write").unlink()
        self.assertLines(
            self.make_of(),
            [
                ("Call", 2, "weekdays", "start", "owner"),
                ("Bill", 1, "months", "start", "user"),
            ],
        )

    def test_whoever_left_is_not_responsible(self):
        self.seller_2.active = False
        self.assertEqual(self.make_of().line_ids[2].responsible_type, "owner")

    def test_a_track_whose_template_is_gone_and_that_has_ended(self):
        self.template.unlink()
        self.track.with_user(self.seller).action_stop()
        template = self.make_of()
        self.assertEqual(len(template.line_ids), 3)
        self.assertEqual(template.company_id, self.track.company_id)
        self.assertEqual(template.sudo().res_model_ids.mapped("model"), ["crm.lead"])

    def test_an_activity_type_for_one_model_makes_a_template_for_that_model(self):
        self.template.res_model_ids = False
        for_leads = self.env["mail.activity.type"].create(
            {"name": "For leads", "res_model": "crm.lead"}
        )
        self.get_task(self.track, "Bill").activity_type_id = for_leads
        template = self.make_of()
        self.assertEqual(template.sudo().res_model_ids.mapped("model"), ["crm.lead"])

    def test_the_template_of_another_company_stays_there(self):
        self.template.company_id = self.company
        self.assertEqual(self.make_of().company_id, self.company)

    def test_only_a_tracks_administrator_who_may_read_the_track(self):
        with self.assertRaises(AccessError):
            self.track.with_user(self.seller).action_make_template()
        clerk = self.make_user(
            "clerk", "base.group_user,crm_tracks.group_track_manager"
        )
        with self.assertRaises(AccessError):
            self.track.with_user(clerk).action_make_template()
