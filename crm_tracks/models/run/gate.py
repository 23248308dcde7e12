from collections import defaultdict
from datetime import timedelta
from enum import Enum

from odoo import fields, models
from odoo.exceptions import UserError

from ...tools.dates import TodayByCompany, shift_day


class Answer(Enum):
    """What the gate says of a task.

    :cvar OPEN: it begins: somebody gets it as an activity
    :cvar EXECUTE: it begins: Odoo carries it out
    :cvar FAIL: it is too late for Odoo to carry it out unasked: a person decides
    :cvar WAIT: it does not begin now
    """

    OPEN = "open"
    EXECUTE = "execute"
    FAIL = "fail"
    WAIT = "wait"


class Gate:
    """May a task begin now? The one place that decides it, for every way to begin.

    It answers for tasks of running tracks, and for those that are to be copied from a
    template. What is needed for many is looked up once.

    :param env: the environment of the person who acts
    """

    def __init__(self, env):
        self._now = fields.Datetime.now()
        self._todays = TodayByCompany(env)

    def ask(self, run, task, day, state, date_retry=False):
        """Whether a task may begin now, and what becomes of it.

        :param run: its ``track.run``
        :param task: ``track.run.line``, or the ``track.line`` it is copied from
        :param date day: when it is due, or empty
        :param str state: of the task
        :param datetime date_retry: when a failed one is to be tried again, or empty
        :return: :class:`Answer`
        """
        if state not in ("planned", "failed") or run._is_suspended():
            return Answer.WAIT
        if state == "failed" and not (date_retry and date_retry <= self._now):
            return Answer.WAIT
        if not self.has_day_come(run, task, day):
            return Answer.WAIT
        if task.action == "activity":
            return Answer.OPEN
        return Answer.FAIL if self.is_too_late(run, task, day) else Answer.EXECUTE

    def has_day_come(self, run, task, day):
        """Whether the day is here on which a task comes to people, or is executed."""
        coming = run._get_coming_day(task, day)
        return not coming or coming <= self._todays[run.company_id]

    def is_too_late(self, run, task, day):
        """Whether a person has to say if this automated task is still wanted."""
        last_day = self._todays[run.company_id] - timedelta(days=run._MAX_LATE)
        return bool(task.action != "activity" and day and day < last_day)


class TrackRun(models.Model):
    """When the tasks of a track come to people."""

    _inherit = "track.run"

    # Days; an automated task that is later is for a person to decide.
    _MAX_LATE = 7

    def _get_planned_day(self, task, day):
        """When the activity of a task of this track is to be created (rule 19).

        :param task: as of :meth:`_get_coming_day`
        :param date day: when the task is due, or empty
        :return: ``date``; False where that is at once, or where the track is quiet or
            has ended, so that the cron finds only what it may open (rule 30)
        """
        if self.state != "running" or self.held:
            return False
        return self._get_coming_day(task, day)

    def _get_coming_day(self, task, day):
        """When a task of this track comes to people, or runs, quiet or not (rule 19).

        An automated task runs on its day itself (rule 32).

        :param task: ``track.run.line``, or the ``track.line`` it is copied from
        :param date day: when the task is due, or empty
        :return: ``date``, or False where that is at once
        """
        if task.action != "activity":
            return day
        if self.activity_creation != "ahead":
            return False
        return day and shift_day(
            self.env, day, self.ahead_days, "days", None, backwards=True
        )


class TrackRunLine(models.Model):
    """Which tasks may begin now."""

    _inherit = "track.run.line"

    def _ask_gate(self):
        """Whether each of these tasks may begin now.

        :return: dict, ``track.run.line`` for each :class:`Answer`
        """
        gate = Gate(self.env)
        ids = defaultdict(list)
        for task in self:
            answer = gate.ask(
                task.run_id, task, task.date_deadline, task.state, task.date_retry
            )
            ids[answer].append(task.id)
        return {answer: self.browse(ids[answer]) for answer in Answer}

    def _filter_day_has_come(self):
        """Those of these tasks whose day is here, suspended or not."""
        gate = Gate(self.env)
        return self.filtered(
            lambda task: gate.has_day_come(task.run_id, task, task.date_deadline)
        )

    def _filter_too_late(self):
        """Those of these tasks that are automated, and too late to run unasked."""
        gate = Gate(self.env)
        return self.filtered(
            lambda task: gate.is_too_late(task.run_id, task, task.date_deadline)
        )

    def _may_execute(self):
        """Whether a person may have this automated task executed now."""
        self.ensure_one()
        return self._is_unfinished() and not self.run_id._is_suspended()

    def _check_awake(self):
        """Refuse to go on in a track that is paused or held."""
        if self.run_id._is_suspended():
            raise UserError(
                self.env._(
                    "“%s” is paused or its record is closed: its tasks wait.",
                    self.run_id.name,
                )
            )
