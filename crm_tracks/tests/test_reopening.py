from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestReopening(TracksCase):
    """Completed and skipped tasks can be reopened."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call", "Meet")

    def start(self, count=1):
        leads = self.make_leads(count)
        return leads.with_user(self.seller).tracks_apply(self.template)

    def reopen(self, run, summary):
        self.get_task(run, summary).with_user(self.seller).action_reopen()

    def test_the_same_activity_comes_back_and_the_next_task_waits_again(self):
        run = self.start()
        activity = self.get_task(run, "Write").activity_id
        activity.date_deadline = "2026-03-12"
        self.tick(run, "Write", feedback="Too early")
        follower = self.get_task(run, "Call").activity_id
        self.reopen(run, "Write")
        write = self.get_task(run, "Write")
        self.assertEqual(write.activity_id, activity)
        self.assertActivityFollows(write)
        self.assertEqual(write.date_deadline, date(2026, 3, 12))
        self.assertFalse(write.date_done or write.done_user_id or activity.date_done)
        self.assertFalse(follower.exists())
        self.assertEqual(self.get_task(run, "Call").state, "waiting")
        with self.at("2026-03-10 10:00:00"):
            self.tick(run, "Write")
        self.assertEqual(self.get_task(run, "Call").date_deadline, date(2026, 3, 12))

    def test_unarchiving_the_done_activity_does_the_same(self):
        runs = self.start(2)
        activities = runs.line_ids.activity_id
        activities.action_feedback()
        activities.with_user(self.seller).action_unarchive()
        for run in runs:
            self.assertTasks(
                run,
                [
                    ("Write", "open", "2026-03-04"),
                    ("Call", "waiting", None),
                    ("Meet", "waiting", None),
                ],
            )
            self.assertActivityFollows(self.get_task(run, "Write"))

    def test_a_next_task_that_somebody_touched_stays_and_is_not_assigned_twice(self):
        for touch in (
            lambda activity: activity.write({"date_deadline": "2026-03-30"}),
            lambda activity: activity.write({"user_id": self.seller_2.id}),
            lambda activity: activity.write({"summary": "Call twice"}),
            lambda activity: activity.write({"note": "<p>Ask for Bob</p>"}),
            lambda activity: self.env["ir.attachment"].create(
                {"name": "a", "res_model": "mail.activity", "res_id": activity.id}
            )
            and activity.write(
                {"attachment_ids": [(0, 0, {"name": "b", "raw": b"c"})]}
            ),
        ):
            run = self.start()
            self.tick(run, "Write")
            call = self.get_task(run, "Call")
            activity = call.activity_id
            touch(activity)
            self.reopen(run, "Write")
            self.assertEqual((call.state, call.activity_id), ("open", activity))
            self.assertTrue(activity.active)
            self.tick(run, "Write")
            self.assertEqual((call.state, call.activity_id), ("open", activity))

    def test_a_skipped_task_gets_a_new_activity(self):
        run = self.start()
        self.get_task(run, "Write").with_user(self.seller).action_skip()
        self.reopen(run, "Write")
        self.assertActivityFollows(self.get_task(run, "Write"))
        self.assertEqual(self.get_task(run, "Call").state, "waiting")

    def test_a_task_that_dropped_out_waits_again(self):
        run = self.start()
        self.get_task(run, "Call").with_user(self.seller).action_skip()
        self.reopen(run, "Call")
        self.assertEqual(self.get_task(run, "Call").state, "waiting")
        self.tick(run, "Write")
        self.assertActivityFollows(self.get_task(run, "Call"))
        self.assertEqual(self.get_task(run, "Meet").state, "waiting")

    def test_a_done_track_runs_again(self):
        run = self.start()
        for summary in ("Write", "Call", "Meet"):
            self.tick(run, summary)
        self.assertEqual(run.state, "done")
        self.reopen(run, "Meet")
        self.assertEqual((run.state, run.date_done), ("running", False))
        self.assertActivityFollows(self.get_task(run, "Meet"))

    def test_on_a_quiet_track_the_reopened_activity_is_muted(self):
        run = self.start()
        self.tick(run, "Write")
        run.action_pause()
        self.reopen(run, "Write")
        activity = self.get_task(run, "Write").activity_id
        self.assertTrue(activity.muted)
        self.assertFalse(activity.active)
        run.action_resume()
        self.assertActivityFollows(self.get_task(run, "Write"))

    def test_in_a_stopped_track_reopening_is_refused(self):
        run = self.start()
        self.tick(run, "Write")
        run.action_stop()
        with self.assertRaisesRegex(UserError, "Sales follow-through"):
            self.reopen(run, "Write")
        with self.assertRaisesRegex(UserError, "Call"):
            self.reopen(self.start(), "Call")
