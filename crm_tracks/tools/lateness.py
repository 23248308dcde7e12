"""For how long tasks are late."""

from datetime import timedelta

from .absences import Absences
from .dates import TodayByCompany, WorkingDaysByCompany


class Lateness:
    """Counts the working days for which tasks of users are late.

    They are the working days of the company of the track after the due date, until
    today, without those on which the assignee is away. What all tasks need is read
    once. Only days that have passed are looked at, so that an absence which is entered
    or cancelled later counts.

    :param tasks: open ``track.run.line``, in sudo
    """

    def __init__(self, tasks):
        self._todays = TodayByCompany(tasks.env)
        self._working_days = WorkingDaysByCompany()
        users = tasks.user_id
        days = {task._get_late_from() for task in tasks} | {
            self._todays[company] for company in tasks.run_id.company_id
        }
        self._absences = Absences(users, days, everywhere=True)
        self._counted = {}

    def count(self, task):
        """For how many working days this task is late, as far as its options ask."""
        if task not in self._counted:
            self._counted[task] = self._count(task)
        return self._counted[task]

    def _count(self, task):
        company = task.run_id.company_id
        working_days, today = self._working_days[company], self._todays[company]
        limit = max(task.run_id._get_attention_days().values(), default=0)
        day, count = task._get_late_from(), 0
        while day < today and count < limit:
            day += timedelta(days=1)
            is_counted = working_days.is_working(day)
            if is_counted and not self._absences.get_end(task.user_id, day):
                count += 1
        return count

    def get_next_day(self, task, days):
        """The first day on which this task can be late for more days than today.

        :param int days: for how many working days, more than :meth:`count`
        :return: ``date``; absences that lie ahead may postpone it further
        """
        company = task.run_id.company_id
        return self._working_days[company].shift(
            self._todays[company], days - self.count(task), 1
        )
