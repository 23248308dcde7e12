"""Real processes: concurrent crons, alone and with people, and killed ones."""

import random
import signal
import time
from collections import Counter
from contextlib import contextmanager
from unittest.mock import patch

from workers import PATIENCE, Worker, together

from .world import get_lead

BATCH = 7
# The points at which a worker is killed: before or after a method of a model.
POINTS = {
    "when its rows are locked": ("track.run", "_lock_tasks", "after"),
    "when the states are written": ("mail.activity", "create", "before"),
    "when the activities are created": ("mail.activity", "create", "after"),
    "before people are told": ("track.run.line", "_send_announcements", "before"),
    "before its commit": ("track.run.line", "_send_announcements", "after"),
    "after its commit": ("ir.cron", "_commit_progress", "after"),
}


def check(world):
    side_by_side(world)
    among_people(world)
    killed(world)
    killed_sweep(world)
    FirstTrack(world).check()


def small_batches(world):
    return patch.multiple(
        world.registry["track.run"],
        _CRON_BATCH=BATCH,
        _SWEEP_BATCH=BATCH,
        _UPDATE_BATCH=BATCH,
    )


def run_in_small_batches(world):
    """One run of the cron."""
    with small_batches(world):
        world.cron()


def work(world, run_ids, seconds=PATIENCE):
    """Run the cron in small batches until no task of these tracks is due."""
    until = time.monotonic() + seconds
    with small_batches(world):
        while world.count_due(run_ids) and time.monotonic() < until:
            world.cron()


def expect_all_open(world, what, run_ids):
    """Every task of these tracks is open, and its assignee was notified once."""
    with world.connection() as env:
        tasks = env["track.run"].browse(run_ids).line_ids
        states = Counter(tasks.mapped("state"))
        count = len(tasks.activity_ids.filtered("active"))
        expected = {(task.user_id.partner_id.id, task.id): 1 for task in tasks}
        ids = set(tasks.ids)
    world.expect(
        f"{what}: each of {len(ids)} tasks is open, with one activity",
        states == {"open": len(ids)} and count == len(ids),
        f"{dict(states)}, {count} activities",
    )
    told = {key: number for key, number in world.get_told().items() if key[1] in ids}
    wrong = {
        key: told.get(key, 0)
        for key in told.keys() | expected.keys()
        if told.get(key) != expected.get(key)
    }
    world.expect(
        f"{what}: its assignee was told of each of them, once",
        not wrong,
        f"{len(wrong)} were not: {dict(list(wrong.items())[:5])}",
    )
    world.expect_right(f"{what}: all is right", run_ids)


def side_by_side(world):
    run_ids = world.make_runs(130, {}, {}, {}, due=True)
    what = "two crons side by side"
    codes = together(*2 * [lambda: work(world, run_ids)])
    world.expect(f"{what}: neither crashed", codes == [0, 0], str(codes))
    expect_all_open(world, what, run_ids)


def among_people(world):
    """Two crons, and two people who make random changes."""
    run_ids = world.make_runs(40, {}, {}, {"delay_from": "previous"}, due=True)
    what = "two crons among people"
    codes = together(
        *2 * [lambda: work(world, run_ids, seconds=5)],
        lambda: meddle(world, run_ids, world.ann, seed=1),
        lambda: meddle(world, run_ids, world.bob, seed=2),
    )
    world.expect(f"{what}: nobody crashed", not any(codes), str(codes))
    world.cron()
    world.expect_right(f"{what}: all is right", run_ids)
    with world.connection() as env:
        runs = env["track.run"].browse(run_ids)
        env["crm.lead"].browse(runs.mapped("res_id")).action_unarchive()
        runs.filtered(lambda run: run.state == "paused").action_resume()
    world.cron()
    world.expect(
        f"{what}: when all go on, nothing is left planned",
        not world.count_due(run_ids),
    )
    world.expect_right(f"{what}: when all go on, all is right", run_ids)


def meddle(world, run_ids, uid, seed, seconds=4):
    """Make random changes of random tracks repeatedly."""
    chance = random.Random(seed)
    acts = {
        "pause": lambda env, run: run.state == "running" and run.action_pause(),
        "resume": lambda env, run: run.state == "paused" and run.action_resume(),
        "lose": lambda env, run: get_lead(env, run.id).action_set_lost(),
        "restore": lambda env, run: get_lead(env, run.id).action_unarchive(),
        "tick": lambda env, run: complete(chance, run),
        "skip": lambda env, run: complete(chance, run, "action_skip"),
    }
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        act = acts[chance.choice(list(acts))]
        run_id = chance.choice(run_ids)
        errors = world.act(
            lambda env, act=act, run_id=run_id: act(
                env, env["track.run"].browse(run_id)
            ),
            uid,
        )
        if errors and not isinstance(errors[-1], world.CONFLICT):
            raise errors[-1]


def complete(chance, run, how="action_done"):
    tasks = run.line_ids.filtered(lambda task: task.state in ("open", "planned"))
    if run.state != "stopped" and tasks and chance.random() < 0.5:
        getattr(chance.choice(list(tasks)), how)()


def killed(world):
    run_ids = world.make_runs(130, {}, {}, {}, due=True)
    kill_again_and_again(
        world,
        "a cron",
        run_ids,
        [*POINTS.items(), *[("at any moment", None)] * 6],
        lambda what: world.expect_right(f"{what}: all is right", run_ids),
    )
    work(world, run_ids)
    expect_all_open(world, "one run after the kills", run_ids)


