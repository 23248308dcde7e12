"""Whole periods of days, weeks or months, by which a series of tracks goes on."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from .dates import LAST_DAY

# The days of each unit; months have none.
_DAYS = {"days": 1, "weeks": 7}


def add_periods(day, count, every, unit, month_day=None):
    """The day that lies some periods after a day of the series.

    A month that is too short for the series has its last day in it: a series that
    began on 31 January goes on on 28 February and on 31 March.

    :param date day: a day of the series
    :param int count: how many periods
    :param int every: the length of a period, in units
    :param str unit: ``days``, ``weeks`` or ``months``
    :param int month_day: the day of the month on which the series goes on, where the
        month of ``day`` is shorter; otherwise empty
    :return: ``date``, at most the last day of the calendar
    """
    try:
        if unit in _DAYS:
            result = day + timedelta(days=count * every * _DAYS[unit])
        else:
            wanted = get_month_day(day, month_day)
            result = day + relativedelta(months=count * every, day=wanted)
    except (OverflowError, ValueError):
        return LAST_DAY
    return min(result, LAST_DAY)


def count_periods(day, until, every, unit, month_day=None):
    """How many whole periods after a day of the series fit until another day.

    :param date until: the last day that counts
    :return: int, 0 if not one fits; the other parameters are those of
        :func:`add_periods`
    """
    if until <= day:
        return 0
    if unit in _DAYS:
        return (until - day).days // (every * _DAYS[unit])
    months = 12 * (until.year - day.year) + until.month - day.month
    count = months // every
    is_after = add_periods(day, count, every, unit, month_day) > until
    return count - is_after


def get_month_day(day, month_day=None):
    """The day of the month on which a series goes on that has this day.

    :param date day: a day of the series
    :param int month_day: as of :func:`add_periods`. It does not count if somebody moved
        the series, so that ``day`` is not the last one of its month.
    :return: int, 1 to 31
    """
    is_last = (day + timedelta(days=1)).day == 1
    return max(day.day, month_day or 0) if is_last else day.day
