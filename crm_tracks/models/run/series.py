from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...tools.engine_vals import EngineVals
from ...tools.optional_integer import OptionalInteger
from ...tools.periods import add_periods, count_periods, get_month_day
from ...tools.states import FINISHED, NOT_ENDED, UNFINISHED


class TrackRun(models.Model):
    """A series: tracks of one template on one record that start one another.

    A track of a template that repeats has one more task at its end, ``repeat``
    (``automation/repeat.py``). Its turn comes when all other tasks are finished. It is
    due one period after the start of the track, or on its end date; then it completes
    its track and starts the next one. Never do two tracks of a series run at a time: a
    unique index guarantees it.
    """

    _inherit = "track.run"

    repeat_every = OptionalInteger(readonly=True)
    repeat_unit = fields.Selection(readonly=True)
    series_ref = OptionalInteger(
        string="Series",
        readonly=True,
        help="Number that the tracks of a series have in common.",
    )
    series_day = OptionalInteger(
        string="Day of the Series",
        readonly=True,
        help="Day of the month on which the series goes on, if the month of this track "
        "is shorter.",
    )

    is_series_going_on = fields.Boolean(
        string="Repeats",
        compute="_compute_is_series_going_on",
        exportable=False,
        help="Another track starts after this one.",
    )

    _series_uniq = models.UniqueIndex(
        "(series_ref) WHERE series_ref IS NOT NULL AND state IN ('running', 'paused')",
        "Another track of this series is running. Only one can run at a time.",
    )

    @api.depends("state", "line_ids.action", "line_ids.state")
    def _compute_is_series_going_on(self):
        for run in self:
            task = run.state in NOT_ENDED and run._get_unfinished_series_task()
            run.is_series_going_on = bool(task)

    # ------------------------------------------------------------------
    # The task that starts the next track
    # ------------------------------------------------------------------

    def _prepare_repeat_vals(self, sequence, options=None):
        """The values of the task that starts the next track of this one.

        :param int sequence: that of its last task
        :param options: the ``track.template`` whose period counts; None for this track
        :return: dict
        """
        options = options or self
        is_end = self.direction == "end"
        return {
            "run_id": self.id,
            "sequence": sequence + 10,
            "action": "repeat",
            "delay_count": 0 if is_end else options.repeat_every,
            "delay_unit": "days" if is_end else options.repeat_unit,
            "delay_from": "end" if is_end else "start",
            "state": "waiting",
            "date_planned": False,
        }

    def _get_series_task(self):
        """The task that starts the next track of these ones, empty without one."""
        return self.line_ids - self.line_ids._without_series_task()

    def _get_unfinished_series_task(self):
        """As :meth:`_get_series_task`, without those that ran or were skipped."""
        return self._get_series_task().filtered(lambda task: task.state in UNFINISHED)

    def _get_repeat_day(self, start_date, end_date):
        """When the next track may start.

        :param date start_date: of this track
        :param date end_date: of this track, if it counts back
        :return: ``date``
        """
        self.ensure_one()
        if self.direction == "end":
            return end_date
        return self._add_periods(start_date, 1)

    def _add_periods(self, day, count):
        return add_periods(
            day, count, self.repeat_every, self.repeat_unit, self.series_day
        )

    def _get_next_dates(self, due, today):
        """The dates of the next track of the series, and the days that are left out.

        :param date due: when the task is due that starts it
        :param date today: the current day
        :return: (start date or None, end date or None, list of ``date``). A track
            starts as of the due date plus whole periods, the latest not after today.
            One that counts back has the first end date that is still to come.
        """
        self.ensure_one()
        is_end = self.direction == "end"
        first = self.end_date if is_end else due
        count = count_periods(
            first, today, self.repeat_every, self.repeat_unit, self.series_day
        )
        days = [self._add_periods(first, number) for number in range(count + is_end)]
        if is_end:
            return None, self._add_periods(first, count + 1), days[1:]
        return self._add_periods(first, count), None, days

    def _prepare_series_vals(self, day):
        """The values by which the next track goes on with the series of this one.

        :param date day: its start date, or its end date if it counts back
        :return: dict
        """
        self.ensure_one()
        own = self.end_date if self.direction == "end" else self.start_date
        wanted = max(get_month_day(own, self.series_day), day.day)
        is_short = self.repeat_unit == "months" and get_month_day(day, wanted) > day.day
        return {
            "previous_run_id": self.id,
            "series_ref": self._get_series_ref(),
            "series_day": is_short and wanted,
        }

    def _get_series_ref(self):
        """The number of the series of this track: the id of its first track."""
        return self.id if self.series_ref is False else self.series_ref

    def _hold_back_series(self):
        """Let the next tracks wait again for tasks that are unfinished again."""
        early = self._get_unfinished_series_task().filtered(
            lambda task: task.state != "waiting" and task._has_unfinished_others()
        )
        if not early:
            return
        early.write(
            {"state": "waiting", "error": False, "attempts": 0, "date_retry": False}
        )
        if calculated := early.filtered(lambda task: not task.date_manual):
            calculated.write({"date_deadline": False, "date_manual": False})

    def _keep_series_task_last(self):
        """Move the task that starts the next track behind all others."""
        self.ensure_one()
        last = self._get_series_task()
        if not last:
            return
        tasks = self._get_tasks_in_order()
        if tasks[-1] != last:
            last.write(EngineVals(sequence=tasks[-1].sequence + 1))

    # ------------------------------------------------------------------
    # Its end
    # ------------------------------------------------------------------

    def action_end_series(self):
        """End the series of these tracks: the next one does not start.

        The other tasks stay as they are. Reopening the skipped task goes on with the
        series. Tracks that do not repeat are left unchanged.

        :raise AccessError: when the user may not write the record of one of them
        :raise UserError: when none of them has not ended and repeats
        """
        refusal = self.env._(
            "Only tracks that have not ended and that repeat belong to a series. "
            "Select another track instead of %s."
        )
        runs = self._filter_for_action(NOT_ENDED, refusal)
        tasks = runs._get_unfinished_series_task()
        if runs and not tasks:
            names = ", ".join(run._get_name_with_record() for run in self)
            raise UserError(refusal % names)
        tasks.run_id._log_for_each(self.env._("The series of track %s was ended."))
        tasks._skip(self.env._("The series was ended."))
        return True

    def _check_series_at_rest(self):
        """Refuse to reopen these done tracks beside another one of their series.

        :raise UserError: when another track of the series has not ended
        """
        if not self:
            return
        # sudo: tracks that the user cannot see count, too
        runs = self.sudo()
        following = runs.search_fetch(
            [
                ("state", "in", NOT_ENDED),
                ("repeat_every", ">", 0),
                "|",
                ("previous_run_id", "in", runs.ids),
                ("series_ref", "in", [run._get_series_ref() for run in runs]),
            ],
            ["name", "previous_run_id", "series_ref", "template_id"],
        )
        for run in runs:
            for other in following - run:
                if run._is_in_series_of(other):
                    raise UserError(
                        self.env._(
                            "“%(track)s” repeats, and the next track “%(other)s” is "
                            "running. Stop that track first.",
                            track=run.name,
                            other=other.name,
                        )
                    )

    def _is_in_series_of(self, other):
        """Whether this track, and another one that has not ended, are of one series.

        A user can start a next track by hand, too.
        """
        if self._get_series_ref() == other.series_ref:
            return True
        return (
            other.previous_run_id == self
            and self.template_id == other.template_id
            and self._is_recurring()
        )

    # ------------------------------------------------------------------
    # What users see
    # ------------------------------------------------------------------

    def _get_series_text(self):
        """Say when the next track of this series starts, or an empty text."""
        self.ensure_one()
        task = self._get_unfinished_series_task()
        if not task or self.state not in NOT_ENDED:
            return ""
        template = self.sudo().template_id
        if not template.active:
            return self.env._("the series ends, because its template was archived")
        if task.state == "failed":
            return self.env._("the next track could not be started")
        day = task.date_deadline or self._get_repeat_day(self.start_date, self.end_date)
        return self.env._("next on %s", format_date(self.env, day))


