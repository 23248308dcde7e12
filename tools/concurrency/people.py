"""Two people who change one track at the same time."""

from itertools import product

from odoo.exceptions import UserError, ValidationError

from . import acts
from .meeting import Meeting
from .world import get_lead, get_task, tick


def check(world):
    Ticks(world).check()
    SameTask(world).check()
    Pairs(world).check()


class Ticks(Meeting):
    """Two people complete two tasks of one track at the same time.

    The second transaction either waits for the first one and then finds a changed row,
    or has read the track before the first one committed. In both cases a serialization
    error occurs, and Odoo restarts the second transaction.
    """

    AFTER = {"delay_from": "previous"}
    # What, the template's tasks, what the first and the second do, and how the track
    # and its tasks stand at the end.
    CASES = (
        ("the last two tasks", [{}, {}], tick(0), tick(1), ("done", "done", "done")),
        (
            "two tasks before a third",
            [{}, {}, AFTER],
            tick(0),
            tick(1),
            ("running", "done", "done", "open"),
        ),
        (
            "a task and the one that waits for it",
            [{}, AFTER, AFTER],
            tick(0),
            lambda run_id: lambda env: get_task(env, run_id, 1).action_done(),
            ("running", "done", "done", "open"),
        ),
        (
            "the one that waits, and its predecessor",
            [{}, AFTER, AFTER],
            lambda run_id: lambda env: get_task(env, run_id, 1).action_done(),
            tick(0),
            ("running", "done", "done", "open"),
        ),
        ("one task, twice", [{}, AFTER], tick(0), tick(0), ("running", "done", "open")),
        (
            "a task, and the one after it skipped",
            [{}, AFTER],
            tick(0),
            lambda run_id: lambda env: get_task(env, run_id, 1).action_skip(),
            ("done", "done", "skipped"),
        ),
    )

    def check_ticks(self):
        for what, lines, first, second, expected in self.CASES:
            for how, meet in (("waiting", self.wait), ("too late", self.read_before)):
                run_id = self.world.make_run(*lines)
                errors = meet(first(run_id), second(run_id))
                self.world.expect(
                    f"{what}, {how}: the second one is started over",
                    self.world.is_conflict(errors),
                    repr(errors),
                )
                states = self.world.states(run_id)
                self.world.expect(
                    f"{what}, {how}: {', '.join(expected[1:])}; the track is "
                    f"{expected[0]}",
                    states == expected,
                    str(states),
                )
                self.world.expect_right(f"{what}, {how}: all is right", [run_id])


class SameTask(Meeting):
    """Two transactions that try to open one task: the unique index."""

    def check_open(self):
        def open_task(env):
            task = get_task(env(su=True), run_id, 0)
            if task.state == "planned":
                task._assign()

        for how, meet in (
            ("waiting", self.wait),
            ("too late", self.read_before),
        ):
            run_id = self.world.make_run({}, due=True)
            errors = meet(open_task, open_task)
            self.world.expect(
                f"opening one task twice, {how}: the second one is started over",
                self.world.is_conflict(errors),
                repr(errors),
            )
            self.world.expect(
                f"opening one task twice, {how}: it has one activity",
                self.count_activities(run_id) == 1,
            )
            self.world.expect_right(
                f"opening one task twice, {how}: all is right", [run_id]
            )

    def check_index(self):
        for how, meet in (
            ("waiting", self.wait),
            ("too late", self.read_before),
        ):
            run_id = self.world.make_run({}, due=True)
            self.world.sql(
                "UPDATE track_run_line SET state = 'open' WHERE run_id = %s", [run_id]
            )

            def create(env, run_id=run_id):
                env = env(su=True)
                record = get_lead(env, run_id)
                env["mail.activity"].create(
                    {
                        "res_model_id": env["ir.model"]._get_id(record._name),
                        **get_task(env, run_id, 0)._prepare_activity_vals(record),
                    }
                )

            errors = meet(create, create)
            refused = errors and "has an activity already" in str(errors[-1])
            self.world.expect(
                f"a second activity for one task, {how}: the index refuses it",
                refused and self.count_activities(run_id) == 1,
            )

    def count_activities(self, run_id):
        [(count,)] = self.world.sql(
            "SELECT count(*) FROM mail_activity JOIN track_run_line task"
            " ON track_run_line_id = task.id WHERE run_id = %s",
            [run_id],
        )
        return count

    def check_one_per_record(self):
        """A template that runs once for each record: the partial unique index."""
        run_id = self.world.make_run({}, one_per_record=True)
        self.world.act(
            lambda env: env["track.run"].browse(run_id).action_stop(),
        )

        def apply(env):
            get_lead(env, run_id).tracks_apply(
                env["track.run"].browse(run_id).template_id
            )

        for how, meet in (
            ("waiting", self.wait),
            ("too late", self.read_before),
        ):
            errors = meet(apply, apply)
            refused = errors and "can run per record" in str(errors[-1])
            with self.world.connection() as env:
                running = get_lead(env, run_id).track_run_ids.filtered(
                    lambda run: run.state == "running"
                )
                count = len(running)
                running._stop("")
            self.world.expect(
                f"a track that may run once, started twice, {how}: it runs once",
                refused and count == 1,
                f"{count} run; {errors}",
            )


class Pairs(Meeting):
    """Two people make two different changes of one track at the same time.

    The result equals that of the changes one after the other; the cron may have to
    apply a closing.
    """

    def check_pairs(self):
        changes = {
            "ticking": acts.complete,
            "pausing": acts.pause,
            "stopping": acts.stop,
            "losing": acts.lose,
            "giving away": acts.give_to(self.world.bob),
            "adding a task": acts.add_task,
            "starting another": acts.start_another,
        }
        for first, second in product(changes, changes):
            pair = {first, second}
            if "starting another" in pair and "losing" not in pair:
                continue  # two independent tracks
            if pair == {"giving away"}:
                continue  # Odoo itself raises when the owner is subscribed twice
            for how, meet in (("waiting", self.wait), ("too late", self.read_before)):
                what = f"{first}, then {second}, {how}"
                self.expect_pair(what, meet, changes[first], changes[second])

    def expect_pair(self, what, meet, first, second):
        run_id = self.world.make_run({}, {"delay_from": "previous"})
        with self.world.connection() as env:
            lead_id = get_lead(env, run_id).id
        errors = meet(lambda env: first(env, run_id), lambda env: second(env, run_id))
        self.cron()
        with self.world.connection() as env:
            run_ids = env["crm.lead"].browse(lead_id).track_run_ids.ids
        wrong = self.world.wrong(run_ids)
        self.world.expect(
            f"{what}: all is right",
            not wrong and all(map(self.is_expected, errors)),
            f"{wrong} {errors}",
        )

    def is_expected(self, error):
        """Whether the exception is a conflict, or an expected error."""
        return isinstance(error, self.world.CONFLICT) or (
            isinstance(error, UserError) and not isinstance(error, ValidationError)
        )
