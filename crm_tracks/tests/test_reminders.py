from datetime import date, datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TracksCase


class LateCase(TracksCase):
    """A team with a leader, and tracks whose tasks become late.

    Today is a Wednesday. A task that is due today is two working days late on Friday 6
    March, and five on Wednesday 11 March.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = cls.seller_all
        cls.team = cls.env["crm.team"].create(
            {"name": "Sales North", "user_id": cls.leader.id, "company_id": False}
        )

    @classmethod
    def make_late(cls, **values):
        """A template with two tasks, of which one is due on its first day."""
        return cls.make_template(
            {"summary": "Call"}, {"summary": "Write", "delay_count": 60}, **values
        )

    def start(self, count=1, user=None, template=None, **values):
        """Tracks on leads of the team, by default reminding after two working days."""
        if not template:
            template = self.make_late(**(values or {"remind_days": 2}))
        leads = self.make_leads(count, user=user, team_id=self.team.id)
        return leads.with_user(user or self.seller).tracks_apply(template)

    def run_at(self, moment):
        """Run the cron at this moment.

        :return: the notifications that it sent
        """
        before = self.env["mail.message"].search([])
        with self.at(moment):
            self.run_cron()
        messages = self.env["mail.message"].search([]) - before
        return messages.filtered(
            lambda message: message.message_type == "user_notification"
        )

    def get_lead(self, run):
        return self.env["crm.lead"].browse(run.res_id)

    def get_notes(self, run):
        notes = self.get_lead(run).message_ids.filtered(
            lambda message: message.message_type == "notification"
        )
        return "".join(notes.mapped("body"))


@tagged("post_install", "-at_install")
class TestReminders(LateCase):
    """Assignees are reminded of late tasks, once for each due date."""

    def test_nothing_happens_unless_the_template_says_so(self):
        run = self.start(template=self.make_late())
        self.assertFalse(self.run_at("2026-06-01 10:00:00"))
        self.assertFalse(self.get_task(run, "Call").date_attention)

    def test_the_assignee_is_reminded_once_after_these_working_days(self):
        run = self.start()
        self.assertFalse(self.run_at("2026-03-05 10:00:00"))
        [message] = self.run_at("2026-03-06 10:00:00")
        self.assertEqual(message.notified_partner_ids, self.seller.partner_id)
        self.assertEqual(message.subject, "Late: “Opportunity 1: Call”")
        self.assertIn("These tasks of yours are late:", message.body)
        self.assertNotIn("Assigned to", message.body)
        self.assertIn(f"track_run_id={run.id}", message.body)
        self.assertEqual((message.model, message.res_id), ("crm.lead", run.res_id))
        self.assertEqual(message.author_id, self.env.ref("base.partner_root"))
        for moment in ("2026-03-06 11:00:00", "2026-03-09 10:00:00"):
            self.assertFalse(self.run_at(moment), "once")
        self.assertNotIn("late", self.get_notes(run), "no note in the chatter")

    def test_days_off_of_the_company_do_not_count(self):
        self.start()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": "2026-03-05 00:00:00",
                "date_to": "2026-03-05 23:00:00",
            }
        )
        self.assertFalse(self.run_at("2026-03-06 10:00:00"))
        self.assertFalse(self.run_at("2026-03-07 10:00:00"), "Saturday")
        self.assertFalse(self.run_at("2026-03-08 10:00:00"), "Sunday")
        self.assertTrue(self.run_at("2026-03-09 10:00:00"))

    def test_days_on_which_the_assignee_is_away_do_not_count(self):
        run = self.start()
        self.seller.write(
            {
                "out_of_office_from": datetime(2026, 3, 5, 6),
                "out_of_office_to": datetime(2026, 3, 10, 18),
            }
        )
        for day in range(5, 12):
            self.assertFalse(self.run_at(f"2026-03-{day:02} 10:00:00"), day)
        self.assertTrue(self.run_at("2026-03-12 10:00:00"))
        self.assertTrue(self.get_task(run, "Call").date_reminded)

    def test_an_absence_that_is_cancelled_counts(self):
        self.start()
        self.seller.write(
            {
                "out_of_office_from": datetime(2026, 3, 5, 6),
                "out_of_office_to": datetime(2026, 3, 30, 18),
            }
        )
        self.assertFalse(self.run_at("2026-03-06 10:00:00"))
        self.seller.write({"out_of_office_from": False, "out_of_office_to": False})
        self.assertTrue(self.run_at("2026-03-10 10:00:00"))

    def test_leaves_in_another_company_of_the_assignee_do_not_count(self):
        self.seller.company_ids = [Command.link(self.company_2.id)]
        self.start()
        resource = self.env["resource.resource"].create(
            {
                "name": "Seller",
                "user_id": self.seller.id,
                "company_id": self.company_2.id,
            }
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Off",
                "resource_id": resource.id,
                "company_id": self.company_2.id,
                "date_from": "2026-03-05 06:00:00",
                "date_to": "2026-03-05 18:00:00",
            }
        )
        self.assertFalse(self.run_at("2026-03-06 10:00:00"))
        self.assertTrue(self.run_at("2026-03-09 10:00:00"))

    def test_the_day_is_that_of_the_company_of_the_track(self):
        self.company.resource_calendar_id.tz = "Asia/Tokyo"
        self.company_2.resource_calendar_id.tz = "America/Los_Angeles"
        self.start()
        self.seller_2.write(
            {
                "company_ids": [Command.link(self.company_2.id)],
                "company_id": self.company_2.id,
            }
        )
        template = self.make_late(remind_days=2)
        lead = self.make_leads(user=self.seller_2, company_id=self.company_2.id)
        lead.with_user(self.seller_2).tracks_apply(template)
        self.assertFalse(self.run_at("2026-03-05 14:00:00"))
        message = self.run_at("2026-03-05 16:00:00")
        self.assertEqual(message.notified_partner_ids, self.seller.partner_id)
        self.assertFalse(self.run_at("2026-03-06 07:00:00"))
        message = self.run_at("2026-03-06 09:00:00")
        self.assertEqual(message.notified_partner_ids, self.seller_2.partner_id)

    def test_a_user_gets_one_message_with_all_tasks_in_their_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.seller_2.lang = "de_DE"
        self.start(3)
        self.start(2, user=self.seller_2)
        self.patch(type(self.env["track.run"]), "_CRON_BATCH", 2)
        messages = self.run_at("2026-03-06 10:00:00")
        by_user = {message.notified_partner_ids: message for message in messages}
        self.assertEqual(len(messages), 2)
        message = by_user[self.seller.partner_id]
        self.assertEqual(message.subject, "3 late tasks")
        self.assertEqual(message.body.count("<li>"), 3)
        self.assertIn("04.03.2026", by_user[self.seller_2.partner_id].body)

    def test_a_task_that_is_moved_is_late_for_another_due_date(self):
        run = self.start()
        self.assertTrue(self.run_at("2026-03-06 10:00:00"))
        task = self.get_task(run, "Call")
        with self.at("2026-03-06 12:00:00"):
            task.with_user(self.seller).date_deadline = "2026-03-10"
        self.assertFalse(self.run_at("2026-03-11 10:00:00"))
        self.assertTrue(self.run_at("2026-03-12 10:00:00"))
        with self.at("2026-03-12 12:00:00"):
            task.activity_id.with_user(self.seller).date_deadline = "2026-03-11"
        self.assertTrue(self.run_at("2026-03-13 10:00:00"), "by its activity")
        with self.at("2026-03-13 12:00:00"):
            task.activity_id.with_user(self.seller).summary = "Call again"
        self.assertFalse(self.run_at("2026-03-20 10:00:00"))

    def test_another_assignee_is_not_reminded_of_the_same_due_date(self):
        run = self.start()
        self.assertTrue(self.run_at("2026-03-06 10:00:00"))
        with self.at("2026-03-06 12:00:00"):
            run.sudo().action_reassign(self.seller_2)
        self.assertFalse(self.run_at("2026-03-20 10:00:00"))

    def test_the_absences_are_those_of_the_present_assignee(self):
        run = self.start()
        self.seller.write(
            {
                "out_of_office_from": datetime(2026, 3, 1, 6),
                "out_of_office_to": datetime(2026, 12, 1, 18),
            }
        )
        self.assertFalse(self.run_at("2026-03-10 10:00:00"))
        with self.at("2026-03-10 12:00:00"):
            run.sudo().action_reassign(self.seller_2)
        message = self.run_at("2026-03-10 13:00:00")
        self.assertEqual(message.notified_partner_ids, self.seller_2.partner_id)

    def test_what_is_finished_is_not_late(self):
        runs = self.start(3)
        self.tick(runs[0], "Call")
        self.get_task(runs[1], "Call").with_user(self.seller).action_skip()
        runs[2].action_stop()
        self.assertFalse(self.run_at("2026-03-20 10:00:00"))
        calls = [self.get_task(run, "Call") for run in runs]
        self.assertEqual([call.date_attention for call in calls], [False] * 3)

    def test_automated_and_planned_tasks_are_not_late(self):
        template = self.make_template(
            {"summary": "Call", "delay_count": 3},
            remind_days=1,
            activity_creation="ahead",
            ahead_days=0,
        )
        run = self.start(template=template)
        task = self.get_task(run, "Call")
        self.assertFalse(task.date_attention)
        self.assertFalse(self.run_at("2026-03-06 10:00:00"))
        with self.at("2026-03-09 10:00:00"):
            self.run_cron()
        self.assertEqual(task.state, "open")
        self.assertTrue(task.date_attention)


@tagged("post_install", "-at_install")
class TestRemindersOnHold(LateCase):
    """Nobody is reminded of tasks of tracks on hold, nor at once when they wake up."""

    def test_nothing_is_told_of_tracks_on_hold(self):
        runs = self.start(2)
        runs[0].action_pause()
        self.get_lead(runs[1]).action_set_lost()
        self.assertFalse(any(runs.line_ids.sudo().mapped("date_attention")))
        self.assertFalse(self.run_at("2026-03-20 10:00:00"))

    def test_days_on_hold_do_not_count(self):
        runs = self.start(2)
        runs[0].action_pause()
        self.get_lead(runs[1]).action_set_lost()
        with self.at("2026-03-20 10:00:00"):  # a Friday
            runs[0].action_resume()
            self.get_lead(runs[1]).action_restore()
        self.assertFalse(self.run_at("2026-03-20 11:00:00"))
        self.assertFalse(self.run_at("2026-03-23 10:00:00"))
        [message] = self.run_at("2026-03-24 10:00:00")
        self.assertEqual(message.subject, "2 late tasks")

    def test_a_task_that_is_moved_on_hold_counts_from_its_new_date(self):
        run = self.start()
        run.action_pause()
        task = self.get_task(run, "Call")
        task.with_user(self.seller).date_deadline = "2026-03-24"
        self.assertFalse(task.date_attention)
        with self.at("2026-03-20 10:00:00"):
            run.action_resume()
        self.assertFalse(self.run_at("2026-03-25 10:00:00"))
        self.assertTrue(self.run_at("2026-03-26 10:00:00"))

    def test_a_track_that_goes_on_when_its_record_is_closed_goes_on_reminding(self):
        run = self.start(remind_days=2, on_close="continue")
        self.get_lead(run).action_set_lost()
        self.assertTrue(self.run_at("2026-03-06 10:00:00"))

    def test_a_closing_that_nobody_noticed_is_noticed_before(self):
        run = self.start()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET active = false, probability = 0 WHERE id = %s",
            [run.res_id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.run_at("2026-03-06 10:00:00"))
        self.assertTrue(run.held)

    def test_a_task_that_begins_late_is_given_as_many_days(self):
        template = self.make_late(remind_days=2)
        lead = self.make_leads(team_id=self.team.id)
        lead.with_user(self.seller).tracks_apply(template, start_date="2026-01-02")
        self.assertFalse(self.run_at("2026-03-04 11:00:00"))
        self.assertFalse(self.run_at("2026-03-05 10:00:00"))
        self.assertTrue(self.run_at("2026-03-06 10:00:00"))

    def test_a_task_that_is_reopened_is_given_as_many_days(self):
        run = self.start()
        self.tick(run, "Call")
        with self.at("2026-03-20 10:00:00"):
            self.get_task(run, "Call").with_user(self.seller).action_reopen()
        self.assertFalse(self.run_at("2026-03-20 11:00:00"))
        self.assertTrue(self.run_at("2026-03-24 10:00:00"))


@tagged("post_install", "-at_install")
class TestReminderFields(LateCase):
    """What is stored is set by Odoo only, and where it is used only."""

    def test_the_columns_are_empty_where_unused(self):
        run = self.start(template=self.make_late())
        self.env.flush_all()
        names = "date_attention, date_late_from, date_reminded, date_escalated"
        self.env.cr.execute(
            f"SELECT {names} FROM track_run_line WHERE run_id = %s",  # noqa: S608
            [run.id],
        )
        self.assertEqual(set(self.env.cr.fetchall()), {(None,) * 4})

    def test_users_do_not_write_them(self):
        task = self.get_task(self.start(), "Call").with_user(self.seller)
        for name in ("date_attention", "date_late_from", "date_reminded"):
            with self.assertRaises(AccessError):
                task[name] = "2030-01-01"
        with self.assertRaises(AccessError):
            task.run_id.line_ids = [
                Command.create({"summary": "Late", "date_escalated": "2026-01-01"})
            ]

    def test_the_first_look_is_never_too_late(self):
        task = self.get_task(self.start(), "Call")
        self.assertEqual(task.date_attention, date(2026, 3, 6))
        task.with_user(self.seller).date_deadline = "2026-03-06"
        self.assertEqual(task.date_attention, date(2026, 3, 8))
        self.run_at("2026-03-08 10:00:00")  # a Sunday
        self.assertEqual(task.date_attention, date(2026, 3, 10))

    def test_copies_are_not_told_of_yet(self):
        template = self.make_late(remind_days=2)
        run = self.start(template=template)
        self.run_at("2026-03-06 10:00:00")
        copied = run.sudo().line_ids[0].copy_data()[0]
        self.assertNotIn("date_reminded", copied)
        self.assertNotIn("date_attention", copied)

    def test_a_meeting_moves_the_due_date(self):
        run = self.start()
        meeting = self.make_meeting(self.get_task(run, "Call"))
        self.assertFalse(self.run_at("2026-03-11 10:00:00"))
        self.assertTrue(self.run_at("2026-03-12 10:00:00"))
        with self.at("2026-03-12 12:00:00"):
            meeting.write({"start": "2026-03-16 09:00", "stop": "2026-03-16 10:00"})
        self.assertFalse(self.run_at("2026-03-17 10:00:00"))
        self.assertTrue(self.run_at("2026-03-18 10:00:00"))

    def test_no_message_while_the_mail_cannot_be_sent_but_the_task_is_settled(self):
        run = self.start()
        with (
            patch.object(
                type(self.env["mail.thread"]),
                "message_notify",
                side_effect=ValueError("It broke"),
            ),
            self.assertLogs("odoo.addons.crm_tracks.models.run.late_messages", "ERROR"),
        ):
            self.run_at("2026-03-06 10:00:00")
        self.assertTrue(self.get_task(run, "Call").date_reminded)
