from odoo import models


class ResPartner(models.Model):
    """Contacts are closed when they are archived; their salesperson owns them."""

    _inherit = "res.partner"

    # a person without a salesperson takes over that of the company it is moved to
    _TRACKS_OWNER_FIELDS = frozenset(("user_id", "parent_id"))
