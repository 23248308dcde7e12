from datetime import datetime, timedelta
from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from .common import QUERIES, TracksCase, tagged_test

LOGGER = "odoo.addons.crm_tracks.models.automation.cron"


class CronCase(CronMixinCase, TracksCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_template(
            {"summary": "Soon"},
            {"summary": "Later", "delay_count": 10},
            activity_creation="ahead",
            ahead_days=2,
        )

    def start(self, count=1):
        leads = self.make_leads(count).with_user(self.seller)
        return leads.tracks_apply(self.template)

    def breaking(self, *broken, error=None):
        """Activities of these records cannot be created."""
        Activity = type(self.env["mail.activity"])
        create = Activity.create

        def break_some(self, vals_list):
            if {vals.get("res_id") for vals in vals_list} & set(broken):
                raise error or ValueError("It broke")
            return create(self, vals_list)

        return patch.object(Activity, "create", break_some)

    def get_plan(self, table, where):
        """The query plan for these rows if there were many others."""
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(f"EXPLAIN SELECT id FROM {table} WHERE {where}")
        return "\n".join(line for (line,) in self.env.cr.fetchall())


@tagged("post_install", "-at_install")
class TestCron(CronCase):
    """The hourly cron opens due tasks, and retries failed ones."""

    def test_a_copy_of_the_scheduled_action_does_the_same(self):
        run = self.start()
        copy = self.env.ref("crm_tracks.ir_cron_tracks").copy()
        self.assertTrue(copy.active)
        with self.at("2026-03-12 10:00:00"), self.enter_registry_test_mode():
            copy.method_direct_trigger()
            self.assertActivityFollows(self.get_task(run, "Later"))

    def test_it_opens_what_is_due_and_nothing_else(self):
        due, later = self.start(), self.start()
        later.start_date = "2026-03-20"
        with self.at("2026-03-12 10:00:00"):
            self.run_cron()
            self.assertActivityFollows(self.get_task(due, "Later"))
            self.assertEqual(self.get_task(later, "Later").state, "planned")
            self.run_cron()
        self.assertEqual(len(due.line_ids.sudo().activity_ids), 2)

    def test_the_day_is_that_of_the_company_s_schedule(self):
        run = self.start()
        self.company.resource_calendar_id.tz = "Asia/Tokyo"
        # it is 12 March in Tokyo, but not yet in UTC
        with self.at("2026-03-11 14:00:00"):
            self.run_cron()
            self.assertEqual(self.get_task(run, "Later").state, "planned")
        with self.at("2026-03-11 16:00:00"):
            self.run_cron()
            self.assertEqual(self.get_task(run, "Later").state, "open")

    def test_one_broken_task_never_stops_the_others(self):
        runs = self.start(5)
        self.patch(type(self.env["track.run"]), "_CRON_BATCH", 3)
        with (
            self.at("2026-03-12 10:00:00"),
            self.breaking(runs[1].res_id),
            self.assertLogs(LOGGER, "WARNING"),
        ):
            self.run_cron()
        broken = self.get_task(runs[1], "Later")
        self.assertEqual(broken.state, "failed")
        self.assertIn("It broke", broken.error)
        self.assertFalse(broken.activity_id)
        for run in runs - runs[1]:
            self.assertActivityFollows(self.get_task(run, "Later"))

    @mute_logger(LOGGER)
    def test_what_failed_is_retried_with_growing_pauses_and_then_brought_to_people(
        self,
    ):
        run = self.start()
        lead = self.env["crm.lead"].browse(run.res_id)
        notes = len(lead.message_ids)
        task = self.get_task(run, "Later")
        moment = datetime(2026, 3, 12, 10)
        pauses = []
        activities = lead.activity_ids
        while True:
            with self.at(str(moment)), self.breaking_tasks():
                self.run_cron()
                self.run_cron()  # not before the pause is over
            if not task.date_retry:
                break
            pauses.append(task.date_retry - moment)
            moment = task.date_retry
        self.assertEqual(pauses, [timedelta(hours=n) for n in (1, 2, 4, 8, 16)])
        self.assertEqual((task.state, task.attempts), ("failed", 6))
        self.env.invalidate_all()
        self.assertEqual(len(lead.message_ids), notes + 1)
        self.assertIn("Later", lead.message_ids[0].body)
        [told] = lead.activity_ids - activities
        self.assertEqual((told.user_id, told.summary), (self.seller, "Failed: Later"))
        self.assertIn("It broke", told.note)
        # a user task is not tried again automatically
        with self.at("2026-04-12 10:00:00"):
            self.run_cron()
        self.assertEqual(task.state, "failed")

    def breaking_tasks(self):
        """Only activities of tasks cannot be created."""
        Activity = type(self.env["mail.activity"])
        create = Activity.create

        def break_tasks(self, vals_list):
            if any(vals.get("track_run_line_id") for vals in vals_list):
                raise ValueError("It broke")
            return create(self, vals_list)

        return patch.object(Activity, "create", break_tasks)

    @mute_logger(LOGGER)
    def test_a_failed_task_succeeds_later_and_was_never_overtaken(self):
        template = self.make_template(
            {"summary": "Later", "delay_count": 10},
            {"summary": "Next", "delay_from": "previous"},
            activity_creation="ahead",
            ahead_days=2,
        )
        run = self.make_leads().with_user(self.seller).tracks_apply(template)
        with self.at("2026-03-12 10:00:00"), self.breaking_tasks():
            self.run_cron()
        self.assertEqual(self.get_task(run, "Next").state, "waiting")
        with self.at("2026-03-12 12:00:00"):
            self.run_cron()
        task = self.get_task(run, "Later")
        self.assertActivityFollows(task)
        self.assertFalse(task.error)
        self.assertFalse(task.date_retry)

    @mute_logger(LOGGER)
    def test_a_person_retries_or_skips_what_failed(self):
        runs = self.start(2)
        with self.at("2026-03-12 10:00:00"), self.breaking_tasks():
            self.run_cron()
        first, second = (self.get_task(run, "Later") for run in runs)
        with self.assertRaises(UserError):
            self.get_task(runs[0], "Soon").with_user(self.seller).action_retry()
        first.with_user(self.seller).action_retry()
        self.assertActivityFollows(first)
        second.with_user(self.seller).action_skip()
        self.assertEqual(second.state, "skipped")
        self.assertTrue(second.date_done)

    @mute_logger(LOGGER)
    def test_a_failed_task_of_a_quiet_track_waits_for_it(self):
        run = self.start()
        task = self.get_task(run, "Later")
        with self.at("2026-03-12 10:00:00"), self.breaking_tasks():
            self.run_cron()
        run.action_pause()
        with self.at("2026-03-13 10:00:00"):
            self.run_cron()
            self.assertEqual(task.state, "failed")
            with self.assertRaisesRegex(UserError, "on hold"):
                task.with_user(self.seller).action_retry()
            run.action_resume()
            self.run_cron()
        self.assertActivityFollows(task)

    def test_a_conflict_with_somebody_else_is_no_failure(self):
        run = self.start()
        task = self.get_task(run, "Later")
        with self.at("2026-03-12 10:00:00"):
            with (
                self.breaking(run.res_id, error=psycopg2.errors.SerializationFailure()),
                self.capture_triggers("crm_tracks.ir_cron_tracks") as triggers,
            ):
                self.run_cron()
            self.assertEqual((task.state, task.attempts), ("planned", 0))
            self.assertTrue(triggers.records)  # the cron is triggered again soon
            self.run_cron()
        self.assertActivityFollows(task)

    def test_a_task_that_lost_its_activity_in_the_database_is_skipped(self):
        leads = self.make_leads(2).with_user(self.seller)
        runs = leads.tracks_apply(self.make_chain("Write", "Call"))
        runs[1].action_pause()
        ids = tuple(self.get_task(run, "Write").activity_id.id for run in runs)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM mail_activity WHERE id IN %s", [ids])
        self.env.invalidate_all()
        with self.at("2026-03-09 10:00:00"):
            self.run_cron()
            for run in runs:
                write = self.get_task(run, "Write")
                self.assertEqual(write.state, "skipped")
                self.assertIn("deleted in the database", write.skip_reason)
            self.assertActivityFollows(self.get_task(runs[0], "Call"))
            self.assertEqual(
                str(self.get_task(runs[0], "Call").date_deadline), "2026-03-11"
            )
            self.assertEqual(self.get_task(runs[1], "Call").state, "waiting")

    def test_tracks_of_a_record_that_vanished_in_the_database_go(self):
        run = self.start()
        lead = self.env["crm.lead"].browse(run.res_id)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM crm_lead WHERE id = %s", [lead.id])
        self.env.invalidate_all()
        self.run_cron()
        self.assertFalse(run.exists())

    def test_what_breaks_the_sweep_does_not_come_first_for_ever(self):
        self.env["track.run"].search([]).write({"state": "stopped"})
        runs = self.start(4)
        self.patch(type(self.env["track.run"]), "_SWEEP_LIMIT", 2)
        self.patch(type(self.env["track.run"]), "_SWEEP_BATCH", 2)
        checked = []

        def break_first(leads):
            checked.append(leads.ids)
            if runs[0].res_id in leads.ids:
                raise ValueError("It broke")
            return dict.fromkeys(leads.ids, False)

        Lead = type(self.env["crm.lead"])
        with (
            patch.object(Lead, "_tracks_get_closed", break_first),
            self.assertLogs(LOGGER, "WARNING"),
        ):
            self.run_cron()
            self.run_cron()
        self.assertEqual(len(runs.sudo().filtered("date_checked")), 4)
        self.assertEqual(
            {id_ for ids in checked for id_ in ids}, set(runs.mapped("res_id"))
        )

    def test_comparing_a_track_writes_to_it_once_each_time(self):
        # so that a concurrent change causes a serialization conflict
        run = self.start().sudo()
        execute, queries = self.env.cr.execute, []

        def note(query, *args, **kwargs):
            queries.append(getattr(query, "code", query))
            return execute(query, *args, **kwargs)

        self.env.flush_all()
        for _moment in range(2):  # within the same second
            with patch.object(self.env.cr, "execute", note):
                run._follow_records()
                self.env.flush_all()
            written = [query for query in queries if query.strip().startswith("UPDATE")]
            self.assertEqual(len(written), 1, written)
            queries.clear()
        self.assertEqual(str(run.date_checked), self.NOW)

    @mute_logger(LOGGER)
    def test_it_never_raises(self):
        self.start(2)
        with self.at("2026-03-12 10:00:00"):
            for model, name in (
                ("mail.activity", "create"),
                ("crm.lead", "_tracks_get_closed"),
                ("track.run", "_get_records"),
                ("track.run.line", "_get_assignees"),
            ):
                with patch.object(
                    type(self.env[model]), name, side_effect=ValueError("It broke")
                ):
                    self.run_cron()


@tagged("post_install", "-at_install")
class TestCronCost(CronCase):
    """The queries of a run depend on the due tasks, not on all tasks."""

    def test_tasks_that_are_held_back_are_not_looked_at(self):
        runs = self.start(3)
        later = runs.line_ids.sudo().filtered(lambda task: task.summary == "Later")
        self.assertTrue(all(later.mapped("date_planned")))
        runs[0].action_pause()
        self.env["crm.lead"].browse(runs[1].res_id).action_set_lost()
        runs[2].action_stop()
        self.assertFalse(any(later.mapped("date_planned")))
        runs[0].action_resume()
        self.env["crm.lead"].browse(runs[1].res_id).action_restore()
        self.assertEqual(
            [bool(task.date_planned) for task in later], [True, True, False]
        )

    def test_what_is_due_is_found_by_an_index(self):
        for table, where, index in (
            (
                "track_run_line",
                "state = 'planned' AND date_planned <= '2026-03-12'",
                "planned_idx",
            ),
            (
                "track_run_line",
                "state = 'failed' AND date_retry <= '2026-03-12'",
                "retry_idx",
            ),
            (
                "track_run",
                "state IN ('running', 'paused') "
                "ORDER BY date_checked NULLS FIRST, id LIMIT 5000",
                "checked_idx",
            ),
        ):
            with self.subTest(index=index):
                self.assertIn(index, self.get_plan(table, where))

    @tagged_test(QUERIES)
    @users("tracks_seller")
    def test_the_queries_of_a_run_do_not_grow_with_what_is_due(self):
        def count(number):
            self.env["track.run"].sudo().search([]).sudo().write({"state": "stopped"})
            leads = self.make_leads(number).with_env(self.env)
            leads.tracks_apply(self.template)
            with self.at("2026-03-12 10:00:00"):
                return self.count_queries(self.run_cron)

        count(5)
        few, many = count(10), count(60)
        self.assertLessEqual(many, few + 12)
