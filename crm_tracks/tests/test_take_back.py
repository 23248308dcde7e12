from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestTakeBack(TracksCase):
    """Tracks that were just started by mistake are taken back."""

    def setUp(self):
        super().setUp()
        self.template = self.make_template(
            {"summary": "Write"}, {"summary": "Call", "delay_from": "previous"}
        )
        self.leads = self.make_leads(3)

    def start(self, user=None):
        runs = self.leads.with_user(user or self.seller).tracks_apply(self.template)
        return runs.with_user(user or self.seller)

    def test_tracks_and_activities_are_gone_and_a_note_says_so(self):
        other = (
            self.leads[0]
            .with_user(self.seller)
            .activity_schedule("mail.mail_activity_data_todo", summary="Mine")
        )
        runs = self.start()
        self.assertEqual(runs.action_take_back(), "3 tracks were taken back.")
        self.assertFalse(runs.exists())
        self.assertFalse(self.leads.track_run_ids)
        self.assertEqual(self.leads.activity_ids, other.sudo(False))
        self.assertFalse(
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search([("res_id", "in", self.leads.ids), ("id", "not in", other.ids)])
            .filtered(lambda activity: activity.res_model == "crm.lead")
        )
        for lead in self.leads:
            self.assertIn("was taken back", lead.message_ids[0].body)

    def test_one_track_has_a_sentence_of_its_own(self):
        self.assertEqual(self.start()[0].action_take_back(), "1 track was taken back.")

    def test_a_track_on_which_somebody_worked_stays(self):
        runs = self.start()
        self.tick(runs[0], "Write")
        self.assertEqual(
            runs.action_take_back(),
            "2 tracks were taken back. 1 track stays, because work was done on it.",
        )
        self.assertEqual(runs.exists(), runs[0])
        self.assertEqual(self.get_task(runs[0], "Call").state, "open")

    def test_a_skipped_task_and_a_meeting_count_as_work(self):
        runs = self.start()
        self.get_task(runs[0], "Write").action_skip()
        meeting = self.env["calendar.event"].create(
            {"name": "Meet", "start": "2026-03-05 10:00", "stop": "2026-03-05 11:00"}
        )
        activity = self.get_task(runs[1], "Write").sudo().activity_ids
        activity.calendar_event_id = meeting
        self.assertIn("2 tracks stay", runs.action_take_back())
        self.assertEqual(runs.exists(), runs[:2])

    def test_after_an_hour_it_is_refused(self):
        runs = self.start()
        self.env.cr.execute(
            "UPDATE track_run SET create_date = %s WHERE id IN %s",
            [fields.Datetime.now() - timedelta(minutes=61), tuple(runs.ids)],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "within the last hour"):
            runs.action_take_back()
        self.assertEqual(runs.exists(), runs)

    def test_tracks_of_somebody_else_are_refused(self):
        runs = self.start(self.seller_all)
        with self.assertRaisesRegex(UserError, "that you started"):
            runs.with_user(self.manager).action_take_back()
        self.assertEqual(runs.exists(), runs)

    def test_who_may_not_write_the_record_takes_nothing_back(self):
        runs = self.start()
        self.leads.user_id = self.seller_2
        with self.assertRaises(AccessError):
            runs.action_take_back()
        self.assertEqual(runs.exists(), runs)

    def test_a_track_on_hold_is_taken_back(self):
        runs = self.start()
        self.leads.with_user(self.seller).action_set_lost()
        self.assertTrue(runs[0].held)
        runs.action_take_back()
        self.leads.with_user(self.seller).action_unarchive()
        self.assertFalse(self.leads.activity_ids)

    def test_a_second_undo_of_the_same_tracks_is_refused_in_words(self):
        runs = self.start()
        runs.action_take_back()
        with self.assertRaises(UserError):
            runs.action_take_back()
