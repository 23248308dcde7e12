from odoo import api, fields, models
from odoo.exceptions import ValidationError


class TrackLine(models.Model):
    """One task of a track template."""

    _name = "track.line"
    _description = "Track Template Task"
    _inherit = ["track.task.mixin"]
    _order = "template_id, sequence, id"

    template_id = fields.Many2one(
        "track.template", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="template_id.company_id")
    direction = fields.Selection(related="template_id.direction")
    icon = fields.Char(related="activity_type_id.icon")

    @api.onchange("activity_type_id")
    def _onchange_activity_type_id(self):
        self.summary = self.summary or self.activity_type_id.summary
        self.note = self.note or self.activity_type_id.default_note

    @api.onchange("responsible_type")
    def _onchange_responsible_type(self):
        if self.responsible_type != "user":
            self.responsible_id = False

    @api.constrains(
        "template_id",
        "sequence",
        "delay_from",
        "responsible_type",
        "responsible_id",
        "activity_type_id",
    )
    def _check_template(self):
        self.template_id._check_tasks()

    @api.constrains("responsible_id")
    def _check_responsible_id(self):
        for line in self:
            user = line.responsible_id
            if user and not user._tracks_can_be_assigned():
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot be responsible for “%(task)s” in "
                        "“%(template)s”: choose an active internal user.",
                        user=user.sudo().name,
                        task=line._get_label(),
                        template=line.template_id.name,
                    )
                )

    def unlink(self):
        templates = self.template_id
        result = super().unlink()
        templates.exists()._check_tasks()
        return result

    def _get_siblings(self):
        return self.template_id.line_ids.sorted(
            lambda line: (line.sequence, line._origin.id or float("inf"))
        )

    def _get_one_before(self):
        """The task before this one, which it waits for if it waits; None if first."""
        self.ensure_one()
        siblings = list(self._get_siblings())
        # the dialog that applies a template shows its tasks as new records
        known = self if self in siblings else self._origin
        place = siblings.index(known) if known in siblings else 0
        return siblings[place - 1] if place else None

    def _get_first_date(self, start_date, end_date, working_days):
        """The date of a track's first task, which has nothing to wait for (rule 8).

        The parameters are those of :meth:`_get_known_date`.

        :return: ``date``; from the start where the task was to follow another one
        """
        return self._get_known_date(start_date, end_date, working_days) or self._shift(
            start_date, working_days
        )

    def _is_type_applicable(self):
        type_model = self.activity_type_id.res_model
        models = set(self.template_id.sudo().res_model_ids.mapped("model"))
        return not type_model or models == {type_model}

    def _prepare_run_line_vals(self):
        """The values of a track's own copy of this task, dates and state apart."""
        self.ensure_one()
        return {
            "line_id": self.id,
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
        }
