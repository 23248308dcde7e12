from odoo import models


class HelpdeskTicketMerge(models.TransientModel):
    _inherit = "helpdesk.ticket.merge"

    def _merge_followers(self, merged_tickets):
        # the resulting ticket exists, and no activity has been moved yet
        merged_tickets._tracks_merge_into(self.dst_ticket_id)
        return super()._merge_followers(merged_tickets)
