"""The cron, and a person who changes a track at the same time."""

import psycopg2

from . import acts
from .meeting import Meeting


def check(world):
    Held(world).check()
    Orders(world).check()
    AtCommit(world).check()


class Held(Meeting):
    """The cron skips locked rows, and processes them in the next run."""

    def check_locked_rows(self):
        for table, what in (("track_run_line", "task"), ("track_run", "track")):
            run_ids = self.world.make_runs(4, {}, due=True)
            held, others = run_ids[0], run_ids[1:]
            column = "id" if table == "track_run" else "run_id"
            self.world.sql("DELETE FROM ir_cron_trigger")
            with self.world.connection() as env:
                env.cr.execute(
                    f"SELECT FROM {table} WHERE {column} = %s FOR UPDATE", [held]
                )
                with self.world.beside(self.cron) as waits:
                    self.world.expect(
                        f"the cron does not wait for a {what} that is held", not waits
                    )
                    self.world.expect(
                        f"a {what} that is held is left out, the others are opened",
                        self.world.count_due([held]) == 1
                        and self.world.count_due(others) == 0,
                    )
                    env.cr.rollback()  # the waiting transaction continues
            self.world.expect(
                f"the cron comes back for a {what} that was held",
                self.world.sql(
                    "SELECT 1 FROM ir_cron_trigger WHERE cron_id = (SELECT res_id"
                    " FROM ir_model_data WHERE name = 'ir_cron_tracks')"
                    " AND call_at < now() AT TIME ZONE 'UTC' + interval '10 minutes'"
                ),
            )
            self.cron()
            self.world.expect(
                f"a {what} that was held is opened by the next run",
                self.world.states(held) == ("running", "open"),
            )
            self.world.expect_right(f"after a held {what}, all is right", run_ids)

    def check_conflict(self):
        """A track changes after its task is locked, in the batch and in the retry."""
        what = "a track changes twice under the cron's hands"
        run_ids = self.world.make_runs(2, {}, due=True)
        run_id, other_id = run_ids

        def rename():
            self.world.act(
                lambda env: env["track.run"].browse(run_id).write({"name": "Renamed"})
            )

        locking = ("track.run.line", "try_lock_for_update", rename, "after")
        with self.world.hook(*locking), self.world.hook(*locking, nth=2) as called:
            self.cron()
        self.world.expect(
            f"{what}: its task waits for the next run, and has not failed",
            len(called) == 3 and self.world.states(run_id) == ("running", "planned"),
            f"{called}, {self.world.states(run_id)}",
        )
        self.world.expect(
            f"{what}: the other task of its batch is opened",
            self.world.states(other_id) == ("running", "open"),
        )
        self.cron()
        self.world.expect(
            f"{what}: the next run opens it",
            self.world.states(run_id) == ("running", "open"),
        )
        self.world.expect_right(f"{what}: all is right", run_ids)


class InEveryOrder(Meeting):
    """A person changes a track while the cron processes it.

    Each ``order_*`` method is one order, and returns the exceptions of the person, as
    ``World.act``.
    """

    def get_orders(self, what):
        """:return: list of (the order as text, its method)"""
        return [
            (
                f"{what}, {name.removeprefix('order_').replace('_', ' ')}",
                getattr(self, name),
            )
            for name in dir(self)
            if name.startswith("order_")
        ]

    def order_not_committed_when_the_cron_comes(self, act):
        with self.world.connection(self.world.ann) as env:
            act(env)
            env.cr.flush()
            self.cron()
        return []

    def order_committed_between_the_cron_s_search_and_its_lock(self, act):
        return self._act_before("track.run", "_lock_tasks", act)

    def order_between_the_cron_s_two_locks(self, act):
        return self._begin_after("track.run.line", "try_lock_for_update", act)

    def order_when_the_cron_has_opened_and_not_committed(self, act):
        return self._begin_after("track.run.line", "_cron_begin_batch", act)

    def order_begun_before_the_cron_and_ended_after_it(self, act):
        attempts = []

        def read_first(env):
            attempts.append(env.cr.now())
            if len(attempts) == 1:
                self.cron()
            act(env)

        return self.world.act(read_first)


class Orders(InEveryOrder):
    """A person changes a track while the cron opens its task, in every order."""

    def get_changes(self):
        """What a person does, how it is taken back, and how the track and its task
        stand when the person comes first, and when the cron does."""
        planned, opened = ("running", "planned"), ("running", "open")
        paused = (("paused", "planned"), ("paused", "open"))
        give = acts.give_to(self.world.bob)
        return (
            ("pausing", acts.pause, acts.resume, *paused),
            ("losing the record", acts.lose, acts.restore, planned, opened),
            ("stopping", acts.stop, None, *2 * [("stopped", "cancelled")]),
            ("skipping the task", acts.skip, None, *2 * [("done", "skipped")]),
            ("completing it", acts.complete, None, *2 * [("done", "done")]),
            ("moving its date", acts.postpone, None, planned, opened),
            ("giving the record to somebody else", give, None, planned, opened),
        )

    def check_orders(self):
        for what, act, undo, *expected in self.get_changes():
            for where, order in self.get_orders(what):
                run_id = self.world.make_run({}, due=True)
                errors = order(lambda env, r=run_id, act=act: act(env, r))
                self.world.expect(
                    f"{where}: it succeeds",
                    all(isinstance(error, self.world.CONFLICT) for error in errors)
                    and len(errors) < 4,  # one for each concurrent commit
                    repr(errors),
                )
                states = self.world.states(run_id)
                self.world.expect(
                    f"{where}: {' or '.join({state for _run, state in expected})}",
                    states in expected,
                    str(states),
                )
                self.world.expect_right(f"{where}: all is right", [run_id])
                if undo:
                    self.expect_undone(where, run_id, undo)

    def expect_undone(self, where, run_id, undo):
        self.world.act(lambda env: undo(env, run_id))
        self.cron()
        states = self.world.states(run_id)
        self.world.expect(
            f"{where}: taken back, the task is open",
            states == ("running", "open"),
            str(states),
        )
        self.world.expect_right(f"{where}: taken back, all is right", [run_id])


class AtCommit(Meeting):
    """A conflict at the end of a batch, while users are notified."""

    def check_announcement(self):
        what = "a conflict when people are told"
        run_ids = self.world.make_runs(3, {}, due=True)

        def conflict():
            raise psycopg2.errors.SerializationFailure("could not serialize access")

        with self.world.hook("track.run.line", "_send_announcements", conflict):
            self.world.expect(f"{what}: the cron goes on", self.cron())
        self.cron()
        self.world.expect(
            f"{what}: the next run opens the tasks", not self.world.count_due(run_ids)
        )
        self.world.expect_right(f"{what}: all is right", run_ids)
