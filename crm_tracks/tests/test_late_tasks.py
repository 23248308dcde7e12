from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from .test_automation import CRON_LOGGER, AutomationCase

CRON = "crm_tracks.ir_cron_tracks"


class LateCase(CronMixinCase, AutomationCase):
    def make_marking(self, *tasks, **values):
        """A template that sets the priority, in a task for each of these dicts."""
        return self.make_automated(
            *(
                self.make_update(("priority", 1), summary=f"Mark {number}", **task)
                for number, task in enumerate(tasks or ({},), start=1)
            ),
            **values,
        )

    def get_triggers(self):
        """The moments at which the cron runs beside its interval."""
        cron = self.env.ref(CRON)
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        return sorted(triggers.mapped("call_at"))


@tagged("post_install", "-at_install")
class TestLateTasks(LateCase):
    """Automated tasks whose day is long ago are asked about, run or skipped."""

    def run_late(self, late, **values):
        """The task of a track after the cron came this many days late."""
        _leads, run = self.start(self.make_marking(**values))
        moment = datetime(2026, 3, 4, 10) + timedelta(days=late)
        with self.at(str(moment)):
            self.run_cron()
        return run.line_ids

    def test_empty_is_seven_days_and_the_starter_is_asked(self):
        for values in ({}, {"late_days": False, "on_late": False}, {"on_late": "ask"}):
            with self.subTest(values=values):
                self.assertEqual(self.run_late(7, **values).state, "done")
                task = self.run_late(8, **values)
                self.assertEqual(task.state, "failed")
                self.assertEqual(
                    task.error,
                    "More than 7 days late, so it was not run. Run it now or skip it.",
                )

    def test_the_days_are_those_of_the_template(self):
        self.assertEqual(self.run_late(2, late_days=2).state, "done")
        task = self.run_late(3, late_days=2)
        self.assertEqual(task.state, "failed")
        self.assertIn("More than 2 days late", task.error)
        self.assertIn("More than 1 day late", self.run_late(2, late_days=1).error)

    def test_zero_days_is_the_due_date_only(self):
        self.assertEqual(self.run_late(0, late_days=0).state, "done")
        task = self.run_late(1, late_days=0)
        self.assertEqual(task.error, "Late, so it was not run. Run it now or skip it.")

    def test_run_runs_however_late(self):
        for late_days in (False, 0, 3):
            with self.subTest(late_days=late_days):
                task = self.run_late(400, on_late="run", late_days=late_days)
                self.assertEqual(task.state, "done")

    def test_skip_skips_with_the_reason_and_the_next_task_follows(self):
        template = self.make_automated(
            self.make_update(("priority", 1), summary="Mark"),
            {"summary": "Call", "delay_from": "previous", "delay_count": 1},
            on_late="skip",
            late_days=3,
        )
        [lead], run = self.start(template)
        with self.at("2026-03-08 10:00:00"):
            self.run_cron()
        self.assertTasks(
            run, [("Mark", "skipped", "2026-03-04"), ("Call", "open", "2026-03-09")]
        )
        task = self.get_task(run, "Mark")
        self.assertEqual(task.skip_reason, "More than 3 days late, so it was not run.")
        self.assertEqual(lead.priority, "0")
        self.assertEqual(lead.activity_ids.mapped("summary"), ["Call"])

    def test_skip_says_the_reason_in_words_for_each_number(self):
        for late_days, reason in (
            (0, "Late, so it was not run."),
            (1, "More than 1 day late, so it was not run."),
            (False, "More than 7 days late, so it was not run."),
        ):
            task = self.run_late(9, on_late="skip", late_days=late_days)
            self.assertEqual((task.state, task.skip_reason), ("skipped", reason))

    def test_several_tracks_are_judged_each_by_its_own_template(self):
        runs = self.env["track.run"]
        for on_late in ("ask", "run", "skip", False):
            runs += self.start(self.make_marking(on_late=on_late, late_days=1), 2)[1]
        with self.at("2026-03-08 10:00:00"):
            self.run_cron()
        self.assertEqual(
            runs.line_ids.mapped("state"),
            ["failed"] * 2 + ["done"] * 2 + ["skipped"] * 2 + ["failed"] * 2,
        )

    def test_a_running_track_keeps_what_it_started_with(self):
        template = self.make_marking(on_late="run")
        _leads, run = self.start(template)
        template.on_late = "skip"
        with self.at("2026-03-20 10:00:00"):
            self.run_cron()
        self.assertEqual(run.line_ids.state, "done")

    def test_a_track_that_wakes_late_skips_or_runs(self):
        for on_late, state in (("skip", "skipped"), ("run", "done")):
            _leads, run = self.start(self.make_marking(on_late=on_late))
            run.action_pause()
            with self.at("2026-03-20 10:00:00"), self.subTest(on_late=on_late):
                self.run_cron()
                self.assertEqual(run.line_ids.state, "planned")
                run.action_resume()
                self.run_cron()
                self.assertEqual(run.line_ids.state, state)

    @mute_logger(CRON_LOGGER)
    def test_a_failed_task_whose_track_wakes_late_is_skipped(self):
        template = self.make_automated(
            {"action": "email", "mail_template_id": self.mail_template.id},
            on_late="skip",
        )
        _leads, run = self.start(template, email_from=False)
        self.run_cron()
        self.assertEqual(run.line_ids.state, "failed")
        run.action_pause()
        with self.at("2026-03-20 10:00:00"):
            run.action_resume()
            self.run_cron()
            self.assertEqual(run.line_ids.state, "skipped")

    @users("tracks_seller")
    def test_run_now_by_a_user_asks_nothing(self):
        for on_late in ("ask", "skip"):
            template = self.make_marking(on_late=on_late, late_days=0, run_hour=23)
            _leads, run = self.start(template)
            with self.at("2026-03-20 10:00:00"):
                run.with_user(self.env.user).line_ids.action_run_now()
            self.assertEqual(run.line_ids.state, "done")

    def test_the_dialog_warns_of_what_comes_too_late(self):
        for values, expected in (
            ({"late_days": 1}, ["Due in the past", "Too late to run automatically"]),
            ({"late_days": 2}, ["Due in the past"]),
            ({"on_late": "run", "late_days": 0}, ["Due in the past"]),
            (
                {"on_late": "skip", "late_days": 0},
                ["Due in the past", "Too late, so it will be skipped"],
            ),
        ):
            wizard = (
                self.env["track.apply"]
                .with_user(self.seller)
                .create(
                    {
                        "res_model": "crm.lead",
                        "res_ids": self.make_leads().ids,
                        "template_id": self.make_marking(**values).id,
                        "start_date": "2026-03-02",
                    }
                )
            )
            with self.subTest(values=values):
                self.assertEqual(wizard.preview[0]["warnings"], expected)


