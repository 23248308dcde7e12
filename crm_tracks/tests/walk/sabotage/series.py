"""Defects of tracks that repeat."""

from .registry import replace, sabotage


@sabotage
def series_twice(env):
    """A track is reopened beside the next one of its series."""

    @replace(env, "track.run", "_check_series_at_rest")
    def broken(original, runs):
        return None

    return broken


@sabotage
def series_does_not_wait(env):
    """The next track starts while tasks are unfinished."""

    @replace(env, "track.run.line", "_has_unfinished_others")
    def broken(original, task):
        return False

    return broken


@sabotage
def series_starts_late(env):
    """The next track starts as of the first period, however long ago that was."""

    @replace(env, "track.run", "_get_next_dates")
    def broken(original, run, due, today):
        return original(run, due, due)

    return broken


@sabotage
def series_expires(env):
    """The start of the next track can be too late."""

    @replace(env, "track.run.line", "_get_actions")
    def broken(original, tasks):
        actions = original(tasks)
        return {**actions, "repeat": actions["repeat"]._replace(expires=True)}

    return broken
