"""Tracks that the cron updates from their template, once, whatever happens."""

from . import acts
from .chore import Chore


def check(world):
    Updating(world).check()


class Updating(Chore):
    """Tracks of one open task, whose template has one more since."""

    WHAT = "update"
    NOTE = "was updated from its template"
    POINTS = {
        "when its rows are locked": ("track.run", "_lock_for_cron", "after"),
        "when the tracks were updated": ("track.run", "_update_as_planned", "after"),
        "before its commit": ("track.run.update.line", "_store", "after"),
    }
    # the states of the track, of its task and of the new one; None without it
    CHANGES = (
        ("pausing", acts.pause, ("paused", "open", "waiting")),
        ("losing the record", acts.lose, ("running", "open", "waiting")),
        ("stopping", acts.stop, None),
        ("completing the task", acts.complete, None),
    )

    def make(self, count):
        run_ids = self.world.make_runs(count, {})

        def ask(env):
            runs = env["track.run"].browse(run_ids)
            template = runs.template_id
            template.line_ids.copy(
                {
                    "template_id": template.id,
                    "summary": "New",
                    "sequence": 9,
                    "delay_from": "previous",
                }
            )
            update = env["track.run.update"].sudo().create({"user_id": env.uid})
            update.line_ids.create(
                [
                    {"update_id": update.id, "run_id": run_id, "state": "queued"}
                    for run_id in run_ids
                ]
            )

        self.world.act(ask, self.world.manager)
        return run_ids

    def count_left(self, run_ids):
        [(count,)] = self.world.sql(
            "SELECT count(*) FROM track_run_update_line"
            " WHERE state = 'queued' AND run_id IN %s",
            [tuple(run_ids)],
        )
        return count

    def expect_change(self, what, run_id, errors, expected):
        states = self.world.states(run_id)
        if expected:
            self.world.expect(
                f"{what}: {expected}", states == expected, f"{states}, {errors!r}"
            )
        self.world.expect(
            f"{what}: it is updated once at most", self.count_notes([run_id]) <= 1
        )
        [(count,)] = self.world.sql(
            "SELECT count(*) FROM track_run_line WHERE run_id = %s", [run_id]
        )
        self.world.expect(
            f"{what}: it has one new task at most", count <= 2, f"{count} tasks"
        )
