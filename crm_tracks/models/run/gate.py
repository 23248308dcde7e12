from collections import defaultdict
from enum import Enum
from functools import cached_property

from odoo import fields, models
from odoo.exceptions import UserError

from ...tools.dates import (
    TodayByCompany,
    get_company_zone,
    get_day,
    get_start_of_day,
    shift_day,
)
from ...tools.states import UNFINISHED


class Answer(Enum):
    """The answer of the gate for a task.

    :cvar OPEN: the task begins, and its assignee gets an activity
    :cvar EXECUTE: the task begins, and Odoo executes it
    :cvar FAIL: the task is too late to be executed automatically; a user decides
    :cvar SKIP: the task is too late, and is skipped
    :cvar WAIT: the task does not begin now
    :cvar WAIT_FOR_HOUR: the day of the task has come, but not the hour
    :cvar CONDITION_SKIP: its condition is not met, so it is skipped
    :cvar CONDITION_WAIT: its condition is not met, so it waits until it is
    :cvar CONDITION_END: its condition is not met, so its track ends
    :cvar GOAL: the goal of its track is reached, so the track ends
    :cvar BROKEN: its condition, or the goal, cannot be evaluated
    """

    OPEN = "open"
    EXECUTE = "execute"
    FAIL = "fail"
    SKIP = "skip"
    WAIT = "wait"
    WAIT_FOR_HOUR = "wait for hour"
    CONDITION_SKIP = "condition_skip"
    CONDITION_WAIT = "condition_wait"
    CONDITION_END = "condition_end"
    GOAL = "goal"
    BROKEN = "broken"

    @property
    def begins(self):
        """Whether the task may begin, as far as its record allows."""
        return self in (Answer.OPEN, Answer.EXECUTE, Answer.FAIL, Answer.SKIP)


class Gate:
    """Decides whether a task may begin now; there is no other place that does.

    It answers for tasks of running tracks, and for template tasks that are about to be
    copied. What an answer depends on is looked up when it is first asked for, and once
    for all of them together.

    :param tasks: ``track.run.line``, or the ``track.line`` they are copied from
    :param runs: their ``track.run``
    """

    def __init__(self, tasks, runs):
        self._tasks = tasks
        self._runs = runs
        self._now = fields.Datetime.now()
        self._todays = TodayByCompany(tasks.env)

    @cached_property
    def _suspended(self):
        return {run for run in self._runs if run._is_suspended()}

    @cached_property
    def _with_goal(self):
        # sudo: what the goals say is not shown
        return {run for run in self._runs if run.sudo().goal}

    @cached_property
    def _automated(self):
        return {task for task in self._tasks if task._is_automated()}

    @cached_property
    def _conditional(self):
        return {task for task in self._tasks if task._has_condition()}

    @cached_property
    def _early(self):
        return {task for task in self._tasks if task._waits_for_others()}

    def ask(self, run, task, day, state, date_retry=False):
        """Whether a task may begin now, and how.

        :param run: its ``track.run``
        :param task: one of the tasks of this gate
        :param date day: when it is due, or empty
        :param str state: of the task
        :param datetime date_retry: when a failed one is to be tried again, or empty
        :return: :class:`Answer`
        """
        if state not in ("planned", "failed") or run in self._suspended:
            return Answer.WAIT
        if state == "failed" and not (date_retry and date_retry <= self._now):
            return Answer.WAIT
        if task in self._early or not self.has_day_come(run, task, day):
            return Answer.WAIT
        if task not in self._automated:
            return Answer.OPEN
        if self.get_coming_hour(run):
            return Answer.WAIT_FOR_HOUR
        return self._ask_whether_late(run, task, day)

    def _ask_whether_late(self, run, task, day):
        """The answer for an automated task whose day and hour have come."""
        action = task._get_action()
        if not (day and action and action.expires):
            return Answer.EXECUTE
        if not run._is_too_late(day, self._todays[run.company_id]):
            return Answer.EXECUTE
        return Answer.SKIP if run.on_late == "skip" else Answer.FAIL

    def is_conditional(self, run, task):
        """Whether it depends on the record, too, whether this task may begin."""
        return task in self._conditional or run in self._with_goal

    def has_day_come(self, run, task, day):
        """Whether the day has come on which a task is assigned or executed."""
        coming = self.get_coming_day(run, task, day)
        return not coming or coming <= self._todays[run.company_id]

    def is_too_late(self, run, task, day):
        """Whether this automated task is so late that a user has to decide."""
        is_automated = task in self._automated
        return is_automated and self._ask_whether_late(run, task, day) == Answer.FAIL

    def get_coming_day(self, run, task, day):
        """The day on which a task is assigned or executed, unless its track is on hold.

        An automated task is executed on its due date. A condition is evaluated then,
        too, and not before.

        :param run: its ``track.run``
        :param task: one of the tasks of this gate
        :param date day: when the task is due, or empty
        :return: ``date``, or False for immediately
        """
        if task in self._automated or task in self._conditional:
            return day
        if run.activity_creation != "ahead":
            return False
        return day and shift_day(
            run.env, day, run.ahead_days, "days", None, backwards=True
        )

    def get_coming_hour(self, run):
        """When the hour comes before which this track runs no automated task today.

        :param run: a ``track.run``
        :return: ``datetime`` in UTC; None if the hour has come, or if any will do
        """
        if not run.run_hour:
            return None
        zone = get_company_zone(run.company_id)
        moment = get_start_of_day(get_day(self._now, zone), zone, run.run_hour)
        return moment if moment > self._now else None


