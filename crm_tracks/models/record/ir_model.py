from odoo import api, models
from odoo.fields import Domain
from odoo.tools.sql import column_exists


class IrModel(models.Model):
    _inherit = "ir.model"

    # ------------------------------------------------------------------
    # Found by the names that people see
    # ------------------------------------------------------------------

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Also find models by the names that people see on the screen.

        Odoo calls opportunities “Lead”, for example. A field that selects models asks
        for these names by ``tracks_shown_names`` in its context. Models whose own name
        matches come first.
        """
        found = super().name_search(name, domain, operator, limit)
        left = limit and limit - len(found)
        if (
            not self.env.context.get("tracks_shown_names")
            or operator not in ("like", "ilike")
            or not (isinstance(name, str) and name.strip())
            or (limit and left <= 0)
        ):
            return found
        others = self.search_fetch(
            Domain(domain or Domain.TRUE)
            & Domain("model", "in", self._tracks_find_shown_as(name.strip(), operator))
            & Domain("id", "not in", [id_ for id_, _name in found]),
            ["display_name"],
            limit=left,
        )
        return found + [(model.id, model.display_name) for model in others.sudo()]

    @api.model
    def _tracks_find_shown_as(self, text, operator):
        """The models that the screen calls by a name like this, in the user's language.

        These are the names of menus and windows that the user can open, and the labels
        of fields that select one record: “Opportunities”, “Customers”, “Ticket”.

        :param str text: a part of the name
        :param str operator: ``like`` or ``ilike``
        :return: set of the names of models, which the user may not be able to read
        """
        menus = self.env["ir.ui.menu"].search(
            Domain("name", operator, text)
            & Domain("action", "=like", "ir.actions.act_window,%")
        )
        menus = menus._filter_visible_menus()
        # sudo: users open windows, but only settings administrators can read them
        windows = self.env["ir.actions.act_window"].sudo()
        opened = windows.browse([menu.action.id for menu in menus.sudo()]).exists()
        opened |= windows.search(
            Domain("name", operator, text)
            & (
                Domain("group_ids", "=", False)
                | Domain("group_ids", "in", self.env.user.all_group_ids.ids)
            )
        )
        # sudo: users see the labels of fields, but not the list of all fields
        labels = (
            self.env["ir.model.fields"]
            .sudo()
            ._read_group(
                Domain("ttype", "=", "many2one")
                & Domain("field_description", operator, text),
                ["relation"],
            )
        )
        return {*opened.mapped("res_model"), *(relation for [relation] in labels)}

    # ------------------------------------------------------------------
    # Uninstalled
    # ------------------------------------------------------------------

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
