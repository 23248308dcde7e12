"""Who is away on a day, as far as Odoo knows."""

from collections import defaultdict
from datetime import datetime, time, timedelta

import pytz

# Beyond, dates cannot be moved between time zones, and nobody has planned a leave.
YEARS = range(1900, 9000)


class Absences:
    """The absences of some people around some days, read in two queries.

    Those are what people say of themselves (out of office), and the leaves of their
    resource, where Odoo keeps approved time off. Who is absent at noon, in their own
    time zone, is away on that day; an afternoon off does not count.

    :param users: ``res.users`` whom the reader may read, in sudo
    :param days: the ``date`` that matter
    """

    def __init__(self, users, days):
        self._spells = defaultdict(list)
        days = [day for day in days if day.year in YEARS]
        if not days:
            return
        for user in users:
            if user.out_of_office_from:
                self._spells[user].append(
                    (user.out_of_office_from, user.out_of_office_to or datetime.max)
                )
        # sudo: that a colleague is away is no secret in Odoo, unlike the reason; what
        # other companies know of their people is
        leaves = (
            users.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id.user_id", "in", users.ids),
                    ("company_id", "in", [*users.env.companies.ids, False]),
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
        """Until when somebody is away who is so on this day.

        :return: the last ``date`` of the absence; ``date.max`` where its end is not
            known; None for who is there
        """
        if day.year not in YEARS:
            return None
        zone = pytz.timezone(user.tz or "UTC")
        noon = zone.localize(datetime.combine(day, time(12)))
        noon = noon.astimezone(pytz.utc).replace(tzinfo=None)
        ends = [stop for start, stop in self._spells[user] if start <= noon < stop]
        if not ends:
            return None
        end = max(ends)
        if end == datetime.max:
            return end.date()
        return pytz.utc.localize(end).astimezone(zone).date()
