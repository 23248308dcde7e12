"""The only place where the dates of tracks are calculated."""

from datetime import date, datetime, time, timedelta
from functools import cached_property

import pytz
from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import format_date

from .words import format_delay

MONDAY_TO_FRIDAY = range(5)
# Other dates are typing errors, and break calendars and groupings.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


def is_monday_to_friday(day):
    """Whether ``day`` (``date``) is not at a weekend, without a schedule."""
    return day.weekday() in MONDAY_TO_FRIDAY


def get_today(env, company):
    """The current day of the acting user.

    :param env: the environment of the acting user (sudo or not)
    :param company: the ``res.company``, which may be empty, whose schedule has the
        time zone for the cron and for users without one
    :return: ``date``, in the user's time zone, else the schedule's, else UTC
    """
    return get_day(fields.Datetime.now(), get_zone(env, company))


def get_zone(env, company):
    """The name of the time zone of :func:`get_today`."""
    tz_name = not env.user._is_superuser() and env.user.tz
    return tz_name or get_company_zone(company)


def get_company_zone(company):
    """The name of the time zone of a company: that of its schedule, else UTC.

    :param company: ``res.company``, which may be empty
    """
    return company.sudo().resource_calendar_id.tz or "UTC"


def get_timezone(name):
    """The time zone of this name.

    :param str name: of a user or a schedule, or empty
    :return: a time zone of ``pytz``: UTC for a name that the server does not know, for
        servers give up old names while users keep them
    """
    try:
        return pytz.timezone(name or "UTC")
    except pytz.UnknownTimeZoneError:
        return pytz.utc


def get_day(moment, zone):
    """The day of a moment in a time zone.

    :param datetime moment: in UTC, as Odoo stores it
    :param str zone: the name of a time zone, as of :func:`get_timezone`
    :return: ``date``
    """
    return pytz.utc.localize(moment).astimezone(get_timezone(zone)).date()


def get_start_of_day(day, zone, hour=0):
    """When a day begins in a time zone; the reverse of :func:`get_day`.

    :param date day: the day
    :param str zone: the name of a time zone
    :param int hour: 0 to 23, for when this hour of the day begins instead
    :return: ``datetime``, in UTC, as Odoo stores it
    """
    start = get_timezone(zone).localize(datetime.combine(day, time(hour)))
    return start.astimezone(pytz.utc).replace(tzinfo=None)


def parse_day(env, value, label):
    """As :func:`read_day`, for a day that a task can have.

    :raise UserError: when the value is not a day, or lies outside of the calendar
    """
    day = read_day(env, value, label)
    check_day(env, day)
    return day


def read_day(env, value, label):
    """Convert a day from a caller, for example an RPC client.

    :param value: ``date``, ``datetime`` (in UTC, as Odoo stores it), an ISO string, or
        an empty value
    :param str label: the label of the field, for the message
    :return: ``date``, in the caller's time zone, or None
    :raise UserError: when the value is not a day
    """
    if isinstance(value, datetime):
        value = get_day(value.replace(tzinfo=None), env.user.tz)
    try:
        if isinstance(value, str) and value:
            # check the time, too: “25:00:00” is invalid
            fields.Datetime.to_datetime(value.replace("T", " "))
        day = fields.Date.to_date(value or None)
    except (ValueError, TypeError, AttributeError):
        day = False
    if day is False or (day is not None and not hasattr(day, "year")):
        raise UserError(
            env._(
                "“%(value)s” is not a date. Enter “%(label)s” as YYYY-MM-DD.",
                value=value,
                label=label,
            )
        )
    return day


def check_day(env, day):
    """Refuse a day that no task can have.

    :param date day: the day, or None
    :raise UserError: when it lies before 1900 or after 2999
    """
    if day and not FIRST_DAY <= day <= LAST_DAY:
        raise UserError(
            env._(
                "%s lies outside of the calendar. Enter a date from 1900 to 2999.",
                day.isoformat(),
            )
        )


