from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools.dates import (
    MovedDay,
    TodayByCompany,
    WorkingDaysByCompany,
    parse_day,
)
from ...tools.engine_vals import EngineVals
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
        if isinstance(vals, EngineVals):
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
        self._apply_plan(self._plan_new_date(name))

    def _apply_plan(self, plan, notes=None):
        """Move tasks of these tracks, name those with a meeting in a note, and advance.

        :param MovedDates plan: their new dates
        :param dict notes: for tracks that get a note in any case, its ``Markup``
        """
        plan.apply()
        meetings = defaultdict(list)
        for task, reason in plan.kept.items():
            if reason == "meeting":
                meetings[task.run_id].append(task._get_label())
        notes = {run: [note] for run, note in (notes or {}).items()}
        for run, labels in meetings.items():
            if run in notes:
                notes[run].append(run._get_meetings_text(labels))
            else:
                notes[run] = run._get_meetings_note(labels)
        self.browse(run.id for run in notes)._log(notes)
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
            for task in run._get_tasks_in_order():
                if task._depends_on(name):
                    plan.move(task, task._get_day(start, end, days, start))
        return plan

    # ------------------------------------------------------------------
    # The days on hold
    # ------------------------------------------------------------------

    def _shift_since_quiet(self):
        """Move the dates of these tracks, still on hold, by the days since they are.

        The start date moves, and with it the tasks that depend on it, as if a user had
        moved it. Open and planned tasks that count from a previous one move by as much.
        Tasks that wait for one that was finished meanwhile count from today.

        :return: dict, the number of days for each ``track.run`` that moved
        """
        moves = self._get_moves_since_quiet()
        runs = self.filtered(lambda run: run in moves)
        if not runs:
            return {}
        for run, move in moves.items():
            start = move.shift(run.start_date)
            run.write(EngineVals(start_date=start))
        plan = runs._plan_new_date("start_date")
        for task, previous in runs.line_ids._get_previous_by_task().items():
            task._shift_with_track(moves[task.run_id], previous, plan)
        runs._apply_plan(plan)
        return {run: move.days for run, move in moves.items()}

    def _get_moves_since_quiet(self):
        """The move from the day on which each of these tracks fell quiet to today.

        :return: dict of :class:`MovedDay`, without tracks that do not move
        """
        todays, working_days = TodayByCompany(self.env), WorkingDaysByCompany()
        moves = {}
        for run in self.filtered(lambda run: run._may_be_shifted()):
            quiet, today = run._get_quiet_day(), todays[run.company_id]
            if quiet and quiet < today:
                days = working_days[run.company_id]
                moves[run] = MovedDay(self.env, quiet, today, days)
        return moves

    def _get_meetings_text(self, labels):
        return self.env._("Tasks with a meeting were not moved: %s.", ", ".join(labels))

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

    def _shift_with_track(self, move, previous, plan):
        """Move this task with its track, unless it depends on the start date.

        :param MovedDay move: from the day on which the track fell quiet to today
        :param previous: the ``track.run.line`` before it, as of :meth:`_get_previous`
        :param MovedDates plan: to which the task is added
        """
        if self.state in ("open", "planned"):
            if (
                self.delay_from == "previous"
                and self._follows_moves()
                and not self._depends_on("start_date")
            ):
                plan.move(self, self._get_day_after(move))
            return
        if self.state != "waiting" and not self._has_dropped_out():
            return
        vals = {
            name: move.new
            for name in ("date_placed", "date_turn")
            if self[name] and self[name] >= move.old
        }
        done = previous.date_done
        if self.state == "waiting" and done and done >= move.old:
            vals["date_placed"] = move.new  # it counts from there, and not from before
        if vals:
            self.write(vals)

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
