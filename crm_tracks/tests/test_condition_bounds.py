from collections import Counter
from unittest.mock import patch

from odoo.orm import models as orm_models
from odoo.tests import tagged

from .common import QUERIES
from .test_conditions import ConditionCase

MET, UNMET = "[('priority', '=', '1')]", "[('priority', '=', '3')]"


@tagged("post_install", "-at_install", QUERIES)
class TestConditionBounds(ConditionCase):
    """What conditions cost on many records: as many queries a batch as on few."""

    # What becomes of a task on its day, by the values of the task and of its template.
    KINDS = {
        "open": ({"condition": MET}, {}),
        "waiting": ({"condition": UNMET, "condition_else": "wait"}, {}),
        "skipped": ({"condition": UNMET, "condition_else": "skip"}, {}),
        "ended": ({"condition": UNMET, "condition_else": "end"}, {}),
        "goal": (
            {},
            {
                "goal": "[('color', '=', 7)]",
                "activity_creation": "ahead",
                "ahead_days": 0,
            },
        ),
        "broken": ({"condition": MET}, {}),
    }

    def setUp(self):
        super().setUp()
        # The ORM sends at most 100 rows in one INSERT or UPDATE, also without tracks.
        for name in ("INSERT_BATCH_SIZE", "UPDATE_BATCH_SIZE"):
            self.patch(orm_models, name, 1000)

    def make_conditional_pair(self, kind, **task):
        """A template with a task of this kind, and another one that follows it."""
        values, options = self.KINDS[kind]
        return self.make_conditional(
            {"summary": "Offer", **values, **task},
            {"summary": "Thank", "delay_from": "previous", "delay_count": 1},
            name=kind,
            **options,
        )

    def apply(self, template, count):
        """Apply a template to new leads; the tracks, in sudo."""
        return self.make_leads(count, priority="1").tracks_apply(template).sudo()

    def count_states(self, runs):
        """How many of these tracks are in which state, as their first tasks are."""
        return Counter(
            (run.state, run.line_ids.sorted()[0].state, run.goal_reached)
            for run in runs
        )

    # ------------------------------------------------------------------
    # The scheduled action
    # ------------------------------------------------------------------

    def measure_cron(self, rounds):
        """Run the cron for 102 conditional tasks a round, as many of each kind.

        :return: (queries of the whole run, list of the queries of each batch)
        """
        templates = {
            kind: self.make_conditional_pair(kind, delay_count=1) for kind in self.KINDS
        }
        runs = dict.fromkeys(self.KINDS, self.env["track.run"].sudo())
        # in rounds, so that each batch of the cron has tasks of all kinds
        for _round in range(rounds):
            for kind, template in templates.items():
                runs[kind] += self.apply(template, 17)
        number = 17 * rounds
        due = [each.line_ids.filtered("date_planned") for each in runs.values()]
        self.assertEqual({len(tasks) for tasks in due}, {number})
        self.env.flush_all()
        # by SQL, so that nothing but the cron notices it
        self.env.cr.execute(
            "UPDATE crm_lead SET color = 7 WHERE id = ANY(%s)",
            [runs["goal"].mapped("res_id")],
        )
        self.env.cr.execute(
            "UPDATE track_run_line SET condition = %s WHERE run_id = ANY(%s)"
            " AND condition IS NOT NULL",
            ["[('of_an_addon_that_is_gone', '=', 1)]", runs["broken"].ids],
        )
        batches = []
        begin = self.registry["track.run.line"]._cron_begin_batch

        def count_batch(tasks):
            before = self.cr.sql_log_count
            begin(tasks)
            batches.append(self.cr.sql_log_count - before)

        with (
            self.at("2026-03-05 10:00:00"),
            patch.object(
                self.registry["track.run.line"], "_cron_begin_batch", count_batch
            ),
        ):
            queries = self.count_queries(self.run_cron)
        self.env.invalidate_all()
        for kind, state in {
            "open": ("running", "open", False),
            "waiting": ("running", "planned", False),
            "skipped": ("running", "skipped", False),
            "ended": ("done", "skipped", False),
            "goal": ("done", "skipped", True),
            "broken": ("running", "failed", False),
        }.items():
            self.assertEqual(self.count_states(runs[kind]), {state: number}, kind)
        waiting = runs["waiting"].line_ids.filtered("condition_waits")
        self.assertEqual(len(waiting), number)
        return queries, batches

    def test_the_cron_takes_as_many_queries_a_batch_for_1000_tasks_as_for_100(self):
        self.measure_cron(1)  # fills the caches
        few, [batch] = self.measure_cron(1)
        many, batches = self.measure_cron(10)
        size = self.registry["track.run"]._CRON_BATCH
        self.assertEqual(len(batches), -(-1020 // size))
        self.assertLessEqual(max(batches), batch + 5, batches)
        # the comparison of all tracks with their records, in batches of its own
        self.assertLessEqual(many - sum(batches), few - batch + 15)

    # ------------------------------------------------------------------
    # A write of the field
    # ------------------------------------------------------------------

    def measure_write(self, kind, count, vals):
        """The queries of one write on this number of leads, whose tracks wait."""
        runs = self.apply(self.make_conditional_pair(kind), count)
        leads = self.env["crm.lead"].browse(runs.mapped("res_id"))
        queries = self.count_queries(lambda: leads.with_user(self.manager).write(vals))
        return queries, runs

    def assertFlat(self, kind, vals, expected):
        self.measure_write(kind, 20, vals)  # fills the caches
        few, _runs = self.measure_write(kind, 50, vals)
        many, runs = self.measure_write(kind, 500, vals)
        self.assertEqual(self.count_states(runs), {expected: 500})
        self.assertLessEqual(many, few + 3)

    def test_a_write_that_meets_no_condition_takes_as_many_queries_for_500_leads(self):
        self.assertFlat("waiting", {"priority": "2"}, ("running", "planned", False))

    def test_a_write_that_meets_the_condition_takes_as_many_queries_for_500_leads(self):
        self.assertFlat("waiting", {"priority": "3"}, ("running", "open", False))

    def test_a_write_that_reaches_the_goal_takes_as_many_queries_for_500_leads(self):
        self.assertFlat("goal", {"color": 7}, ("done", "skipped", True))

    def test_a_write_that_misses_the_goal_takes_as_many_queries_for_500_leads(self):
        self.assertFlat("goal", {"color": 3}, ("running", "open", False))
