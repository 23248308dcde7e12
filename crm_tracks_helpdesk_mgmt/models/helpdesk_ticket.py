from odoo import models


class HelpdeskTicket(models.Model):
    """Tickets are closed by a closing stage or by archiving.

    The stage depends on the team, the team on the assigned user, and the user on the
    team. Writing one of them may change the others, and thus close the ticket or change
    its owner.
    """

    _inherit = "helpdesk.ticket"

    _TRACKS_CLOSING_FIELDS = frozenset(("active", "stage_id", "team_id", "user_id"))
    _TRACKS_OWNER_FIELDS = frozenset(("user_id", "team_id"))
    _TRACKS_MUTE_WITHOUT_TRACK = True

    def _tracks_get_closed(self):
        closed = super()._tracks_get_closed()
        for ticket in self.filtered("stage_id.closed"):
            closed[ticket.id] = "done"
        return closed

    def _tracks_get_leader(self):
        return {ticket.id: ticket.team_id.user_id for ticket in self}
