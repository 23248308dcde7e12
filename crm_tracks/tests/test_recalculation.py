from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged, users

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestRecalculation(TracksCase):
    """Moving the start or end date recalculates the dates that depend on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.forwards = cls.make_template(
            {"summary": "Done", "delay_count": 1},
            {"summary": "Open", "delay_count": 2},
            {"summary": "Moved", "delay_count": 3},
            {"summary": "Met", "delay_count": 4},
            {"summary": "Next", "delay_count": 5, "delay_from": "previous"},
        )
        cls.backwards = cls.make_template(
            {
                "summary": "Book",
                "delay_count": 3,
                "delay_unit": "weekdays",
                "delay_from": "end",
            },
            {
                "summary": "Invite",
                "delay_count": 1,
                "delay_unit": "weeks",
                "delay_from": "end",
            },
            direction="end",
            name="Event",
        )

    def start(self, template, **values):
        return self.make_leads().with_user(self.seller).tracks_apply(template, **values)

    @users("tracks_seller")
    def test_what_hangs_on_the_start_follows_except_what_was_moved_by_hand(self):
        run = self.start(self.forwards)
        self.tick(run, "Done")
        self.get_task(run, "Moved").with_user(self.seller).date_deadline = "2026-03-30"
        event = self.make_meeting(self.get_task(run, "Met"))
        notes = len(self.env["crm.lead"].browse(run.res_id).message_ids)
        run.start_date = "2026-03-11"
        self.env.invalidate_all()
        self.assertTasks(
            run,
            [
                ("Done", "done", "2026-03-05"),
                ("Open", "open", "2026-03-13"),
                ("Moved", "open", "2026-03-30"),
                ("Met", "open", "2026-03-10"),
                ("Next", "waiting", None),
            ],
        )
        self.assertActivityFollows(self.get_task(run, "Open"))
        # the meeting with the customer is not moved, and a note says so
        self.assertEqual(event.start.day, 10)
        lead = self.env["crm.lead"].browse(run.res_id)
        self.assertEqual(len(lead.message_ids), notes + 1)
        self.assertIn(
            "Tasks with a meeting were not moved: Met", lead.message_ids[0].body
        )

    def test_what_hangs_on_the_end_follows(self):
        run = self.start(self.backwards, end_date="2026-04-15")
        run.end_date = "2026-04-27"
        self.assertTasks(
            run, [("Book", "open", "2026-04-22"), ("Invite", "open", "2026-04-20")]
        )
        run.start_date = "2026-03-01"
        self.assertEqual(self.get_task(run, "Book").date_deadline, date(2026, 4, 22))

    def test_muted_tasks_follow_in_silence(self):
        run = self.start(self.backwards, end_date="2026-04-15")
        run.action_pause()
        lead = self.env["crm.lead"].browse(run.res_id)
        messages = self.env["mail.message"].search_count([])
        run.end_date = "2026-04-27"
        self.env.cr.flush()
        activity = self.get_task(run, "Book").activity_id
        self.assertEqual(activity.date_deadline, date(2026, 4, 22))
        self.assertTrue(activity.muted)
        self.assertEqual(self.env["mail.message"].search_count([]), messages)
        self.assertFalse(lead.activity_ids)

    def test_the_first_task_that_follows_another_hangs_on_the_start(self):
        run = self.start(self.make_chain("Write", "Call"))
        run.start_date = "2026-03-20"
        self.assertEqual(self.get_task(run, "Write").date_deadline, date(2026, 3, 20))
        self.get_task(run, "Write").with_user(self.seller).unlink()
        call = self.get_task(run, "Call")
        self.assertEqual(call.date_deadline, date(2026, 3, 6))
        run.start_date = "2026-05-01"
        self.assertEqual(
            call.date_deadline, date(2026, 3, 6)
        )  # the delay counts from today

    def test_planned_tasks_whose_day_has_come_now_show_up(self):
        self.backwards.write({"activity_creation": "ahead", "ahead_days": 2})
        run = self.start(self.backwards, end_date="2026-04-15")
        self.assertEqual(set(run.line_ids.mapped("state")), {"planned"})
        run.end_date = "2026-03-12"
        self.assertTasks(
            run, [("Book", "planned", "2026-03-09"), ("Invite", "open", "2026-03-05")]
        )

    def test_many_tracks_are_moved_at_once(self):
        leads = self.make_leads(5).with_user(self.seller)
        runs = leads.tracks_apply(self.backwards, end_date="2026-04-15")
        runs.end_date = "2026-04-27"
        for run in runs:
            self.assertActivityFollows(self.get_task(run, "Book"))
            self.assertEqual(self.get_task(run, "Book").date_deadline.day, 22)

    def test_renaming_touches_no_task(self):
        run = self.start(self.forwards)
        names = ["summary", "state", "user_id", "date_manual", "activity_id"]
        before = run.line_ids.read(names)
        run.name = "The big one"
        self.env.invalidate_all()
        self.assertEqual(run.name, "The big one")
        self.assertEqual(run.line_ids.read(names), before)

    def test_a_date_that_cannot_be_is_refused_in_a_sentence(self):
        run = self.start(self.forwards)
        back = self.start(self.backwards, end_date="2026-04-15")
        for track, vals, words in (
            (
                run,
                {"start_date": False},
                "“Start Date” of “Sales follow-through” is empty",
            ),
            (run, {"end_date": "2026-05-05"}, "Leave the end date empty"),
            (back, {"end_date": False}, "“End Date” of “Event” is empty"),
            (back, {"end_date": "soon"}, "“soon” is not a date"),
            (back, {"end_date": "0001-01-01"}, "outside of the calendar"),
        ):
            with self.subTest(vals=vals):
                with self.assertRaises(UserError) as caught:  # and rolled back
                    track.write(vals)
                self.assertIn(words, str(caught.exception))
        self.assertEqual(run.start_date, self.TODAY)
        self.assertEqual(back.end_date, date(2026, 4, 15))
        self.assertEqual(self.get_task(back, "Book").date_deadline, date(2026, 4, 10))
        run.end_date = False  # as it is
        run.action_stop()
        with self.assertRaisesRegex(UserError, "has ended"):
            run.start_date = "2026-05-05"
