from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _tracks_get_customer(self):
        customers = super()._tracks_get_customer()
        for lead in self.filtered(lambda lead: not lead.partner_id):
            customers[lead.id]["partner_name"] = lead.contact_name or lead.partner_name
        return customers
