from odoo import fields, models

MUTING = [
    ("all", "All activities"),
    ("tracks", "Track activities only"),
    ("none", "None"),
]


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_tracks_mute_lost = fields.Selection(
        MUTING,
        string="When Lost",
        default="all",
        config_parameter="crm_tracks.mute_lost",
    )
    crm_tracks_mute_won = fields.Selection(
        MUTING, string="When Won", default="all", config_parameter="crm_tracks.mute_won"
    )
    crm_tracks_mute_archived = fields.Selection(
        MUTING,
        string="When Archived",
        default="all",
        config_parameter="crm_tracks.mute_archived",
    )
