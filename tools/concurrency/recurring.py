"""A series goes on exactly once, under concurrency and after crashes."""

from datetime import timedelta

from odoo import fields

from .automated import GIVES_WAY, POINTS, is_manners, side_by_side
from .cron import InEveryOrder
from .processes import BATCH, kill_again_and_again, work
from .world import get_task

# How often a due track repeats: it is due since yesterday.
EVERY = 5
# The points at which a worker is killed, as in processes.POINTS.
KILLED_AT = {
    "when its rows are locked": POINTS["when its rows are locked"],
    "when the old tracks are done": ("track.run", "_finish", "after"),
    "when the new tracks are started": ("track.run", "_start", "after"),
    "before its commit": POINTS["before its commit"],
    "after its commit": POINTS["after its commit"],
}
# What is said to users who come too late, or too early.
REFUSALS = (*GIVES_WAY, "the next track", "belong to a series", "unfinished tasks")


def check(world):
    side_by_side(
        world,
        "series",
        lambda: make_series(world, 3 * BATCH),
        run_now,
        expect_one_next,
    )
    killed(world)
    SeriesOrders(world).check()


def make_series(world, count):
    """Create tracks of which only the start of the next one is left, and is due.

    :return: the tracks' ids
    """
    run_ids = world.make_runs(
        count, {"summary": "Work"}, repeat_every=EVERY, repeat_unit="days"
    )
    with world.connection(world.ann) as env:
        runs = env["track.run"].browse(run_ids)
        start = fields.Date.today() - timedelta(days=EVERY + 1)
        runs.write({"start_date": start})
        for run in runs:
            get_task(env, run.id, 0).action_done()
    return run_ids


def expect_one_next(world, what, run_ids, all_done=False):
    """A track is done and followed by one that runs, or it runs and is not followed.

    :param bool all_done: whether every track is to be followed
    """
    rows = world.sql(
        """
        SELECT run.id, run.state, task.state,
               (SELECT count(*) FROM track_run other
                 WHERE other.previous_run_id = run.id),
               (SELECT count(*) FROM track_run other
                 WHERE other.res_model = run.res_model AND other.res_id = run.res_id
                   AND other.state IN ('running', 'paused'))
          FROM track_run run JOIN track_run_line task
            ON task.run_id = run.id AND task.action = 'repeat'
         WHERE run.id IN %s
        """,
        [tuple(run_ids)],
    )
    wrong = [row for row in rows if row[3] != (row[2] == "done") or row[4] > 1]
    world.expect(
        f"{what}: each of {len(rows)} series goes on once, or not yet",
        len(rows) == len(run_ids) and not wrong,
        f"{len(wrong)} do not: {wrong[:5]}",
    )
    if all_done:
        left = [row for row in rows if row[1:3] != ("done", "done")]
        world.expect(f"{what}: all of them went on", not left, str(left[:5]))
    world.expect_right(f"{what}: all is right", run_ids)


def run_now(world, run_ids):
    """Ann starts the next tracks, from the last to the first."""
    for run_id in reversed(run_ids):
        errors = world.act(lambda env, r=run_id: get_task(env, r, 1).action_run_now())
        if errors and not is_manners(world, errors, REFUSALS):
            raise errors[-1]


def killed(world):
    run_ids = make_series(world, 120)
    kill_again_and_again(
        world,
        "a cron that goes on with series",
        run_ids,
        KILLED_AT.items(),
        lambda what: expect_one_next(world, what, run_ids),
    )
    work(world, run_ids)
    expect_one_next(world, "one run after those kills", run_ids, all_done=True)


class SeriesOrders(InEveryOrder):
    """A person changes a track that the cron ends, in every order."""

    def check_changes(self):
        changes = {
            "starting the next track now": lambda env, run_id: get_task(
                env, run_id, 1
            ).action_run_now(),
            "ending the series": lambda env, run_id: env["track.run"]
            .browse(run_id)
            .action_end_series(),
            "reopening the last task": lambda env, run_id: get_task(
                env, run_id, 0
            ).action_reopen(),
            "pausing a series": lambda env, run_id: env["track.run"]
            .browse(run_id)
            .action_pause(),
            "stopping a series": lambda env, run_id: env["track.run"]
            .browse(run_id)
            .action_stop(),
        }
        for what, act in changes.items():
            for where, order in self.get_orders(what):
                [run_id] = make_series(self.world, 1)
                errors = order(lambda env, r=run_id, act=act: act(env, r))
                self.world.expect(
                    f"{where}: it succeeds, or gives way with a clear sentence",
                    is_manners(self.world, errors, (*REFUSALS, "Only "))
                    and len(errors) < 5,  # one conflict for each concurrent commit
                    repr(errors),
                )
                expect_one_next(self.world, where, [run_id])
                self.cron()
                expect_one_next(self.world, f"{where}, and a run later", [run_id])
