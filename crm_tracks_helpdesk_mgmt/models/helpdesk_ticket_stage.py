from odoo import models


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    def write(self, vals):
        if "closed" not in vals:
            return super().write(vals)
        self.check_access("write")
        # sudo: a stage also closes tickets that its editor may not read
        tickets = (
            self.env["helpdesk.ticket"]
            .sudo()
            .with_context(active_test=False)
            .search([("stage_id", "in", self.ids)])
        )
        with tickets._tracks_following():
            return super().write(vals)
