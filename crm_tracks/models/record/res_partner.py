from odoo import models


class ResPartner(models.Model):
    """Contacts are closed when they are archived; their salesperson owns them."""

    _inherit = "res.partner"

    # a contact without a salesperson gets the one of its new company
    _TRACKS_OWNER_FIELDS = frozenset(("user_id", "parent_id"))
