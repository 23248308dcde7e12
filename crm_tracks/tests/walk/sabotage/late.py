"""Defects of how late tasks are told and escalated."""

from unittest.mock import patch

from .registry import replace, sabotage


@sabotage
def told_on_hold(env):
    """Users are told of late tasks of tracks on hold."""

    @replace(env, "track.run.line", "_is_looked_at")
    def broken(original, task):
        return task.state == "open" and bool(task.date_deadline)

    return broken


@sabotage
def late_at_once(env):
    """Days count on which nobody could do a task."""

    @replace(env, "track.run.line", "_count_lateness_anew")
    def broken(original, tasks):
        return None

    return broken


@sabotage
def given_to_nobody(env):
    """A late task that is escalated stays with its assignee."""

    @replace(env, "track.run.line", "_give_late")
    def broken(original, tasks, notices):
        return None

    return broken


@sabotage
def days_off_count_as_late(env):
    """A task is late for days of the calendar, not for working days."""

    # not at the top: only the standard library is imported there
    from ....tools.lateness import Lateness

    def count(lateness, task):
        today = lateness._todays[task.run_id.company_id]
        return (today - task._get_late_from()).days

    return patch.object(Lateness, "_count", count)
