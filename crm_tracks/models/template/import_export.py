from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class TrackTemplate(models.Model):
    """Export and import of templates, with Odoo's own tools.

    A model has an external id from each addon that extends it, and an export uses any
    of them. The technical name of a model is the same in every database.
    """

    _inherit = "track.template"

    res_model_names = fields.Char(
        string="Applies To (Technical Names)",
        compute="_compute_res_model_names",
        readonly=False,
        groups="crm_tracks.group_track_manager",
        help="Technical names of the models to which the template applies, separated "
        "by commas, for export and import.",
    )

    @api.depends("res_model_ids.model")
    def _compute_res_model_names(self):
        for template in self:
            names = template.res_model_ids.mapped("model")
            template.res_model_names = ",".join(sorted(names))

    @api.model
    def _take_model_names(self, vals):
        """Replace the technical names in these values by models.

        :return: the values, without ``res_model_names``
        :raise UserError: when a model does not exist
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
                            "“%s” is not an installed model. Install its app or "
                            "remove the model.",
                            name.strip(),
                        )
                    )
                models |= model
        return {**vals, "res_model_ids": [Command.set(models.ids)]}
