"""The changes of a person, as functions of the environment and the track's id."""

from datetime import timedelta

from odoo import fields

from .world import get_lead, get_task


def pause(env, run_id):
    env["track.run"].browse(run_id).action_pause()


def resume(env, run_id):
    env["track.run"].browse(run_id).action_resume()


def stop(env, run_id):
    env["track.run"].browse(run_id).action_stop()


def lose(env, run_id):
    get_lead(env, run_id).action_set_lost()


def restore(env, run_id):
    get_lead(env, run_id).action_unarchive()


def skip(env, run_id):
    get_task(env, run_id, 0).action_skip()


def complete(env, run_id):
    get_task(env, run_id, 0).action_done()


def postpone(env, run_id):
    day = fields.Date.today() + timedelta(days=9)
    get_task(env, run_id, 0).write({"date_deadline": day})


def add_task(env, run_id):
    env["track.run.line"].create({"run_id": run_id, "summary": "Added"})


def start_another(env, run_id):
    template = env["track.run"].browse(run_id).template_id
    get_lead(env, run_id).tracks_apply(template)


def give_to(user_id):
    """Change the owner of the record to this user."""

    def give(env, run_id):
        get_lead(env, run_id).write({"user_id": user_id})

    return give
