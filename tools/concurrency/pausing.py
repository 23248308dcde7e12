"""Tracks that are paused until a day: the cron resumes them, once, whatever happens."""

import os
import signal
from contextlib import ExitStack

from . import acts
from .meeting import Meeting
from .processes import BATCH, Worker, small_batches, stop_at, together

RESUMED = "was resumed"


def check(world):
    side_by_side(world)
    killed(world)
    WithPeople(world).check()


def make_paused(world, count):
    """Tracks that are paused until yesterday, with an inactive activity each."""
    run_ids = world.make_runs(count, {})

    def pause(env):
        env["track.run"].browse(run_ids).action_pause()

    world.act(pause)
    world.sql(
        "UPDATE track_run SET date_resume = CURRENT_DATE - 1 WHERE id IN %s",
        [tuple(run_ids)],
    )
    return run_ids


def count_paused(world, run_ids):
    [(count,)] = world.sql(
        "SELECT count(*) FROM track_run WHERE state = 'paused' AND id IN %s",
        [tuple(run_ids)],
    )
    return count


def count_notes(world, run_ids):
    """How often the chatter says that one of these tracks was resumed."""
    [(count,)] = world.sql(
        "SELECT count(*) FROM mail_message WHERE model = 'crm.lead' AND body LIKE %s"
        " AND res_id IN (SELECT res_id FROM track_run WHERE id IN %s)",
        [f"%{RESUMED}%", tuple(run_ids)],
    )
    return count


def expect_resumed(world, what, run_ids):
    world.expect(
        f"{what}: every track is resumed, once",
        not count_paused(world, run_ids)
        and count_notes(world, run_ids) == len(run_ids),
        f"{count_paused(world, run_ids)} paused, {count_notes(world, run_ids)} notes",
    )
    world.expect_right(f"{what}: all is right", run_ids)


def side_by_side(world):
    what = "two crons resume the same tracks"
    run_ids = make_paused(world, 60)

    def work():
        with small_batches(world):
            for _each in range(20):
                world.cron()
                if not count_paused(world, run_ids):
                    break

    codes = together(work, work)
    world.expect(f"{what}: both end well", codes == [0, 0], str(codes))
    expect_resumed(world, what, run_ids)


def killed(world):
    run_ids = make_paused(world, 60)
    points = {
        "when its rows are locked": ("track.run", "_lock_for_cron", "after"),
        "before its commit": ("track.run", "_wake_up", "after"),
        "after its commit": ("ir.cron", "_commit_progress", "after"),
    }
    for name, point in points.items():
        what = f"a cron that resumes is killed {name}"
        before = count_paused(world, run_ids)

        def be_killed(say, point=point):
            with stop_at(world, say, *point), small_batches(world):
                world.cron()

        worker = Worker(be_killed)
        reached = worker.wait_for_word()
        worker.kill()
        code = worker.wait()
        world.wait_alone()
        left = count_paused(world, run_ids)
        world.expect(
            f"{what}: two batches were committed, {left} are left",
            reached and code == -signal.SIGKILL and before - left == 2 * BATCH,
            f"{reached=}, {code=}, {before=}, {left=}, pid {os.getpid()}",
        )
        world.expect_right(f"{what}: all is right", run_ids)
    world.cron()
    expect_resumed(world, "one run after the kills", run_ids)


class WithPeople(Meeting):
    """A person changes a track while the cron resumes it."""

    CHANGES = (
        ("resuming", acts.resume, ("running", "open")),
        ("stopping", acts.stop, ("stopped", "cancelled")),
        ("losing the record", acts.lose, ("running", "open")),
        ("completing the task", acts.complete, ("done", "done")),
    )

    def check_before_the_lock(self):
        for what, act, expected in self.CHANGES:
            [run_id] = make_paused(self.world, 1)
            errors = []
            with self.world.hook(
                "track.run",
                "_lock_for_cron",
                lambda act=act, run_id=run_id, errors=errors: errors.extend(
                    self.world.act(lambda env: act(env, run_id))
                ),
            ):
                self.cron()
            self.cron()
            self.expect(f"{what} before the cron's lock", run_id, errors, expected)

    def check_under_the_lock(self):
        for what, act, expected in self.CHANGES:
            [run_id] = make_paused(self.world, 1)
            with ExitStack() as stack:
                found = []

                def begin(act=act, run_id=run_id, found=found, stack=stack):
                    found.append(
                        stack.enter_context(
                            self.world.meanwhile(lambda env: act(env, run_id))
                        )
                    )

                with self.world.hook("track.run", "_lock_for_cron", begin, "after"):
                    self.cron()
            self.cron()
            self.expect(
                f"{what} under the cron's lock", run_id, found and found[0], expected
            )

    def expect(self, what, run_id, errors, expected):
        # what the other one did first can make the person's action pointless
        states = self.world.states(run_id)
        self.world.expect(
            f"{what}: {expected}", states == expected, f"{states}, {errors!r}"
        )
        self.world.expect(
            f"{what}: it is resumed once at most",
            count_notes(self.world, [run_id]) <= 1,
        )
        self.world.expect_right(f"{what}: all is right", [run_id])
