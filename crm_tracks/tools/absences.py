"""The absences of users that are recorded in Odoo."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from .dates import TodayByCompany, get_day, get_start_of_day

# The last day of which absences are looked for, and asked.
_LAST_DAY = date(8999, 12, 31)
# Other dates cannot be converted between time zones, and have no leaves.
YEARS = range(1900, 9000)


class Absences:
    """The absences of some users around some days, read in two queries.

    They are the out-of-office times of users, and the leaves of their resources, which
    include approved time off. A user who is absent at noon, in the user's own time
    zone, is away on that day; an afternoon off does not count.

    :param users: ``res.users`` that the reader may read, in sudo
    :param days: the relevant ``date`` objects
    :param bool everywhere: whether leaves count that belong to companies which the
        reader has not selected: not for what a reader is shown
    """

    def __init__(self, users, days, everywhere=False):
        self._spells = defaultdict(list)
        days = [day for day in days if day.year in YEARS]
        if not days:
            return
        for user in users:
            if user.out_of_office_from:
                self._spells[user].append(
                    (user.out_of_office_from, user.out_of_office_to or datetime.max)
                )
        companies = (
            []
            if everywhere
            else [("company_id", "in", [*users.env.companies.ids, False])]
        )
        # sudo: users may see that a colleague is away, but not the reason, nor leaves
        # of other companies
        leaves = (
            users.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id.user_id", "in", users.ids),
                    *companies,
                    ("time_type", "=", "leave"),
                    ("date_from", "<=", max(days) + timedelta(days=2)),
                    ("date_to", ">=", min(days) - timedelta(days=2)),
                ]
            )
        )
        for leave in leaves:
            self._spells[leave.resource_id.user_id].append(
                (leave.date_from, leave.date_to)
            )

    def get_end(self, user, day):
        """The end of the absence of a user on this day.

        :return: the last ``date`` of the absence; ``date.max`` if its end is not known;
            None if the user is not absent
        """
        if day.year not in YEARS:
            return None
        noon = get_start_of_day(day, user.tz, 12)
        ends = [stop for start, stop in self._spells[user] if start <= noon < stop]
        if not ends:
            return None
        end = max(ends)
        if end == datetime.max:
            return end.date()
        return get_day(end, user.tz)

    def count_days(self, user, first, last):
        """The number of days in a period on which a user is absent.

        :param date first: the first day of the period
        :param date last: the last day of the period
        """
        if not self._spells[user]:
            return 0
        days = (first + timedelta(number) for number in range((last - first).days + 1))
        return sum(self.get_end(user, day) is not None for day in days)


class Presence:
    """Whether users are away on their days; read for many users at once, when asked.

    :param env: the environment of the acting user
    :param get_users: a function that returns the ``res.users``, in sudo, about whom is
        probably asked; others are read one by one
    """

    def __init__(self, env, get_users):
        self._get_users = get_users
        self._todays = TodayByCompany(env)
        self._absences = {}

    def is_away(self, user, day, company):
        """Whether a user is away when a task is due.

        :param user: ``res.users``, in sudo
        :param date day: when it is due; if that has passed, today counts
        :param company: the ``res.company`` of its track
        """
        today = self._todays[company]
        if user not in self._absences:
            self._read(user, today)
        day = max(day, today)
        return self._absences[user].get_end(user, day) is not None

    def _read(self, user, today):
        known = user.browse().concat(*self._absences)
        users = (user | self._get_users()) - known
        # today differs by a day between companies
        days = [today - timedelta(days=1), _LAST_DAY]
        absences = Absences(users, days, everywhere=True)
        self._absences.update(dict.fromkeys(users, absences))
