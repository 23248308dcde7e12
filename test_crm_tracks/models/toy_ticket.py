from odoo import fields, models


class ToyTicket(models.Model):
    """A ticket that defines in a few lines when it is closed and who owns it."""

    _name = "test.tracks.ticket"
    _description = "Toy Ticket"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    _TRACKS_CLOSING_FIELDS = frozenset(("active", "stage_id"))
    _TRACKS_OWNER_FIELDS = frozenset(("owner_id",))

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    stage_id = fields.Many2one("test.tracks.stage")
    owner_id = fields.Many2one("res.users")

    def _tracks_get_closed(self):
        closed = super()._tracks_get_closed()
        for ticket in self.filtered("stage_id.closed"):
            closed[ticket.id] = "done"
        return closed

    def _tracks_get_owner(self):
        return {ticket.id: ticket.owner_id for ticket in self}
