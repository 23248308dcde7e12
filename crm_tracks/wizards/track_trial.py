from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.dates import get_today


class TrackTrial(models.TransientModel):
    """The dialog that shows how a template would run on a record.

    It has no button that saves anything: the record and the dates are entered only, and
    the preview is computed from them.
    """

    _name = "track.trial"
    _description = "Try a Template"
    _inherit = ["track.guard"]

    template_id = fields.Many2one("track.template", required=True, ondelete="cascade")
    direction = fields.Selection(related="template_id.direction")
    options_text = fields.Char(related="template_id.options_text")
    available_model_ids = fields.Many2many(
        "ir.model", string="Available Models", compute="_compute_available_model_ids"
    )
    model_count = fields.Integer(compute="_compute_available_model_ids")
    model_id = fields.Many2one(
        "ir.model",
        compute="_compute_model_id",
        compute_sudo=False,  # by what the user may read
        store=True,
        readonly=False,
        ondelete="cascade",
        domain="[('id', 'in', available_model_ids)]",
    )
    res_model = fields.Char(string="Model Name", related="model_id.model")
    res_id = fields.Many2oneReference(
        string="Record",
        model_field="res_model",
        compute="_compute_res_id",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    start_date = fields.Date(
        compute="_compute_dates", compute_sudo=False, store=True, readonly=False
    )
    end_date = fields.Date(
        compute="_compute_dates", compute_sudo=False, store=True, readonly=False
    )
    preview = fields.Json(compute="_compute_preview")
    warning = fields.Text(compute="_compute_preview")
    problem = fields.Char(compute="_compute_preview")

    @api.depends("template_id")
    @api.depends_context("uid")
    def _compute_available_model_ids(self):
        for trial in self:
            models = trial.template_id._get_trial_models()
            trial.available_model_ids = models
            trial.model_count = len(models)

    @api.depends("template_id")
    def _compute_model_id(self):
        for trial in self:
            models = trial.template_id._get_trial_models()
            with_records = filter(self._find_latest, models)
            trial.model_id = next(with_records, models[:1])

    @api.depends("model_id")
    def _compute_res_id(self):
        for trial in self:
            trial.res_id = self._find_latest(trial.model_id)

    @api.model
    def _find_latest(self, model):
        """The id of the record that was created last, of those that the user may read.

        :param model: ``ir.model``, which may be empty
        :return: int, or False without such a record
        """
        # sudo: only the name of the model
        records = self.env.get(model.sudo().model)
        if records is None or not records.has_access("read"):
            return False
        return records.search([], order="id DESC", limit=1).id

    @api.depends("template_id", "res_model", "res_id")
    def _compute_dates(self):
        for trial in self:
            template = trial.template_id
            counts_back = template.direction == "end"
            company = template.company_id or self.env.company
            entered = template._get_given_day(trial.start_date, trial.end_date)
            day = trial._find_field_day() if template.date_field else entered
            today = get_today(self.env, company)
            trial.start_date = not counts_back and (day or today)
            trial.end_date = counts_back and (day or template.preview_date)

    def _find_field_day(self):
        """The day in the field of the record that dates the template.

        :return: ``date``, or None if it is empty, or the user may not read it
        """
        if not (self.res_model and self.res_id):
            return None
        record = self.env[self.res_model].browse(self.res_id).exists()
        record = record._filtered_access("read")
        days, _reasons = self.template_id._find_field_days(record)
        return days.get(record)

    @api.depends(
        "template_id", "model_count", "res_model", "res_id", "start_date", "end_date"
    )
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_preview(self):
        for trial in self:
            trial.preview = trial.warning = trial.problem = False
            if trial.template_id and not trial.model_count:
                trial.problem = self.env._(
                    "You do not have permission to read the records to which "
                    "“%s” applies. Ask an administrator for access.",
                    trial.template_id.display_name,
                )
            if not (trial.template_id and trial.res_id):
                continue
            try:
                trial.warning, trial.preview = trial._get_preview()
            except UserError as error:
                trial.problem = str(error)

    def _get_preview(self):
        """The preview, with the date that the template needs.

        :return: (str, list of dicts, as of ``track.template._get_preview_rows``)
        """
        counts_back = self.direction == "end"
        warnings, rows = self.template_id._preview_on(
            self.template_id._check_trial_record(self.res_model, self.res_id),
            None if counts_back else self.start_date,
            self.end_date if counts_back else None,
        )
        return "\n".join(warnings), rows
