from odoo import models
from odoo.tools.sql import column_exists


class IrModel(models.Model):
    _inherit = "ir.model"

    def unlink(self):
        self.check_access("unlink")
        # While this addon is uninstalled, its fields are deleted before its models.
        if column_exists(self.env.cr, "track_template", "active"):
            self._tracks_archive_templates()
        return super().unlink()

    def _tracks_archive_templates(self):
        """Archive the templates whose last model is uninstalled.

        Without models they would apply to all models.
        """
        # sudo: users who uninstall apps need not be Tracks administrators
        templates = (
            self.env["track.template"]
            .sudo()
            .search([("res_model_ids", "in", self.ids)])
            .filtered(lambda template: template.res_model_ids <= self)
        )
        templates.active = False
