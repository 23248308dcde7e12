from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools.dates import get_today, parse_day
from ...tools.states import NOT_ENDED, UNFINISHED
from ...tools.words import format_delay


class TrackRun(models.Model):
    """Tracks on hold: paused by a user, held by the closing of their record, or both.

    The two reasons are independent: ending one leaves the other. While a track is on
    hold, its activities are muted and no task is assigned. Tasks that users complete or
    skip count. The tasks that follow are assigned when neither reason is left, dated
    from the day on which the previous task was completed.

    Dates do not move meanwhile. When the last reason ends, it decides whether they move
    by the days since the first one began (``_shift_since_quiet``): a user who resumes
    the track says so; if the record is reopened, the template does.
    """

    _inherit = "track.run"

    # The values of tracks that are not paused, or no longer.
    _NOT_PAUSED = {"date_paused": False, "date_resume": False}

    date_resume = fields.Date(
        string="Paused Until",
        readonly=True,
        help="Day on which the scheduled action resumes the paused track.",
    )
    date_quiet = fields.Date(
        string="Inactive Since",
        readonly=True,
        help="Day on which the track was paused or its record was closed, whichever "
        "was first.",
    )

    # for the cron: tracks that are paused until a day
    _resume_idx = models.Index(
        "(date_resume, id) WHERE state = 'paused' AND date_resume IS NOT NULL"
    )

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
        unfinished = self.line_ids._without_series_task().filtered(
            lambda task: task.state in UNFINISHED
        )
        parts = []
        if len(unfinished) == 1:
            parts.append(self.env._("1 task on hold."))
        elif unfinished:
            parts.append(self.env._("%s tasks on hold.", len(unfinished)))
        is_held = any(self.mapped("held"))
        is_paused = "paused" in self.mapped("state")
        if is_held:
            day = max(self.mapped("date_held"))
            parts.append(record._tracks_get_closing_text(day))
        if is_held and is_paused:
            parts.append(self.env._("Paused tracks must be resumed as well."))
        elif is_paused:
            parts.append(self._get_resume_text())
        return " ".join(parts)

    def _get_resume_text(self):
        """Describe when the tasks of these tracks come back, which are paused."""
        days = [run.date_resume for run in self if run.state == "paused"]
        if all(days):
            return self.env._(
                "Tasks come back on %s.", format_date(self.env, max(days))
            )
        return self.env._("Tasks come back when their track is resumed.")

    def _check_resume_day(self, until):
        """Read the day until which these tracks are paused.

        :param until: ``date``, ISO string, or an empty value
        :return: ``date``, or None
        :raise UserError: when it is no day, or does not lie ahead
        """
        day = parse_day(self.env, until, self.env._("Paused Until"))
        for company in self.grouped("company_id") if day else ():
            if day <= get_today(self.env, company):
                raise UserError(
                    self.env._(
                        "%s does not lie ahead. Select a later day.",
                        format_date(self.env, day),
                    )
                )
        return day

    def _fall_quiet(self, vals, name):
        """Write these values to tracks that are suspended by them.

        :param dict vals: the values
        :param str name: the field for the day on which that reason began
        """
        for (company, was_quiet), runs in self.grouped(
            lambda run: (run.company_id, run._is_suspended())
        ).items():
            today = get_today(self.env, company)
            quiet = {} if was_quiet else {"date_quiet": today}
            runs.write({**vals, name: today, **quiet})
        self._suspend()

    def _pause(self, reason=None, until=None):
        """Pause these tracks, notifying nobody.

        :param str reason: shown in the note
        :param date until: when the cron resumes them; None for never
        """
        self._fall_quiet({"state": "paused", "date_resume": until}, "date_paused")
        if until and not reason:
            self._log({run: run._get_paused_until_note(until) for run in self})
            return
        self._log_with_reason(
            self.env._("Track %s was paused."),
            self.env._("Track %(track)s was paused: %(reason)s"),
            reason,
        )

    def _get_paused_until_note(self, until):
        return self.env._(
            "Track %(track)s was paused until %(day)s.",
            track=self._get_name_in_bold(),
            day=format_date(self.env, until),
        )

    def action_open_resume(self):
        """Resume the paused ones of these tracks, or ask first if dates could move.

        :return: an action that opens the dialog, or True if there is nothing to ask
        :raise AccessError: when the user may not write the record of one of them
        :raise UserError: when none of them is paused
        """
        runs = self._filter_to_resume_now()
        if not any(run._get_days_to_shift() for run in runs):
            return self.action_resume()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_tracks.track_resume_action"
        )
        action["context"] = {
            "default_run_ids": runs.ids,
            "dialog_size": "medium" if len(runs) == 1 else "large",
        }
        return action

    def _filter_to_resume_now(self):
        """Filter the paused ones of these tracks, which a user resumes.

        :return: ``track.run``, in sudo
        :raise AccessError: when the user may not write the record of one of them
        :raise UserError: when none of them is paused
        """
        return self._filter_for_action(
            ("paused",),
            self.env._(
                "Only paused tracks can be resumed. Select another track instead of %s."
            ),
        )

    def _resume(self, shift=False):
        """Resume these paused tracks.

        :param bool shift: whether the dates of those move that wake up
        """
        waking = self.filtered(lambda run: not run.held)
        days = waking._shift_since_quiet() if shift else {}
        waking.date_quiet = False
        self.write({"state": "running", **self._NOT_PAUSED})
        texts = {}
        for run in self:
            texts[run] = (
                self.env._(
                    "Track %(track)s was resumed. Its dates were moved by %(days)s.",
                    track=run._get_name_in_bold(),
                    days=format_delay(self.env, days[run], "days"),
                )
                if run in days
                else self.env._("Track %s was resumed.", run._get_name_in_bold())
            )
        self._log(texts)
        self._wake_up()

    def _hold(self):
        """Put these tracks on hold, running or paused: their record was closed."""
        self._fall_quiet({"record_closed": True, "held": True}, "date_held")

    def _release(self):
        """Release these tracks: their record was reopened.

        The dates of those that wake up move if their template says so.
        """
        waking = self.filtered(lambda run: run.state != "paused")
        shifting = waking.filtered(
            lambda run: run.state == "running" and run._shifts_when_reopened()
        )
        days = shifting._shift_since_quiet()
        waking.date_quiet = False
        self.write({"held": False, "date_held": False})
        self.browse(run.id for run in days)._log(
            {
                run: self.env._(
                    "The dates of track %(track)s were moved by %(days)s, because its "
                    "record was reopened.",
                    track=run._get_name_in_bold(),
                    days=format_delay(self.env, days[run], "days"),
                )
                for run in days
            }
        )
        self._wake_up()

    def _get_quiet_day(self):
        """The day since which this track is on hold, as ``date``; None if it is not."""
        self.ensure_one()
        # those on hold since before the field existed have the other dates only
        days = [self.date_paused, self.date_held]
        return self.date_quiet or min(filter(None, days), default=None)

    def _get_days_to_shift(self):
        """By how many days the dates would move if a user resumed this track now.

        :return: int; 0 if they cannot move, or if the track would stay on hold
        """
        self.ensure_one()
        if self.state != "paused" or self.held or not self._may_be_shifted():
            return 0
        quiet = self._get_quiet_day()
        today = get_today(self.env, self.company_id)
        return max((today - quiet).days, 0) if quiet else 0

    def _suspend(self):
        self._fetch_tasks()
        self._get_open_activities()._mute()
        # the cron does not retry them until the track wakes up
        self.line_ids.filtered("date_retry").date_retry = False

    def _wake_up(self):
        """Unmute the activities of tracks that are no longer on hold, and advance."""
        awake = self.filtered(lambda run: not run._is_suspended())
        awake._fetch_tasks()
        awake._get_open_activities()._unmute()
        awake.line_ids._plan_attention(is_new=True)
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
                {
                    "state": "stopped",
                    "date_stopped": today,
                    "stop_reason": reason,
                    "date_resume": False,
                    "date_quiet": False,
                }
            )
        unfinished.activity_ids.unlink()
        runs._log_with_reason(
            self.env._("Track %s was stopped."),
            self.env._("Track %(track)s was stopped: %(reason)s"),
            reason,
        )
