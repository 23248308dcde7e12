from odoo import api, fields, models

from ...tools.words import quote


class TrackTaskMixin(models.AbstractModel):
    """Activity types that were archived, or bound to a model that a task does not fit,
    since they were chosen: no view has a place for activities of such a type.

    New activities get the default type instead, the template says so, and nothing is
    refused because of them.
    """

    _inherit = "track.task.mixin"

    def _has_stale_type(self):
        """Whether no view would show activities of this task's type by now."""
        self.ensure_one()
        activity_type = self.activity_type_id
        return bool(activity_type) and not (
            activity_type.active and self._is_type_applicable()
        )

    def _prepare_type_vals(self):
        """The activity type for a copy of this task, and the words that go with it.

        A type that went stale is left out, in favour of the default one; what it was
        called still says what is to be done.

        :return: dict
        """
        self.ensure_one()
        if not self._has_stale_type():
            return {
                "activity_type_id": self.activity_type_id.id,
                "summary": self.summary,
            }
        name = self.activity_type_id.summary or self.activity_type_id.name
        return {"activity_type_id": False, "summary": self.summary or name}


class TrackTemplate(models.Model):
    _inherit = "track.template"

    type_hint = fields.Char(compute="_compute_type_hint")

    @api.depends(
        "line_ids.activity_type_id.active",
        "line_ids.activity_type_id.res_model",
        "res_model_ids",
    )
    def _compute_type_hint(self):
        for template in self:
            lines = template.line_ids.sorted().filtered(
                lambda line: line._has_stale_type()
            )
            template.type_hint = bool(lines) and self.env._(
                "The activity types of these tasks were archived, or are for other "
                "records now, so the default type is used: %s. Select other types.",
                ", ".join(
                    self.env._(
                        "%(task)s (%(type)s)",
                        task=quote(self.env, line._get_label()),
                        type=line.activity_type_id.name,
                    )
                    for line in lines
                ),
            )
