"""Dates that follow a field: written in SQL, and found by the cron, once."""

import os
import signal
from contextlib import ExitStack
from datetime import timedelta

from odoo import fields

from .meeting import Meeting
from .processes import BATCH, Worker, small_batches, stop_at, together
from .world import get_lead

FOLLOWED = "because they follow"
BY_HAND, WRITTEN = timedelta(days=30), timedelta(days=40)


def check(world):
    side_by_side(world)
    killed(world)
    WithPeople(world).check()


def make_linked(world, count):
    """Tracks whose record has got another date, which nobody noticed."""
    run_ids = world.make_runs(count, {})
    world.sql(
        """
        UPDATE track_run SET date_field = 'date_deadline', date_linked = TRUE
         WHERE id IN %(ids)s;
        UPDATE crm_lead SET date_deadline = CURRENT_DATE + 10
         WHERE id IN (SELECT res_id FROM track_run WHERE id IN %(ids)s);
        UPDATE track_run SET date_checked = now() AT TIME ZONE 'UTC'
         WHERE id NOT IN %(ids)s
        """,
        {"ids": tuple(run_ids)},
    )
    with world.connection() as env:
        env["track.run"]._forget_what_is_kept()
    return run_ids


def count_left(world, run_ids):
    """How many of these tracks or tasks have another date than their record."""
    [(count,)] = world.sql(
        """
        SELECT count(*) FROM track_run run
          JOIN crm_lead lead ON lead.id = run.res_id
          JOIN track_run_line task ON task.run_id = run.id
         WHERE run.id IN %s AND (run.start_date != lead.date_deadline
                                 OR task.date_deadline != lead.date_deadline)
        """,
        [tuple(run_ids)],
    )
    return count


def count_notes(world, run_ids):
    """How often the chatter says that one of these tracks moved with its field."""
    [(count,)] = world.sql(
        "SELECT count(*) FROM mail_message WHERE model = 'crm.lead' AND body LIKE %s"
        " AND res_id IN (SELECT res_id FROM track_run WHERE id IN %s)",
        [f"%{FOLLOWED}%", tuple(run_ids)],
    )
    return count


def expect_followed(world, what, run_ids):
    left, notes = count_left(world, run_ids), count_notes(world, run_ids)
    world.expect(
        f"{what}: every track has moved, once",
        not left and notes == len(run_ids),
        f"{left} left, {notes} notes",
    )
    world.expect_right(f"{what}: all is right", run_ids)


def side_by_side(world):
    what = "two crons move the same tracks"
    run_ids = make_linked(world, 60)

    def work():
        with small_batches(world):
            for _each in range(20):
                world.cron()
                if not count_left(world, run_ids):
                    break

    codes = together(work, work)
    world.expect(f"{what}: both end well", codes == [0, 0], str(codes))
    expect_followed(world, what, run_ids)


def killed(world):
    run_ids = make_linked(world, 60)
    points = {
        "when its rows are locked": ("track.run", "_lock_for_cron", "after"),
        "when the tracks have moved": ("track.run", "_move_to_field", "after"),
        "before its commit": ("track.run", "_mark_as_checked", "after"),
    }
    for name, point in points.items():
        what = f"a cron that moves tracks is killed {name}"
        before = count_left(world, run_ids)

        def be_killed(say, point=point):
            with stop_at(world, say, *point), small_batches(world):
                world.cron()

        worker = Worker(be_killed)
        reached = worker.wait_for_word()
        worker.kill()
        code = worker.wait()
        world.wait_alone()
        left = count_left(world, run_ids)
        world.expect(
            f"{what}: two batches were committed, {left} are left",
            reached and code == -signal.SIGKILL and before - left == 2 * BATCH,
            f"{reached=}, {code=}, {before=}, {left=}, pid {os.getpid()}",
        )
        world.expect_right(f"{what}: all is right", run_ids)
    world.cron()
    expect_followed(world, "one run after the kills of moving crons", run_ids)


def move_by_hand(env, run_id):
    run = env["track.run"].browse(run_id)
    run.start_date = fields.Date.today() + BY_HAND


def write_record(env, run_id):
    get_lead(env, run_id).date_deadline = fields.Date.today() + WRITTEN


class WithPeople(Meeting):
    """A person moves a track, or writes its record, while the cron moves it."""

    CHANGES = (
        ("moving the track", move_by_hand, (BY_HAND, False)),
        ("writing the record", write_record, (WRITTEN, True)),
    )

    def check_before_the_lock(self):
        for what, act, expected in self.CHANGES:
            [run_id] = make_linked(self.world, 1)
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
            [run_id] = make_linked(self.world, 1)
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
        with self.world.connection() as env:
            run = env["track.run"].browse(run_id)
            seen = run.start_date - fields.Date.today(), run.date_linked
        self.world.expect(f"{what}: it counts", seen == expected, f"{seen}, {errors!r}")
        self.world.expect_right(f"{what}: all is right", [run_id])
