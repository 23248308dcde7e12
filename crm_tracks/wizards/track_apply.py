from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.mail.tools.parser import parse_res_ids

from ..tools.words import list_names


class TrackApply(models.TransientModel):
    """The dialog that applies a template to one record or to several from a list.

    The templates to choose from and the preview are in ``track_apply_choices.py``, the
    dates in ``track_apply_dates.py``, the records that are left out in
    ``track_apply_records.py``.
    """

    _name = "track.apply"
    _description = "Apply a Track"
    _inherit = ["track.guard"]

    # The number of records that a message names; the others are only counted.
    _NAMED = 10

    res_model = fields.Char(string="Model", required=True)
    res_ids = fields.Json(string="Records", required=True)
    record_count = fields.Integer(compute="_compute_records")
    record_names = fields.Char(string="Apply To", compute="_compute_records")
    available_template_ids = fields.Many2many(
        "track.template", compute="_compute_available_template_ids"
    )
    template_id = fields.Many2one(
        "track.template",
        required=True,
        ondelete="cascade",
        domain="[('id', 'in', available_template_ids)]",
    )
    direction = fields.Selection(related="template_id.direction")
    options_text = fields.Char(related="template_id.options_text")
    previous_run_id = fields.Many2one(
        "track.run", string="Previous Track", ondelete="set null"
    )
    name = fields.Char(compute="_compute_name", store=True, readonly=False)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        context = self.env.context
        if "res_model" in fields_list and not values.get("res_model"):
            values["res_model"] = context.get("active_model")
        if "res_ids" in fields_list and not values.get("res_ids"):
            values["res_ids"] = parse_res_ids(context.get("active_ids"), self.env) or [
                context.get("active_id")
            ]
        return values

    def _get_records(self):
        """The selected records that still exist, of a model that can have tracks.

        :raise UserError: when there is no such model
        """
        self.ensure_one()
        model = self.env["track.run"]._check_can_have_tracks(self.res_model)
        ids = self.res_ids if isinstance(self.res_ids, list) else []
        if not all(type(id_) is int for id_ in ids):
            raise UserError(
                self.env._(
                    "No valid records are selected. Select the records in their list."
                )
            )
        return model.browse(dict.fromkeys(ids)).exists()

    @api.depends("res_model", "res_ids")
    def _compute_records(self):
        for wizard in self:
            records = wizard._get_records()._filtered_access("read")
            wizard.record_count = len(records)
            wizard.record_names = wizard._format_names(records)

    def _format_names(self, records):
        names = records[: self._NAMED].mapped("display_name")
        return list_names(self.env, names, len(records))

    def _format_count(self, count):
        return self.env._("1 record") if count == 1 else self.env._("%s records", count)

    @api.depends("res_model", "res_ids")
    def _compute_available_template_ids(self):
        for wizard in self:
            wizard.available_template_ids = self.env[
                "track.template"
            ]._search_applicable(wizard._get_records()._filtered_access("read"))

    @api.depends("template_id")
    def _compute_name(self):
        for wizard in self:
            wizard.name = wizard.template_id.name

    def _format_applied(self, count):
        """The sentence that says to how many records the template was applied."""
        if count == 1:
            return self.env._(
                "“%(template)s” was applied to 1 record.",
                template=self.template_id.name,
            )
        return self.env._(
            "“%(template)s” was applied to %(count)s records.",
            template=self.template_id.name,
            count=count,
        )

    def action_apply(self):
        """Apply the template to all records without an obstacle.

        :return: an action that closes the dialog and, for several records, shows a
            notification
        :raise UserError: when every record has an obstacle
        """
        self.ensure_one()
        records = self._get_records()
        obstacles = self._get_obstacles(records)
        left_out = self._format_left_out(obstacles)
        applicable = records.filtered(lambda record: record not in obstacles)
        if not applicable:
            raise UserError(
                "\n".join(left_out)
                or self.env._("The records no longer exist. Select other records.")
            )
        runs = applicable._tracks_apply_chosen(
            self.template_id,
            **self._get_dates(),
            name=self.name,
            choices=self.template_id._parse_choices(self.choices),
            previous_run=self.previous_run_id,
        )
        return self._show_applied(runs, left_out)

    def _show_applied(self, runs, left_out):
        """An action that closes the dialog and says what was done.

        Its notification leads to the new tracks, and takes them back.

        :param runs: the new ``track.run``
        :param left_out: list of str, as of :meth:`_format_left_out`
        """
        return {
            "type": "ir.actions.client",
            "tag": "crm_tracks_applied",
            "params": {
                "type": "warning" if left_out else "success",
                "message": " ".join([self._format_applied(len(runs)), *left_out]),
                "run_ids": runs.ids,
            },
        }
