from collections import defaultdict, namedtuple

from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools.dates import WorkingDaysByCompany, parse_day
from ..run.track_run import UNFINISHED

# What a new start or end date does to the tasks that hang on it: a dict of the new
# dates, and those that stay, because of a meeting or because a person set their date.
Recalculation = namedtuple("Recalculation", "moved meetings manual")


class TrackRun(models.Model):
    """Moving the start or the end date of a track (SPEC, rule 12).

    Every task that is not finished and hangs on that date is dated again, except those
    that somebody moved by hand, and those with a meeting, which is never moved.
    """

    _inherit = "track.run"

    def _prepare_new_dates(self, vals):
        """Check the start and end date among the values of a write.

        :return: (the values, with a ``date`` for what a caller sent; dict, by field
            name, of the ``track.run`` in sudo to which the date is new)
        :raise AccessError: when the user may not write the record of one of the tracks
        :raise UserError: when one of the tracks cannot have that date
        """
        names = {"start_date", "end_date"} & vals.keys()
        if not names:
            return vals, {}
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
        return self._fields[name]._description_string(self.env).lower()

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
                        "“%s” counts forwards from its start: it has no end date.",
                        self.name,
                    )
                )
        elif not day:
            raise UserError(
                self.env._(
                    "“%(track)s” needs its %(date)s. Enter one.",
                    track=self.name,
                    date=self._get_label(name),
                )
            )

    def _recalculate(self, name):
        """Date the tasks of these tracks again that hang on this date.

        :param str name: ``start_date`` or ``end_date``, which was changed
        """
        by_date = defaultdict(list)
        meetings = {}
        working_days = WorkingDaysByCompany()
        for run in self:
            plan = run._plan_recalculation(
                name, run[name], working_days[run.company_id]
            )
            for task, day in plan.moved.items():
                by_date[day].append(task.id)
            if plan.meetings:
                meetings[run] = [task._get_label() for task in plan.meetings]
        for day, ids in by_date.items():
            tasks = self.line_ids.browse(ids)
            tasks.write({"date_deadline": day, "date_manual": False})
            tasks._reset_to_planned()
            activities = tasks.activity_ids
            activities.filtered(
                lambda activity: activity.track_run_line_id.state == "open"
            )._write_silently({"date_deadline": day})
        runs = self.browse(run.id for run in meetings)
        runs._log({run: run._get_meetings_note(meetings[run]) for run in runs})
        self._advance()

    def _plan_recalculation(self, name, day, days):
        """The dates that the tasks of this track would have; nothing is written.

        :param str name: ``start_date`` or ``end_date``
        :param date day: the new one
        :param WorkingDays days: those of its company
        :return: :class:`Recalculation`
        """
        self.ensure_one()
        start, end = self.start_date, self.end_date
        start, end = (day, end) if name == "start_date" else (start, day)
        plan = Recalculation({}, [], [])
        for task in self.line_ids.sorted():
            if not task._hangs_on(name):
                continue
            if task.activity_ids.calendar_event_id:
                plan.meetings.append(task)
            elif task.date_manual:
                plan.manual.append(task)
            else:
                known = task._get_known_date(start, end, days)
                plan.moved[task] = known or task._shift(start, days)
        return plan

    def _get_meetings_note(self, labels):
        return Markup("<p>%s</p>") % self.env._(
            "The dates of track %(track)s were moved to %(day)s. Not moved, because "
            "there is a meeting: %(tasks)s.",
            track=Markup("<b>%s</b>") % self.name,
            day=format_date(
                self.env, self.end_date if self.direction == "end" else self.start_date
            ),
            tasks=", ".join(labels),
        )


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    def _hangs_on(self, name):
        """Whether this task is dated by the track's start or end date.

        A task that follows another one hangs on the start if there is nothing before.

        :param str name: ``start_date`` or ``end_date``
        """
        self.ensure_one()
        if self.state not in UNFINISHED or not self.date_deadline:
            return False
        if self.delay_from == "previous":
            return name == "start_date" and self._counts_from_start()
        return name == ("end_date" if self.delay_from == "end" else "start_date")
