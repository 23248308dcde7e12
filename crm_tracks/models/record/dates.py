from odoo import models
from odoo.fields import Domain

from ...tools.states import NOT_ENDED


class MailActivityMixin(models.AbstractModel):
    """Tracks follow a date of their record (``changes/linked_dates.py``)."""

    _inherit = "mail.activity.mixin"

    def _tracks_follow_fields(self):
        """Let the tracks of these records follow their dates, and look at conditions.

        Both never fail, and return at once where no track of the model needs them.
        """
        self._tracks_follow_dates()
        self._tracks_follow_conditions()

    def _tracks_follow_dates(self):
        """Move the tracks of these records to the dates that they follow.

        A write never fails because of tracks: errors are logged, and the cron compares
        the records later.
        """
        if not self.env["track.run"]._get_date_fields(self._name):
            return
        linked = Domain("date_linked", "=", True) & Domain("state", "in", NOT_ENDED)
        runs = self._tracks_search_runs(linked)
        if runs:
            runs._follow_dates()
