"""The database, people and tracks of the check, and its expectations."""

import re
import sys
import threading
import time
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

import psycopg2
from psycopg2.extensions import TransactionRollbackError
from workers import PATIENCE

from odoo import Command, fields
from odoo.api import SUPERUSER_ID, Environment
from odoo.service.model import retrying

# Queries for inconsistent tracks; none may return rows.
WRONG = {
    "a task has two activities": """
        SELECT track_run_line_id FROM mail_activity
         WHERE track_run_line_id IN (SELECT id FROM task)
         GROUP BY 1 HAVING count(*) > 1""",
    "an open task has no activity that is active or muted": """
        SELECT task.id FROM task LEFT JOIN activity ON track_run_line_id = task.id
         WHERE state = 'open' AND active IS NOT TRUE AND muted IS NOT TRUE""",
    "a task that is not open has an activity that is active or muted": """
        SELECT task.id FROM task JOIN activity ON track_run_line_id = task.id
         WHERE state != 'open' AND (active OR muted)""",
    "an activity of a quiet track is active": """
        SELECT task.id FROM task JOIN activity ON track_run_line_id = task.id
         WHERE active AND quiet""",
    "an activity of a track that is not quiet is muted": """
        SELECT task.id FROM task JOIN activity ON track_run_line_id = task.id
         WHERE muted AND NOT quiet""",
    "a task counts as failed or tried": """
        SELECT id FROM task WHERE state = 'failed' OR attempts > 0 OR error != ''""",
    "a track is done and has unfinished tasks": """
        SELECT id FROM task WHERE run_state IN ('done', 'stopped')
           AND state IN ('waiting', 'planned', 'open', 'failed')""",
    "a track has finished tasks alone and is not done": """
        SELECT run_id FROM task WHERE run_state IN ('running', 'paused')
         GROUP BY 1 HAVING bool_and(state NOT IN ('waiting', 'planned', 'open'))""",
    "a track says more than once that it is done": """
        SELECT run.id FROM mail_message JOIN run ON model = 'crm.lead'
           AND mail_message.res_id = run.res_id
         WHERE body ~ 'Track <b>.*</b> is done'
         GROUP BY run.id HAVING count(*) > 1""",
    "a task of the owner is somebody else's": """
        SELECT task.id FROM task JOIN activity ON track_run_line_id = task.id
          JOIN run ON run.id = run_id JOIN crm_lead ON crm_lead.id = run.res_id
         WHERE task.state = 'open' AND task.responsible_type = 'owner'
           AND task.user_manual IS NOT TRUE AND activity.user_id != crm_lead.user_id""",
    "a track is not held although its record is closed": """
        SELECT run.id FROM run JOIN crm_lead lead ON lead.id = run.res_id
         WHERE run.state IN ('running', 'paused')
           AND COALESCE(held, FALSE)
               != (NOT lead.active OR lead.won_status != 'pending')""",
}
OF_RUNS = """
    WITH run AS (SELECT * FROM track_run WHERE id IN %(ids)s),
         task AS (SELECT track_run_line.*, run.state run_state,
                         run.state = 'paused' OR COALESCE(held, FALSE) quiet
                    FROM track_run_line JOIN run ON run_id = run.id),
         activity AS (SELECT * FROM mail_activity)
"""


