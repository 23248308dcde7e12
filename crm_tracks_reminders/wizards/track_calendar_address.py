from odoo import fields, models
from odoo.exceptions import AccessError

from odoo.addons.base.models.res_users import check_identity


class TrackCalendarAddress(models.TransientModel):
    """The dialog that creates an address of the calendar of the current user.

    It is Odoo's dialog for API keys, for keys that only open the calendar.
    """

    _name = "track.calendar.address"
    _inherit = "res.users.apikeys.description"
    _description = "Calendar Address"

    name = fields.Char(string="Calendar Program")
    duration = fields.Selection(
        default=lambda self: self._get_longest_duration(), string="Valid For"
    )

    def _get_longest_duration(self):
        """Three months, or less if the user's keys may not be valid for so long."""
        offered = [value for value, _label in self._selection_duration()]
        fitting = [value for value in offered if 0 < int(value) <= 90]
        return fitting[-1] if fitting else offered[0]

    @check_identity
    def make_key(self):
        """Create the address, and show it once.

        :return: an action
        :raise AccessError: when the current user is no internal user
        """
        self.ensure_one()
        if not self.env.user._is_internal():
            raise AccessError(
                self.env._(
                    "Only internal users have a calendar of activities. Log in as an "
                    "internal user."
                )
            )
        url = self.env["res.users"]._make_track_calendar_url(
            self.name, self.expiration_date
        )
        self.sudo().unlink()  # users create these records only
        return {
            "type": "ir.actions.act_window",
            "res_model": "track.calendar.address.show",
            "name": self.env._("Calendar Address"),
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_address": url},
        }


class TrackCalendarAddressShow(models.AbstractModel):
    """The address, shown once: it is not stored anywhere."""

    _name = "track.calendar.address.show"
    _description = "New Calendar Address"

    # for the onchange that returns the default of the address
    id = fields.Id()
    address = fields.Char(readonly=True)
