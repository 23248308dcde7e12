"""Late tasks: concurrent crons, people, and crons that are killed."""

import time
from collections import Counter
from unittest.mock import patch

from workers import PATIENCE, together

from odoo import Command, fields

from . import acts
from .cron import InEveryOrder
from .processes import BATCH, kill_at, small_batches

# How many assignees there are, and how many tasks each of them has: more than a batch,
# so that each assignee is a batch.
USERS, TASKS = 9, BATCH + 3
# The points at which a worker is killed: as ``processes.POINTS``.
POINTS = {
    "when its rows are locked": ("track.run", "_lock_tasks", "after"),
    "before people are told": ("track.run.line", "_send_late", "before"),
    "before its commit": ("track.run.line", "_send_late", "after"),
    "after its commit": ("ir.cron", "_commit_progress", "after"),
}


def check(world):
    for how in ("tell", "give"):
        side_by_side(world, how)
    killed(world)
    LateOrders(world).check()


def make_late(world, users, tasks, **vals):
    """Tracks of new users, of which each open task is late.

    :param int users: how many
    :param int tasks: how many each of them has, in a track each
    :return: the tracks' ids
    """
    run_ids = world.make_runs(users * tasks, {}, **vals)
    with world.connection() as env:
        owners = env["res.users"].create(
            [
                {
                    "name": f"User {number}",
                    "login": f"concurrency_{time.monotonic_ns()}_{number}",
                    "email": f"user_{number}@tracks.example",
                    "notification_type": "inbox",
                    "group_ids": [
                        Command.set(
                            [env.ref("sales_team.group_sale_salesman_all_leads").id]
                        )
                    ],
                }
                for number in range(users)
            ]
        )
        runs = env["track.run"].browse(run_ids)
        for number, owner in enumerate(owners):
            part = runs[number * tasks : (number + 1) * tasks]
            env["crm.lead"].browse(part.mapped("res_id")).user_id = owner
    world.sql(
        """
        UPDATE track_run_line
           SET summary = 'Task #' || id || '.', date_deadline = CURRENT_DATE - 30,
               date_attention = CURRENT_DATE - 1
         WHERE run_id IN %s AND state = 'open'
        """,
        [tuple(run_ids)],
    )
    return run_ids


def count_left(world, run_ids):
    """How many late tasks of these tracks the cron still has to look at."""
    with world.connection() as env:
        return env["track.run.line"].search_count(
            [
                ("run_id", "in", run_ids),
                ("state", "=", "open"),
                ("date_attention", "<=", fields.Date.today()),
            ]
        )


def work(world, run_ids):
    """Run the cron in small batches until no late task of these tracks is left."""
    until = time.monotonic() + PATIENCE
    # a message lists all tasks, so that they can be counted
    listing = patch.object(world.registry["track.run.line"], "_LISTED", 1000)
    with small_batches(world), listing:
        while count_left(world, run_ids) and time.monotonic() < until:
            world.cron()


def expect_told(world, what, run_ids, owners):
    """Each assignee was told of each late task once, and Bob, to whom it was escalated.

    :param owners: the ids of the partners who had the tasks, by id of task; empty if
        they are not told, because Bob got the tasks
    """
    with world.connection() as env:
        tasks = env["track.run"].browse(run_ids).line_ids
        bob = env["res.users"].browse(world.bob)
        expected = Counter((bob.partner_id.id, task.id) for task in tasks)
        expected.update((partner_id, id_) for id_, partner_id in owners.items())
        settled = all(task.date_escalated == task.date_deadline for task in tasks)
        holders = tasks.user_id
        activities = tasks.activity_ids.user_id
        ids = set(tasks.ids)
    told = {key: number for key, number in world.get_told().items() if key[1] in ids}
    wrong = {
        key: told.get(key, 0)
        for key in told.keys() | expected.keys()
        if told.get(key) != expected.get(key)
    }
    world.expect(
        f"{what}: each of {len(ids)} tasks was told once to each who is concerned",
        settled and not wrong,
        f"{settled=}, {len(wrong)} were not: {dict(list(wrong.items())[:5])}",
    )
    is_given = not owners
    world.expect(
        f"{what}: the tasks are those of {'Bob' if is_given else 'their assignees'}",
        activities == holders and (holders == bob if is_given else bob not in holders),
        f"{holders}, {activities}",
    )
    world.expect_right(f"{what}: all is right", run_ids)


