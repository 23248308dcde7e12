from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class TrackTemplate(models.Model):
    """Templates that go to another database, by Odoo's own export and import.

    A model has an external id from each addon that touches it, and an export takes any
    of them. Its technical name is the same everywhere.
    """

    _inherit = "track.template"

    res_model_names = fields.Char(
        string="Applies To (Technical Names)",
        compute="_compute_res_model_names",
        readonly=False,
        groups="crm_tracks.group_track_manager",
        help="The models that this template applies to, with commas between them, for "
        "export and import.",
    )

    @api.depends("res_model_ids.model")
    def _compute_res_model_names(self):
        for template in self:
            names = template.res_model_ids.mapped("model")
            template.res_model_names = ",".join(sorted(names))

    @api.model
    def _take_model_names(self, vals):
        """These values with the models in the place of their names.

        :return: the values, without ``res_model_names``
        :raise UserError: when there is no such model
        """
        if "res_model_names" not in vals:
            return vals
        vals = dict(vals)
        models = self.env["ir.model"]
        names = vals.pop("res_model_names") or ""
        if not isinstance(names, str):
            raise UserError(
                self.env._(
                    "“%s” is not a list of models. Enter their technical names, with "
                    "commas between them.",
                    names,
                )
            )
        for name in names.split(","):
            if name.strip():
                model = self.env["ir.model"]._get(name.strip())
                if not model:
                    raise UserError(
                        self.env._(
                            "“%s” is no model here: install its app, or leave it out.",
                            name.strip(),
                        )
                    )
                models |= model
        return {**vals, "res_model_ids": [Command.set(models.ids)]}
