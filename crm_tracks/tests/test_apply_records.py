from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_apply_preview import PreviewCase


@tagged("post_install", "-at_install")
class TestApplyRecords(PreviewCase):
    """The records that the dialog leaves out when a template is applied in bulk."""

    def setUp(self):
        super().setUp()
        self.template = self.make_template({"summary": "Write"}, {"summary": "Call"})
        self.running, self.lost, self.plain = self.leads = self.make_leads(3)
        self.running.with_user(self.seller).tracks_apply(self.template)
        self.lost.with_user(self.seller).action_set_lost()

    def test_records_with_the_template_running_are_named_and_can_be_left_out(self):
        wizard = self.open_dialog(self.leads, self.template)
        self.assertEqual((wizard.running_count, wizard.applicable_count), (1, 3))
        self.assertIn("already running on Opportunity 1", str(wizard.warning))
        wizard.leave_out_running = True
        self.assertEqual((wizard.running_count, wizard.applicable_count), (1, 2))
        self.assertIn(
            "Left out: Opportunity 1 (The template is already running there).",
            str(wizard.warning),
        )
        wizard.action_apply()
        self.assertEqual([len(lead.track_run_ids) for lead in self.leads], [1, 1, 1])

    def test_closed_records_are_named_and_can_be_left_out(self):
        wizard = self.open_dialog(self.leads, self.template)
        self.assertEqual(wizard.closed_count, 1)
        self.assertIn("This record is closed: Opportunity 2.", str(wizard.warning))
        wizard.leave_out_closed = True
        self.assertIn(
            "Left out: Opportunity 2 (The record is closed).", str(wizard.warning)
        )
        wizard.action_apply()
        self.assertEqual([len(lead.track_run_ids) for lead in self.leads], [2, 0, 1])

    def test_what_is_left_out_is_not_in_the_preview(self):
        self.running.user_id = self.seller_2
        wizard = self.open_dialog(self.leads, self.template, self.seller_all)
        self.assertEqual(
            self.get_row(wizard, "Write")["assignee"], "Each record's owner"
        )
        wizard.leave_out_running = True
        self.assertEqual(self.get_row(wizard, "Write")["assignee"], "Seller (owner)")

    def test_to_leave_out_every_record_is_refused_with_the_reasons(self):
        wizard = self.open_dialog(
            self.running + self.lost,
            self.template,
            leave_out_running=True,
            leave_out_closed=True,
        )
        self.assertEqual(wizard.applicable_count, 0)
        with self.assertRaisesRegex(UserError, "already running there(.|\n)*closed"):
            wizard.action_apply()

    def test_nothing_is_left_out_unasked(self):
        self.open_dialog(self.leads, self.template).action_apply()
        self.assertEqual([len(lead.track_run_ids) for lead in self.leads], [2, 1, 1])

    def test_the_message_leads_to_the_new_tracks(self):
        before = self.leads.track_run_ids
        wizard = self.open_dialog(self.leads, self.template, leave_out_closed=True)
        action = wizard.action_apply()
        self.env.invalidate_all()
        new = self.leads.track_run_ids - before
        self.assertEqual(action["tag"], "crm_tracks_applied")
        self.assertCountEqual(action["params"]["run_ids"], new.ids)
        self.assertEqual(
            action["params"]["message"],
            "“Sales follow-through” was applied to 2 records. "
            "Left out: Opportunity 2 (The record is closed).",
        )
        self.assertEqual(action["params"]["type"], "warning")
