from unittest.mock import patch

from odoo.tests import tagged

from .test_cron import CronCase


@tagged("post_install", "-at_install")
class TestCronSweep(CronCase):
    """Every track is compared with its record within the hour, in limited batches."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["track.run"].search([]).write({"state": "stopped"})
        Run = type(cls.env["track.run"])
        cls.startClassPatcher(patch.object(Run, "_SWEEP_LIMIT", 2))
        cls.startClassPatcher(patch.object(Run, "_SWEEP_BATCH", 2))

    def count_runs(self):
        """The number of cron runs until Odoo stops calling it again."""
        Run = type(self.env["track.run"])
        process = Run._cron_process
        runs = []

        def count(records):
            runs.append(1)
            process(records)

        with patch.object(Run, "_cron_process", count):
            self.run_cron()
        return len(runs)

    def test_what_one_run_leaves_is_compared_at_once(self):
        runs = self.start(7).sudo()
        self.assertEqual(self.count_runs(), 4)
        self.assertEqual(set(map(str, runs.mapped("date_checked"))), {self.NOW})

    def test_what_was_compared_a_moment_ago_asks_for_no_run(self):
        runs = self.start(7).sudo()
        self.count_runs()
        with self.at("2026-03-04 10:20:00"):
            self.assertEqual(self.count_runs(), 1)
        self.assertEqual(
            sorted(map(str, runs.mapped("date_checked"))),
            [self.NOW] * 5 + ["2026-03-04 10:20:00"] * 2,
        )
        with self.at("2026-03-04 11:00:00"):
            self.assertEqual(self.count_runs(), 4)
        self.assertEqual(
            set(map(str, runs.mapped("date_checked"))), {"2026-03-04 11:00:00"}
        )

    def test_a_run_that_gets_nowhere_asks_for_no_other(self):
        runs = self.start(7).sudo()
        Run = type(self.env["track.run"])
        with patch.object(Run, "_lock_for_cron", lambda runs: runs.browse()):
            self.assertEqual(self.count_runs(), 1)
        self.assertFalse(any(runs.mapped("date_checked")))
