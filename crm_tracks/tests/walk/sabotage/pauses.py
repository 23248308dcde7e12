"""Defects of tracks on hold, and of their dates."""

from .registry import replace, sabotage


@sabotage
def shifted_from_the_pause(env):
    """Dates move by the days since the pause, however long the record was closed."""

    @replace(env, "track.run", "_get_quiet_day")
    def broken(original, run):
        return run.date_paused or run.date_held

    return broken


@sabotage
def shifted_without_followers(env):
    """Tasks that count from a previous one stay when the dates of their track move."""

    @replace(env, "track.run.line", "_shift_with_track")
    def broken(original, task, move, previous, plan):
        return None

    return broken


@sabotage
def resumed_in_greenwich(env):
    """Paused tracks are resumed on the day of the server."""

    @replace(env, "track.run", "_filter_to_resume")
    def broken(original, runs):
        today = env["track.run"]._fields["start_date"].today()
        return runs.filtered(
            lambda run: (
                run.state == "paused" and run.date_resume and run.date_resume <= today
            )
        )

    return broken
