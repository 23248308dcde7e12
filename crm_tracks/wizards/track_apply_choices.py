from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.dates import check_day
from ..tools.states import NOT_ENDED


class TrackApply(models.TransientModel):
    """What the dialog offers: the templates to choose from, and every task of the
    chosen one with date and assignee (``models/display/preview.py``)."""

    _inherit = "track.apply"

    template_choices = fields.Json(
        compute="_compute_template_choices", help="The templates to choose from."
    )
    choices = fields.Json(
        compute="_compute_choices",
        store=True,
        readonly=False,
        help="The tasks to leave out, and the selected assignees.",
    )
    preview = fields.Json(compute="_compute_preview")
    problem = fields.Char(compute="_compute_preview")

    @api.depends("available_template_ids")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_template_choices(self):
        for wizard in self:
            templates = wizard.available_template_ids._origin
            counts = templates._count_records()
            wizard.template_choices = [
                {
                    "id": template.id,
                    "name": template.display_name,
                    "details": wizard._format_template(template, counts[template]),
                }
                for template in templates
            ]

    def _format_template(self, template, count):
        """The details of a template: number of tasks, direction, number of records."""
        tasks = len(template.line_ids)
        parts = [
            self.env._("1 task") if tasks == 1 else self.env._("%s tasks", tasks),
            self.env._("from a start date")
            if template.direction == "start"
            else self.env._("back from an end date"),
        ]
        if count:
            parts.append(
                self.env._("runs on 1 record")
                if count == 1
                else self.env._("runs on %s records", count)
            )
        return " · ".join(parts)

    @api.depends("template_id")
    def _compute_choices(self):
        self.choices = False

    @api.depends(
        "template_id",
        "start_date",
        "end_date",
        "choices",
        "res_model",
        "res_ids",
        "leave_out_running",
        "leave_out_closed",
    )
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard.problem = False
            template = wizard.template_id
            if not template:
                continue
            try:
                wizard.preview = wizard._get_preview()
            except UserError as error:
                wizard.problem = str(error)
                wizard.preview = template._get_preview_rows([])

    def _get_preview(self):
        """Every task of the template, as it would be created.

        :return: list of dicts, as of ``track.template._get_preview_rows``
        :raise UserError: when the choices or the dates are not valid
        """
        check_day(self.env, self.start_date)
        check_day(self.env, self.end_date)
        records = self._get_records()
        template = self.template_id
        # the user may lack access to records with an obstacle
        obstacles = self._get_obstacles(records)
        records = records.filtered(lambda record: record not in obstacles)
        if self.needs_date and not self._get_entered_day():
            records = records.browse()
        previews = self.env["track.run"]._preview(
            template,
            records,
            **self._get_dates(),
            choices=template._parse_choices(self.choices),
        )
        return template._get_preview_rows(previews, records)


class TrackTemplate(models.Model):
    _inherit = "track.template"

    def _count_records(self):
        """The number of readable records on which each of these templates runs.

        :return: dict of int
        """
        counts = dict.fromkeys(self, 0)
        for template, _model, count in self.env["track.run"]._read_group(
            [("template_id", "in", self.ids), ("state", "in", NOT_ENDED)],
            ["template_id", "res_model"],
            ["res_id:count_distinct"],
        ):
            counts[template] += count
        return counts
