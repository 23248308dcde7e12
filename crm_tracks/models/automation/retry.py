import logging
from datetime import timedelta

import psycopg2
from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...tools.never_failing import never_failing
from ..run.gate import Answer
from .origin import EndlessStart

_logger = logging.getLogger(__name__)


class TrackRunLine(models.Model):
    """Failed tasks, and when they are retried."""

    _inherit = "track.run.line"

    # Hours until the next attempt; after the last one, a user is notified.
    _RETRY_PAUSES = (1, 2, 4, 8, 16)

    # for the cron: tasks to retry
    _retry_idx = models.Index(
        "(date_retry) WHERE state = 'failed' AND date_retry IS NOT NULL"
    )

    def _cron_fail(self, error):
        """Record that this task failed, and when it is retried.

        :param Exception error: the cause; users read the message of a ``UserError``, or
            the name of another exception. None for a conflict, which is not a failure
        """
        if error is None:
            return
        task = self.env["track.run"]._lock_tasks(self)
        # it may have been finished, moved or paused since
        answers = task._ask_gate()
        if task not in answers[Answer.WAIT] + answers[Answer.WAIT_FOR_HOUR]:
            task._fail(error)

    def _fail(self, error):
        """Record that these tasks failed; see :meth:`_cron_fail`."""
        for task in self:
            attempts = task.attempts + 1
            if isinstance(error, EndlessStart):
                attempts = len(self._RETRY_PAUSES) + 1
            is_last = attempts > len(self._RETRY_PAUSES)
            task.write(
                {
                    "state": "failed",
                    "error": task._get_reason(error),
                    "attempts": attempts,
                    "date_retry": not is_last
                    and fields.Datetime.now()
                    + timedelta(hours=self._RETRY_PAUSES[attempts - 1]),
                }
            )
            if is_last:
                task._report_failure()

    def _begin_or_fail(self):
        """Begin those of these tasks that may begin, without raising.

        A user who completes a task must not get an error of the next one. The tasks
        begin in one batch; if it raises, it is rolled back and retried task by task.

        :return: the ``track.run`` of which a condition skipped tasks, to be advanced
        """
        tasks, skipping = self._leave_to_cron()
        if not tasks:
            return skipping
        with never_failing(
            self.env, _logger, "%s could not be assigned.", tasks, expected=UserError
        ) as errors:
            tasks._assign()
        if not errors:
            return skipping
        if len(tasks) > 1:
            for task in tasks:
                skipping |= task._begin_or_fail()
            return skipping
        tasks._fail(errors[0])
        if tasks.date_retry:  # else the last attempt was reported
            tasks._log_failed_opening()
        return skipping

    def _log_failed_opening(self):
        """Log on the record that this task could not be assigned, and why."""
        self.ensure_one()
        run = self.run_id
        text = self.env._(
            "“%(task)s” of track %(track)s could not be assigned: %(reason)s The next "
            "try is at %(moment)s.",
            task=self._get_label(),
            track=run._get_name_in_bold(),
            reason=self.error,
            moment=format_datetime(self.env, self.date_retry),
        )
        with never_failing(
            self.env, _logger, "The failure of %s could not be reported.", self
        ):
            run._log({run: text})

    def _get_reason(self, error):
        """The message of an exception, for users if possible.

        :param Exception error: what was raised
        :return: str
        """
        starter = self.run_id.user_id
        model = self._in_language_of(starter).env.get(self.res_model)
        if isinstance(error, UserError) and str(error):
            return str(error)
        is_of_record = (
            isinstance(error, psycopg2.IntegrityError)
            and model is not None
            and error.diag.table_name == model._table
        )
        return model._sql_error_to_message(error) if is_of_record else repr(error)

    def _may_be_retried(self):
        """Whether this task has failed, and is retried automatically."""
        return (
            self.state == "failed"
            and self.attempts <= len(self._RETRY_PAUSES)
            and not self._filter_too_late()
        )

    def _reset_to_planned(self):
        """Plan those of these failed tasks again whose day is in the future now.

        This includes tracks on hold: otherwise, the task would be retried when the
        track wakes up, whatever its day.
        """
        failed = self.filtered(lambda task: task.state == "failed")
        (failed - failed._filter_day_has_come()).write(
            {"state": "planned", "error": False, "attempts": 0, "date_retry": False}
        )

    def _report_failure(self):
        """Log on the record that this task failed, and notify the starter."""
        self.ensure_one()
        run = self.run_id
        record = run._get_records().get(run)
        if record is None:
            return
        owner = record._tracks_get_owner()[record.id]
        user = run._get_first_assignable([run.user_id, owner], run.company_id)
        env = self._in_language_of(user).env
        text = env._(
            "“%(task)s” of track %(track)s failed: %(reason)s Skip the task, or "
            "correct the problem and try again.",
            task=self._get_label(),
            track=run._get_name_in_bold(),
            reason=self.error,
        )
        with never_failing(
            self.env, _logger, "The failure of %s could not be reported.", self
        ):
            run._log({run: text})
            record.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_warning",
                summary=env._("Failed: %s", self._get_label()),
                note=Markup("<p>%s</p>") % text,
                user_id=user.id,
                automated=False,  # other addons delete automated activities
            )

    def action_retry(self):
        """Execute or assign these failed tasks now.

        :raise AccessError: when the user may not write one of the records
        :raise UserError: when a task has not failed, its track is on hold, or it fails
            again
        """
        self.check_access("write")
        tasks = self.sudo()
        for task in tasks:
            if task.state != "failed":
                raise UserError(
                    self.env._(
                        "“%s” has not failed. Only failed tasks can be retried.",
                        task._get_label(),
                    )
                )
            task._check_awake()
            task._check_others_finished()
        automated = tasks.filtered(lambda task: task._is_automated())
        automated._execute()
        (tasks - automated)._assign()
        return True
