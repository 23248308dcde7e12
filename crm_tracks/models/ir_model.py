from odoo import models


class IrModel(models.Model):
    _inherit = "ir.model"

    def unlink(self):
        # A template without models is offered for all of them: one whose last model
        # goes with its app is archived instead.
        # sudo: apps are uninstalled by people who need not manage tracks
        templates = (
            self.env["track.template"]
            .sudo()
            .search([("res_model_ids", "in", self.ids)])
            .filtered(lambda template: template.res_model_ids <= self)
        )
        templates.active = False
        return super().unlink()
