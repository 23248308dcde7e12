from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged, users

from .test_trial import TrialCase


@tagged("post_install", "-at_install")
class TestTrialDialog(TrialCase):
    """The dialog that tries a template on a record that the user selects."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_call_and_offer("wait")
        cls.lead = cls.make_leads(priority="3")

    def open_dialog(self, template=None, user=None):
        """Open the dialog by the button of the template's form, as a user."""
        self.env.invalidate_all()
        template = (template or self.template).with_user(user or self.manager)
        action = template.action_open_trial()
        self.assertEqual(action["res_model"], "track.trial")
        Trial = self.env["track.trial"].with_user(user or self.manager)
        return Form(Trial.with_context(**action["context"]))

    def get_rows(self, dialog):
        return [(row["summary"], row["due"]) for row in dialog.preview]

    def test_it_proposes_the_latest_record_that_the_user_may_read(self):
        newer = self.make_leads(user=self.seller_2)
        dialog = self.open_dialog()
        self.assertEqual((dialog.res_model, dialog.res_id), ("crm.lead", newer.id))
        author = self.make_user(
            "author", "sales_team.group_sale_salesman,crm_tracks.group_track_manager"
        )
        own = self.make_leads(user=author)
        self.make_leads(user=self.seller_2)
        self.assertEqual(self.open_dialog(user=author).res_id, own.id)

    def test_it_shows_the_tasks_and_follows_the_record_and_the_date(self):
        other = self.make_leads(priority="1")
        dialog = self.open_dialog()
        self.assertEqual(
            self.get_rows(dialog),
            [
                ("Call", "Wed 03/04/2026"),
                ("Offer", "2 days after “Call”"),
                ("Thank", "1 day after “Offer”"),
            ],
        )
        self.assertEqual(dialog.res_id, other.id)
        self.assertEqual(dialog.preview[1]["condition"]["state"], "not_met")
        dialog.res_id = self.lead.id
        self.assertEqual(dialog.preview[1]["condition"]["state"], "met")
        dialog.start_date = "2026-03-02"
        self.assertEqual(self.get_rows(dialog)[0], ("Call", "Mon 03/02/2026"))
        self.assertEqual(dialog.preview[0]["warnings"], ["Due in the past"])
        self.assertFalse(dialog.problem or dialog.warning)

    def test_the_same_rows_are_returned_to_other_programs(self):
        dialog = self.open_dialog()
        rows = self.preview(self.template, self.lead, self.manager)
        dialog.res_id = self.lead.id
        for row, shown in zip(rows, dialog.preview, strict=True):
            self.assertEqual(row, {key: shown[key] for key in row})

    def test_a_template_that_counts_back_proposes_the_first_end_without_late_tasks(
        self,
    ):
        template = self.make_template(
            {"summary": "Book", "delay_from": "end", "delay_count": 5},
            direction="end",
            res_model_ids=self.lead_model.ids,
        )
        dialog = self.open_dialog(template)
        self.assertEqual(str(dialog.end_date), "2026-03-09")
        self.assertEqual(self.get_rows(dialog), [("Book", "Wed 03/04/2026")])
        dialog.end_date = False
        self.assertIn("Enter that date", dialog.problem)
        self.assertFalse(dialog.preview)
        dialog.end_date = "2026-03-20"
        self.assertFalse(dialog.problem)
        self.assertEqual(self.get_rows(dialog), [("Book", "Sun 03/15/2026")])

    def test_a_template_for_one_model_asks_for_no_model(self):
        dialog = self.open_dialog()
        self.assertEqual(dialog.model_count, 1)
        self.assertEqual(dialog.model_id, self.lead_model)

    def test_another_model_proposes_its_latest_record(self):
        partner_model = self.env["ir.model"]._get("res.partner")
        both = self.make_chain(
            "Call", res_model_ids=(partner_model + self.lead_model).ids
        )
        for template in (both, self.make_chain("Call")):
            dialog = self.open_dialog(template)
            self.assertGreater(dialog.model_count, 1)
            self.assertEqual(dialog.model_id, self.lead_model)
            dialog.model_id = partner_model
            latest = self.env["res.partner"].search([], order="id desc", limit=1)
            self.assertEqual(dialog.res_model, "res.partner")
            self.assertEqual(dialog.res_id, latest.id)
            self.assertEqual(len(dialog.preview), 1)

    def test_models_that_cannot_have_tracks_are_not_offered(self):
        models = self.make_chain("Call").with_user(self.manager)._get_trial_models()
        names = set(models.mapped("model"))
        self.assertLessEqual({"crm.lead", "res.partner"}, names)
        self.assertFalse(names & {"res.users", "res.country", "mail.activity.mixin"})
        self.assertEqual(models[0], self.lead_model)

    def test_who_may_read_no_record_of_the_template_is_told_so(self):
        author = self.make_user("author", "crm_tracks.group_track_manager")
        dialog = self.open_dialog(user=author)
        self.assertFalse(dialog.res_id or dialog.preview)
        self.assertIn("You do not have permission to read the records", dialog.problem)

    def test_without_a_record_nothing_is_shown(self):
        dialog = self.open_dialog()
        dialog.res_id = False
        self.assertFalse(dialog.preview or dialog.problem or dialog.warning)

    def test_what_prevents_applying_is_shown_above_the_tasks(self):
        self.lead.with_user(self.seller).tracks_apply(self.template)
        dialog = self.open_dialog()
        dialog.res_id = self.lead.id
        self.assertIn("is already running on this record", dialog.warning)
        self.assertFalse(dialog.preview[0]["warnings"])

    def test_a_condition_that_cannot_be_evaluated_keeps_what_was_entered(self):
        self.env.cr.execute(
            "UPDATE track_line SET condition = %s WHERE id = %s",
            ["[('x_gone', '=', 1)]", self.template.line_ids[1].id],
        )
        dialog = self.open_dialog()
        dialog.start_date = "2026-03-09"
        self.assertEqual(str(dialog.start_date), "2026-03-09")
        self.assertEqual(dialog.preview[1]["condition"]["state"], "broken")
        self.assertEqual(self.get_rows(dialog)[0], ("Call", "Mon 03/09/2026"))

    def test_opening_and_changing_it_saves_nothing(self):
        before = self.count_all()
        dialog = self.open_dialog()
        dialog.res_id = self.lead.id
        dialog.start_date = "2026-03-09"
        self.assertTrue(dialog.preview)
        self.assertEqual(self.count_all(), before)

    def test_only_tracks_administrators_have_it(self):
        button = "action_open_trial"
        for user, expected in ((self.manager, True), (self.seller, False)):
            view = self.env["track.template"].with_user(user).get_view(view_type="form")
            self.assertEqual(button in view["arch"], expected)
        with self.assertRaises(AccessError):
            self.open_dialog(user=self.seller)

    @users("tracks_manager")
    def test_a_record_that_the_user_may_not_read_is_not_told_of(self):
        stranger = self.make_user(
            "stranger",
            "sales_team.group_sale_salesman",
            company_id=self.company_2.id,
            company_ids=[Command.set(self.company_2.ids)],
        )
        hidden = self.make_leads(
            user=stranger, name="Zsecret lead", company_id=self.company_2.id
        ).with_env(self.env)
        Trial = self.env["track.trial"].with_context(
            default_template_id=self.template.id
        )
        spec = {
            "template_id": {"fields": {}},
            "res_model": {},
            "res_id": {"fields": {"display_name": {}}},
            "preview": {},
            "problem": {},
        }
        values = {"res_model": "crm.lead", "res_id": hidden.id}
        self.env.invalidate_all()
        for changed in ([], ["res_id"], ["res_model", "res_id"]):
            sent = {"template_id": self.template.id, **values}
            answer = Trial.onchange(sent, changed, spec)
            self.assertNotIn("Zsecret", repr(answer))
            self.assertFalse(answer["value"].get("preview"))
