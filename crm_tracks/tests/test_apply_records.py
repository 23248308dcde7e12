from odoo.exceptions import UserError
from odoo.tests import tagged, users
from odoo.tools import SQL

from .common import TracksCase
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


@tagged("post_install", "-at_install")
class TestGivenValues(TracksCase):
    """The values of activities that Odoo would compute for each, and does not."""

    @users("tracks_seller")
    def test_activities_of_tasks_get_the_values_that_odoo_would_compute(self):
        """These values are given, and not computed again, which costs less."""
        leads = self.make_leads(2).with_env(self.env)
        leads.tracks_apply(self.make_template({"summary": "Write"}))
        names = ["res_model", "res_name", "user_tz", "date_done"]
        activities = leads.activity_ids.sudo()
        stored = self.read_stored(activities, names)
        for name in names:
            self.env.add_to_compute(activities._fields[name], activities)
        self.assertEqual(stored, self.read_stored(activities, names))
        self.assertEqual(
            [(row["res_model"], row["res_name"]) for row in stored],
            [("crm.lead", lead.name) for lead in leads],
        )

    def read_stored(self, records, names):
        self.env.flush_all()
        columns = SQL(", ").join(map(SQL.identifier, names))
        return self.env.execute_query_dict(
            SQL(
                "SELECT %s FROM mail_activity WHERE id IN %s ORDER BY res_id",
                columns,
                records._ids,
            )
        )
