from datetime import date
from functools import partial
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users

from .common import QUERIES, TracksCase, tagged_test

TEXT = "When the record is reopened, dates move by the days on hold"


class PausingCase(TracksCase):
    """A track with tasks that count from the start, and from one another.

    It starts on Wednesday, 4 March 2026.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_template(
            {"summary": "Call"},
            {"summary": "Write", "delay_count": 2, "delay_from": "previous"},
            {"summary": "Visit", "delay_count": 5, "delay_unit": "weekdays"},
            {"summary": "Close", "delay_count": 3, "delay_from": "previous"},
            name="Pausing",
        )
        cls.backwards = cls.make_template(
            {"summary": "Book", "delay_count": 10, "delay_from": "end"},
            direction="end",
            name="Event",
        )

    def start(self, template=None, count=1, **values):
        leads = self.make_leads(count)
        runs = leads.with_user(self.seller).tracks_apply(
            template or self.template, **values
        )
        self.env.flush_all()
        return runs.with_user(self.seller)

    def get_lead(self, run):
        return self.env["crm.lead"].with_user(self.seller).browse(run.res_id)

    def assertDates(self, run, *dates):
        """The dates of the tasks, as month and day; False without one."""
        self.env.flush_all()
        self.env.invalidate_all()
        actual = [
            task.date_deadline and task.date_deadline.isoformat()[5:]
            for task in run.sudo().line_ids.sorted()
        ]
        self.assertEqual(actual, list(dates))

    def assertAwake(self, run):
        self.assertFalse(run._is_suspended())
        self.assertFalse(run.date_quiet or run.date_resume or run.date_paused)


@tagged("post_install", "-at_install")
class TestPausingUntil(PausingCase):
    """A track is paused until a day, on which the scheduled action resumes it."""

    def test_the_cron_resumes_on_that_day_and_not_before(self):
        run = self.start()
        run.action_pause(until="2026-03-10")
        self.assertEqual(run.date_resume, date(2026, 3, 10))
        self.assertEqual(run.date_quiet, self.TODAY)
        [note, *_others] = self.get_lead(run).message_ids
        self.assertIn("was paused until 03/10/2026", note.body)
        with self.at("2026-03-09 20:00:00"):
            self.run_cron()
            self.assertEqual(run.state, "paused")
        with self.at("2026-03-10 01:00:00"):
            self.run_cron()
        self.env.invalidate_all()
        self.assertEqual(run.state, "running")
        self.assertAwake(run)
        self.assertDates(run, "03-04", False, "03-11", False)
        self.assertFalse(self.get_task(run, "Call").activity_id.muted)

    def test_the_day_is_that_of_the_schedule_of_the_company(self):
        self.company.resource_calendar_id.tz = "Asia/Tokyo"
        run = self.start()
        run.action_pause(until="2026-03-10")
        with self.at("2026-03-09 14:59:00"):
            self.run_cron()
            self.assertEqual(run.state, "paused")
        with self.at("2026-03-09 15:01:00"):  # midnight in Tokyo
            self.run_cron()
        self.assertEqual(run.state, "running")

    def test_a_run_of_the_cron_that_was_missed_is_made_up_for(self):
        run = self.start()
        run.action_pause(until="2026-03-10")
        with self.at("2026-03-20 10:00:00"):
            self.run_cron()
        self.assertEqual(run.state, "running")

    def test_a_closed_record_keeps_the_track_on_hold(self):
        run = self.start()
        run.action_pause(until="2026-03-10")
        self.get_lead(run).action_set_lost()
        with self.at("2026-03-10 10:00:00"):
            self.run_cron()
        self.assertEqual((run.state, run.held), ("running", True))
        self.assertEqual(run.date_quiet, self.TODAY)
        self.assertTrue(self.get_task(run, "Call").activity_id.muted)

    def test_tracks_that_a_user_resumed_or_ended_are_left_alone(self):
        runs = self.start(count=3)
        runs.action_pause(until="2026-03-10")
        resumed, stopped, done = runs
        resumed.action_resume()
        resumed.action_pause()
        stopped.action_stop()
        done.line_ids.action_skip()
        self.assertEqual(done.state, "done")
        self.assertFalse(any(runs.mapped("date_resume")))
        self.assertFalse(stopped.date_quiet or done.date_quiet)
        with self.at("2026-03-10 10:00:00"):
            self.run_cron()
        self.assertEqual(runs.mapped("state"), ["paused", "stopped", "done"])

    @users("tracks_seller")
    def test_a_day_that_does_not_lie_ahead_is_refused(self):
        run = self.start().with_env(self.env)
        for until, words in (
            ("2026-03-04", "03/04/2026 does not lie ahead"),
            ("2026-03-01", "does not lie ahead"),
            ("soon", "“soon” is not a date"),
            ("9999-12-31", "outside of the calendar"),
        ):
            with self.subTest(until=until), self.assertRaisesRegex(UserError, words):
                run.action_pause(until=until)
        self.assertEqual(run.state, "running")
        run.action_pause(until=False)
        self.assertFalse(run.date_resume)

    def test_others_pause_and_resume_nothing(self):
        run = self.start()
        for user in (self.seller_2, self.employee, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                run.with_user(user).action_pause(until="2026-03-10")
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                run.with_user(user).action_resume(shift=True)
            for name in ("date_resume", "date_quiet"):
                with self.assertRaises(AccessError):
                    run.with_user(user).write({name: "2026-03-10"})
        with self.assertRaises(AccessError):
            run.date_resume = "2026-03-10"

    def test_one_broken_track_does_not_stop_the_others(self):
        runs = self.start(count=3)
        runs.action_pause(until="2026-03-10")
        TrackRun = self.registry["track.run"]
        resume = TrackRun._resume

        def break_one(self, *args):
            if runs[1].id in self.ids:
                raise ValueError("broken")
            return resume(self, *args)

        with (
            self.at("2026-03-10 10:00:00"),
            patch.object(TrackRun, "_resume", break_one),
            self.assertLogs("odoo.addons.crm_tracks.models.automation.cron", "WARNING"),
        ):
            self.run_cron()
        self.env.invalidate_all()
        self.assertEqual(runs.mapped("state"), ["running", "paused", "running"])

    def test_batches(self):
        runs = self.start(count=5)
        runs.action_pause(until="2026-03-10")
        with (
            self.at("2026-03-10 10:00:00"),
            patch.object(self.registry["track.run"], "_CRON_BATCH", 2),
        ):
            self.run_cron()
        self.env.invalidate_all()
        self.assertEqual(set(runs.mapped("state")), {"running"})

    def test_the_tab_says_until_when(self):
        run = self.start()
        run.action_pause(until="2026-03-10")
        [data] = run.get_tab_data("crm.lead", run.res_id)["runs"]
        self.assertIn("Tasks come back on 03/10/2026.", data["hold_text"])

    def test_tracks_to_resume_are_found_by_an_index(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            "EXPLAIN SELECT id FROM track_run"
            " WHERE state = 'paused' AND date_resume <= '2026-03-10'"
        )
        plan = "\n".join(line for (line,) in self.env.cr.fetchall())
        self.assertIn("track_run_resume_idx", plan)

    @tagged_test(QUERIES)
    def test_tracks_that_wait_for_a_later_day_cost_the_cron_nothing(self):
        def count():
            engine = self.env["track.run"]._engine()
            return self.count_queries(engine._cron_resume)

        before = count()
        self.start(count=20).action_pause(until="2026-05-10")
        self.assertEqual(count(), before)
        self.assertEqual(before, 1)


@tagged("post_install", "-at_install")
class TestShifting(PausingCase):
    """Dates move by the days on hold, if the reason that ends last says so."""

    BEFORE = ("03-04", False, "03-11", False)
    # twelve days later: the start is on Monday, 16 March
    SHIFTED = ("03-16", False, "03-23", False)

    def test_dates_stay_unless_a_user_wants_them_to_move(self):
        for shift, dates in ((False, self.BEFORE), (True, self.SHIFTED)):
            with self.subTest(shift=shift):
                run = self.start()
                run.action_pause()
                with self.at("2026-03-16 10:00:00"):
                    run.action_resume(shift=shift)
                self.assertDates(run, *dates)
                self.assertEqual(run.start_date, date(2026, 3, 16 if shift else 4))
                self.assertAwake(run)
                self.assertActivityFollows(self.get_task(run, "Call"))
                self.assertFalse(any(run.sudo().line_ids.mapped("date_manual")))
                note = self.get_lead(run).message_ids[0].body
                self.assertEqual("moved by 12 days" in note, shift)

    def test_manual_dates_and_meetings_stay(self):
        run = self.start()
        self.get_task(run, "Visit").with_user(self.seller).date_deadline = "2026-03-12"
        event = self.make_meeting(self.get_task(run, "Call"), day="2026-03-06")
        run.action_pause()
        with self.at("2026-03-16 10:00:00"):
            run.action_resume(shift=True)
        self.assertDates(run, "03-06", False, "03-12", False)
        self.assertEqual(event.start.day, 6)
        notes = "".join(self.get_lead(run).message_ids.mapped("body"))
        self.assertIn("Tasks with a meeting were not moved: Call", notes)

    def test_open_tasks_that_count_from_a_previous_one_move_by_as_much(self):
        run = self.start()
        self.tick(run, "Call")
        self.assertDates(run, "03-04", "03-06", "03-11", False)
        run.action_pause()
        with self.at("2026-03-16 10:00:00"):
            run.action_resume(shift=True)
        self.assertDates(run, "03-04", "03-18", "03-23", False)
        self.assertActivityFollows(self.get_task(run, "Write"))

    def test_open_tasks_that_count_in_weekdays_move_by_working_days(self):
        template = self.make_template(
            {"summary": "Call"},
            {
                "summary": "Write",
                "delay_count": 2,
                "delay_unit": "weekdays",
                "delay_from": "previous",
            },
        )
        run = self.start(template)
        self.tick(run, "Call")
        self.assertDates(run, "03-04", "03-06")
        run.action_pause()
        with self.at("2026-03-16 10:00:00"):  # eight working days later
            run.action_resume(shift=True)
        self.assertDates(run, "03-04", "03-18")

    def test_planned_tasks_move_and_begin_on_their_new_day(self):
        self.template.write({"activity_creation": "ahead", "ahead_days": 1})
        run = self.start()
        self.assertEqual(self.get_task(run, "Visit").state, "planned")
        run.action_pause()
        with self.at("2026-03-16 10:00:00"):
            run.action_resume(shift=True)
            self.run_cron()
        self.assertDates(run, *self.SHIFTED)
        self.assertEqual(self.get_task(run, "Visit").state, "planned")

    def test_what_was_completed_meanwhile_counts_from_the_waking(self):
        for shift, day in ((False, "03-11"), (True, "03-18")):
            with self.subTest(shift=shift):
                run = self.start()
                run.action_pause()
                with self.at("2026-03-09 10:00:00"):
                    self.get_task(run, "Call").with_user(self.seller).action_done()
                with self.at("2026-03-16 10:00:00"):
                    run.action_resume(shift=shift)
                self.assertDates(
                    run,
                    "03-04",
                    day,
                    "03-23" if shift else "03-11",
                    False,
                )
                self.assertEqual(self.get_task(run, "Call").date_done, date(2026, 3, 9))

    def test_what_was_completed_ahead_meanwhile_counts_from_the_waking_too(self):
        run = self.start(self.make_chain("Call", "Write", "Close"))
        run.action_pause()
        with self.at("2026-03-09 10:00:00"):
            self.get_task(run, "Write").with_user(self.seller).action_done()
        with self.at("2026-03-16 10:00:00"):
            run.action_resume(shift=True)
            self.tick(run, "Call")
        self.assertDates(run, "03-16", False, "03-18")

    def test_a_task_that_was_removed_meanwhile_passed_its_turn_on_at_the_waking(self):
        run = self.start()
        run.action_pause()
        with self.at("2026-03-09 10:00:00"):
            self.get_task(run, "Call").with_user(self.seller).unlink()
        with self.at("2026-03-16 10:00:00"):
            run.action_resume(shift=True)
        self.assertDates(run, "03-18", "03-23", False)

    def test_what_was_completed_before_is_not_touched(self):
        run = self.start(self.make_chain("Call", "Write", "Close"))
        self.get_task(run, "Write").with_user(self.seller).action_done()
        with self.at("2026-03-06 10:00:00"):
            run.action_pause()
        with self.at("2026-03-16 10:00:00"):
            run.action_resume(shift=True)
            self.tick(run, "Call")
        # ten days later; Close counts from the day on which Write was done
        self.assertDates(run, "03-14", False, "03-06")

    def test_tracks_that_count_back_keep_their_dates(self):
        self.backwards.on_reopen = "shift"
        run = self.start(self.backwards, end_date="2026-04-30")
        run.action_pause()
        with self.at("2026-03-16 10:00:00"):
            run.action_resume(shift=True)
            self.get_lead(run).action_set_lost()
        with self.at("2026-03-20 10:00:00"):
            self.get_lead(run).action_restore()
        self.assertDates(run, "04-20")
        self.assertEqual(run.end_date, date(2026, 4, 30))
        self.assertAwake(run)

    def test_a_reopened_record_moves_dates_if_the_template_says_so(self):
        for on_reopen, dates in (
            (False, self.BEFORE),
            ("keep", self.BEFORE),
            ("shift", self.SHIFTED),
        ):
            with self.subTest(on_reopen=on_reopen):
                self.template.on_reopen = on_reopen
                run = self.start()
                self.get_lead(run).action_set_lost()
                self.assertEqual(run.date_quiet, self.TODAY)
                with self.at("2026-03-16 10:00:00"):
                    self.get_lead(run).action_restore()
                self.assertDates(run, *dates)
                self.assertAwake(run)
                notes = "".join(self.get_lead(run).message_ids.mapped("body"))
                self.assertEqual("moved by 12 days" in notes, on_reopen == "shift")

    def test_a_record_that_is_reopened_on_the_same_day_keeps_its_dates(self):
        self.template.on_reopen = "shift"
        older, newer = self.start(), self.start()
        self.get_lead(older).action_set_lost()
        with self.at("2026-03-16 10:00:00"):
            self.get_lead(newer).action_set_lost()
            (self.get_lead(older) + self.get_lead(newer)).action_restore()
        self.assertDates(older, *self.SHIFTED)
        self.assertDates(newer, *self.BEFORE)
        self.assertAwake(older)
        self.assertAwake(newer)

    def test_of_two_reasons_the_one_that_ends_last_decides_for_all_days(self):
        self.template.on_reopen = "shift"
        for on_reopen, first, shift, moves in (
            ("shift", "resume", False, True),
            ("keep", "resume", True, False),
            ("keep", "reopen", True, True),
            ("shift", "reopen", False, False),
        ):
            with self.subTest(on_reopen=on_reopen, first=first, shift=shift):
                self.template.on_reopen = on_reopen
                run = self.start()
                lead = self.get_lead(run)
                run.action_pause()
                with self.at("2026-03-06 10:00:00"):
                    lead.action_set_lost()
                self.assertEqual(run.date_quiet, self.TODAY)
                steps = [lead.action_restore, partial(run.action_resume, shift=shift)]
                if first == "resume":
                    steps.reverse()
                with self.at("2026-03-10 10:00:00"):
                    steps[0]()
                self.assertEqual(run.date_quiet, self.TODAY)
                self.assertDates(run, *self.BEFORE)
                with self.at("2026-03-16 10:00:00"):
                    steps[1]()
                self.assertDates(run, *(self.SHIFTED if moves else self.BEFORE))
                self.assertAwake(run)

    def test_days_on_hold_are_counted_once(self):
        run = self.start()
        run.action_pause()
        with self.at("2026-03-06 10:00:00"):
            run.action_resume(shift=True)
        self.assertEqual(run.start_date, date(2026, 3, 6))
        with self.at("2026-03-10 10:00:00"):
            run.action_pause()
            run.action_resume(shift=True)  # the same day
        self.assertEqual(run.start_date, date(2026, 3, 6))
        with self.at("2026-03-12 10:00:00"):
            run.action_pause()
        with self.at("2026-03-13 10:00:00"):
            run.action_resume(shift=True)
        self.assertEqual(run.start_date, date(2026, 3, 7))

    def test_tracks_that_were_on_hold_before_the_field_existed_move_too(self):
        run = self.start()
        run.action_pause()
        self.env.flush_all()
        self.env.cr.execute("UPDATE track_run SET date_quiet = NULL")
        self.env.invalidate_all()
        with self.at("2026-03-16 10:00:00"):
            run.action_resume(shift=True)
        self.assertDates(run, *self.SHIFTED)

    def test_many_tracks_move_each_by_its_own_days(self):
        runs = self.start(count=3)
        runs[0].action_pause()
        with self.at("2026-03-10 10:00:00"):
            runs[1:].action_pause()
        self.get_lead(runs[2]).action_set_lost()
        with self.at("2026-03-16 10:00:00"):
            runs.action_resume(shift=True)
        days = [16, 10, 4]
        self.assertEqual(
            runs.mapped("start_date"), [date(2026, 3, day) for day in days]
        )

    def test_a_track_that_was_done_on_hold_is_on_hold_since_the_same_day(self):
        template = self.make_template({"summary": "Call"}, on_reopen="shift")
        run = self.start(template)
        task = run.line_ids
        run.action_pause()
        with self.at("2026-03-06 10:00:00"):
            self.get_lead(run).action_set_lost()
            task.action_done()
            self.assertEqual(run.state, "done")
        with self.at("2026-03-09 10:00:00"):
            task.action_reopen()
            self.assertEqual(run.state, "running")
            self.assertEqual(run.date_quiet, self.TODAY)
        with self.at("2026-03-10 10:00:00"):
            self.get_lead(run).action_restore()
            self.assertFalse(run.date_quiet)
        self.assertEqual(task.date_deadline, date(2026, 3, 10))

    def test_reopening_never_fails_because_a_date_cannot_be(self):
        self.template.on_reopen = "shift"
        run = self.start(start_date="2999-12-20")
        self.get_lead(run).action_set_lost()
        with (
            self.at("2026-03-16 10:00:00"),
            self.assertLogs("odoo.addons.crm_tracks.models.record.closing", "WARNING"),
        ):
            self.get_lead(run).action_restore()
        self.assertTrue(self.get_lead(run).active)


@tagged("post_install", "-at_install")
class TestReopeningTemplates(PausingCase):
    """What templates and tracks say about the dates of reopened records."""

    @users("tracks_manager")
    def test_the_form_of_the_template_says_it_at_once(self):
        with Form(self.template.with_env(self.env)) as form:
            self.assertFalse(form.on_reopen)
            form.on_reopen = "shift"
            self.assertEqual(form.options_text, TEXT)
            form.on_close = "continue"
            self.assertFalse(form.options_text)
            form.on_close = "mute"
            form.on_reopen = "keep"
            self.assertFalse(form.options_text)

    def test_a_track_keeps_its_copy_and_says_it(self):
        self.template.on_reopen = "shift"
        run = self.start()
        self.template.on_reopen = False
        self.assertEqual(run.on_reopen, "shift")
        self.assertEqual(run.sudo()._prepare_option_vals()["on_reopen"], "shift")
        [data] = run.get_tab_data("crm.lead", run.res_id)["runs"]
        self.assertEqual(data["options"], [TEXT])
        with self.assertRaises(AccessError):
            run.on_reopen = "keep"

    def test_the_columns_are_empty_where_unused(self):
        run = self.start()
        self.env.cr.execute(
            "SELECT on_reopen, date_resume, date_quiet FROM track_run WHERE id = %s",
            [run.id],
        )
        self.assertEqual(self.env.cr.fetchall(), [(None, None, None)])