def get_owners(world, run_ids):
    """The ids of the partners of the assignees, by id of task."""
    with world.connection() as env:
        tasks = env["track.run"].browse(run_ids).line_ids
        return {task.id: task.user_id.partner_id.id for task in tasks}


def prepare_escalation(world, how):
    return {
        "remind_days": 2,
        "escalate_days": 5,
        "escalate_to": "user",
        "escalate_user_id": world.bob,
        "escalate_how": how,
    }


def side_by_side(world, how):
    what = f"two crons side by side, late tasks, {how}"
    run_ids = make_late(world, USERS, TASKS, **prepare_escalation(world, how))
    owners = get_owners(world, run_ids)
    codes = together(*2 * [lambda: work(world, run_ids)])
    world.expect(f"{what}: neither crashed", codes == [0, 0], str(codes))
    expect_told(world, what, run_ids, owners if how == "tell" else {})


def killed(world):
    run_ids = make_late(world, USERS + 4, TASKS, **prepare_escalation(world, "tell"))
    owners = get_owners(world, run_ids)
    for what, point in [*POINTS.items(), ("at any moment", None)]:
        what = f"a cron with late tasks is killed {what}"
        before = count_told(world, run_ids)
        killed, how = kill_at(world, point, lambda: work(world, run_ids))
        after = count_told(world, run_ids)
        world.expect(
            f"{what}: {after - before} tasks were told, {count_left(world, run_ids)}"
            " are left",
            killed and count_left(world, run_ids),
            how,
        )
        world.expect_right(f"{what}: all is right", run_ids)
    work(world, run_ids)
    expect_told(world, "one run after the kills of late tasks", run_ids, owners)


def count_told(world, run_ids):
    return world.sql(
        "SELECT count(*) FROM track_run_line"
        " WHERE date_reminded IS NOT NULL AND run_id IN %s",
        [tuple(run_ids)],
    )[0][0]


class LateOrders(InEveryOrder):
    """A person changes a track while the cron gives its late task to Bob."""

    def order_when_the_cron_has_opened_and_not_committed(self, act):
        return self._begin_after("track.run.line", "_cron_attend_batch", act)

    def get_changes(self):
        return (
            ("pausing", acts.pause),
            ("losing the record", acts.lose),
            ("stopping", acts.stop),
            ("skipping the task", acts.skip),
            ("completing it", acts.complete),
            ("moving its date", acts.postpone),
            ("giving the record to somebody else", acts.give_to(self.world.manager)),
        )

    def check_late(self):
        for what, act in self.get_changes():
            for where, order in self.get_orders(f"late, {what}"):
                run_id = self._make()
                errors = order(lambda env, r=run_id, act=act: act(env, r))
                self.world.expect(
                    f"{where}: it succeeds",
                    all(isinstance(error, self.world.CONFLICT) for error in errors)
                    and len(errors) < 4,
                    repr(errors),
                )
                self.world.expect_right(f"{where}: all is right", [run_id])
                self._expect_in_step(where, run_id)

    def _make(self):
        [run_id] = make_late(self.world, 1, 1, **prepare_escalation(self.world, "give"))
        return run_id

    def _expect_in_step(self, where, run_id):
        """Bob was told if, and only if, the task was given to him."""
        with self.world.connection() as env:
            [task] = env["track.run"].browse(run_id).line_ids
            bob = env["res.users"].browse(self.world.bob)
            given = bool(task.date_escalated)
            key = (bob.partner_id.id, task.id)
            holder = task.user_id
            quiet = task.run_id._is_suspended() or task.state != "open"
            is_planned = bool(task.date_attention)
        told = self.world.get_told().get(key, 0)
        self.world.expect(
            f"{where}: {'given, and told' if given else 'neither given nor told'}",
            told == given and (holder == bob) == given,
            f"{given=}, {told=}, {holder}",
        )
        self.world.expect(
            f"{where}: what is quiet is not looked at",
            not (quiet and is_planned),
        )
