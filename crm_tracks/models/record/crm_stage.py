from odoo import models


class CrmStage(models.Model):
    _inherit = "crm.stage"

    def write(self, vals):
        if "is_won" not in vals:
            return super().write(vals)
        self.check_access("write")
        # sudo: a stage closes leads that the user may not be able to read
        leads = (
            self.env["crm.lead"]
            .sudo()
            .with_context(active_test=False)
            .search([("stage_id", "in", self.ids)])
        )
        with leads._tracks_following():
            return super().write(vals)
