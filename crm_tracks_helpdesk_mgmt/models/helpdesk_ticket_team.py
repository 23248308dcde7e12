from odoo import api, models


class HelpdeskTicketTeam(models.Model):
    _name = "helpdesk.ticket.team"
    _inherit = ["helpdesk.ticket.team", "helpdesk.track.choice"]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_needed_by_tasks(self):
        self.env["track.line"]._check_not_needed(self)
