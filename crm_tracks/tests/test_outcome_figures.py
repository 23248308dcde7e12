from odoo.tests import tagged

from .test_outcomes import OutcomesCase


@tagged("post_install", "-at_install")
class TestOutcomeFigures(OutcomesCase):
    """Of each task of a template: reached, done, skipped, outcomes, days late; and
    where tracks end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_template(
            {"summary": "Call", "outcome_ids": cls.make_outcomes(3)},
            {"summary": "Visit", "delay_count": 1, "delay_from": "previous"},
            {"summary": "Offer", "delay_count": 3, "delay_from": "previous"},
        )
        cls.call, cls.visit, cls.offer = cls.template.line_ids

    def get_figure(self, name, user=None, **context):
        """A figure of each task of the template."""
        lines = self.template.line_ids.with_user(user or self.manager)
        lines = lines.with_context(**context)
        lines.invalidate_recordset()
        return lines.mapped(name)

    def get_ends(self, runs, user=None):
        """The summaries of the tasks at which these tracks ended, track by track."""
        tasks = self.env["track.run.line"].with_user(user or self.manager)
        self.env.flush_all()
        self.env.invalidate_all()
        ends = tasks.search([("run_id", "in", runs.ids), ("ended_here", "=", True)])
        # in Python as in the database
        everything = tasks.search([("run_id", "in", runs.ids)])
        self.assertEqual(set(everything.filtered("ended_here")), set(ends))
        self.assertEqual(len(ends.run_id), len(ends))
        by_run = {task.run_id.id: task.summary for task in ends}
        return [by_run.get(run.id) for run in runs]

    # ------------------------------------------------------------------
    # Tasks
    # ------------------------------------------------------------------

    def test_a_task_is_reached_when_its_turn_came(self):
        first, second, skipping, stopped, _held = runs = self.start(count=5)
        lead = self.env["crm.lead"].browse(runs[-1].res_id)
        lead.action_set_lost()
        self.end(first, "Call", "Reached")
        self.end(second, "Call", "Reached")
        self.end(second, "Visit", None)
        self.get_task(skipping, "Call").with_user(self.seller).action_skip()
        stopped.with_user(self.seller).action_stop()
        self.assertEqual(self.get_figure("stat_tasks_done"), [2, 1, 0])
        self.assertEqual(self.get_figure("stat_skipped"), [1, 0, 0])
        # open in an inactive track counts as reached, too
        self.assertEqual(self.get_figure("stat_open"), [0, 2, 1])
        self.assertEqual(self.get_figure("stat_reached"), [5, 3, 1])

    def test_a_task_that_dropped_out_before_its_turn_was_neither_reached_nor_skipped(
        self,
    ):
        run = self.start()
        self.end(run, "Call", "Not interested")
        self.assertEqual(self.get_task(run, "Offer").mapped("state"), ["skipped"])
        self.assertEqual(self.get_figure("stat_skipped"), [0, 0, 0])
        self.assertEqual(self.get_figure("stat_reached"), [1, 0, 0])

    def test_outcomes_are_counted_the_most_frequent_first(self):
        runs = self.start(count=6)
        for run, outcome in zip(
            runs,
            (*["Reached"] * 3, *["Not interested"] * 2, None),
            strict=True,
        ):
            self.end(run, "Call", outcome)
        text = "Reached (3), Not interested (2)"
        self.assertEqual(self.get_figure("stat_outcomes"), [text, False, False])
        opened = self.call.with_user(self.manager).action_view_outcomes()
        tasks = self.env["track.run.line"].with_user(self.manager)
        found = tasks.search(opened["domain"])
        self.assertEqual(len(found), 5)
        self.assertIn("search_default_group_outcome", opened["context"])

    def test_outcomes_of_repetitions_count_for_the_template_task(self):
        run = self.start()
        self.end(run, "Call", "No answer")
        again = self.get_repetition(self.get_task_first(run))
        with self.at("2026-03-06 10:00:00"):
            again.with_user(self.seller).action_done(outcome="Reached")
            self.assertEqual(
                self.get_figure("stat_outcomes")[0], "No answer (1), Reached (1)"
            )
            self.assertEqual(self.get_figure("stat_reached"), [2, 1, 0])

    def get_task_first(self, run):
        return run.sudo().line_ids.sorted()[0]

    def test_outcomes_follow_the_reader_and_the_period(self):
        self.end(self.start(), "Call", "Reached")
        run = self.start(user=self.seller_2)
        self.end(run, "Call", "Not interested", user=self.seller_2)
        self.assertEqual(
            self.get_figure("stat_outcomes", self.seller)[0], "Reached (1)"
        )
        self.assertFalse(self.get_figure("stat_outcomes", self.employee)[0])
        with self.at("2026-06-01 10:00:00"):
            self.assertFalse(self.get_figure("stat_outcomes", tracks_days=30)[0])
            self.assertTrue(self.get_figure("stat_outcomes", tracks_days=90)[0])

    def test_the_median_of_the_days_late_counts_early_tasks_as_0(self):
        runs = self.start(count=5)
        for day, run in zip((4, 4, 6, 9, 30), runs, strict=True):
            with self.at(f"2026-03-{day:02} 12:00:00"):
                self.end(run, "Call", "Reached")
        # 0, 0, 2, 5 and 26 days late
        with self.at("2026-03-30 15:00:00"):
            self.assertEqual(self.get_figure("stat_median_late"), [2, 0, 0])
            self.end(runs[0], "Visit", None)
            self.end(runs[2], "Visit", None)
            # between the 25 and 23 days
            self.assertEqual(self.get_figure("stat_median_late"), [2, 24, 0])
            tasks = self.env["track.run.line"].with_user(self.manager)
            groups = tasks._read_group(
                [("template_id", "=", self.template.id), ("state", "=", "done")],
                ["line_id"],
                ["days_done_late:median"],
            )
            self.assertEqual(groups, [(self.call, 2), (self.visit, 24)])
            late = self.get_task(runs[3], "Call")
            self.assertEqual(late.days_done_late, 5)
            late.days_away = 4
            self.assertEqual(late.days_done_late, 1)
            late.days_away = 9
            self.assertEqual(late.days_done_late, 0)
            self.assertEqual(self.get_figure("stat_median_late")[0], 0)

    def test_a_task_without_a_due_date_has_no_days_late(self):
        run = self.start()
        # ahead of its turn
        self.get_task(run, "Offer").with_user(self.seller).action_done()
        tasks = self.env["track.run.line"].with_user(self.manager)
        [(median,)] = tasks._read_group(
            [("run_id", "=", run.id)], [], ["days_done_late:median"]
        )
        self.assertFalse(median)
        self.assertIsNot(median, 0)
        self.assertEqual(self.get_task(run, "Offer").days_done_late, 0)
        self.assertEqual(self.get_figure("stat_tasks_dated"), [0, 0, 0])

    def test_the_median_is_offered_as_a_measure_and_no_other_median_is(self):
        tasks = self.env["track.run.line"].with_user(self.seller)
        description = tasks.fields_get(["days_done_late"], ["aggregator"])
        self.assertEqual(description["days_done_late"]["aggregator"], "median")
        self.start()
        for spec in ("days_taken:median", "note:median", "days_done_late:nonsense"):
            with self.subTest(spec=spec), self.assertRaises(ValueError):
                tasks._read_group([], [], [spec])
        found = tasks.formatted_read_group(
            [("template_id", "=", self.template.id)],
            ["line_id"],
            ["days_done_late:median"],
        )
        self.assertEqual(len(found), 3)

    # ------------------------------------------------------------------
    # Where tracks end
    # ------------------------------------------------------------------

    def test_a_track_ends_at_the_task_completed_last(self):
        whole, given_up, stopped, running = runs = self.start(count=4)
        for summary, outcome in (("Call", "Reached"), ("Visit", None), ("Offer", None)):
            self.end(whole, summary, outcome)
        self.end(given_up, "Call", "Not interested")
        self.end(stopped, "Call", "Reached")
        stopped.with_user(self.seller).action_stop()
        self.end(running, "Call", "Reached")
        self.assertEqual(self.get_ends(runs), ["Offer", "Call", "Visit", None])

    def test_the_order_of_completion_counts_not_that_of_the_template(self):
        run = self.start()
        self.get_task(run, "Offer").with_user(self.seller).action_done()
        self.end(run, "Call", "Reached")
        self.end(run, "Visit", None)
        self.assertEqual(run.state, "done")
        self.assertEqual(self.get_ends(run), ["Visit"])

    def test_a_track_whose_last_tasks_were_skipped_ends_at_the_last_one_done(self):
        partly, wholly = runs = self.start(count=2)
        self.end(partly, "Call", "Reached")
        for run in runs:
            for task in run.line_ids.filtered(lambda task: task.state != "done"):
                task.with_user(self.seller).action_skip()
        self.assertEqual(runs.mapped("state"), ["done", "done"])
        self.assertEqual(self.get_ends(runs), ["Call", "Offer"])

    def test_a_reopened_track_has_not_ended(self):
        run = self.start()
        self.end(run, "Call", "Not interested")
        self.assertEqual(self.get_ends(run), ["Call"])
        self.get_task(run, "Call").with_user(self.seller).action_reopen()
        self.assertEqual(self.get_ends(run), [None])

    def test_the_picture_counts_the_tracks_that_ended_in_the_period(self):
        done, stopped = self.start(count=2)
        self.end(done, "Call", "Not interested")
        stopped.with_user(self.seller).action_stop()
        others = self.start(user=self.seller_2)
        others.with_user(self.seller_2).action_stop()
        self.start()
        for user, expected in (
            (self.seller, {"done": 1, "stopped": 1}),
            (self.manager, {"done": 1, "stopped": 2}),
            (self.employee, {}),
        ):
            template = self.template.with_user(user)
            opened = template.action_view_endings()
            self.assertEqual(opened["view_mode"].split(",")[0], "graph")
            groups = template.env["track.run.line"]._read_group(
                opened["domain"], ["line_id", "run_state"], ["__count"]
            )
            with self.subTest(user=user.login):
                self.assertLessEqual({line for line, *_rest in groups}, {self.call})
                counts = {state: count for _line, state, count in groups}
                self.assertEqual(counts, expected)
        with self.at("2026-06-01 10:00:00"):
            template = self.template.with_user(self.manager)
            opened = template.with_context(tracks_days=30).action_view_endings()
            found = template.env["track.run.line"].search(opened["domain"])
            self.assertFalse(found)