class TrackRunLine(models.Model):
    """Which tasks may begin now."""

    _inherit = "track.run.line"

    date_hour = fields.Datetime(
        string="Not Run Before",
        readonly=True,
        help="The automated task is due, and waits for the hour of its template.",
    )

    def _begin_now(self):
        """Ask the gate about these tasks, and settle those that do not begin now.

        :return: (dict as of :meth:`_ask_gate`, the ``track.run`` to be advanced because
            a condition skipped their tasks)
        """
        answers, errors, conditional = self._ask_gate_why()
        if conditional:
            return answers, conditional._settle(answers, errors)
        return answers, self.run_id.browse()

    def _ask_gate(self):
        """Whether each of these tasks may begin now.

        :return: dict, ``track.run.line`` for each :class:`Answer`
        """
        return self._ask_gate_why()[0]

    def _ask_gate_why(self):
        """As :meth:`_ask_gate`, with what its answers depend on.

        :return: (dict as of :meth:`_ask_gate`, the exceptions by task whose answer is
            BROKEN, those of the tasks with a condition or a goal)
        """
        days = {task: task._get_day_now() for task in self}
        gate = Gate(self, self.run_id)
        answers = {
            task: gate.ask(task.run_id, task, days[task], task.state, task.date_retry)
            for task in self
        }
        conditional = self.filtered(lambda task: gate.is_conditional(task.run_id, task))
        asked = conditional.filtered(lambda task: answers[task].begins)
        errors = {}
        if asked:
            changed, errors = asked._check_conditions()
            answers |= changed
        ids = defaultdict(list)
        for task, answer in answers.items():
            ids[answer].append(task.id)
        tasks = {answer: self.browse(ids[answer]) for answer in Answer}
        return tasks, errors, conditional

    def _wait_for_hour(self):
        """Trigger the cron for these tasks at their hour; until then, it skips them.

        The day of the tasks has come. If the hour was not stored, each run of the cron
        would read and lock them until it comes. The gate does not read it.
        """
        gate = Gate(self, self.run_id)
        by_moment = self.grouped(lambda task: gate.get_coming_hour(task.run_id))
        for moment, tasks in by_moment.items():
            tasks.date_hour = moment
            tasks._wake_cron(moment)

    def _get_planned_days(self):
        """The day on which the cron is to begin each of these tasks.

        :return: dict of ``date`` by ``track.run.line``; False if the task begins
            immediately, or if its track is on hold or has ended, so that the cron finds
            only tasks that may begin
        """
        gate = Gate(self, self.run_id)
        days = dict.fromkeys(self, False)
        for run, tasks in self.grouped("run_id").items():
            if run.state == "running" and not run.held:
                for task in tasks:
                    days[task] = gate.get_coming_day(run, task, task.date_deadline)
        return days

    def _filter_day_has_come(self):
        """Filter the tasks whose day has come, even if their track is on hold."""
        gate = Gate(self, self.run_id)
        return self.filtered(
            lambda task: gate.has_day_come(task.run_id, task, task.date_deadline)
        )

    def _filter_too_late(self):
        """Filter the automated tasks that are too late to be executed automatically."""
        gate = Gate(self, self.run_id)
        return self.filtered(
            lambda task: gate.is_too_late(task.run_id, task, task.date_deadline)
        )

    def _may_execute(self):
        """Whether a user may execute this automated task now."""
        self.ensure_one()
        is_awake = not self.run_id._is_suspended()
        return self.state in UNFINISHED and is_awake and not self._waits_for_others()

    def _check_awake(self):
        """Refuse to execute a task while its track is on hold."""
        if self.run_id._is_suspended():
            raise UserError(
                self.env._(
                    "“%s” is on hold. Resume the track or reopen its record.",
                    self.run_id.name,
                )
            )