@tagged("post_install", "-at_install")
class TestRunHour(LateCase):
    """Automated tasks run from an hour of the company's time zone on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Europe/Brussels"  # UTC+1 in March

    def test_it_runs_at_its_hour_and_not_before(self):
        template = self.make_marking({"delay_count": 1}, run_hour=8)
        [lead], run = self.start(template)
        for moment in ("2026-03-05 00:10:00", "2026-03-05 06:59:59"):
            with self.at(moment):
                self.run_cron()
                self.assertEqual(run.line_ids.state, "planned")
        with self.at("2026-03-05 07:00:00"):
            self.run_cron()
        self.assertEqual(run.line_ids.state, "done")
        self.assertEqual(lead.priority, "1")

    def test_an_overdue_task_waits_for_the_hour_of_any_day(self):
        _leads, run = self.start(self.make_marking(run_hour=8))
        with self.at("2026-03-07 03:00:00"):
            self.run_cron()
            self.assertEqual(run.line_ids.state, "planned")
        with self.at("2026-03-07 22:00:00"):
            self.run_cron()
            self.assertEqual(run.line_ids.state, "done")

    def test_midnight_and_nothing_are_any_hour(self):
        for run_hour in (0, False):
            with self.at("2026-03-04 23:00:00"), self.subTest(run_hour=run_hour):
                _leads, run = self.start(self.make_marking(run_hour=run_hour))
                self.run_cron()
                self.assertEqual(run.line_ids.state, "done")

    def test_the_hour_is_that_of_the_company_and_not_of_the_user(self):
        self.seller.tz = "Asia/Tokyo"
        company_2 = self.company_2
        company_2.resource_calendar_id = company_2.resource_calendar_id.copy(
            {"tz": "America/New_York", "company_id": company_2.id}
        )
        self.seller.company_ids += company_2
        template = self.make_marking(run_hour=9)
        leads = self.make_leads(2)
        leads[0].company_id = self.company
        leads[1].write({"team_id": False, "company_id": company_2.id})
        runs = (
            leads.with_user(self.seller)
            .with_context(allowed_company_ids=(self.company + company_2).ids)
            .tracks_apply(template)
        )
        # 11:00 in Brussels, 5:00 in New York
        self.run_cron()
        self.assertEqual(runs.line_ids.mapped("state"), ["done", "planned"])
        with self.at("2026-03-04 14:00:00"):
            self.run_cron()
        self.assertEqual(runs.line_ids.mapped("state"), ["done", "done"])

    def test_a_task_woken_before_its_hour_comes_again_at_the_hour(self):
        with self.at("2026-03-04 02:00:00"):
            before = self.get_triggers()
            self.start(self.make_marking(run_hour=8), 3)
            self.cr.flush()
            new = list(self.get_triggers())
            for moment in before:
                new.remove(moment)
            self.assertEqual(new, [datetime(2026, 3, 4, 7)])

    def test_the_cron_comes_again_at_the_hour_of_what_it_finds_too_early(self):
        _leads, run = self.start(self.make_marking({"delay_count": 1}, run_hour=8))
        with (
            self.at("2026-03-05 00:30:00"),
            self.capture_triggers(CRON) as triggers,
        ):
            self.run_cron()
        self.assertEqual(triggers.records.mapped("call_at"), [datetime(2026, 3, 5, 7)])
        self.assertEqual(run.line_ids.date_hour, datetime(2026, 3, 5, 7))

    def test_what_waits_for_its_hour_is_not_read_by_each_run(self):
        Task = self.registry["track.run.line"]
        begin_batch = Task._cron_begin_batch
        _leads, runs = self.start(self.make_marking({"delay_count": 1}, run_hour=8), 5)
        with patch.object(Task, "_cron_begin_batch", autospec=True) as batch:
            batch.side_effect = begin_batch
            for hour, calls in ((1, 1), (2, 1), (5, 1), (7, 2)):
                with self.at(f"2026-03-05 0{hour}:00:00"):
                    self.run_cron()
                self.assertEqual(batch.call_count, calls, hour)
        self.assertEqual(set(runs.line_ids.mapped("state")), {"done"})

    def test_others_do_not_wait_with_it(self):
        self.patch(self.registry["track.run"], "_CRON_BATCH", 2)
        _leads, early = self.start(self.make_marking(run_hour=20), 3)
        _leads, runs = self.start(self.make_marking(), 3)
        self.run_cron()
        self.assertEqual(set(runs.line_ids.mapped("state")), {"done"})
        self.assertEqual(set(early.line_ids.mapped("state")), {"planned"})

    def test_activities_do_not_wait_for_the_hour(self):
        template = self.make_automated(
            {"summary": "Call"},
            {"summary": "Ask", "delay_count": 1},
            run_hour=20,
            activity_creation="ahead",
            ahead_days=0,
        )
        _leads, run = self.start(template)
        self.assertEqual(self.get_task(run, "Call").state, "open")
        with self.at("2026-03-05 00:30:00"):
            self.run_cron()
        self.assertEqual(self.get_task(run, "Ask").state, "open")

    @mute_logger(CRON_LOGGER)
    def test_what_failed_is_not_tried_again_before_the_hour(self):
        template = self.make_automated(
            {"action": "email", "mail_template_id": self.mail_template.id},
            run_hour=8,
        )
        [lead], run = self.start(template, email_from=False)
        task = run.line_ids
        with self.at("2026-03-04 22:30:00"):
            self.run_cron()
            self.assertEqual((task.state, task.attempts), ("failed", 1))
        lead.email_from = "customer@example.com"
        with self.at("2026-03-05 03:00:00"):
            self.run_cron()
            self.assertEqual((task.state, task.attempts), ("failed", 1))
        with self.at("2026-03-05 07:05:00"):
            self.run_cron()
            self.assertEqual(task.state, "done")

    def test_a_moved_date_is_looked_at_on_its_day(self):
        _leads, run = self.start(self.make_marking(run_hour=8))
        with self.at("2026-03-05 02:00:00"):
            self.run_cron()
        run.start_date = "2026-03-09"
        with self.at("2026-03-05 08:00:00"):
            self.run_cron()
            self.assertEqual(run.line_ids.state, "planned")
        with self.at("2026-03-09 07:00:00"):
            self.run_cron()
            self.assertEqual(run.line_ids.state, "done")

    def test_the_hour_that_a_clock_change_leaves_out_is_the_next_one(self):
        # on 29 March, 2:00 in Brussels is 3:00
        template = self.make_marking({"delay_count": 25}, run_hour=2)
        _leads, run = self.start(template)
        with self.at("2026-03-29 00:59:00"):
            self.run_cron()
            self.assertEqual(run.line_ids.state, "planned")
        with self.at("2026-03-29 01:00:00"):
            self.run_cron()
            self.assertEqual(run.line_ids.state, "done")


@tagged("post_install", "-at_install")
class TestLateOptions(LateCase):
    """The options for late tasks are entered, read, copied and checked."""

    @users("tracks_manager")
    def test_empty_is_not_zero(self):
        template = self.env["track.template"].create({"name": "Empty"})
        self.assertIs(template.late_days, False)
        self.assertEqual(template._get_late_days(), 7)
        template.late_days = 0
        template.invalidate_recordset()
        self.assertIs(template.read(["late_days"])[0]["late_days"], 0)
        self.assertEqual(template._get_late_days(), 0)
        self.assertIn(
            template, template.search([("late_days", "=", 0), ("id", "=", template.id)])
        )
        self.assertFalse(
            template.search([("late_days", "=", False), ("id", "=", template.id)])
        )
        template.late_days = False
        template.invalidate_recordset()
        self.assertIs(template.read(["late_days"])[0]["late_days"], False)
        self.assertIn(
            template,
            template.search([("late_days", "=", False), ("id", "=", template.id)]),
        )

    @users("tracks_manager")
    def test_the_form_leaves_them_empty(self):
        with Form(self.env["track.template"]) as form:
            form.name = "New"
        template = form.record
        self.assertEqual(
            (template.late_days, template.run_hour, template.on_late),
            (False, False, False),
        )
        self.assertIs(template.late_days, False)

    def test_a_track_and_its_template_have_the_same_values(self):
        values = {"late_days": 0, "on_late": "skip", "run_hour": 9}
        template = self.make_marking(**values)
        _leads, run = self.start(template)
        for record in (run, template.copy()):
            self.assertEqual({name: record[name] for name in values}, values)
        empty = self.start(self.make_marking())[1]
        self.assertIs(empty.late_days, False)
        self.assertIs(empty.run_hour, False)

    @users("tracks_manager")
    def test_bad_numbers_are_refused_in_a_sentence(self):
        template = self.make_marking().with_env(self.env)
        for name, value, label in (
            ("late_days", -1, "Late After (Days)"),
            ("late_days", 10000, "Late After (Days)"),
            ("run_hour", -1, "Not Before (Hour)"),
            ("run_hour", 24, "Not Before (Hour)"),
        ):
            last = 23 if name == "run_hour" else 9999
            with (
                self.subTest(name=name, value=value),
                self.assertRaises(ValidationError) as caught,
                self.cr.savepoint(),
            ):
                template.write({name: value})
            self.assertEqual(
                str(caught.exception),
                f"“{label}” of “Sales follow-through” cannot be {value}. Enter a "
                f"number from 0 to {last}, or nothing.",
            )
        for value in ("soon", 1.5, True, [], 2**31, float("inf")):
            with (
                self.subTest(value=value),
                self.assertRaisesRegex(
                    UserError, "is not a number for “Not Before .Hour.”. Enter a whole"
                ),
                self.cr.savepoint(),
            ):
                template.write({"run_hour": value})
        template.write({"run_hour": "8", "late_days": 2.0})
        self.assertEqual((template.run_hour, template.late_days), (8, 2))

    @users("tracks_seller")
    def test_users_cannot_write_them_on_a_track(self):
        _leads, run = self.start(self.make_marking())
        for values in ({"late_days": 1}, {"on_late": "run"}, {"run_hour": 1}):
            with self.assertRaisesRegex(UserError, "cannot be edited"):
                run.with_user(self.env.user).write(values)

    @users("tracks_manager")
    def test_the_template_says_it(self):
        for values, text in (
            ({}, False),
            ({"on_late": "ask"}, False),
            ({"on_late": "run"}, "Automated tasks run however late they are"),
            (
                {"on_late": "skip"},
                "Automated tasks more than 7 days late are skipped",
            ),
            ({"on_late": "skip", "late_days": 0}, "Late automated tasks are skipped"),
            (
                {"on_late": "skip", "late_days": 1},
                "Automated tasks more than 1 day late are skipped",
            ),
            (
                {"late_days": 1},
                "Automated tasks more than 1 day late wait for a decision",
            ),
            (
                {"late_days": 2},
                "Automated tasks more than 2 days late wait for a decision",
            ),
            ({"late_days": 0}, "Late automated tasks wait for a decision"),
            ({"run_hour": 8}, "Automated tasks do not run before 8:00 AM"),
            ({"run_hour": 0}, False),
        ):
            template = self.env["track.template"].new({"name": "Said", **values})
            with self.subTest(values=values):
                shown = template.options_text
                shown = shown and shown.replace("\u202f", " ")
                self.assertEqual(shown or False, text)
