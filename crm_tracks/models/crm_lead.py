from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _merge_dependences_history(self, opportunities):
        # sudo: the tracks follow the activities, which Odoo moves here (rule 18)
        self.env["track.run"].sudo()._move(opportunities, self)
        return super()._merge_dependences_history(opportunities)