def kill_again_and_again(world, whom, run_ids, points, expect):
    """Run crons on these tracks, and kill each at another point.

    :param str whom: the name of the cron
    :param points: list of (text, an item of ``POINTS`` or None for a random moment)
    :param function expect: called after each, with the description
    """
    chance = random.Random(0)
    for what, point in points:
        before = world.count_due(run_ids)

        # without a point, the cron continues: kill it in the next batch
        pause = 0 if point else chance.uniform(0, 0.1)
        killed, how = kill_at(world, point, lambda: work(world, run_ids), pause)
        left = world.count_due(run_ids)
        world.expect(
            f"{whom} is killed {what}: {before - left} tasks begun, {left} due",
            killed and 0 < left < before,
            how,
        )
        expect(f"{whom} is killed {what}")


def kill_at(world, point, function, pause=0, nth=3):
    """Run a function in a worker that is killed in the third batch of the cron.

    :param point: an item of ``POINTS``, or None for a moment in the next batch
    :param float pause: how many seconds after the worker has come so far
    :param int nth: the batch; the third one by default
    :return: (whether it came so far and was killed, how it ended)
    """

    def be_killed(say):
        with (
            stop_at(world, say, *point, nth=nth)
            if point
            else announce_commits(world, say)
        ):
            function()

    worker = Worker(be_killed)
    reached = worker.wait_for_word()
    time.sleep(pause)
    worker.kill()
    code = worker.wait()
    world.wait_alone()
    return reached and code == -signal.SIGKILL, f"{reached=}, {code=}"


def killed_sweep(world):
    what = "a cron is killed in the sweep"
    # _cron_begin has nothing to do
    run_ids = world.make_runs(30, {}, {})
    close_unseen(world, run_ids)
    told = world.get_told()

    def count_held():
        [(count,)] = world.sql(
            "SELECT count(*) FROM track_run WHERE held AND id IN %s", [tuple(run_ids)]
        )
        return count

    point = "track.run", "_follow_records", "after"
    killed, how = kill_at(world, point, lambda: run_in_small_batches(world))
    world.expect(
        f"{what}: two batches had been committed",
        killed and count_held() == 2 * BATCH,
        f"{how}, {count_held()} are held",
    )
    world.cron()
    world.expect(f"{what}: the next run holds the rest", count_held() == len(run_ids))
    world.expect_right(f"{what}: all is right", run_ids)
    world.expect(f"{what}: nobody was told", world.get_told() == told)


def close_unseen(world, run_ids):
    """Close the records of these tracks by SQL, and let the sweep take them first."""
    world.sql("UPDATE track_run SET date_checked = now() AT TIME ZONE 'UTC'")
    world.sql(
        "UPDATE track_run SET date_checked = NULL WHERE id IN %s", [tuple(run_ids)]
    )
    world.sql(
        "UPDATE crm_lead SET active = FALSE"
        " WHERE id IN (SELECT res_id FROM track_run WHERE id IN %s)",
        [tuple(run_ids)],
    )


def stop_at(world, say, model, method, when, nth):
    """Send a byte at this method in this batch, and wait to be killed."""

    def stop():
        say()
        wait_to_be_killed()

    return world.hook(model, method, stop, when, nth=nth)


@contextmanager
def announce_commits(world, say):
    """Send a byte after the third batch, and continue with the next one only.

    The parent may be slow to kill this process.
    """
    commit = "ir.cron", "_commit_progress"
    with (
        world.hook(*commit, say, "after", nth=3),
        world.hook(*commit, wait_to_be_killed, "before", nth=4),
    ):
        yield


def wait_to_be_killed():
    time.sleep(PATIENCE)  # with a timeout, in case the parent is gone


class FirstTrack:
    """The cache of models with tracks is correct when the first track starts."""

    def __init__(self, world):
        self.world = world
        run_id = world.make_run({})
        with world.connection() as env:
            self.template_id = env["track.run"].browse(run_id).template_id.id
            self.partner_id = env["res.partner"].create({"name": "First"}).id

    def check(self):
        self.check_another_request()
        self.check_another_process()

    def forget(self):
        self.world.sql("DELETE FROM track_run WHERE res_model = 'res.partner'")
        self.world.registry.clear_cache()
        self.world.registry.signal_changes()

    def is_known(self):
        with self.world.connection() as env:
            return env["track.run"]._may_have_tracks("res.partner")

    def apply(self, env):
        env["res.partner"].browse(self.partner_id).tracks_apply(self.template_id)

    def check_another_request(self):
        self.forget()
        self.is_known()

        def apply_while_another_looks(env):
            self.apply(env)
            env.cr.flush()
            self.is_known()

        errors = self.world.act(apply_while_another_looks)
        self.world.expect(
            "a model's first track, while another request looks for tracks: it is seen",
            not errors and self.is_known(),
            repr(errors),
        )

    def check_another_process(self):
        def look(say):
            known_before = self.is_known()
            say()
            until = time.monotonic() + PATIENCE
            while not self.is_known() and time.monotonic() < until:
                time.sleep(0.01)
                # as at the start of a request
                self.world.registry.check_signaling()
            assert not known_before and self.is_known()

        self.forget()
        worker = Worker(look)
        worker.wait_for_word()
        errors = self.world.act(self.apply)
        self.world.expect(
            "a model's first track, started by another process: it is seen",
            not errors and worker.wait() == 0,
            repr(errors),
        )
