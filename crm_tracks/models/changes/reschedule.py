from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools.dates import WorkingDaysByCompany, parse_day
from ...tools.states import UNFINISHED
from .moved_dates import MovedDates


class TrackRun(models.Model):
    """Moving the start or the end date of a track.

    The dates of all unfinished tasks that depend on that date are calculated again,
    except dates that a user set, and those of tasks with a meeting.
    """

    _inherit = "track.run"

    def _prepare_new_dates(self, vals):
        """Check the start or end date, or both, among the values of a write.

        :return: (the values, with each date as ``date``; dict by field name of the
            ``track.run``, in sudo, whose date changes)
        :raise AccessError: when the user may not write the record of one of the tracks
        :raise UserError: when one of the tracks cannot have that date
        """
        names = {"start_date", "end_date"} & vals.keys()
        self.check_access("write")
        days = {
            name: parse_day(self.env, vals[name], self._get_label(name))
            for name in names
        }
        moved = {
            name: self.sudo().filtered(lambda run, name=name: run[name] != days[name])
            for name in names
        }
        for name, runs in moved.items():
            for run in runs:
                run._check_new_date(name, days[name])
        return {**vals, **{name: days[name] or False for name in days}}, moved

    def _get_label(self, name):
        return self._fields[name]._description_string(self.env)

    def _check_new_date(self, name, day):
        """Refuse a start or end date that this track cannot have.

        :param str name: ``start_date`` or ``end_date``
        :param date day: the new one, or None
        """
        self._check_not_ended()
        if name == "end_date" and self.direction == "start":
            if day:
                raise UserError(
                    self.env._(
                        "“%s” counts forwards from its start date. Leave the end date "
                        "empty.",
                        self.name,
                    )
                )
        elif not day:
            raise UserError(
                self.env._(
                    "“%(date)s” of “%(track)s” is empty. Enter a date.",
                    track=self.name,
                    date=self._get_label(name),
                )
            )

    def _recalculate(self, name):
        """Calculate the dates of the tasks again that depend on this date.

        :param str name: ``start_date`` or ``end_date``, which was changed
        """
        plan = self._plan_new_date(name)
        plan.apply()
        meetings = defaultdict(list)
        for task, reason in plan.kept.items():
            if reason == "meeting":
                meetings[task.run_id].append(task._get_label())
        runs = self.browse(run.id for run in meetings)
        runs._log({run: run._get_meetings_note(meetings[run]) for run in runs})
        self._advance()

    def _plan_new_date(self, name, day=None):
        """Calculate the new dates of the tasks of these tracks, without writing.

        :param str name: ``start_date`` or ``end_date``
        :param date day: the new date; None for the present date of each track
        :return: :class:`MovedDates`
        """
        plan = MovedDates()
        working_days = WorkingDaysByCompany()
        for run in self:
            dates = {"start_date": run.start_date, "end_date": run.end_date}
            dates[name] = day or dates[name]
            start, end = dates["start_date"], dates["end_date"]
            days = working_days[run.company_id]
            for task in run.line_ids.sorted():
                if task._depends_on(name):
                    plan.move(task, task._get_day(start, end, days, start))
        return plan

    def _get_meetings_note(self, labels):
        return self.env._(
            "The dates of track %(track)s were moved to %(day)s. Tasks with a meeting "
            "were not moved: %(tasks)s.",
            track=self._get_name_in_bold(),
            day=format_date(
                self.env, self.end_date if self.direction == "end" else self.start_date
            ),
            tasks=", ".join(labels),
        )


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    def _depends_on(self, name):
        """Whether this task is dated by the track's start or end date.

        A task that follows the previous one depends on the start if it has none.

        :param str name: ``start_date`` or ``end_date``
        """
        self.ensure_one()
        if self.state not in UNFINISHED or not self.date_deadline:
            return False
        if self.delay_from == "previous":
            return name == "start_date" and self._counts_from_start()
        return name == ("end_date" if self.delay_from == "end" else "start_date")
