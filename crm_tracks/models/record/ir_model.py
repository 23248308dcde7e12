from odoo import models
from odoo.tools.sql import column_exists


class IrModel(models.Model):
    _inherit = "ir.model"

    def unlink(self):
        self.check_access("unlink")
        # While this addon itself is uninstalled, its fields go before its models.
        if column_exists(self.env.cr, "track_template", "active"):
            self._tracks_archive_templates()
        return super().unlink()

    def _tracks_archive_templates(self):
        """Archive the templates whose last model goes with its app.

        Without models they would be offered for all of them.
        """
        # sudo: apps are uninstalled by people who need not manage tracks
        templates = (
            self.env["track.template"]
            .sudo()
            .search([("res_model_ids", "in", self.ids)])
            .filtered(lambda template: template.res_model_ids <= self)
        )
        templates.active = False
