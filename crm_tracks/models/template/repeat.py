from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.optional_integer import OptionalInteger

# As long as the longest delay.
_MAX_EVERY = 9999


class TrackOptionsMixin(models.AbstractModel):
    """After which period the next track of a series starts."""

    _inherit = "track.options.mixin"

    repeat_every = OptionalInteger(
        help="When all tasks of a track are finished and the period has passed since "
        "its start, the next track of the template starts on the same record. If the "
        "template counts back, the next track has the end date one period later. If "
        "empty or 0, tracks do not repeat.",
    )
    repeat_unit = fields.Selection(
        [("days", "days"), ("weeks", "weeks"), ("months", "months")],
        help="Unit of the period after which the next track starts.",
    )

    def _is_recurring(self):
        """Whether tracks start one another as a series."""
        self.ensure_one()
        return bool(self.repeat_every and self.repeat_unit)

    def _get_repeat_text(self):
        """Describe after which period the next track starts, if one does."""
        if not self._is_recurring():
            return False
        if self.repeat_every == 1:
            return {
                "days": self.env._("Repeats every day"),
                "weeks": self.env._("Repeats every week"),
                "months": self.env._("Repeats every month"),
            }[self.repeat_unit]
        return {
            "days": self.env._("Repeats every %s days", self.repeat_every),
            "weeks": self.env._("Repeats every %s weeks", self.repeat_every),
            "months": self.env._("Repeats every %s months", self.repeat_every),
        }[self.repeat_unit]


class TrackTaskMixin(models.AbstractModel):
    _inherit = "track.task.mixin"

    def _waits_for_others(self):
        """Whether this task begins only when all others of its track are finished."""
        return False


class TrackTemplate(models.Model):
    _inherit = "track.template"

    @api.onchange("repeat_every")
    def _onchange_repeat_every(self):
        if self.repeat_every and not self.repeat_unit:
            self.repeat_unit = "months"

    def _get_recurring_ids(self, records):
        """The ids of these records on which a series of this template goes on already.

        No track starts a second series there: each of its tracks would start one more.
        """
        if not self.sudo()._is_recurring():
            return ()
        return self._get_running_ids(records)

    @api.constrains("repeat_every", "repeat_unit")
    def _check_repeat(self):
        for template in self:
            every = template.repeat_every
            if not every:
                continue
            if not 1 <= every <= _MAX_EVERY:
                raise ValidationError(
                    self.env._(
                        "“%(template)s” cannot repeat every %(every)s periods. Enter a "
                        "number from 1 to %(max)s, or nothing.",
                        template=template.name,
                        every=every,
                        max=_MAX_EVERY,
                    )
                )
            if not template.repeat_unit:
                raise ValidationError(
                    self.env._(
                        "“%(template)s” repeats every %(every)s, but the unit is "
                        "missing. Select days, weeks or months.",
                        template=template.name,
                        every=every,
                    )
                )
