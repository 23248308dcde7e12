"""Due tasks, begun by one scheduled action and by two at the same time."""

from statistics import median
from time import perf_counter

from part import Part, Row, on_leads
from stopwatch import Result, Side
from workers import together

from odoo.api import SUPERUSER_ID, Environment


class PairRows(Part):
    """Measures real processes, whose work is committed."""

    def pair(self):
        """Two scheduled actions side by side, each in a process of its own."""
        count = self.sizes.shared
        seconds = {1: [], 2: []}
        for turn in range(self.repeat + 1):
            for number, samples in seconds.items():
                sample = self._take_shared_sample(number, count)
                if turn:  # the first one warms up
                    samples.append(sample)
        alone, pair = (
            Result(Side(name, count, prepare=None), samples, [])
            for name, samples in zip(
                (
                    f"{count:,} tasks due, one scheduled action",
                    "the same, two scheduled actions",
                ),
                seconds.values(),
                strict=True,
            )
        )
        faster = median(alone.seconds) / median(pair.seconds)
        yield Row(alone)
        yield Row(
            pair,
            f"{faster:.2f} times as fast, nothing done twice",
            "at least 1.7 times",
            faster >= 1.7,
        )

    def _take_shared_sample(self, number, count):
        """Measure how long this many processes take to begin this many due tasks.

        :return: float, in seconds
        """
        with self.world.only_due(count) as lead_ids:
            start = perf_counter()
            codes = together(*[self._run_cron] * number)
            seconds = perf_counter() - start
            assert codes == [0] * number, f"a process ended with {codes}"
            with self.world.committing() as env:
                begun = env["mail.activity"].search_count(on_leads(lead_ids))
                assert begun == count, f"{begun} of {count} tasks were begun"
                assert not env["mail.message"].search_count(
                    [("model", "=", "crm.lead"), ("res_id", "in", lead_ids)]
                ), "something else happened"
        return seconds

    def _run_cron(self):
        with self.world.registry.cursor() as cr:
            Environment(cr, SUPERUSER_ID, {})["track.run"]._cron_process()
