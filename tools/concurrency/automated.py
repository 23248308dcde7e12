"""Automated tasks run exactly once, under concurrency and after crashes."""

from workers import together

from odoo.exceptions import UserError
from odoo.fields import Command

from .cron import InEveryOrder
from .processes import BATCH, kill_again_and_again, work
from .world import get_task

# The number of executions of a task, in SQL.
DONE = {
    "email": """
        SELECT count(*) FROM mail_mail JOIN mail_message message
            ON message.id = mail_message_id
         WHERE message.model = 'crm.lead' AND message.res_id = run.res_id""",
    # a mark for each execution
    "server_action": """
        SELECT length(COALESCE(referred, '')) FROM crm_lead WHERE id = run.res_id""",
    "track": """
        SELECT count(*) FROM track_run other WHERE other.id != run.id
           AND other.res_model = 'crm.lead' AND other.res_id = run.res_id""",
    # setting a field twice has no effect; count the notes
    "update": """
        SELECT count(*) FROM mail_message message WHERE message.model = 'crm.lead'
           AND message.res_id = run.res_id
           AND message.body LIKE '%%Task #' || task.id || '.%%'""",
}
# The points at which a worker is killed, as in processes.POINTS.
POINTS = {
    "when its rows are locked": ("track.run", "_lock_tasks", "after"),
    "when the mails are queued": ("mail.template", "send_mail_batch", "after"),
    "when the tasks are done": ("track.run.line", "_complete", "after"),
    "before its commit": ("ir.cron", "_commit_progress", "before"),
    "after its commit": ("ir.cron", "_commit_progress", "after"),
}
# The errors of a user who comes too late, or too early.
GIVES_WAY = (
    "is already being run",
    "is already finished",
    "has ended. Its tasks can no longer be changed",
)
# The orders in which the cron sees the change of the person.
PERSON_FIRST = ("when the cron comes", "between the cron s search and its lock")


def check(world):
    lines = make_lines(world)
    side_by_side(
        world,
        "automated tasks",
        lambda: make_runs(world, 3 * BATCH, *lines.values()),
        run_now,
        expect_once,
    )
    killed(world, lines["email"])
    AutomatedOrders(world, lines["email"]).check()


def make_lines(world):
    """A template's task for each action, by action."""
    with world.connection() as env:
        model_id = env["ir.model"]._get_id("crm.lead")
        following = env["track.template"].create(
            {"name": "Following", "line_ids": [Command.create({"summary": "Then"})]}
        )
        mail_template = env["mail.template"].create(
            {
                "name": "Welcome",
                "model_id": model_id,
                "subject": "Welcome",
                "body_html": "<p>Good to have you.</p>",
                "use_default_to": False,
                "email_to": "customer@tracks.example",
            }
        )
        server_action = env["ir.actions.server"].create(
            {
                "name": "Mark",
                "model_id": model_id,
                "state": "code",
                "code": "record.write({'referred': (record.referred or '') + 'x'})",
            }
        )
        setting = Command.create({"field_name": "priority", "value": "2"})
        return {
            "email": {"action": "email", "mail_template_id": mail_template.id},
            "update": {"action": "update", "update_ids": [setting]},
            "server_action": {
                "action": "server_action",
                "server_action_id": server_action.id,
            },
            "track": {"action": "track", "next_template_id": following.id},
        }


def make_runs(world, count, *lines):
    """Create tracks of opportunities with these tasks, which are due.

    :return: the tracks' ids
    """
    with world.connection() as env:
        model_id = env["ir.model"]._get_id("crm.lead")
    return world.make_runs(
        count, *lines, due=True, res_model_ids=[Command.link(model_id)]
    )


def expect_once(world, what, run_ids, all_done=False):
    """Done tasks were executed once, others not at all, and no track is inconsistent.

    :param bool all_done: whether every automated task is to be done
    """
    counts = " ".join(
        f"WHEN '{action}' THEN ({query})" for action, query in DONE.items()
    )
    rows = world.sql(
        f"""
        SELECT task.id, task.action, task.state, CASE task.action {counts} END
          FROM track_run_line task JOIN track_run run ON run.id = task.run_id
         WHERE run.id IN %s AND task.action != 'activity'
        """,
        [tuple(run_ids)],
    )
    wrong = [row for row in rows if row[3] != (row[2] == "done")]
    world.expect(
        f"{what}: what is done was done once",
        rows and not wrong,
        f"{len(wrong)} were not: {wrong[:5]}",
    )
    if all_done:
        left = [row for row in rows if row[2] != "done"]
        world.expect(
            f"{what}: each of {len(rows)} tasks is done", not left, str(left[:5])
        )
    world.expect_right(f"{what}: all is right", run_ids)


def side_by_side(world, things, make, run_now, expect):
    """Two crons, alone and with a person who runs the same tasks.

    :param str things: the name of the tasks
    :param function make: returns the ids of new tracks with these tasks, which are due
    :param function run_now: what the person does, with the world and the tracks' ids
    :param function expect: as :func:`expect_once`
    """
    run_ids = make()
    what = f"two crons with the same {things}"
    codes = together(*2 * [lambda: work(world, run_ids)])
    world.expect(f"{what}: neither crashed", codes == [0, 0], str(codes))
    expect(world, what, run_ids, all_done=True)
    run_ids = make()
    what = f"two crons and a person with the same {things}"
    codes = together(
        *2 * [lambda: work(world, run_ids)], lambda: run_now(world, run_ids)
    )
    world.expect(f"{what}: nobody crashed", not any(codes), str(codes))
    world.cron()  # the cron skipped the task that Ann had locked at the end
    expect(world, what, run_ids, all_done=True)


