from unittest.mock import patch

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from .common import QUERIES, tagged_test
from .test_reminders import LateCase

CRON = "odoo.addons.crm_tracks.models.automation.cron"
REMINDERS = "odoo.addons.crm_tracks.models.automation.reminders_cron"


@tagged("post_install", "-at_install")
class TestRemindersCron(CronMixinCase, LateCase):
    """The cron reminds and escalates in batches, of which none stops another."""

    def breaking(self, *runs, error=None):
        """Tasks of these tracks cannot be reassigned."""
        Task = type(self.env["track.run.line"])
        reassign = Task._reassign

        def break_some(tasks, user=None):
            if tasks.run_id & runs[0].browse(run.id for run in runs):
                raise error or ValueError("It broke")
            return reassign(tasks, user)

        return patch.object(Task, "_reassign", break_some)

    def test_a_task_that_fails_does_not_stop_the_others(self):
        runs = self.start(5, escalate_days=1, escalate_how="give")
        with (
            self.breaking(runs[1]),
            self.assertLogs(CRON, "WARNING"),
            self.assertLogs(REMINDERS, "ERROR"),
        ):
            [message] = self.run_at("2026-03-05 10:00:00")
        self.assertEqual(message.body.count("<li>"), 4, "one message, without it")
        for run in runs:
            expected = self.seller if run == runs[1] else self.leader
            self.assertEqual(self.get_task(run, "Call").user_id, expected)
            self.assertEqual("late" in self.get_notes(run), run != runs[1])
        # it is tried again on the next day, not by each run
        self.assertFalse(self.run_at("2026-03-05 12:00:00"))
        self.assertTrue(self.run_at("2026-03-06 10:00:00"))
        self.assertEqual(self.get_task(runs[1], "Call").user_id, self.leader)

    @mute_logger(CRON, REMINDERS)
    def test_what_cannot_be_read_does_not_stop_the_others(self):
        runs = self.start(3, escalate_days=1)
        Escalation = "odoo.addons.crm_tracks.models.automation.reminders.Escalation"

        def break_one(_escalation, task):
            if task.run_id == runs[0]:
                raise ValueError("It broke")
            return self.leader

        with patch(f"{Escalation}.get_target", break_one):
            [message] = self.run_at("2026-03-05 10:00:00")
        self.assertEqual(message.body.count("<li>"), 2)

    def test_a_conflict_is_no_failure(self):
        runs = self.start(2, escalate_days=1, escalate_how="give")
        error = psycopg2.errors.SerializationFailure()
        with (
            self.breaking(*runs, error=error),
            self.capture_triggers("crm_tracks.ir_cron_tracks") as triggers,
        ):
            self.assertFalse(self.run_at("2026-03-05 10:00:00"))
        self.assertTrue(triggers.records, "tried again soon")
        self.assertTrue(self.run_at("2026-03-05 10:05:00"))

    @mute_logger(CRON, REMINDERS)
    def test_it_never_raises(self):
        self.start(2, remind_days=1, escalate_days=2)
        for model, name in (
            ("track.run.line", "_get_notices"),
            ("track.run.line", "_attend"),
            ("track.run.line", "_collect_late"),
            ("track.run", "_get_administrator"),
            ("crm.lead", "_tracks_get_leader"),
        ):
            broken = type(self.env[model])
            with patch.object(broken, name, side_effect=ValueError("It broke")):
                self.run_at("2026-03-06 10:00:00")

    def test_what_exceeds_the_limit_of_a_run_is_left_to_the_next(self):
        self.start(5)
        self.patch(type(self.env["track.run"]), "_ATTENTION_LIMIT", 2)
        messages = self.run_at("2026-03-06 10:00:00")
        for _run in range(3):
            messages += self.run_at("2026-03-06 10:01:00")
        listed = sum(message.body.count("<li>") for message in messages)
        self.assertEqual(listed, 5)

    def test_a_task_that_is_finished_meanwhile_is_not_told(self):
        runs = self.start(2)
        Task = type(self.env["track.run.line"])
        attend_batch = Task._cron_attend_batch

        def finish_first(tasks, user_ids):
            self.tick(runs[0], "Call")
            self.env.flush_all()
            return attend_batch(tasks, user_ids)

        with patch.object(Task, "_cron_attend_batch", finish_first):
            [message] = self.run_at("2026-03-06 10:00:00")
        self.assertIn(f"track_run_id={runs[1].id}", message.body)
        self.assertNotIn(f"track_run_id={runs[0].id}", message.body)

    def test_a_task_that_is_reassigned_meanwhile_is_told_to_its_assignee(self):
        run = self.start()
        Task = type(self.env["track.run.line"])
        attend_batch = Task._cron_attend_batch

        def reassign_first(tasks, user_ids):
            run.sudo().action_reassign(self.manager)
            self.env.flush_all()
            return attend_batch(tasks, user_ids)

        with patch.object(Task, "_cron_attend_batch", reassign_first):
            messages = self.run_at("2026-03-06 10:00:00")
        self.assertNotIn(self.seller.partner_id, messages.notified_partner_ids)
        [message] = self.run_at("2026-03-06 11:00:00")
        self.assertEqual(message.notified_partner_ids, self.manager.partner_id)

    def test_what_is_late_is_found_by_an_index(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            "EXPLAIN SELECT id FROM track_run_line WHERE state = 'open' AND "
            "date_attention <= '2026-03-12' ORDER BY date_attention, id LIMIT 5000"
        )
        plan = "\n".join(line for (line,) in self.env.cr.fetchall())
        self.assertIn("attention_idx", plan)

    def test_tasks_are_looked_at_on_their_day_only(self):
        runs = self.start(3, remind_days=1, escalate_days=3)
        Task = type(self.env["track.run.line"])
        attend, looks = Task._attend, []

        def note(tasks, user_ids):
            looks.append(len(tasks))
            return attend(tasks, user_ids)

        self.patch(Task, "_attend", note)
        for day in range(4, 31):
            for hour in (8, 12, 16):
                self.run_at(f"2026-03-{day:02} {hour:02}:00:00")
        # to remind on Thursday, and to escalate on Monday
        self.assertEqual(looks, [3, 3])
        calls = [self.get_task(run, "Call") for run in runs]
        self.assertEqual([call.date_attention for call in calls], [False] * 3)

    @tagged_test(QUERIES)
    def test_the_queries_do_not_grow_with_the_tasks_of_a_batch(self):
        def count(number, **values):
            self.env["track.run.line"].search([]).date_attention = False
            self.start(number, **values)
            with self.at("2026-03-06 10:00:00"):
                return self.count_queries(self.run_cron)

        for values in (
            {"remind_days": 2},
            {"escalate_days": 2},
            {"escalate_days": 2, "escalate_how": "give"},
        ):
            count(1, **values)
            few, many = count(2, **values), count(60, **values)
            self.assertLessEqual(many, few + 12, values)

    @tagged_test(QUERIES)
    def test_a_run_without_late_tasks_costs_few_queries(self):
        self.env["track.run.line"].search([]).date_attention = False
        with self.assertQueryCount(4):
            self.assertEqual(self.env["track.run"]._engine()._cron_attend(), 0)
