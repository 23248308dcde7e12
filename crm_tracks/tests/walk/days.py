"""The current day of a user, and the day after a delay, in plain Python."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Company:
    """A company with its time zone and the days on which it works.

    :param frozenset weekdays: 0 is Monday
    :param frozenset holidays: of ``date``
    """

    key: str
    tz: str
    weekdays: frozenset
    holidays: frozenset

    def works_on(self, day):
        return day.weekday() in self.weekdays and day not in self.holidays


def get_local(now, tz):
    """The current date and time in a time zone.

    :param datetime now: in UTC, and naive
    """
    return now.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(tz))


def get_today(now, tz):
    """The current day in a time zone; parameters as of :func:`get_local`."""
    return get_local(now, tz).date()


def count_from(day, delay, company, step=1):
    """The day that is this delay after ``day``, or before it if ``step`` is -1.

    :param delay: (count, unit)
    """
    count, unit = delay
    if unit == "days":
        return day + timedelta(days=step * count)
    if unit == "weeks":
        return day + timedelta(days=7 * step * count)
    if unit == "months":
        year, month = divmod(day.year * 12 + day.month - 1 + step * count, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last))
    return _count_weekdays(day, count, company, step)


def get_last_of_month(day):
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def avoid_day_off(day, how, company, first=date.min, last=date.max):
    """The working day to which a day off moves within these limits, or the day itself.

    :param how: ``after``, ``before``, or None for staying
    """
    for step in {"after": (1, -1), "before": (-1, 1)}.get(how, ()):
        moved = _count_weekdays(day, 0, company, step)
        if first <= moved <= last:
            return moved
    return day


def move_along(day, delay, old, new, company):
    """The day to which a task moves when one before it moves from one day to another.

    :param delay: (count, unit) of the task that moves along
    """
    if delay[1] != "weekdays":
        return day + (new - old)
    step = 1 if new > old else -1
    passed = (
        old + timedelta(days=n * step) for n in range(1, abs((new - old).days) + 1)
    )
    count = sum(company.works_on(each) for each in passed)
    return _count_weekdays(day, count, company, step) if count else day


def _count_weekdays(day, count, company, step):
    one = timedelta(days=step)
    if count == 0:
        while not company.works_on(day):
            day += one
        return day
    for _number in range(count):
        day += one
        while not company.works_on(day):
            day += one
    return day
