from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.dates import get_today
from ...tools.states import NOT_ENDED, UNFINISHED


class TrackRun(models.Model):
    """Tracks on hold: paused by a user, held by the closing of their record, or both.

    The two reasons are independent: ending one leaves the other. While a track is on
    hold, its activities are muted and no task is assigned. Tasks that users complete or
    skip count. The tasks that follow are assigned when neither reason is left, dated
    from the day on which the previous task was completed.
    """

    _inherit = "track.run"

    def _is_suspended(self):
        """Whether this track is paused, or its record was closed."""
        self.ensure_one()
        return self.state == "paused" or self.held

    @api.model
    def _get_awake_domain(self):
        """The tracks that have not ended and are not suspended, as a domain."""
        return Domain("state", "=", "running") & Domain("held", "!=", True)

    def _is_on_hold(self):
        """Whether this track has not ended, and is suspended."""
        self.ensure_one()
        return self.state in NOT_ENDED and self._is_suspended()

    def _get_hold_text(self, record):
        """Describe how many tasks of these tracks are on hold, why, and until when.

        :param record: of these tracks; its closing holds all of them, or none
        :return: str
        """
        unfinished = self.line_ids.filtered(lambda task: task.state in UNFINISHED)
        parts = [
            self.env._("1 task on hold.")
            if len(unfinished) == 1
            else self.env._("%s tasks on hold.", len(unfinished))
        ]
        is_held = any(self.mapped("held"))
        is_paused = "paused" in self.mapped("state")
        if is_held:
            day = max(self.mapped("date_held"))
            parts.append(record._tracks_get_closing_text(day))
        if is_held and is_paused:
            parts.append(self.env._("Paused tracks must be resumed as well."))
        elif is_paused:
            parts.append(self.env._("Tasks come back when their track is resumed."))
        return " ".join(parts)

    def _pause(self, reason=None):
        """Pause these tracks, notifying nobody.

        :param str reason: shown in the note
        """
        for company, runs in self.grouped("company_id").items():
            runs.write({"state": "paused", "date_paused": get_today(self.env, company)})
        self._suspend()
        self._log_with_reason(
            self.env._("Track %s was paused."),
            self.env._("Track %(track)s was paused: %(reason)s"),
            reason,
        )

    def _resume(self):
        self.write({"state": "running", "date_paused": False})
        self._log_for_each(self.env._("Track %s was resumed."))
        self._wake_up()

    def _hold(self):
        """Put these tracks on hold, running or paused: their record was closed."""
        for company, runs in self.grouped("company_id").items():
            today = get_today(self.env, company)
            runs.write({"record_closed": True, "held": True, "date_held": today})
        self._suspend()

    def _release(self):
        """Release these tracks: their record was reopened."""
        self.write({"held": False, "date_held": False})
        self._wake_up()

    def _suspend(self):
        self._get_open_activities()._mute()
        # the cron does not retry them until the track wakes up
        self.line_ids.filtered("date_retry").date_retry = False

    def _wake_up(self):
        """Unmute the activities of tracks that are no longer on hold, and advance."""
        awake = self.filtered(lambda run: not run._is_suspended())
        awake._get_open_activities()._unmute()
        awake.line_ids._reset_to_planned()
        failed = awake.line_ids.filtered(lambda line: line._may_be_retried())
        failed.date_retry = fields.Datetime.now()
        awake._look_again()

    def _get_open_activities(self):
        """The activities of the open tasks, inactive ones included."""
        return self.line_ids.filtered(lambda line: line.state == "open").activity_ids

    def _stop(self, reason=None):
        """Stop these tracks and cancel their unfinished tasks, notifying nobody.

        :param str reason: stored on the tracks, and shown in the note
        """
        runs = self._engine()
        unfinished = runs.line_ids.filtered(lambda line: line.state in UNFINISHED)
        # Cancel first: deleting the activity of an open task would skip the task and
        # pass the turn on.
        unfinished.write({"state": "cancelled", "condition_waits": False})
        for company, ended in runs.grouped("company_id").items():
            today = get_today(self.env, company)
            ended.write(
                {"state": "stopped", "date_stopped": today, "stop_reason": reason}
            )
        unfinished.activity_ids.unlink()
        runs._log_with_reason(
            self.env._("Track %s was stopped."),
            self.env._("Track %(track)s was stopped: %(reason)s"),
            reason,
        )