def run_now(world, run_ids):
    """Ann runs the automated tasks of these tracks, from the last to the first."""
    for run_id in reversed(run_ids):
        for number in reversed(range(len(DONE))):
            errors = world.act(
                lambda env, r=run_id, n=number: get_task(env, r, n).action_run_now()
            )
            if errors and not is_manners(world, errors, GIVES_WAY):
                raise errors[-1]


def is_manners(world, errors, sentences=()):
    """Whether the exceptions of a person are only conflicts, or a known error.

    :param errors: as of ``World.act``
    :param sentences: the known errors
    """
    *conflicts, last = errors or [None]
    is_clear = isinstance(last, UserError) and any(
        sentence in str(last) for sentence in sentences
    )
    return all(isinstance(error, world.CONFLICT) for error in conflicts) and (
        last is None or isinstance(last, world.CONFLICT) or is_clear
    )


def killed(world, line):
    run_ids = make_runs(world, 250, line)
    kill_again_and_again(
        world,
        "a cron that sends e-mails",
        run_ids,
        [*POINTS.items(), *[("at any moment", None)] * 3],
        lambda what: expect_once(world, what, run_ids),
    )
    work(world, run_ids)
    expect_once(world, "one run after those kills", run_ids, all_done=True)


class AutomatedOrders(InEveryOrder):
    """A person changes a task that the cron carries out, in every order."""

    def __init__(self, world, line):
        super().__init__(world)
        self.line = line

    def meet(self, what, act):
        """One track after the other, in each order.

        :param function act: takes the environment and the track's id
        :return: list of (what, the track's id, the person's exceptions)
        """
        following = {"delay_from": "previous", "delay_count": 0}
        for where, order in self.get_orders(what):
            [run_id] = make_runs(self.world, 1, self.line, following)
            yield where, run_id, order(lambda env, r=run_id: act(env, r))

    def expect_manners(self, where, errors, sentences=()):
        self.world.expect(
            f"{where}: it succeeds, or gives way with a clear sentence",
            # one conflict for each concurrent commit
            is_manners(self.world, errors, sentences) and len(errors) < 5,
            repr(errors),
        )

    def check_held(self):
        what = "running a task now that is being carried out"
        [run_id] = make_runs(self.world, 1, self.line)
        with self.world.connection() as env:
            env.cr.execute(
                "SELECT FROM track_run_line WHERE run_id = %s FOR NO KEY UPDATE",
                [run_id],
            )
            with self.world.meanwhile(
                lambda env: get_task(env, run_id, 0).action_run_now()
            ) as errors:
                self.world.expect(
                    f"{what}: one is told so at once, and waits for nobody",
                    # no execution while the task waits
                    len(errors) == 1 and GIVES_WAY[0] in str(errors[0]),
                    repr(errors),
                )
                env.cr.rollback()  # the waiting transaction continues
        expect_once(self.world, what, [run_id])

    def check_run_now(self):
        for where, run_id, errors in self.meet(
            "running it now",
            lambda env, run_id: get_task(env, run_id, 0).action_run_now(),
        ):
            self.expect_manners(where, errors, GIVES_WAY)
            expect_once(self.world, where, [run_id], all_done=True)
            self.cron()
            expect_once(self.world, f"{where}, and a run later", [run_id])

    def check_take_over(self):
        for where, run_id, errors in self.meet(
            "taking the track over",
            lambda env, run_id: env["track.run"].browse(run_id).action_take_over(),
        ):
            self.expect_manners(where, errors)
            self.cron()
            expect_once(self.world, where, [run_id], all_done=True)
            with self.world.connection() as env:
                task = get_task(env, run_id, 0)
                result = task.result or {}
                message = env["mail.message"].browse(result.get("message"))
                self.world.expect(
                    f"{where}: the track is hers, and who sent the mail did the task",
                    task.run_id.user_id.id == self.world.ann
                    and message.author_id == task.done_user_id.partner_id,
                    f"{task.run_id.user_id}, {message.author_id}, {task.done_user_id}",
                )

    def check_pause(self):
        for where, run_id, errors in self.meet(
            "pausing a track",
            lambda env, run_id: env["track.run"].browse(run_id).action_pause(),
        ):
            self.expect_manners(where, errors)
            states = self.world.states(run_id)
            allowed = [("paused", "planned", "waiting")]
            if not where.endswith(PERSON_FIRST):
                allowed.append(("paused", "done", "open"))
            self.world.expect(
                f"{where}: its automated task waits, unless it was done before",
                states in allowed,
                str(states),
            )
            expect_once(self.world, where, [run_id])
            self.cron()
            self.world.expect(
                f"{where}: paused, it runs nothing", self.world.states(run_id) == states
            )
            self.world.act(
                lambda env, r=run_id: env["track.run"].browse(r).action_resume()
            )
            self.cron()
            expect_once(
                self.world, f"{where}: when it goes on", [run_id], all_done=True
            )
