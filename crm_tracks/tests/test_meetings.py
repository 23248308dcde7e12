from datetime import date

from odoo import Command
from odoo.tests import tagged, users

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestMeetings(TracksCase):
    """A task follows the date of its meeting, but not its text."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call")

    def start(self):
        lead = self.make_leads()
        run = lead.with_user(self.seller).tracks_apply(self.template).sudo()
        task = self.get_task(run, "Write")
        return lead.with_user(self.seller), task, self.make_meeting(task)

    def assertDated(self, task, day):
        day = date.fromisoformat(day)
        self.assertEqual(task.date_deadline, day)
        self.assertEqual(task.activity_id.date_deadline, day)
        self.assertTrue(task.date_manual)

    # ------------------------------------------------------------------
    # While the activity is muted
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_moved_while_the_lead_is_lost_it_wakes_with_the_meeting_s_date(self):
        lead, task, event = self.start()
        plain = lead.activity_schedule(
            "mail.mail_activity_data_todo", summary="Plain", user_id=self.env.uid
        )
        other = event.with_env(self.env).copy({"activity_ids": False})
        other.activity_ids = plain
        lead.action_set_lost()
        event.with_env(self.env).write({"start": "2026-03-09 09:00:00"})
        other.write({"start": "2026-03-11 09:00:00"})
        activities = task.activity_id + plain.sudo()
        self.assertEqual(set(activities.mapped("muted")), {True})
        self.assertFalse(any(activities.mapped("active")))
        self.assertDated(task, "2026-03-09")
        lead.action_unarchive()
        self.assertDated(task, "2026-03-09")
        self.assertEqual(plain.date_deadline, date(2026, 3, 11))
        self.assertTrue(all(activities.mapped("active")))
        self.assertEqual([event.start.day, other.start.day], [9, 11])

    @users("tracks_seller")
    def test_a_meeting_of_a_paused_track_is_moved_and_given_to_another(self):
        _lead, task, event = self.start()
        task.run_id.with_env(self.env).action_pause()
        event.with_env(self.env).write(
            {"start": "2026-03-09 09:00:00", "user_id": self.seller_2.id}
        )
        self.assertDated(task, "2026-03-09")
        self.assertEqual(task.user_id, self.seller_2)
        self.assertTrue(task.activity_id.muted)
        task.run_id.with_env(self.env).action_resume()
        self.assertDated(task, "2026-03-09")
        self.assertEqual(task.activity_id.user_id, self.seller_2)

    @users("tracks_seller")
    def test_the_activity_of_a_done_task_stays_as_it_was(self):
        lead, task, event = self.start()
        activity = task.activity_id
        activity.with_env(self.env).action_feedback()
        event.with_env(self.env).write({"start": "2026-03-20 09:00:00"})
        self.assertEqual(activity.date_deadline, date(2026, 3, 10))
        self.assertFalse(event.activity_ids)
        lead.action_set_lost()
        event.unlink()
        self.assertEqual(task.state, "done")

    # ------------------------------------------------------------------
    # Summary and note
    # ------------------------------------------------------------------

    def assertWorded(self, task, summary, note=False):
        self.assertEqual((task.summary, task.note or False), (summary, note))

    @users("tracks_seller")
    def test_what_a_meeting_renames_is_nobody_s_edit(self):
        _lead, task, event = self.start()
        self.assertEqual(task.activity_id.summary, "With the customer")
        for vals in (
            {"name": "At their office"},
            {"name": "On the phone", "description": "<p>Dial in</p>"},
        ):
            event.with_env(self.env).write(vals)
            self.assertEqual(task.activity_id.summary, vals["name"])
            self.assertWorded(task, "Write")
            self.assertFalse(task.text_manual)

    @users("tracks_seller")
    def test_what_a_person_edits_on_the_activity_stays_on_the_task(self):
        _lead, task, event = self.start()
        activity = task.activity_id.with_env(self.env)
        activity.write({"summary": "Write, then call", "note": "<p>Ask Bob</p>"})
        self.assertWorded(task, "Write, then call", "<p>Ask Bob</p>")
        self.assertTrue(task.text_manual)
        # renaming the meeting does not change the task
        event.with_env(self.env).write({"name": "Renamed", "description": "<p>x</p>"})
        self.assertEqual(activity.summary, "Renamed")
        self.assertWorded(task, "Write, then call", "<p>Ask Bob</p>")
        # nor does the meeting mark the text as edited manually
        activity.write({"summary": "Other"})
        activity.write({"summary": "Renamed"})
        self.assertWorded(task, "Renamed", "<p>Ask Bob</p>")

    @users("tracks_seller")
    def test_what_a_person_edits_on_the_task_stays_there(self):
        _lead, task, event = self.start()
        task.with_env(self.env).summary = "Write twice"
        self.assertEqual(task.activity_id.summary, "Write twice")
        event.with_env(self.env).name = "Renamed"
        self.assertWorded(task, "Write twice")
        self.assertEqual(task.activity_id.summary, "Renamed")

    @users("tracks_seller")
    def test_a_meeting_arranged_from_several_tasks_words_none_of_them(self):
        leads = self.make_leads(2)
        runs = leads.with_user(self.seller).tracks_apply(self.template).sudo()
        tasks = runs.line_ids.filtered(lambda task: task.summary == "Write")
        self.env["calendar.event"].create(
            {
                "name": "Together",
                "start": "2026-03-10 09:00:00",
                "stop": "2026-03-10 10:00:00",
                "activity_ids": [Command.set(tasks.activity_id.ids)],
            }
        )
        for task in tasks:
            self.assertEqual(task.activity_id.summary, "Together")
            self.assertWorded(task, "Write")
            self.assertDated(task, "2026-03-10")

    @users("tracks_seller")
    def test_a_task_reopened_after_its_meeting_was_renamed_keeps_its_words(self):
        _lead, task, event = self.start()
        task.activity_id.with_env(self.env).action_feedback()
        event.with_env(self.env).name = "Renamed"
        task.with_env(self.env).action_reopen()
        self.assertWorded(task, "Write")
        self.assertFalse(task.text_manual)
        self.assertDated(task, "2026-03-10")
