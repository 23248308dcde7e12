from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    # a lead without a team takes its company from its contact
    _TRACKS_COMPANY_FIELDS = frozenset(
        ("company_id", "user_id", "team_id", "partner_id")
    )

    def _merge_dependences_history(self, opportunities):
        # sudo: the tracks follow the activities, which Odoo moves here (rule 18)
        self.env["track.run"].sudo()._move(opportunities, self)
        return super()._merge_dependences_history(opportunities)
