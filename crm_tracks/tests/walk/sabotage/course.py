"""Defects of the course of a track, and of what records and users do to it."""

from unittest.mock import patch

from .registry import replace, sabotage


@sabotage
def overtaking(env):
    """A waiting task begins although the previous one is not finished."""

    @replace(env, "track.run", "_get_turns")
    def broken(original, run):
        waiting = run.line_ids.filtered(lambda task: task.state == "waiting")
        return original(run) or [(task, run.start_date) for task in waiting[1:2]]

    return broken


@sabotage
def forgotten_day(env):
    """The next task counts from today, whenever the previous one was done."""

    @replace(env, "track.run", "_get_turns")
    def broken(original, run):
        day = env["track.run"]._fields["start_date"].today()
        return [(task, day) for task, _anchor in original(run)]

    return broken


@sabotage
def calendar_days(env):
    """Public holidays count as weekdays."""

    from ....tools.dates import WorkingDays

    return patch.object(WorkingDays, "is_working", lambda days, day: day.weekday() < 5)


@sabotage
def wrong_zone(env):
    """The current day is that of the server."""

    from ....tools import dates

    return patch.object(dates, "get_zone", lambda env, company: "UTC")


@sabotage
def date_by_hand(env):
    """A manual date is not kept."""

    @replace(env, "track.run.line", "write")
    def broken(original, tasks, vals):
        if vals.get("date_manual"):
            vals = {**vals, "date_manual": False}
        return original(tasks, vals)

    return broken


@sabotage
def person_by_hand(env):
    """A new owner also gets the tasks that were assigned manually."""

    @replace(env, "track.run.line", "write")
    def broken(original, tasks, vals):
        if vals.get("user_manual"):
            vals = {**vals, "user_manual": False}
        return original(tasks, vals)

    return broken


@sabotage
def owner_stays(env):
    """A new owner does not get the open tasks."""

    @replace(env, "crm.lead", "_tracks_follow_owner")
    def broken(original, records, before):
        return None

    return broken


@sabotage
def closing_stays(env):
    """Reopening leaves the activities without a track inactive."""

    @replace(env, "crm.lead", "_tracks_search_activities")
    def broken(original, records, domain):
        found = original(records, domain)
        return found.filtered("active")

    return broken


@sabotage
def waking_early(env):
    """Removing one reason for being inactive removes the other one as well."""

    @replace(env, "track.run", "_resume")
    def broken(original, runs):
        runs.write({"held": False, "date_held": False})
        return original(runs)

    return broken


@sabotage
def merge_loses(env):
    """Merging moves the tracks, but not their inactive activities."""

    @replace(env, "track.run", "_merge_into")
    def broken(original, runs, sources, target):
        found = runs.search(
            [("res_model", "=", sources._name), ("res_id", "in", sources.ids)]
        )
        found.res_id = target.id

    return broken


@sabotage
def leaver_keeps(env):
    """The tasks of archived users are not reassigned."""

    @replace(env, "res.users", "_tracks_reassign")
    def broken(original, users):
        return None

    return broken


@sabotage
def follower_stays(env):
    """Reopening a task leaves the next one open."""

    @replace(env, "track.run.line", "_withdraw_followers")
    def broken(original, tasks):
        return None

    return broken


@sabotage
def names_stay(env):
    """A task that waits again keeps the names that were filled in."""

    @replace(env, "track.run.line", "_restore_placeholders")
    def broken(original, tasks):
        return None

    return broken


@sabotage
def twice(env):
    """A template can run twice on a record."""

    @replace(env, "track.template", "_prepare_run_vals")
    def broken(original, template):
        return {**original(template), "one_per_record": False}

    return broken


@sabotage
def refused_half_way(env):
    """Users without access to the record advance its tracks."""

    @replace(env, "track.run", "check_access")
    def broken(original, runs, operation):
        return None

    return broken