class TrackRunLine(models.Model):
    """The place of the task that starts the next track: behind all others."""

    _inherit = "track.run.line"

    def _is_series_task(self):
        """Whether this task starts the next track of a series."""
        self.ensure_one()
        return self.action == "repeat"

    def _without_series_task(self):
        """These tasks without those that start the next track of a series.

        They are no work of the track, so its progress and its figures leave them out.
        """
        if "repeat" not in self.mapped("action"):
            return self
        return self.filtered(lambda task: not task._is_series_task())

    def _count_finished(self):
        """Count these tasks without those that start the next track of a series.

        :return: (how many of them are finished, how many there are)
        """
        states = self._without_series_task().mapped("state")
        return sum(state in FINISHED for state in states), len(states)

    @api.model
    def _get_work_domain(self):
        """As :meth:`_without_series_task`, for a search."""
        return Domain("action", "!=", "repeat")

    @api.model
    def _get_work_sql(self, alias):
        """As :meth:`_without_series_task`, for the alias of a task in a query."""
        return SQL("%s != 'repeat'", self._field_to_sql(alias, "action"))

    def _has_unfinished_others(self):
        """Whether another task of the same track is unfinished."""
        self.ensure_one()
        return any(
            task.state in UNFINISHED for task in self.run_id.line_ids if task != self
        )

    def _waits_for_others(self):
        return self._is_series_task() and self._has_unfinished_others()

    def _has_turn_come(self, anchor):
        """Whether the turn of this task has come.

        :param date anchor: when the task before it was finished, or empty
        """
        if self._is_series_task():
            return not self._has_unfinished_others()
        return self.delay_from != "previous" or bool(anchor)

    def _get_day(self, start_date, end_date, working_days, previous_date=None):
        # counted from the first day of the series, and never moved off a day off
        if self._is_series_task():
            return self.run_id._get_repeat_day(start_date, end_date)
        return super()._get_day(start_date, end_date, working_days, previous_date)

    def _get_delay_text(self, previous=None, in_html=False):
        if not self._is_series_task():
            return super()._get_delay_text(previous, in_html)
        run = self.run_id
        day = (self.date_manual and self.date_deadline) or run._get_repeat_day(
            run.start_date, run.end_date
        )
        return self.env._(
            "On %s, if all other tasks are finished", format_date(self.env, day)
        )

    def _check_others_finished(self):
        """Refuse to start the next track before this one is done.

        :raise UserError: when another task of its track is unfinished
        """
        if self._waits_for_others():
            raise UserError(
                self.env._(
                    "“%s” has unfinished tasks. Complete or skip them before the next "
                    "track starts.",
                    self.run_id.name,
                )
            )
