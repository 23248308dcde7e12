from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.deferral import defer, deferring
from ...tools.note_files import copy_note_files
from ...tools.readable_relation import ReadableOne2many
from ...tools.states import NOT_ENDED


class TrackTemplate(models.Model):
    """The definition of a track: a sequence of tasks that a business repeats.

    A template counts forwards (``direction = start``: each task is due some time after
    the start, or after the previous task is done) or backwards (``direction = end``:
    each task is due some time before an end date, asked for when it is applied).

    Applying it copies its tasks into a ``track.run``. Later changes of the template
    affect only tracks that start afterwards.
    """

    _name = "track.template"
    _description = "Track Template"
    _inherit = ["track.options.mixin", "track.guard"]
    _order = "sequence, name, id"

    # Fields that decide whether a task fits its template, and fields with other checks
    # at the end of a save.
    _FIT_FIELDS = frozenset(("res_model_ids", "company_id", "direction"))
    _CHECKED_FIELDS = _FIT_FIELDS | {"line_ids", "goal", "date_field"}

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", help="Leave empty to offer this template in every company."
    )
    res_model_ids = fields.Many2many(
        "ir.model",
        "track_template_ir_model_rel",
        "template_id",
        "model_id",
        string="Applies To",
        domain=[("is_mail_activity", "=", True), ("transient", "=", False)],
        groups="crm_tracks.group_track_manager",
        help="Leave empty to offer this template on all records with activities.",
    )
    line_ids = fields.One2many("track.line", "template_id", string="Tasks", copy=True)
    run_ids = ReadableOne2many(
        "track.run", "template_id", string="Tracks", exportable=False
    )
    line_count = fields.Integer(string="Task Count", compute="_compute_line_count")
    running_count = fields.Integer(
        string="Running Tracks", compute="_compute_running_count"
    )

    @api.depends("name", "direction")
    def _compute_display_name(self):
        for template in self:
            suffix = " …" if template.direction == "end" else ""
            template.display_name = f"{template.name or ''}{suffix}"

    @api.depends("line_ids")
    def _compute_line_count(self):
        for template in self:
            template.line_count = len(template.line_ids)

    @api.depends("run_ids.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_running_count(self):
        counts = dict(
            self.env["track.run"]._read_group(
                [
                    ("template_id", "in", self.ids),
                    ("state", "in", NOT_ENDED),
                ],
                ["template_id"],
                ["__count"],
            )
        )
        for template in self:
            template.running_count = counts.get(template._origin, 0)

    @api.onchange("direction")
    def _onchange_direction(self):
        is_stored = self.direction == self._origin.direction
        for line in self.line_ids:
            if is_stored and line._origin:
                # the direction was switched back: restore the stored values
                line.delay_from = line._origin.delay_from
                line.responsible_type = line._origin.responsible_type
                for name in line._RESPONSIBLE_FIELDS.values():
                    line[name] = line._origin[name]
            elif self.direction == "end":
                line.delay_from = "end"
                if line.responsible_type == "previous":
                    line.responsible_type = "owner"
            elif line.delay_from == "end":
                line.delay_from = "start"

    @api.constrains("res_model_ids")
    def _check_res_model_ids(self):
        for template in self.sudo():
            for model in template.res_model_ids:
                if not model.is_mail_activity or model.transient:
                    raise ValidationError(
                        self.env._(
                            "“%(model)s” does not support activities, so "
                            "“%(template)s” cannot apply to it. Select another model.",
                            model=model.name,
                            template=template.name,
                        )
                    )

    @api.constrains("ahead_days")
    def _check_ahead_days(self):
        for template in self:
            if template.ahead_days < 0:
                raise ValidationError(
                    self.env._(
                        "The days ahead of “%s” are negative. Enter 0 or more.",
                        template.name,
                    )
                )

    @api.constrains("company_id", "direction", "line_ids")
    def _check_tasks(self):
        """Refuse tasks that could never be dated or assigned.

        The rows of a form are saved one by one, so their order may be invalid in
        between: while a template is being written, only its final state is checked.
        """
        for template in self - defer(self, "_check_tasks"):
            lines = template.line_ids.sorted()
            lines._check_count(template, len(lines))
            for line in lines:
                line._check_in_parent(template, is_first=line == lines[0])
            lines.filtered("has_outcomes").outcome_ids._check_targets()

    # ------------------------------------------------------------------
    # CRUD: every step of a save, in its order
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.browse().check_access("create")
        self._forget_next_templates(vals_list)
        templates = super().create(
            [self._prepare_saved_vals(vals) for vals in vals_list]
        )
        # the models may have been saved after the tasks
        templates._check_saved_models()
        return templates

    def write(self, vals):
        self.check_access("write")
        vals = self._prepare_saved_vals(vals)
        self._forget_next_templates([vals])
        if not self._CHECKED_FIELDS & vals.keys():
            return super().write(vals)
        fits = self._FIT_FIELDS & vals.keys()
        misfits = self._get_incompatible_lines() if fits else None
        # sudo: only Tracks administrators may read which models a template is for
        models = {template: template.sudo().res_model_ids for template in self}
        with deferring(self):
            result = super().write(vals)
        if "company_id" in vals:
            # The ORM applies the record rules to the stored values before the write.
            # Apply them to the new values too, as after a create.
            self.check_access("write")
        if fits:
            self._check_newly_incompatible(misfits)
        self.filtered(
            lambda template: template.sudo().res_model_ids != models[template]
        )._check_saved_models()
        if "goal" in vals:
            self._check_author_of_goal()
        if "date_field" in vals:
            self._check_author_of_date_field()
        return result

    def copy(self, default=None):
        copies = super().copy(default)
        for template, copy in zip(self, copies, strict=True):
            # files in a note are deleted with the task from which the note was copied
            copy_note_files(
                zip(template.line_ids.sorted(), copy.line_ids.sorted(), strict=False)
            )
        return copies

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if "name" not in (default or {}):
            for template, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%s (copy)", template.name)
        return vals_list

    def _get_template(self):
        """The template that this belongs to: itself."""
        return self

    @api.model
    def _prepare_saved_vals(self, vals):
        """Convert these values to the stored ones, without changing the caller's dict.

        An addon that accepts other names for values converts them here.
        """
        return self._take_conditions(self._take_model_names(vals), ("goal",))

    def _check_saved_models(self):
        """Check what depends on the models of these templates, after they were saved.

        The permissions of an author differ from model to model.
        """
        self._check_author_of_goal()
        self._check_author_of_date_field()
        self.line_ids._check_author()
        self.line_ids.update_ids._check_value()

    # ------------------------------------------------------------------
    # What fits
    # ------------------------------------------------------------------

    def _get_incompatible_lines(self):
        """The tasks of these templates that do not fit them.

        :return: ``track.line``
        """
        return self.line_ids.filtered(
            lambda line: line._get_incompatibility(line.template_id) is not None
        )

    def _check_newly_incompatible(self, known):
        """Refuse tasks that no longer fit after a save, for example of the company.

        Tasks that did not fit before (their activity type was archived) are shown as a
        hint and do not prevent a save.

        :param known: the ``track.line`` that did not fit before
        :raise ValidationError: in a sentence that names the task
        """
        for line in self._get_incompatible_lines() - known:
            line._check_compatible(line.template_id)

    def action_view_runs(self):
        """Open the tracks that were started from this template."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_tracks.track_run_action"
        )
        action["domain"] = [("template_id", "in", self.ids)]
        action["context"] = {}
        return action

    def _prepare_run_vals(self):
        """The values that a track copies from its template when it starts."""
        self.ensure_one()
        return {"template_id": self.id, **self._prepare_option_vals()}
