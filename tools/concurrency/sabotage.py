"""Defects of the addon, each of which the check has to notice.

``python tools/concurrency_check.py --break NAME`` runs the check with one defect in
this process and all of its workers, and has to exit with 1.
"""

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo import sql_db
from odoo.api import Environment

SABOTAGES = {}


def sabotage(function):
    SABOTAGES[function.__name__.replace("_", "-")] = function
    return function


def wrap(world, model, method):
    """Replace a method; the decorated function receives the original one."""
    cls = world.registry[model]
    original = getattr(cls, method)

    def decorate(function):
        setattr(
            cls,
            method,
            lambda records, *args, **kwargs: function(
                original, records, *args, **kwargs
            ),
        )

    return decorate


@sabotage
def no_lock(world):
    """The cron takes rows that others have locked."""

    @wrap(world, "track.run", "_lock_tasks")
    def lock(original, runs, tasks):
        runs.env.invalidate_all(flush=False)
        return tasks


@sabotage
def waiting_lock(world):
    """The cron waits for locked rows, as FOR UPDATE without SKIP LOCKED does."""

    @wrap(world, "track.run", "_lock_tasks")
    def lock(original, runs, tasks):
        tasks.lock_for_update(allow_referencing=True)
        return original(runs, tasks)


@sabotage
def read_committed(world):
    """No snapshot, hence no conflict between two transactions."""
    sql_db.ISOLATION_LEVEL_REPEATABLE_READ = ISOLATION_LEVEL_READ_COMMITTED


@sabotage
def no_index(world):
    """The database allows two activities for a task."""
    world.sql("DROP INDEX mail_activity_track_run_line_uniq")


@sabotage
def no_second_look(world):
    """The cron opens the tasks that it found without checking them again."""

    @wrap(world, "track.run.line", "_cron_begin_batch")
    def open_batch(original, tasks):
        tasks.env["track.run"]._lock_tasks(tasks)._assign()
        tasks.env.flush_all()


@sabotage
def conflict_is_failure(world):
    """A conflict counts as a failure of the task."""

    @wrap(world, "track.run.line", "_cron_begin_batch")
    def open_batch(original, tasks):
        try:
            original(tasks)
        except psycopg2.OperationalError as error:
            raise ValueError("It broke") from error


@sabotage
def conflict_is_raised(world):
    """The cron ends with the first conflict."""

    @wrap(world, "track.run", "_cron_commit")
    def commit(original, runs, work, otherwise=None, processed=0):
        work()
        return runs.env["ir.cron"]._commit_progress(processed)


@sabotage
def early_commit(world):
    """The states are committed before the activities exist."""

    @wrap(world, "mail.activity", "create")
    def create(original, activities, vals_list):
        if "track_run_line_id" in str(vals_list):
            activities.env.flush_all()
            activities.env.cr._cnx.commit()
        return original(activities, vals_list)


@sabotage
def early_message(world):
    """Users are notified in a separate transaction, before the tasks are committed."""

    @wrap(world, "track.run.line", "_notify")
    def notify(original, tasks, user):
        with world.registry.cursor() as cr:
            env = Environment(cr, tasks.env.uid, {})
            body = "".join(f"<b>{name}</b>" for name in tasks.mapped("summary"))
            env["mail.thread"].message_notify(
                partner_ids=user.partner_id.ids, body=body
            )


@sabotage
def late_message(world):
    """Users are notified in a separate transaction, after the commit."""

    @wrap(world, "track.run.line", "_send_announcements")
    def send(original, tasks):
        by_actor = tasks.env.cr.precommit.data.pop("crm_tracks.assigned", {})

        def later():
            with world.registry.cursor() as cr:
                cr.precommit.data["crm_tracks.assigned"] = by_actor
                original(tasks.with_env(Environment(cr, tasks.env.uid, {}, True)))

        tasks.env.cr.postcommit.add(later)


@sabotage
def early_mail(world):
    """An e-mail is queued in a separate transaction, before its task is done."""

    @wrap(world, "track.run.line", "_execute_email")
    def perform(original, tasks, records):
        with world.registry.cursor() as cr:
            return original(
                tasks.with_env(tasks.env(cr=cr)), records.with_env(records.env(cr=cr))
            )


@sabotage
def late_mail(world):
    """An e-mail is queued in a separate transaction, when its task is done."""

    @wrap(world, "track.run.line", "_execute_email")
    def perform(original, tasks, records):
        def later():
            with world.registry.cursor() as cr:
                original(
                    tasks.with_env(tasks.env(cr=cr)),
                    records.with_env(records.env(cr=cr)),
                )

        tasks.env.cr.postcommit.add(later)
        return {}


@sabotage
def quiet_is_forgotten(world):
    """A paused track continues."""

    @wrap(world, "track.run", "_is_suspended")
    def is_quiet(original, run):
        return False


@sabotage
def no_lock_to_run(world):
    """Running a task now waits for another execution of it."""

    @wrap(world, "track.run.line", "_lock_for_execution")
    def lock(original, tasks):
        return None


@sabotage
def early_message_of_late(world):
    """Users are told of late tasks in a separate transaction, before the commit."""

    @wrap(world, "track.run.line", "_tell_of_late")
    def tell(original, tasks, user, entries):
        with world.registry.cursor() as cr:
            env = Environment(cr, tasks.env.uid, {})
            body = "".join(f"<b>{task.summary}</b>" for _kind, task, _user in entries)
            env["mail.thread"].message_notify(
                partner_ids=user.partner_id.ids, body=body
            )


@sabotage
def series_in_two_steps(world):
    """A track is done in one transaction, and the next one starts in another."""

    @wrap(world, "track.run", "_causing_nothing")
    def cause(original, runs):
        runs.env.cr.commit()
        return original(runs)


@sabotage
def early_note(world):
    """Notes are posted in a separate transaction, before what they say is committed."""

    @wrap(world, "track.run", "_log")
    def log(original, runs, *args, **kwargs):
        with world.registry.cursor() as cr:
            others = runs.with_env(runs.env(cr=cr))
            if runs and others.exists() == others:
                return original(others, *args, **kwargs)
        return original(runs, *args, **kwargs)


@sabotage
def early_morning_mail(world):
    """The morning mail is queued in a separate transaction, before it is noted."""

    @wrap(world, "res.users", "_prepare_track_digests")
    def prepare(original, users):
        with world.registry.cursor() as cr:
            mails = users.with_env(users.env(cr=cr)).env["mail.mail"]
            mails.create(original(users))
        return []


@sabotage
def update_in_two_steps(world):
    """Tracks are updated in one transaction, and the result is stored in another."""

    @wrap(world, "track.run", "_update_as_planned")
    def update(original, runs, plans):
        result = original(runs, plans)
        runs.env.cr.commit()
        return result


@sabotage
def early_message_of_update(world):
    """Users are told of an update in a separate transaction, before that is noted."""

    @wrap(world, "track.run.update", "_notify")
    def notify(original, update, user):
        with world.registry.cursor() as cr:
            others = update.with_env(update.env(cr=cr))
            original(others, user.with_env(others.env))
