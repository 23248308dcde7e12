from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.mail.tools.parser import parse_res_ids

from ..tools.dates import get_today
from ..tools.notification import notify
from ..tools.states import NOT_ENDED
from ..tools.words import list_names


class TrackApply(models.TransientModel):
    """The dialog that applies a template to one record or to several from a list.

    Records to which the template cannot be applied are left out; the dialog lists them
    with the reason. The templates to choose from and the preview are in
    ``track_apply_choices.py``.
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
    start_date = fields.Date(default=lambda self: get_today(self.env, self.env.company))
    end_date = fields.Date()
    name = fields.Char(compute="_compute_name", store=True, readonly=False)
    warning = fields.Html(compute="_compute_warning")
    applicable_count = fields.Integer(compute="_compute_warning")

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

    @api.depends("template_id", "res_model", "res_ids")
    def _compute_warning(self):
        for wizard in self:
            records = wizard._get_records()
            template = wizard.template_id
            wizard.applicable_count = len(records)
            wizard.warning = False
            if not template:
                continue
            obstacles = template._get_obstacles(records)
            wizard.applicable_count -= len(obstacles)
            parts = wizard._format_left_out(obstacles)
            running = self.env["track.run"].search(
                [
                    ("template_id", "=", template.id),
                    ("res_model", "=", wizard.res_model),
                    ("res_id", "in", records.ids),
                    ("state", "in", NOT_ENDED),
                ]
            )
            running_ids = set(running.mapped("res_id"))
            running_on = records.filtered(
                lambda record, ids=running_ids, obstacles=obstacles: (
                    record.id in ids and record not in obstacles
                )
            )
            if running_on:
                parts.append(wizard._format_running(running, running_on))
            if parts:
                wizard.warning = Markup("<br/>").join(parts)

    def _format_running(self, running, running_on):
        """The sentence that names the records on which the template is running.

        :param running: the ``track.run``
        :param running_on: their records
        :return: str
        """
        values = {
            "template": self.template_id.display_name,
            "records": self._format_names(running_on),
        }
        if len(running) == 1:
            return self.env._(
                "“%(template)s” is already running on %(records)s (%(progress)s done).",
                **values,
                progress=running.progress_text,
            )
        return self.env._("“%(template)s” is already running on %(records)s.", **values)

    def _format_left_out(self, obstacles):
        """A sentence for each reason why records are left out.

        :param dict obstacles: as from ``track.template._get_obstacles``
        :return: list of str
        """
        by_reason = {}
        for record, reason in obstacles.items():
            by_reason.setdefault(reason, []).append(record.id)
        records = self.env[self.res_model] if self.res_model else None
        return [
            self.env._(
                "Left out: %(records)s (%(reason)s).",
                reason=reason,
                records=self._format_names(records.browse(ids)._filtered_access("read"))
                or self._format_count(len(ids)),
            )
            for reason, ids in by_reason.items()
        ]

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
        obstacles = self.template_id._get_obstacles(records)
        left_out = self._format_left_out(obstacles)
        applicable = records.filtered(lambda record: record not in obstacles)
        if not applicable:
            raise UserError(
                "\n".join(left_out)
                or self.env._("The records no longer exist. Select other records.")
            )
        applicable._tracks_apply_chosen(
            self.template_id,
            start_date=self.start_date if self.direction == "start" else None,
            end_date=self.end_date,
            name=self.name,
            choices=self.template_id._parse_choices(self.choices),
            previous_run=self.previous_run_id,
        )
        if len(records) == 1:
            return {"type": "ir.actions.act_window_close"}
        message = " ".join([self._format_applied(len(applicable)), *left_out])
        return notify("warning" if left_out else "success", message)
