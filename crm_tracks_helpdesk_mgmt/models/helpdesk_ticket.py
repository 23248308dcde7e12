from odoo import models


class HelpdeskTicket(models.Model):
    """Tickets are closed by a closing stage, or archived (SPEC, rule 20).

    The stage follows the team, the team the assigned user, and the user the team:
    writing one of them may change the others, and so close a ticket or give it to
    another owner.
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
