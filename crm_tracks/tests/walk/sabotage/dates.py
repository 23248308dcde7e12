"""Defects of how tracks follow a date of their record."""

from .registry import replace, sabotage


@sabotage
def date_is_deaf(env):
    """Nobody looks at the dates when the record is written."""

    @replace(env, "crm.lead", "_tracks_get_dates_aspect")
    def broken(original, records):
        return original(records)._replace(fields=frozenset())

    return broken


@sabotage
def date_is_never_compared(env):
    """The scheduled action does not compare the dates."""

    @replace(env, "crm.lead", "_tracks_follow_fields")
    def broken(original, records):
        return records._tracks_follow_conditions()

    return broken


@sabotage
def moved_date_stays_linked(env):
    """A track follows its record although a user moved its date."""

    @replace(env, "track.run", "_unlink_moved")
    def broken(original, runs, name):
        return None

    return broken


@sabotage
def dates_stay_with_their_track(env):
    """The date of the track moves, and those of its tasks do not."""

    @replace(env, "track.run", "_move_to_field")
    def broken(original, runs, days):
        for run in runs:
            run._write({run._get_date_name(): days[run]})

    return broken
