from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_reference_fields(self, src_partners, dst_partner):
        # sudo: merged contacts keep their tracks. They are moved before Odoo moves the
        # active activities and deletes the contacts
        self.env["track.run"].sudo()._merge_into(src_partners, dst_partner)
        return super()._update_reference_fields(src_partners, dst_partner)
