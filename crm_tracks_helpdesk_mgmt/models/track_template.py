from odoo import api, models


class TrackTemplate(models.Model):
    _inherit = "track.template"

    @api.model
    def _get_case_models(self):
        return ["helpdesk.ticket", *super()._get_case_models()]
