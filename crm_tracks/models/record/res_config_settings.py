from odoo import fields, models

MUTING = [
    ("all", "All activities"),
    ("tracks", "The tracks' activities only"),
    ("none", "None"),
]


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_tracks_mute_lost = fields.Selection(
        MUTING,
        string="When lost",
        default="all",
        config_parameter="crm_tracks.mute_lost",
    )
    crm_tracks_mute_won = fields.Selection(
        MUTING, string="When won", default="all", config_parameter="crm_tracks.mute_won"
    )
    crm_tracks_mute_archived = fields.Selection(
        MUTING,
        string="When archived",
        default="all",
        config_parameter="crm_tracks.mute_archived",
    )
