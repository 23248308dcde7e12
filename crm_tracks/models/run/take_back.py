from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ...tools.states import FINISHED


class TrackRun(models.Model):
    """Taking back tracks that were started by mistake."""

    _inherit = "track.run"

    # How long a track can be taken back after its start.
    _TAKE_BACK_FOR = timedelta(hours=1)

    def action_take_back(self):
        """Delete these tracks as if they had not been started, with their activities.

        The user must have started them, within the last hour, and nobody may have
        completed or skipped a task since, or attached anything to an activity. Others
        stay as they are. Notes that tracks were started stay, too.

        :return: str, what was taken back
        :raise AccessError: when the user may not write the record of one of them
        :raise UserError: when none of them can be taken back
        """
        self.check_access("write")
        runs = self._engine().exists()
        taken = runs.filtered(lambda run: run._may_be_taken_back())
        if not taken:
            raise UserError(
                self.env._(
                    "Only tracks that you started within the last hour, and on which "
                    "no work was done, can be taken back. Stop the track instead."
                )
            )
        taken._take_back()
        parts = [
            self.env._("1 track was taken back.")
            if len(taken) == 1
            else self.env._("%s tracks were taken back.", len(taken))
        ]
        if left := len(runs) - len(taken):
            parts.append(
                self.env._("1 track stays, because work was done on it.")
                if left == 1
                else self.env._("%s tracks stay, because work was done on them.", left)
            )
        return " ".join(parts)

    def _may_be_taken_back(self):
        """Whether the user has just started this track, and nothing happened since."""
        self.ensure_one()
        activities = self.line_ids.activity_ids
        return not (
            self.create_uid != self.env.user
            or fields.Datetime.now() - self.create_date > self._TAKE_BACK_FOR
            or any(
                task.state in FINISHED and (task.done_user_id or task.date_done)
                for task in self.line_ids
            )
            or any(self.line_ids.mapped("attempts"))
            or activities.attachment_ids
            or activities.calendar_event_id
        )

    def _take_back(self):
        """Delete these tracks and their activities, and log it."""
        self.line_ids._cancel()
        self._log_for_each(self.env._("Track %s was taken back."))
        self.unlink()
