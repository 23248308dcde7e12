import logging

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import split_every

from ...tools.never_failing import never_failing
from .track_run_update import QUEUED

_logger = logging.getLogger(__name__)


class TrackRun(models.Model):
    """The part of the scheduled action that updates many tracks from their template.

    What became of a track is stored together with its new tasks, so a run that is
    killed leaves nothing undone and does nothing twice.
    """

    _inherit = "track.run"

    # How many tracks are updated between two commits.
    _UPDATE_BATCH = 200

    @api.model
    def _cron_update(self):
        """Update tracks, or undo that, as users have asked for.

        :return: how many tracks are left because the time was over
        """
        left = self._cron_update_queued()
        self.env["track.run.update"]._cron_tell()
        return left

    @api.model
    def _cron_update_queued(self):
        """As :meth:`_cron_update`, without the messages to the users."""
        Line = self.env["track.run.update.line"]
        to_do = Line.search([("state", "in", QUEUED)])
        if not to_do:
            return 0
        groups = to_do.grouped(lambda line: (line.update_id, line.state))
        return self._cron_in_batches(
            [
                Line.browse(ids)
                for lines in groups.values()
                for ids in split_every(self._UPDATE_BATCH, lines.ids)
            ],
            lambda batch: batch._cron_process_batch(),
            lambda line, error: error and line._leave_out_failed(error),
        )


class TrackRunUpdate(models.Model):
    """One message to the user when the scheduled action has finished.

    It is sent in the transaction that notes that it was sent.
    """

    _inherit = "track.run.update"

    @api.model
    def _cron_tell(self):
        """Notify the users of what was finished in the background, once."""
        for update in self.search(self._get_finished_domain()):
            self.env["track.run"]._cron_commit(update._tell)

    @api.model
    def _get_finished_domain(self):
        """What was done in the background, and of which the user is not told yet."""
        queued = Domain("line_ids", "any", [("state", "in", QUEUED)])
        return Domain("in_background", "=", True) & ~queued

    def _tell(self):
        """Notify the user of this update of its result, unless others do that."""
        updates = self.try_lock_for_update(allow_referencing=True)
        self.env.invalidate_all(flush=False)
        for update in updates.filtered_domain(self._get_finished_domain()):
            update.in_background = False
            user = update.user_id
            with never_failing(self.env, _logger, "%s could not be told.", user):
                update.with_context(lang=user.lang)._notify(user)
        self.env.cr.flush()

    def _notify(self, user):
        """Send the result to this user, in the language of the environment."""
        subject = (
            self.env._(
                "Tracks of “%(template)s”: %(result)s",
                template=self.template_id.display_name,
                result=self.summary_text,
            )
            if self.template_id
            else self.env._("Update of running tracks: %s", self.summary_text)
        )
        self.env["track.run"]._send_message(
            user,
            subject,
            "crm_tracks.message_tracks_updated",
            text=subject,
            url=f"/odoo/{self._name}/{self.id}",
            can_undo=self.can_undo,
        )
        user._bus_send(
            "simple_notification",
            {
                "type": "warning" if self.left_out_ids else "success",
                "title": self.env._("Update of Running Tracks"),
                "message": subject,
                "sticky": True,
            },
        )


class TrackRunUpdateLine(models.Model):
    _inherit = "track.run.update.line"

    def _cron_process_batch(self):
        """Update the tracks of these lines, except those that are locked by others."""
        lines = self.try_lock_for_update(allow_referencing=True)
        free = lines.run_id._lock_for_cron()._follow_records()
        lines = lines.exists().filtered(
            lambda line: line.run_id in free and line.state in QUEUED
        )
        lines.run_id._force_conflict()
        undoing = lines.filtered(lambda line: line.state == "undoing")
        if updating := lines - undoing:
            updating._update_together()
        if undoing:
            undoing._undo_together()
        self.env.cr.flush()
