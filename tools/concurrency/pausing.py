"""Tracks that are paused until a day: the cron resumes them, once, whatever happens."""

from . import acts
from .chore import Chore


def check(world):
    Resuming(world).check()


class Resuming(Chore):
    """Tracks that are paused until yesterday, with an inactive activity each."""

    WHAT = "resume"
    NOTE = "was resumed"
    POINTS = {
        "when its rows are locked": ("track.run", "_lock_for_cron", "after"),
        "before its commit": ("track.run", "_wake_up", "after"),
        "after its commit": ("ir.cron", "_commit_progress", "after"),
    }
    CHANGES = (
        ("resuming", acts.resume, ("running", "open")),
        ("stopping", acts.stop, ("stopped", "cancelled")),
        ("losing the record", acts.lose, ("running", "open")),
        ("completing the task", acts.complete, ("done", "done")),
    )

    def make(self, count):
        run_ids = self.world.make_runs(count, {})
        self.world.act(lambda env: env["track.run"].browse(run_ids).action_pause())
        self.world.sql(
            "UPDATE track_run SET date_resume = CURRENT_DATE - 1 WHERE id IN %s",
            [tuple(run_ids)],
        )
        return run_ids

    def count_left(self, run_ids):
        [(count,)] = self.world.sql(
            "SELECT count(*) FROM track_run WHERE state = 'paused' AND id IN %s",
            [tuple(run_ids)],
        )
        return count

    def expect_change(self, what, run_id, errors, expected):
        # what the cron did first can make the person's action pointless
        states = self.world.states(run_id)
        self.world.expect(
            f"{what}: {expected}", states == expected, f"{states}, {errors!r}"
        )
        self.world.expect(
            f"{what}: it is resumed once at most", self.count_notes([run_id]) <= 1
        )
