"""Tracks that the cron updates from their template, once, whatever happens."""

from unittest.mock import patch

from workers import together

from . import acts
from .chore import Chore
from .processes import kill_at


def check(world):
    Updating(world).check()
    Undoing(world).check()
    Telling(world).check()


class Updating(Chore):
    """Tracks of one open task, whose template has one more since."""

    WHAT = "update"
    NOTE = "was updated from its template"
    # the states of the tracks in their update, before and after it
    LEFT, DONE = "queued", "done"
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
            update = (
                env["track.run.update"]
                .sudo()
                .create({"user_id": env.uid, "in_background": True})
            )
            update.line_ids.create(
                [
                    {"update_id": update.id, "run_id": run_id, "state": "queued"}
                    for run_id in run_ids
                ]
            )

        self.world.act(ask, self.world.manager)
        return run_ids

    def get_states(self, run_ids):
        """The states of these tracks in their update, as a list."""
        rows = self.world.sql(
            "SELECT state FROM track_run_update_line WHERE run_id IN %s",
            [tuple(run_ids)],
        )
        return [state for (state,) in rows]

    def count_left(self, run_ids):
        return self.get_states(run_ids).count(self.LEFT)

    def expect_done(self, what, run_ids):
        super().expect_done(what, run_ids)
        states = self.get_states(run_ids)
        self.world.expect(
            f"{what}: the result says so of every track",
            states == [self.DONE] * len(run_ids),
            str(set(states)),
        )

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


class Undoing(Updating):
    """The same tracks, which were updated; that is undone."""

    WHAT = "undo the update of"
    NOTE = "from its template was undone"
    LEFT, DONE = "undoing", "undone"
    POINTS = {
        "when its rows are locked": ("track.run", "_lock_for_cron", "after"),
        "before its commit": ("track.run.update.line", "_undo_together", "after"),
    }
    CHANGES = (
        ("pausing", acts.pause, ("paused", "open")),
        ("losing the record", acts.lose, ("running", "open")),
        ("stopping", acts.stop, None),
        ("completing the task", acts.complete, None),
    )

    def make(self, count):
        run_ids = super().make(count)
        self.world.cron()

        def undo(env):
            lines = env["track.run.update.line"].search([("run_id", "in", run_ids)])
            # few of them would not be left to the cron
            with patch.object(type(env["track.run"]), "_UPDATED_AT_ONCE", 0):
                lines.update_id.action_undo()

        self.world.act(undo, self.world.manager)
        return run_ids


class Telling(Updating):
    """Whoever asked for an update is told once that it is finished."""

    def check(self):
        self.check_told_side_by_side()
        self.check_told_after_kill()

    def check_told_side_by_side(self):
        run_ids = self.make(5)
        codes = together(self.world.cron, self.world.cron)
        self.world.cron()
        what = "two crons finish an update"
        self.world.expect(f"{what}: both end well", codes == [0, 0], str(codes))
        self.expect_told_once(what, run_ids)

    def check_told_after_kill(self):
        run_ids = self.make(5)
        what = "a cron is killed when it tells of an update"
        point = "track.run.update", "_notify", "after"
        killed, how = kill_at(self.world, point, self.world.cron, nth=1)
        self.world.expect(f"{what}: it came so far", killed, how)
        self.world.cron()
        self.expect_told_once(what, run_ids)

    def expect_told_once(self, what, run_ids):
        rows = self.world.sql(
            """
            SELECT count(*) FROM mail_message
              JOIN (SELECT DISTINCT update_id FROM track_run_update_line
                     WHERE run_id IN %s) line
                ON body LIKE '%%/track.run.update/' || update_id || '"%%'
            """,
            [tuple(run_ids)],
        )
        self.world.expect(
            f"{what}: its user is told once", rows == [(1,)], f"{rows[0][0]} times"
        )
