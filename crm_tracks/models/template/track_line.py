from collections import Counter

from odoo import api, fields, models

from ...tools.deferral import defer


class TrackLine(models.Model):
    """One task of a track template."""

    _name = "track.line"
    _description = "Track Template Task"
    _inherit = ["track.task.mixin", "track.guard"]
    _order = "template_id, sequence, id"

    template_id = fields.Many2one(
        "track.template", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="template_id.company_id")
    direction = fields.Selection(related="template_id.direction")
    icon = fields.Char(related="activity_type_id.icon")

    @api.constrains("template_id", "sequence", "delay_from", "responsible_type")
    def _check_template(self):
        self.template_id._check_tasks()

    @api.constrains(
        "template_id",
        "action",
        "activity_type_id",
        "responsible_type",
        "responsible_id",
        "responsible_field",
        "responsible_role_id",
        "responsible_team_id",
        "required_fields",
    )
    def _check_saved_fit(self):
        self._check_fit()

    def _check_fit(self):
        """Refuse these saved tasks if they do not fit their template.

        Other tasks of the template are not checked: if they no longer fit, a hint says
        so, and the save is not prevented.
        """
        for line in self - defer(self, "_check_fit"):
            line._check_compatible(line.template_id)

    def _get_template(self):
        """The template that this belongs to."""
        return self.template_id

    # ------------------------------------------------------------------
    # CRUD: every step of a save, in its order
    # ------------------------------------------------------------------

    # Not in constraints, which run in sudo: the rights of the author are checked.

    @api.model_create_multi
    def create(self, vals_list):
        # before they are created, which takes long
        counts = Counter(vals.get("template_id") for vals in vals_list)
        for template_id, count in counts.items():
            if count > self._MAX_TASKS:
                template = self.env["track.template"].browse(template_id).exists()
                self._check_count(template, count)
        lines = super().create(
            [self._take_conditions(vals, ("condition",)) for vals in vals_list]
        )
        for line, vals in zip(lines, vals_list, strict=True):
            line._check_placeholders(vals, is_new=True)
        lines._check_author()
        return lines

    def write(self, vals):
        self._check_placeholders(vals)
        result = super().write(self._take_conditions(vals, ("condition",)))
        if "template_id" in vals:
            # by the record rules after the write: the template may be another company's
            self.check_access("write")
        if self._get_author_fields() & vals.keys():
            self._check_author()
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for line, vals in zip(self, vals_list, strict=True):
            if "activity_type_id" not in (default or {}):
                vals.update(line._prepare_type_vals())
            vals.update(line._prepare_copied_outcomes_vals(default or {}))
            vals.update(line._prepare_copied_texts(vals, default or {}))
        return vals_list

    def unlink(self):
        templates = self.template_id
        result = super().unlink()
        templates.exists()._check_tasks()
        return result

    @api.model
    def _get_author_fields(self):
        """The fields of a task that require rights of the author.

        :return: set of field names
        """
        return {
            "template_id",
            "action",
            "condition",
            "required_fields",
            "responsible_type",
            "responsible_field",
        } | self._get_action_fields()

    def _check_author(self):
        """Refuse actions that the author of these tasks could not do themselves, and
        fields that the author may not read.

        Deferred to the end of a save if the templates are being written: until then,
        their models may change.

        :raise AccessError: when the author may not read or select a record
        :raise ValidationError: when the author may not write a field
        """
        for line in self - defer(self, "_check_author"):
            line._check_author_of_action()
            line._check_author_of_condition()
            line._check_author_of_requirements()
            line._check_author_of_responsible()

    # ------------------------------------------------------------------
    # Its place
    # ------------------------------------------------------------------

    def _get_parent(self):
        return self.template_id

    def _get_siblings(self):
        return self.template_id.line_ids.sorted(
            lambda line: (line.sequence, line._origin.id or float("inf"))
        )

    def _get_ones_before(self):
        """The task before each of these, for which a waiting task waits.

        :return: dict, a ``track.line`` for each; None for the first of a template
        """
        before = {}
        for course in self._get_courses():
            before.update(zip(course, [None, *course][:-1], strict=True))
        # the dialog that applies a template shows its tasks as new records
        return {
            line: before[line] if line in before else before.get(line._origin)
            for line in self
        }

    @api.depends("template_id.line_ids.sequence")
    def _compute_number(self):
        return super()._compute_number()

    def _get_named_records(self):
        """The records that the descriptions of these tasks name, to read them together.

        :return: list of (empty recordset in the user's environment, list of ids)
        """
        named = []
        for line in self:
            # sudo: what the condition says is not shown
            named += line._get_named_by(line.sudo().condition)
            if line.action == "update":
                named += line._get_named_values()
        return named

    def _prepare_run_line_vals(self):
        """The values of a track's own copy of this task, dates and state apart."""
        self.ensure_one()
        settings = {"settings": self._get_settings()} if self.action == "update" else {}
        return {
            "line_id": self.id,
            "template_line_ref": self.id,
            "sequence": self.sequence,
            "summary": self.summary or self.activity_type_id.summary,
            "note": self.note or self.activity_type_id.default_note,
            "action": self.action,
            "activity_type_id": self.activity_type_id.id,
            "delay_count": self.delay_count,
            "delay_unit": self.delay_unit,
            "delay_from": self.delay_from,
            "responsible_type": self.responsible_type,
            "responsible_id": self.responsible_id.id,
            **self._prepare_option_vals(),
            **self._prepare_action_vals(),
            **self._prepare_outcomes_vals(),
            **settings,
        }

    def _prepare_new_run_line_vals(self):
        """As :meth:`_prepare_run_line_vals`, for a new task: without empty values.

        Those whose field has a default are kept.
        """
        fields_ = self.env["track.run.line"]._fields
        return {
            name: value
            for name, value in self._prepare_run_line_vals().items()
            if value or fields_[name].default is not None
        }