class WorkingDays:
    """The working days of one company, read and cached in windows.

    They are the days of the company's working schedule without its public holidays, and
    without the days off that other addons know (``res.company._tracks_get_days_off``).
    Without a usable schedule, and with a flexible one, they are Monday to Friday. A
    schedule is usable if it contains working hours, and if the company is not closed
    for years. The limits of the windows do not affect the result.

    :param company: ``res.company``, which may be empty
    """

    # One window takes two searches; it contains most delays.
    WINDOW = timedelta(days=364)
    # The schedule of a company that is closed for longer is not usable.
    LONGEST_CLOSING = timedelta(days=3660)

    def __init__(self, company):
        self._company = company
        self._calendar = company.sudo().resource_calendar_id
        self._windows = {}

    @cached_property
    def _is_usable(self):
        """Whether the schedule says on which days people work."""
        calendar = self._calendar
        return (
            bool(calendar)
            and not calendar.flexible_hours
            and any(
                not attendance.display_type
                and attendance.day_period != "lunch"
                and attendance.hour_to - attendance.hour_from >= 1 / 60
                for attendance in calendar.attendance_ids
            )
        )

    def _get_window(self, day):
        """The working days of the window with ``day``, as a set of ``date``."""
        index = day.toordinal() // self.WINDOW.days
        if index not in self._windows:
            first = max(index * self.WINDOW.days, 1)
            last = min((index + 1) * self.WINDOW.days - 1, date.max.toordinal())
            self._windows[index] = self._read_schedule(
                date.fromordinal(first), date.fromordinal(last)
            )
        return self._windows[index]

    def _read_schedule(self, first, last):
        zone = get_timezone(self._calendar.tz)
        leaves = [
            ("time_type", "=", "leave"),
            ("company_id", "in", [self._company.id, False]),
        ]
        intervals = self._calendar._work_intervals_batch(
            zone.localize(datetime.combine(first, time.min)),
            zone.localize(datetime.combine(last, time.max)),
            domain=leaves,
        )[False]
        days = {
            start.astimezone(zone).date()
            for start, stop, _meta in intervals
            # the rest of a day whose holiday ends at 23:59:59 does not count
            if stop - start >= timedelta(minutes=1)
        }
        return days - self._company._tracks_get_days_off(first, last)

    def is_working(self, day):
        """Whether ``day`` (``date``) is a working day of the schedule."""
        if not self._is_usable:
            return is_monday_to_friday(day)
        return day in self._get_window(day)

    def shift(self, day, count, step):
        """The ``count``-th working day strictly after or before ``day``.

        :param date day: where the counting begins
        :param int count: working days; 0 is the day itself, or the nearest working
            day in the direction of ``step`` if it is a day off
        :param int step: 1 to count forwards, -1 to count backwards
        :return: ``date``
        """
        if self._is_usable:
            found = self._count(day, count, step, self.is_working)
            if found:
                return found
        return self._count(day, count, step, is_monday_to_friday)

    def count(self, first, last):
        """The number of working days after ``first`` up to ``last`` (``date``)."""
        days = range(1, (last - first).days + 1)
        return sum(self.is_working(first + timedelta(days=day)) for day in days)

    def _count(self, day, count, step, is_working):
        """As :meth:`shift`; None if the company is closed for years."""
        days_off = 0
        if not count and is_working(day):
            return day
        count = count or 1
        while count:
            day += timedelta(days=step)
            if is_working(day):
                count -= 1
                days_off = 0
            else:
                days_off += 1
                if days_off > self.LONGEST_CLOSING.days:
                    return None
        return day


class WorkingDaysByCompany(dict):
    """The :class:`WorkingDays` of each ``res.company``, created when needed."""

    def __missing__(self, company):
        self[company] = WorkingDays(company)
        return self[company]


class TodayByCompany(dict):
    """The result of :func:`get_today` for each ``res.company``, calculated once.

    :param env: the environment of the acting user
    """

    def __init__(self, env):
        super().__init__()
        self._env = env

    def __missing__(self, company):
        self[company] = get_today(self._env, company)
        return self[company]


class MovedDay:
    """The move of a day, by which other days move.

    :param env: of the user, for refusals
    :param date old: the day before the move
    :param date new: the day after it
    :param WorkingDays working_days: of the company
    """

    def __init__(self, env, old, new, working_days):
        self.old, self.new = old, new
        self.days = (new - old).days
        self.working_days = working_days
        self._env = env

    @cached_property
    def _weekdays(self):
        """How many working days the day moved: from it to the other one."""
        if self.days < 0:  # the days before the old one, the new one included
            before = timedelta(days=1)
            return self.working_days.count(self.new - before, self.old - before)
        return self.working_days.count(self.old, self.new)

    def shift(self, day, in_weekdays=False):
        """Move another day by as many days.

        :param date day: to be moved
        :param bool in_weekdays: whether working days count instead
        :return: ``date``
        :raise UserError: when it lies outside of the calendar
        """
        count = self._weekdays if in_weekdays else abs(self.days)
        if not count:
            return day
        unit = "weekdays" if in_weekdays else "days"
        backwards = self.days < 0
        return shift_day(self._env, day, count, unit, self.working_days, backwards)


def avoid_day_off(day, how, working_days, first=FIRST_DAY, last=LAST_DAY):
    """Move a day off to a working day.

    If the working day lies outside of the limits, the one in the other direction is
    taken. If that lies outside, too, the day stays.

    :param date day: a day off or a working day, which stays
    :param str how: ``after`` for the next working day, ``before`` for the last one;
        anything else keeps the day
    :param WorkingDays working_days: of the company
    :param date first: the first day on which the result may lie
    :param date last: the last one
    :return: ``date``
    """
    for step in {"after": (1, -1), "before": (-1, 1)}.get(how, ()):
        try:
            moved = working_days.shift(day, 0, step)
        except OverflowError:  # there is no working day until the end of the calendar
            continue
        if first <= moved <= last:
            return moved
    return day


def shift_day(env, day, count, unit, working_days, backwards=False):
    """Add a delay to a day, or subtract it.

    :param date day: the day to count from
    :param int count: 0 or more, in units
    :param str unit: ``days``, ``weekdays``, ``weeks`` or ``months``; months end where
        the calendar does (31 January + 1 month is the last day of February)
    :param WorkingDays working_days: whose days off do not count for ``weekdays``
    :param bool backwards: count towards the past
    :return: ``date``
    :raise UserError: when the day lies outside of the calendar
    """
    step = -1 if backwards else 1
    try:
        if unit == "weekdays":
            shifted = working_days.shift(day, count, step)
        else:
            shifted = day + step * relativedelta(**{unit: count})
    except (OverflowError, ValueError):
        shifted = None
    if shifted and FIRST_DAY <= shifted <= LAST_DAY:
        return shifted
    raise UserError(
        env._(
            "A delay of %(delay)s from %(day)s lies outside of the calendar. Select "
            "another date or a shorter delay.",
            delay=format_delay(env, count, unit),
            day=format_date(env, day),
        )
    )
