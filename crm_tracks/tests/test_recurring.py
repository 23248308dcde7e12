from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, users

from ..tools.periods import add_periods, count_periods
from .common import QUERIES, TracksCase, tagged_test


class RecurringCase(TracksCase):
    """Tracks that repeat, started on 4 March 2026 unless a test says otherwise."""

    def make_recurring(self, *lines, **values):
        values = {"repeat_every": 1, "repeat_unit": "months", **values}
        lines = lines or ({"summary": "Call"},)
        return self.make_template(*lines, **values)

    def start(self, template, count=1, day=None, user=None, **values):
        """Tracks of new opportunities, started by their owner."""
        leads = self.make_leads(count, user=user)
        return (
            leads.with_user(user or self.seller)
            .tracks_apply(template.id, start_date=day, **values)
            .sudo()
        )

    def get_repeat(self, run):
        return run.line_ids.filtered(lambda task: task.action == "repeat")

    def get_next(self, run):
        """The tracks that follow this one."""
        return run.search([("previous_run_id", "in", run.ids)])

    def tick_all(self, runs):
        runs.line_ids.filtered(lambda task: task.action == "activity").action_done()

    def cron_at(self, moment):
        with self.at(moment):
            self.run_cron()

    def get_notes(self, run):
        record = self.env[run.res_model].browse(run.res_id)
        return " ".join(record.message_ids.mapped("body"))

    def assertOneOfSeries(self, run):
        """At most one track of the record runs."""
        running = run.search(
            [
                ("res_model", "=", run.res_model),
                ("res_id", "=", run.res_id),
                ("state", "in", ("running", "paused")),
            ]
        )
        self.assertLessEqual(len(running), 1, running.mapped("name"))


@tagged("post_install", "-at_install")
class TestPeriods(TracksCase):
    """Whole periods, as plain functions."""

    def test_months_keep_the_day_of_the_series(self):
        days = [date(2026, 1, 31)]
        for _number in range(4):
            days.append(add_periods(days[-1], 1, 1, "months", 31))
        self.assertEqual(
            days,
            [
                date(2026, 1, 31),
                date(2026, 2, 28),
                date(2026, 3, 31),
                date(2026, 4, 30),
                date(2026, 5, 31),
            ],
        )

    def test_a_moved_day_begins_a_series_of_its_own(self):
        self.assertEqual(
            add_periods(date(2026, 2, 27), 1, 1, "months", 31), date(2026, 3, 27)
        )

    def test_counting_agrees_with_adding(self):
        for unit in ("days", "weeks", "months"):
            for every in (1, 2, 5):
                for first in (date(2024, 1, 31), date(2024, 2, 29), date(2023, 12, 1)):
                    for until in (
                        date(2024, 2, 28),
                        date(2024, 2, 29),
                        date(2024, 3, 31),
                        date(2025, 2, 28),
                        date(2023, 1, 1),
                    ):
                        with self.subTest(first=first, until=until, unit=unit, n=every):
                            count = count_periods(first, until, every, unit, 31)
                            self.assertGreaterEqual(count, 0)
                            after = add_periods(first, count + 1, every, unit, 31)
                            self.assertGreater(after, until)
                            if count:
                                last = add_periods(first, count, every, unit, 31)
                                self.assertLessEqual(last, until)

    def test_no_day_lies_outside_of_the_calendar(self):
        for unit in ("days", "weeks", "months"):
            self.assertEqual(
                add_periods(date(2999, 12, 31), 9999, 9999, unit), date(2999, 12, 31)
            )