class World:
    """Two sellers with rights of their own, and a manager, who starts the tracks.

    :ivar ann: the id of a seller, who owns every opportunity
    :ivar bob: that of another one
    """

    CONFLICT = TransactionRollbackError

    def __init__(self, registry):
        self.registry = registry
        self.count = self.failed = 0
        with self.connection() as env:
            # exclude existing tracks
            env["track.run"].search([("state", "in", ("running", "paused"))])._stop("")
            self.ann, self.bob, self.manager = (
                self._make_user(env, login, group)
                for login, group in (
                    ("ann", "group_sale_salesman_all_leads"),
                    ("bob", "group_sale_salesman_all_leads"),
                    ("manager", "group_sale_manager"),
                )
            )

    def _make_user(self, env, login, group):
        return (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": login.title(),
                    "login": f"concurrency_{login}",
                    "email": f"{login}@tracks.example",
                    "notification_type": "inbox",  # so that no e-mails are sent
                    "tz": "Europe/Brussels",
                    "group_ids": [Command.set([env.ref(f"sales_team.{group}").id])],
                }
            )
            .id
        )

    # ------------------------------------------------------------------
    # Expectations
    # ------------------------------------------------------------------

    def expect(self, what, holds, why=""):
        """Print whether an expectation is met.

        :param why: the text printed otherwise
        """
        self.count += 1
        if holds:
            print(f"ok: {what}", flush=True)
        else:
            self.failed += 1
            print(f"NOT ok: {what}", *([f"  {why}"] * bool(why)), sep="\n", flush=True)

    def wrong(self, run_ids):
        """The inconsistencies of these tracks in the database.

        :return: list of str
        """
        found = []
        with self.connection() as env:
            for what, query in WRONG.items():
                env.cr.execute(f"{OF_RUNS} {query}", {"ids": tuple(run_ids)})
                if ids := [id_ for (id_, *_rest) in env.cr.fetchall()]:
                    found.append(f"{what}: {len(ids)}, {ids[:5]}")
            runs = env["track.run"].browse(run_ids).exists()
            for run in runs.filtered(lambda run: run.state == "running"):
                if not run._is_suspended() and run._get_turns():
                    found.append(f"a turn has come and was not taken: {run}")
        return found

    def expect_right(self, what, run_ids):
        wrong = self.wrong(run_ids)
        self.expect(what, not wrong, "; ".join(wrong))

    def states(self, run_id):
        """The state of a track, and those of its tasks in their order."""
        with self.connection() as env:
            run = env["track.run"].browse(run_id)
            if not run.exists():
                return ("gone",)
            return run.state, *run.line_ids.sorted().mapped("state")

    def count_due(self, run_ids):
        """The number of tasks of these tracks that the cron still has to open."""
        with self.connection() as env:
            return env["track.run.line"].search_count(
                [
                    ("run_id", "in", run_ids),
                    ("state", "=", "planned"),
                    ("date_planned", "<=", fields.Date.today()),
                ]
            )

    def get_told(self):
        """The number of notifications of each person about each task.

        :return: dict, a count for each (partner id, task id)
        """
        told = {}
        with self.connection() as env:
            messages = env["mail.message"].search(
                [("message_type", "=", "user_notification")]
            )
            for message in messages:
                for partner in message.notified_partner_ids:
                    for task_id in re.findall(r"Task #(\d+)\.", message.body):
                        key = partner.id, int(task_id)
                        told[key] = told.get(key, 0) + 1
        return told

    # ------------------------------------------------------------------
    # Connections
    # ------------------------------------------------------------------

    @contextmanager
    def connection(self, uid=SUPERUSER_ID):
        """An environment on a separate connection, committed after the block."""
        with self.registry.cursor() as cr:
            yield Environment(cr, uid, {})

    def cron(self):
        """One run of the cron, as OdooBot."""
        with self.connection() as env:
            env["track.run"]._cron_process()

    def act(self, function, uid=None):
        """Act as a person, in a transaction that is restarted on conflicts as in Odoo.

        :param function: takes the environment
        :param uid: the person; by default Ann
        :return: list of exceptions: the conflicts that restarted the transaction, and
            the final exception if it failed
        """
        errors = []

        def attempt(env):
            try:
                function(env)
                env.cr.flush()
            except psycopg2.Error as error:
                errors.append(error)
                raise

        try:
            with (
                self.connection(uid or self.ann) as env,
                patch("odoo.service.model.random.uniform", lambda low, high: 0.02),
            ):
                retrying(partial(attempt, env), env)
        except Exception as error:
            errors.append(error)
        return errors

    def is_conflict(self, errors):
        """Whether a transaction was restarted once, and then succeeded."""
        return len(errors) == 1 and isinstance(errors[0], TransactionRollbackError)

    @contextmanager
    def meanwhile(self, function, uid=None):
        """Act as a person in another thread while the block runs.

        The block starts when the thread has ended, or waits for a lock.

        :return: list, filled with the result of :meth:`act` at the latest at the end of
            the block
        """
        result = []
        with self.beside(lambda: result.extend(self.act(function, uid))):
            yield result

    @contextmanager
    def beside(self, function):
        """Call ``function()`` in another thread while the block runs.

        The block starts when the thread has ended, or waits for a lock.

        :return: bool, whether it waits
        """
        thread = threading.Thread(target=function)
        thread.start()
        while thread.is_alive() and not self._is_anybody_waiting():
            time.sleep(0.005)
        try:
            yield thread.is_alive()
        finally:
            thread.join()

    def _is_anybody_waiting(self):
        return self.sql(
            "SELECT 1 FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            "   AND wait_event != 'extend'"  # of a file, for a moment
        )

    def wait_alone(self):
        """Wait until PostgreSQL has closed the connections of killed processes."""
        until = time.monotonic() + PATIENCE
        while self.sql(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid != pg_backend_pid() AND state != 'idle'"
        ):
            if time.monotonic() > until:
                sys.exit("Somebody else is connected to the database of the check.")
            time.sleep(0.01)

    def sql(self, query, params=None):
        with self.registry.cursor() as cr:
            cr.execute(query, params)
            return cr.fetchall() if cr.description else None

    @contextmanager
    def hook(self, model, method, function, when="before", nth=1):
        """Call ``function()`` once, before or after the next call of a method.

        :param int nth: of the calls
        """
        cls = self.registry[model]
        original = getattr(cls, method)
        called = []

        def hooked(records, *args, **kwargs):
            called.append(True)
            is_it = len(called) == nth
            if is_it and when == "before":
                records.env.flush_all()
                function()
            result = original(records, *args, **kwargs)
            if is_it and when == "after":
                records.env.flush_all()
                function()
            return result

        with patch.object(cls, method, hooked):
            yield called

    # ------------------------------------------------------------------
    # Tracks
    # ------------------------------------------------------------------

    def make_runs(self, count, *lines, due=False, **vals):
        """Create opportunities of Ann with a track each.

        :param lines: values of the template's tasks
        :param bool due: whether tasks are planned, for yesterday
        :return: the tracks' ids
        """
        if due:
            # a date in the far future, so that no task is open
            lines = [{"delay_count": 50, **line} for line in lines]
            vals = {"activity_creation": "ahead", "ahead_days": 0, **vals}
        with self.connection() as env:
            template = self._make_template(env, lines, vals)
            leads = env["crm.lead"].create(
                [
                    {
                        "name": f"Opportunity {number}",
                        "type": "opportunity",
                        "user_id": self.ann,
                    }
                    for number in range(count)
                ]
            )
        with self.connection(self.manager) as env:
            runs = leads.with_env(env).tracks_apply(template.with_env(env))
            env.flush_all()
            if due:
                self._plan_for_yesterday(env, runs)
            return runs.ids

    def _make_template(self, env, lines, vals):
        tasks = [
            Command.create({"summary": f"Task {number}", "sequence": number, **line})
            for number, line in enumerate(lines)
        ]
        Template = env["track.template"]
        return Template.create({"name": "Concurrency", "line_ids": tasks, **vals})

    def _plan_for_yesterday(self, env, runs):
        env.cr.execute(
            """
            UPDATE track_run_line
               SET summary = 'Task #' || id || '.',
                   date_planned = CURRENT_DATE - 1,
                   date_deadline = CURRENT_DATE - 1
             WHERE run_id IN %s AND state = 'planned'
            """,
            [tuple(runs.ids)],
        )

    def make_run(self, *lines, **vals):
        [run_id] = self.make_runs(1, *lines, **vals)
        return run_id


def get_task(env, run_id, number):
    """The task of a track at this index, from 0."""
    return env["track.run"].browse(run_id).line_ids.sorted()[number]


def get_lead(env, run_id):
    return env["crm.lead"].browse(env["track.run"].browse(run_id).res_id)


def tick(number):
    """Complete the activity of a task in the chatter, as its assignee.

    :return: a function of a track's id, which returns a function of the environment
    """
    return lambda run_id: lambda env: (
        get_task(env, run_id, number).activity_id.action_feedback()
    )
