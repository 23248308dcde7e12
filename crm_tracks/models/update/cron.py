from odoo import api, models
from odoo.tools import split_every


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
        Line = self.env["track.run.update.line"]
        to_do = Line.search([("state", "in", ("queued", "undoing"))])
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
            lambda batch: batch._cron_process_each(),
        )


class TrackRunUpdateLine(models.Model):
    _inherit = "track.run.update.line"

    def _cron_process_batch(self):
        """Update the tracks of these lines, except those that are locked by others."""
        lines = self.try_lock_for_update(allow_referencing=True)
        free = lines.run_id._lock_for_cron()._follow_records()
        lines = lines.exists().filtered(
            lambda line: line.run_id in free and line.state in ("queued", "undoing")
        )
        lines.run_id._force_conflict()
        undoing = lines.filtered(lambda line: line.state == "undoing")
        if updating := lines - undoing:
            updating._update_together()
        if undoing:
            undoing._undo_together()
        self.env.cr.flush()

    def _cron_process_each(self):
        """Update these tracks one by one, because their batch failed."""
        for line in self:
            self.env["track.run"]._cron_commit(
                line._cron_process_batch,
                lambda error, line=line: error and line._leave_out_failed(error),
            )