@tagged("post_install", "-at_install")
class TestRecurring(RecurringCase):
    """When the next track of a series starts, and on which day."""

    # ------------------------------------------------------------------
    # Templates
    # ------------------------------------------------------------------

    def test_a_period_is_at_least_one_and_has_a_unit(self):
        template = self.make_recurring()
        for every in (-1, 10000):
            with self.assertRaisesRegex(ValidationError, "from 1 to 9999"):
                self.make_recurring(repeat_every=every)
        with self.assertRaisesRegex(ValidationError, "Select days, weeks or months"):
            template.repeat_unit = False

    def test_zero_and_nothing_are_never(self):
        for every in (0, False):
            template = self.make_recurring(repeat_every=every)
            self.assertFalse(self.get_repeat(self.start(template)))

    def test_a_template_cannot_have_the_task(self):
        with self.assertRaises(ValueError):
            self.make_template({"summary": "Again", "action": "repeat"})

    @users("tracks_seller")
    def test_nobody_adds_the_task_to_a_track(self):
        run = self.start(self.make_template({"summary": "Call"}))
        with self.assertRaises(AccessError):
            self.env["track.run.line"].create(
                {"run_id": run.id, "summary": "Again", "action": "repeat"}
            )

    def test_the_options_say_the_period(self):
        for every, unit, text in (
            (1, "days", "Repeats every day"),
            (2, "weeks", "Repeats every 2 weeks"),
            (1, "months", "Repeats every month"),
        ):
            template = self.make_recurring(repeat_every=every, repeat_unit=unit)
            self.assertIn(text, template.options_text)

    def test_a_template_made_of_a_track_repeats_too(self):
        run = self.start(self.make_recurring())
        action = run.with_user(self.manager).action_make_template()
        copy = self.env["track.template"].browse(action["res_id"])
        self.assertEqual((copy.repeat_every, copy.repeat_unit), (1, "months"))
        self.assertEqual(copy.line_ids.mapped("summary"), ["Call"])

    # ------------------------------------------------------------------
    # Its turn
    # ------------------------------------------------------------------

    def test_the_task_is_the_last_one_and_waits_for_all_others(self):
        template = self.make_recurring(
            {"summary": "Call"}, {"summary": "Write", "delay_from": "previous"}
        )
        run = self.start(template)
        task = self.get_repeat(run)
        self.assertEqual(run.line_ids.sorted()[-1], task)
        self.assertEqual((task.state, task.date_deadline), ("waiting", False))
        self.tick(run, "Call")
        self.assertEqual(task.state, "waiting")
        self.tick(run, "Write")
        self.assertEqual(
            (run.state, task.state, task.date_deadline),
            ("running", "planned", date(2026, 4, 4)),
        )

    def test_the_next_track_starts_one_period_after_the_start(self):
        run = self.start(self.make_recurring())
        self.tick_all(run)
        self.cron_at("2026-04-03 12:00:00")
        self.assertFalse(self.get_next(run))
        self.cron_at("2026-04-04 12:00:00")
        after = self.get_next(run)
        self.assertEqual(run.state, "done")
        self.assertEqual(
            (after.state, after.start_date, after.template_id, after.user_id),
            ("running", date(2026, 4, 4), run.template_id, self.seller),
        )
        self.assertEqual(self.get_task(after, "Call").state, "open")
        self.assertEqual(after.generation, 0)
        self.assertFalse(after.origin_id)

    def test_the_next_track_waits_for_unfinished_tasks(self):
        run = self.start(self.make_recurring())
        self.cron_at("2026-04-20 12:00:00")
        self.assertFalse(self.get_next(run))
        with self.at("2026-04-21 09:00:00"):
            self.tick_all(run)
            self.run_cron()
        self.assertEqual(self.get_next(run).start_date, date(2026, 4, 4))

    def test_months_that_nobody_came_are_one_start(self):
        run = self.start(self.make_recurring())
        self.tick_all(run)
        self.cron_at("2026-07-10 12:00:00")
        after = self.get_next(run)
        self.assertEqual(len(after), 1)
        self.assertEqual(after.start_date, date(2026, 7, 4))
        notes = self.get_notes(run)
        for day in ("04/04/2026", "05/04/2026", "06/04/2026"):
            self.assertIn(day, notes)
        self.cron_at("2026-07-10 13:00:00")
        self.assertFalse(self.get_next(after))

    def test_many_days_left_out_are_counted(self):
        run = self.start(self.make_recurring(repeat_unit="days"))
        self.tick_all(run)
        self.cron_at("2026-05-05 12:00:00")
        self.assertEqual(self.get_next(run).start_date, date(2026, 5, 5))
        self.assertIn("61 days from 03/05/2026 to 05/04/2026", self.get_notes(run))

    def test_lateness_never_ends_a_series(self):
        for values in ({"on_late": "skip", "late_days": 0}, {"on_late": "ask"}):
            run = self.start(self.make_recurring(**values))
            self.tick_all(run)
            self.cron_at("2027-03-04 12:00:00")
            self.assertEqual(self.get_next(run).start_date, date(2027, 3, 4))

    def test_a_month_that_is_too_short_does_not_move_the_series(self):
        run = self.start(self.make_recurring(), day=date(2026, 1, 31))
        self.tick_all(run)
        self.cron_at("2026-03-05 12:00:00")
        second = self.get_next(run)
        self.assertEqual(
            (second.start_date, second.series_day), (date(2026, 2, 28), 31)
        )
        self.tick_all(second)
        self.cron_at("2026-03-31 12:00:00")
        third = self.get_next(second)
        self.assertEqual(
            (third.start_date, third.series_day), (date(2026, 3, 31), False)
        )

    def test_a_day_off_does_not_move_the_series(self):
        template = self.make_recurring(
            repeat_unit="days", repeat_every=3, day_off="after"
        )
        run = self.start(template)  # the next day is a Saturday
        self.tick_all(run)
        self.assertEqual(self.get_repeat(run).date_deadline, date(2026, 3, 7))

    def test_counting_back_the_next_end_date_is_one_period_later(self):
        template = self.make_recurring(
            {"summary": "Close", "delay_from": "end", "delay_count": 3},
            direction="end",
        )
        run = self.start(template, end_date=date(2026, 3, 31))
        self.tick_all(run)
        task = self.get_repeat(run)
        self.assertEqual(
            (task.state, task.date_deadline), ("planned", date(2026, 3, 31))
        )
        self.cron_at("2026-03-30 12:00:00")
        self.assertFalse(self.get_next(run))
        self.cron_at("2026-03-31 12:00:00")
        second = self.get_next(run)
        self.assertEqual((second.end_date, second.series_day), (date(2026, 4, 30), 31))
        self.tick_all(second)
        self.cron_at("2026-06-30 12:00:00")
        third = self.get_next(second)
        self.assertEqual(third.end_date, date(2026, 7, 31))
        self.assertIn("05/31/2026, 06/30/2026", self.get_notes(third))

    def test_a_date_set_by_hand_moves_the_series(self):
        run = self.start(self.make_recurring())
        self.tick_all(run)
        self.get_repeat(run).with_user(self.seller).date_deadline = date(2026, 4, 10)
        self.cron_at("2026-04-09 12:00:00")
        self.assertFalse(self.get_next(run))
        self.cron_at("2026-04-10 12:00:00")
        after = self.get_next(run)
        self.assertEqual(after.start_date, date(2026, 4, 10))
        self.assertEqual(
            after._get_repeat_day(after.start_date, False), date(2026, 5, 10)
        )

    def test_another_start_date_moves_the_next_track(self):
        run = self.start(self.make_recurring())
        self.tick_all(run)
        run.with_user(self.seller).start_date = date(2026, 3, 10)
        self.assertEqual(self.get_repeat(run).date_deadline, date(2026, 4, 10))

    def test_run_now_needs_finished_tasks(self):
        run = self.start(self.make_recurring())
        task = self.get_repeat(run).with_user(self.seller)
        with self.assertRaisesRegex(UserError, "has unfinished tasks"):
            task.action_run_now()
        with self.assertRaisesRegex(UserError, "automated"):
            task.action_done()
        self.tick_all(run)
        task.action_run_now()
        after = self.get_next(run)
        self.assertEqual((run.state, after.start_date), ("done", date(2026, 4, 4)))
        self.assertOneOfSeries(run)

    def test_tracks_that_run_keep_their_period(self):
        template = self.make_recurring()
        run = self.start(template)
        template.repeat_every = False
        self.tick_all(run)
        self.cron_at("2026-04-04 12:00:00")
        after = self.get_next(run)
        self.assertEqual(after.state, "running")
        self.assertFalse(self.get_repeat(after))

    def test_many_tracks_repeat_in_one_run(self):
        template = self.make_recurring(one_per_record=True)
        runs = self.start(template, 5)
        self.tick_all(runs)
        with patch.object(type(self.env["track.run"]), "_CRON_BATCH", 2):
            self.cron_at("2026-04-04 12:00:00")
        self.assertEqual(runs.mapped("state"), ["done"] * 5)
        after = self.get_next(runs)
        self.assertEqual(after.mapped("state"), ["running"] * 5)
        for run in after:
            self.assertEqual(run.previous_run_id.res_id, run.res_id)

    def test_a_series_is_longer_than_a_chain(self):
        run = self.start(self.make_recurring(repeat_unit="days"), day=date(2026, 3, 4))
        first = run
        for day in range(5, 17):
            with self.at(f"2026-03-{day:02} 12:00:00"):
                self.tick_all(run)
                self.run_cron()
                run = self.get_next(run)
                self.assertEqual(run.start_date, date(2026, 3, day))
                self.assertOneOfSeries(run)
        self.assertEqual(run.series_ref, first.id)

    # ------------------------------------------------------------------
    # Progress and figures
    # ------------------------------------------------------------------

    def test_the_task_is_no_progress(self):
        run = self.start(self.make_recurring({"summary": "Call"}, {"summary": "Write"}))
        self.assertEqual((run.progress, run.progress_text), (0, "0 of 2"))
        self.assertNotIn("3 tasks", self.get_notes(run))
        lead = self.env["crm.lead"].browse(run.res_id)
        self.tick_all(run)
        self.assertEqual((run.progress, run.progress_text), (100, "2 of 2"))
        self.assertEqual(lead.track_progress, "2/2")
        data = run.get_tab_data("crm.lead", lead.id)["runs"][0]
        self.assertEqual(data["series_text"], "next on 04/04/2026")
        self.cron_at("2026-04-04 12:00:00")
        self.assertFalse(run._get_series_text())

    def test_the_task_is_no_task_on_hold(self):
        run = self.start(self.make_recurring({"summary": "A"}, {"summary": "B"}))
        lead = self.env["crm.lead"].browse(run.res_id)
        run.action_pause()
        self.assertTrue(run._get_hold_text(lead).startswith("2 tasks on hold. "))
        run.line_ids[:2].action_skip()
        self.assertEqual(
            run._get_hold_text(lead), "Tasks come back when their track is resumed."
        )

    def test_the_task_is_no_figure(self):
        template = self.make_recurring()
        run = self.start(template)
        self.tick_all(run)
        self.cron_at("2026-05-10 12:00:00")
        with self.at("2026-05-10 13:00:00"):
            self.env.invalidate_all()
            figures = template._get_figures()[template.id, False]
        self.assertEqual((figures.tasks_done, figures.tasks_dated), (1, 1))
        self.assertEqual(figures.in_time, 1)
        action = template.with_user(self.manager).action_view_tasks_done()
        counted = self.env["track.run.line"].search(action["domain"])
        self.assertEqual(counted.mapped("summary"), ["Call"])
        self.assertEqual(self.get_repeat(run).in_time_rate, 0)
        self.assertEqual(self.get_repeat(run).days_done_late, 0)
        ended = self.env["track.run.line"].search(
            [("run_id", "=", run.id), ("ended_here", "=", True)]
        )
        self.assertEqual(ended.mapped("summary"), ["Call"])
        self.assertEqual(run.line_ids.filtered("ended_here"), ended)
        [(rate,)] = self.env["track.run.line"]._read_group(
            [("run_id", "=", run.id)], [], ["in_time_rate:avg"]
        )
        self.assertEqual(rate, 100)
        [(median,)] = self.env["track.run.line"]._read_group(
            [("run_id", "=", run.id)], [], ["days_done_late:median"]
        )
        self.assertEqual(median, 0)

    # ------------------------------------------------------------------
    # The tasks of the track
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_added_and_moved_tasks_come_before_it(self):
        run = self.start(self.make_recurring()).with_user(self.env.user)
        task = self.get_repeat(run)
        added = self.env["track.run.line"].create(
            {"run_id": run.id, "summary": "Write", "delay_from": "previous"}
        )
        self.assertEqual(run.line_ids.sorted()[-1], task)
        (task + added).web_resequence({})
        self.assertEqual(run.line_ids.sorted()[-1], task)
        below = task.action_add_below("Thank")
        self.assertEqual(run.line_ids.sorted()[-2:].ids, [below, task.id])

    def test_a_task_added_late_holds_the_next_track_back(self):
        run = self.start(self.make_recurring())
        self.tick_all(run)
        added = (
            self.env["track.run.line"]
            .with_user(self.seller)
            .create({"run_id": run.id, "summary": "Write", "delay_from": "previous"})
        )
        self.assertEqual(self.get_repeat(run).state, "waiting")
        self.assertEqual(added.state, "open")
        self.cron_at("2026-04-04 12:00:00")
        self.assertFalse(self.get_next(run))

    def test_a_reopened_task_holds_the_next_track_back(self):
        run = self.start(self.make_recurring())
        self.tick_all(run)
        call = self.get_task(run, "Call").with_user(self.seller)
        call.action_reopen()
        self.assertEqual(self.get_repeat(run).state, "waiting")
        self.cron_at("2026-04-04 12:00:00")
        self.assertFalse(self.get_next(run))

    def test_its_plan_cannot_be_edited(self):
        run = self.start(self.make_recurring())
        task = self.get_repeat(run).with_user(self.seller)
        for vals in (
            {"delay_count": 5},
            {"delay_from": "previous"},
            {"user_id": self.seller.id},
        ):
            with self.assertRaises(UserError):
                task.write(vals)

    def test_an_answer_does_not_bring_the_next_track_forward(self):
        run = self.start(self.make_recurring())
        self.tick_all(run)
        run._engine()._bring_forward("Customer")
        self.assertEqual(self.get_repeat(run).date_deadline, date(2026, 4, 4))


