from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from ...tools.dates import TodayByCompany


class TrackRun(models.Model):
    """Resuming the tracks that were paused until a day, in the hourly cron."""

    _inherit = "track.run"

    @api.model
    def _cron_resume(self):
        """Resume the paused tracks whose day has come; their dates stay.

        :return: how many of them are left because the time was over
        """
        # in some time zones it is tomorrow already
        horizon = fields.Date.today() + timedelta(days=1)
        paused = Domain("state", "=", "paused") & Domain("date_resume", "<=", horizon)
        due = self.search(paused, order="date_resume, id")._filter_to_resume()
        if not due:
            return 0
        return self._cron_in_batches(
            [self.browse(ids) for ids in split_every(self._CRON_BATCH, due.ids)],
            lambda batch: batch._cron_resume_batch(),
            lambda _run, _error: None,  # the log tells why; the next run tries again
        )

    def _filter_to_resume(self):
        """Filter those of these tracks that are paused until today or earlier."""
        todays = TodayByCompany(self.env)
        return self.filtered(
            lambda run: (
                run.state == "paused"
                and run.date_resume
                and run.date_resume <= todays[run.company_id]
            )
        )

    def _cron_resume_batch(self):
        """Resume these tracks, except those that are locked by others."""
        # their record may have been closed, unnoticed: then they stay on hold
        runs = self._lock_for_cron()._follow_records()._filter_to_resume()
        with runs._causing():
            runs._resume()
            self.env.cr.flush()
