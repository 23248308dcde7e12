from odoo import models


class TrackOptionsMixin(models.AbstractModel):
    """What happens to the dates of a track when its record is reopened."""

    _inherit = "track.options.mixin"

    def _get_reopening_text(self):
        """Describe that dates move when the record is reopened, if they do."""
        if not self._shifts_when_reopened():
            return None
        return self.env._("When the record is reopened, dates move by the days on hold")

    def _shifts_when_reopened(self):
        """Whether the dates move, for tracks that a closing puts on hold."""
        moves = self.on_reopen == "shift" and self.on_close == "mute"
        return moves and self._may_be_shifted()

    def _may_be_shifted(self):
        """Whether dates can move by the days on hold.

        Those before an end date cannot, nor those that follow a field of the record.
        """
        return self.direction == "start" and not self._follows_field()