@tagged("post_install", "-at_install")
class TestSeriesEnds(RecurringCase):
    """What ends a series, what only interrupts it, and that it is never twice."""

    @users("tracks_seller")
    def test_end_series_skips_the_task(self):
        run = self.start(self.make_recurring()).with_user(self.env.user)
        run.action_end_series()
        self.assertEqual(self.get_repeat(run).state, "skipped")
        self.assertEqual(run.state, "running")
        self.assertIn("The series of track", self.get_notes(run.sudo()))
        self.tick_all(run)
        self.assertEqual(run.state, "done")
        self.cron_at("2026-04-04 12:00:00")
        self.assertFalse(self.get_next(run.sudo()))
        with self.assertRaisesRegex(UserError, "repeat belong to a series"):
            run.action_end_series()

    @users("tracks_seller")
    def test_end_series_of_a_track_that_only_waits_for_the_next(self):
        run = self.start(self.make_recurring()).with_user(self.env.user)
        self.tick_all(run)
        run.action_end_series()
        self.assertEqual(run.state, "done")
        self.get_repeat(run).action_reopen()
        self.assertEqual(run.state, "running")
        self.cron_at("2026-04-04 12:00:00")
        self.assertEqual(len(self.get_next(run.sudo())), 1)

    def test_end_series_needs_write_access_and_a_series(self):
        run = self.start(self.make_recurring())
        with self.assertRaises(AccessError):
            run.with_user(self.seller_2).action_end_series()
        with self.assertRaises(AccessError):
            run.with_user(self.portal).action_end_series()
        plain = self.start(self.make_template({"summary": "Call"}))
        with self.assertRaisesRegex(UserError, "repeat belong to a series"):
            plain.with_user(self.seller).action_end_series()
        (run + plain).with_user(self.seller).action_end_series()
        self.assertEqual(self.get_repeat(run).state, "skipped")

    def test_stopping_ends_the_series(self):
        run = self.start(self.make_recurring())
        self.tick_all(run)
        run.with_user(self.seller).action_stop()
        self.cron_at("2026-04-04 12:00:00")
        self.assertEqual(run.state, "stopped")
        self.assertFalse(self.get_next(run))

    def test_an_archived_template_ends_the_series_with_the_reason(self):
        template = self.make_recurring()
        run = self.start(template)
        self.tick_all(run)
        template.active = False
        self.assertIn("archived", run._get_series_text())
        self.cron_at("2026-04-04 12:00:00")
        task = self.get_repeat(run)
        self.assertEqual((run.state, task.state), ("done", "skipped"))
        self.assertIn("its template was archived", task.skip_reason)
        self.assertIn("its template was archived", self.get_notes(run))

    def test_a_deleted_template_ends_the_series_with_the_reason(self):
        template = self.make_recurring()
        run = self.start(template)
        self.tick_all(run)
        template.unlink()
        self.cron_at("2026-04-04 12:00:00")
        self.assertEqual(run.state, "done")
        self.assertIn("its template was deleted", self.get_repeat(run).skip_reason)

    def test_a_closed_record_holds_the_series(self):
        run = self.start(self.make_recurring())
        lead = self.env["crm.lead"].browse(run.res_id)
        self.tick_all(run)
        lead.action_set_lost()
        self.cron_at("2026-05-20 12:00:00")
        self.assertEqual((run.state, run.held), ("running", True))
        self.assertFalse(self.get_next(run))
        with self.at("2026-06-10 12:00:00"):
            lead.action_unarchive()
            self.run_cron()
        self.assertEqual(self.get_next(run).start_date, date(2026, 6, 4))

    def test_a_paused_track_holds_the_series(self):
        run = self.start(self.make_recurring())
        self.tick_all(run)
        run.with_user(self.seller).action_pause()
        self.cron_at("2026-05-20 12:00:00")
        self.assertFalse(self.get_next(run))
        with self.assertRaisesRegex(UserError, "on hold"):
            self.get_repeat(run).with_user(self.seller).action_run_now()
        with self.at("2026-05-21 12:00:00"):
            run.with_user(self.seller).action_resume()
            self.run_cron()
        self.assertEqual(self.get_next(run).start_date, date(2026, 5, 4))

    def test_reopening_beside_the_next_track_is_refused(self):
        run = self.start(self.make_recurring())
        self.tick_all(run)
        self.cron_at("2026-04-04 12:00:00")
        second = self.get_next(run)
        call = self.get_task(run, "Call").with_user(self.seller)
        for reopen in (
            call.action_reopen,
            lambda: call.sudo().activity_id.with_user(self.seller).action_unarchive(),
        ):
            with self.assertRaisesRegex(UserError, "the next track"):
                reopen()
        self.assertOneOfSeries(run)
        with self.at("2026-05-04 12:00:00"):
            self.tick_all(second)
            self.run_cron()
        third = self.get_next(second)
        with self.assertRaisesRegex(UserError, "the next track"):
            call.action_reopen()
        third.with_user(self.seller).action_stop()
        call.action_reopen()
        self.assertEqual(run.state, "running")
        self.tick_all(run)
        self.cron_at("2026-08-04 12:00:00")
        self.assertEqual(len(self.get_next(run)), 1, "it started one already")
        self.assertEqual(run.state, "done")

    def test_the_task_that_ran_cannot_be_reopened(self):
        run = self.start(self.make_recurring())
        self.tick_all(run)
        self.cron_at("2026-04-04 12:00:00")
        with self.assertRaises(UserError):
            self.get_repeat(run).with_user(self.seller).action_reopen()

    def test_a_next_track_started_by_hand_counts(self):
        template = self.make_recurring()
        template.next_template_ids = template
        run = self.start(template)
        self.tick_all(run)
        run.with_user(self.seller).action_end_series()
        run.with_user(self.seller).action_start_next(template.id)
        with self.assertRaisesRegex(UserError, "the next track"):
            self.get_repeat(run).with_user(self.seller).action_reopen()

    def test_a_goal_and_an_outcome_end_the_series_too(self):
        template = self.make_recurring(
            goal="[('referred', '=', 'Ada')]",
            res_model_ids=self.env["ir.model"]._get("crm.lead").ids,
        )
        run = self.start(template)
        self.env["crm.lead"].browse(run.res_id).referred = "Ada"
        self.assertEqual((run.state, self.get_repeat(run).state), ("done", "skipped"))

    def test_what_prevents_the_start_fails_the_task_and_is_tried_again(self):
        template = self.make_recurring()
        run = self.start(template)
        self.tick_all(run)
        self.seller.active = False
        self.cron_at("2026-04-04 12:00:00")
        task = self.get_repeat(run)
        self.assertEqual((run.state, task.state), ("running", "failed"))
        self.assertIn("can no longer be assigned", task.error)
        self.assertFalse(self.get_next(run))
        with self.at("2026-04-05 12:00:00"):
            run.with_user(self.manager).action_take_over()
            self.run_cron()
        after = self.get_next(run)
        self.assertEqual(
            (after.user_id, after.start_date), (self.manager, date(2026, 4, 4))
        )

    def test_a_lost_right_fails_the_task(self):
        run = self.start(self.make_recurring())
        self.tick_all(run)
        self.env["crm.lead"].browse(run.res_id).user_id = self.seller_2
        self.cron_at("2026-04-04 12:00:00")
        self.assertEqual((run.state, self.get_repeat(run).state), ("running", "failed"))

    def test_a_track_task_starts_a_series_once(self):
        monthly = self.make_recurring(name="Monthly")
        weekly = self.make_recurring(
            {"action": "track", "next_template_id": monthly.id},
            name="Weekly",
            repeat_unit="weeks",
        )
        run = self.start(weekly)
        self.run_cron()
        self.cron_at("2026-03-11 12:00:00")
        after = self.get_next(run)
        self.assertEqual(len(after), 1)
        self.cron_at("2026-03-11 13:00:00")
        started = run.search(
            [("res_id", "=", run.res_id), ("template_id", "=", monthly.id)]
        )
        self.assertEqual(len(started), 1)
        task = after.line_ids.filtered(lambda task: task.action == "track")
        self.assertIn("it repeats", task.error)

    # ------------------------------------------------------------------
    # Its cost
    # ------------------------------------------------------------------

    @tagged_test(QUERIES)
    def test_a_template_that_repeats_costs_one_query_more(self):
        plain = self.make_template({"summary": "Call"})
        recurring = self.make_recurring()
        leads = self.make_leads(6)
        leads[0].tracks_apply(plain)
        counts = [
            self.count_queries(lambda t=template, i=index: leads[i].tracks_apply(t))
            for index, template in enumerate((plain, recurring), start=1)
        ]
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_tracks_that_wait_cost_the_cron_nothing(self):
        template = self.make_recurring()
        runs = self.start(template, 3)
        due, none = [], runs.line_ids.browse()
        Task = type(self.env["track.run.line"])
        with patch.object(Task, "_cron_begin_batch", lambda tasks: due.append(tasks)):
            self.cron_at("2026-06-04 12:00:00")
            self.assertFalse(runs.line_ids & none.concat(*due))
            self.tick_all(runs)
            due.clear()
            self.cron_at("2026-03-20 12:00:00")
            self.assertFalse(runs.line_ids & none.concat(*due))
            due.clear()
            self.cron_at("2026-04-04 12:00:00")
            self.assertEqual(runs.line_ids & none.concat(*due), self.get_repeat(runs))

    @tagged_test(QUERIES)
    def test_the_cost_of_a_run_does_not_grow_with_the_series(self):
        template = self.make_recurring()

        def count(number):
            runs = self.start(template, number)
            self.tick_all(runs)
            tasks = self.get_repeat(runs).with_user(self.env.ref("base.user_root"))
            with self.at("2026-04-04 12:00:00"):
                cost = self.count_queries(tasks._cron_begin_due)
            self.assertEqual(len(self.get_next(runs)), number)
            return cost

        count(1)
        few, many = count(2), count(12)
        # each track is completed, started and noted
        self.assertLess((many - few) / 10, 8)
