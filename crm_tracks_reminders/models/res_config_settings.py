from odoo import fields, models

from .res_users import DIGESTS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    track_digest = fields.Selection(
        DIGESTS,
        string="Default Morning E-Mail",
        default="none",
        config_parameter="crm_tracks_reminders.digest",
    )
