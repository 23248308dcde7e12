from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TracksCase

FAILURES = "odoo.addons.crm_tracks.models.automation.retry"
REASON = "Nobody gets more than five activities."


@tagged("post_install", "-at_install")
class TestRefusedNext(TracksCase):
    """Completing a task does not fail because of the next one.

    If another addon refuses the next task, that task fails with the reason.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call", "Meet")

    def start(self, count=1):
        return self.make_leads(count).with_user(self.seller).tracks_apply(self.template)

    def refusing(self, summary="Call", error=None, res_id=None):
        """An addon by which activities with this summary cannot be created."""
        Activity = type(self.env["mail.activity"])
        create = Activity.create

        def refuse(activities, vals_list):
            for vals in vals_list:
                if vals.get("summary") == summary and (
                    not res_id or vals["res_id"] == res_id
                ):
                    raise error or UserError(REASON)
            return create(activities, vals_list)

        return patch.object(Activity, "create", refuse)

    def assertRefused(self, run, summary="Call"):
        task = self.get_task(run, summary)
        self.assertEqual((task.state, task.attempts), ("failed", 1))
        self.assertIn(REASON, task.error)
        self.assertTrue(task.date_retry)
        self.assertFalse(task.activity_ids)
        lead = self.env["crm.lead"].browse(run.res_id)
        note = lead.message_ids[0].body
        for words in (f"“{summary}”", run.name, "could not be assigned", REASON):
            self.assertIn(words, note)

    def test_the_current_task_ends_by_every_door(self):
        doors = {
            "tick": lambda run, task: self.tick(run, "Write", feedback="Yes"),
            "done": lambda run, task: task.action_done(),
            "archive": lambda run, task: task.activity_id.action_archive(),
            "cancel": lambda run, task: task.activity_id.unlink(),
            "skip": lambda run, task: task.action_skip(),
            "remove": lambda run, task: task.unlink(),
        }
        ends = {"cancel": "skipped", "skip": "skipped", "remove": None}
        for door, act in doors.items():
            with self.subTest(door=door), self.refusing():
                run = self.start()
                task = self.get_task(run, "Write").with_user(self.seller)
                act(run, task)
                expected = ends.get(door, "done")
                self.assertEqual(task.exists().state or None, expected)
                self.assertRefused(run)
                self.assertEqual(self.get_task(run, "Meet").state, "waiting")

    def test_what_is_completed_in_a_quiet_track_counts_and_the_track_wakes(self):
        run = self.start()
        run.action_pause()
        self.get_task(run, "Write").with_user(self.seller).action_done()
        with self.refusing():
            run.action_resume()
        self.assertEqual(run.state, "running")
        self.assertRefused(run)

    def test_it_is_nobody_elses_failure(self):
        runs = self.start(3)
        activities = runs.sudo().line_ids.activity_ids.with_user(self.seller)
        with self.refusing(res_id=runs[1].res_id):
            activities.action_feedback(feedback="All")
        self.assertRefused(runs[1])
        for run in runs[0] + runs[2]:
            self.assertActivityFollows(self.get_task(run, "Call"))

    @mute_logger(FAILURES)
    def test_what_has_no_words_is_called_by_its_name(self):
        run = self.start()
        with self.refusing(error=ValueError("It broke")):
            self.tick(run, "Write")
        self.assertEqual(self.get_task(run, "Write").state, "done")
        self.assertIn("It broke", self.get_task(run, "Call").error)

    def test_a_conflict_is_raised_so_that_odoo_starts_over(self):
        run = self.start()
        error = psycopg2.errors.SerializationFailure()
        with (
            self.refusing(error=error),
            self.assertRaises(psycopg2.errors.SerializationFailure),
        ):
            self.tick(run, "Write")

    def test_it_is_tried_again_by_the_cron_and_by_people(self):
        for again in ("cron", "person"):
            run = self.start()
            task = self.get_task(run, "Call")
            with self.subTest(again=again):
                with self.refusing():
                    self.tick(run, "Write")
                    with self.assertRaises(UserError):  # and rolled back
                        task.with_user(self.seller).action_retry()
                if again == "person":
                    task.with_user(self.seller).action_retry()
                else:
                    with self.at("2026-03-04 11:00:01"):
                        self.run_cron()
                self.assertActivityFollows(task)
                self.assertFalse(task.error)
                self.assertEqual(str(task.date_deadline), "2026-03-06")

    def test_who_applies_a_track_is_told(self):
        with self.refusing("Write"), self.assertRaisesRegex(UserError, REASON):
            self.start()
