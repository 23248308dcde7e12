from odoo import api, models

from ...tools.transaction import get_block_value


class MailMessage(models.Model):
    """The messages that tracks log and send are created together (``insert.py``)."""

    _name = "mail.message"
    _inherit = ["mail.message", "track.insert.mixin"]

    @api.model
    def _are_created_together(self, rows):
        return _is_of_tracks(self.env) and super()._are_created_together(rows)


class MailMail(models.Model):
    """So are their e-mails."""

    _name = "mail.mail"
    _inherit = ["mail.mail", "track.insert.mixin"]

    @api.model
    def _are_created_together(self, rows):
        return _is_of_tracks(self.env) and super()._are_created_together(rows)


def _is_of_tracks(env):
    """Whether a track acts; other messages are none of our business."""
    return bool(get_block_value(env, "crm_tracks.causes"))
