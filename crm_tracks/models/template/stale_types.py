from odoo import api, fields, models

from ...tools.words import quote


class TrackTaskMixin(models.AbstractModel):
    """Activity types that became stale: archived, or bound to another model, after they
    were selected. No view shows activities of such a type.

    New activities get the default type instead. A hint on the template says so, and no
    operation is refused because of it.
    """

    _inherit = "track.task.mixin"

    def _has_stale_type(self):
        """Whether the activity type of this task has become stale."""
        self.ensure_one()
        activity_type = self.activity_type_id
        return bool(activity_type) and not (
            activity_type.active and self._is_type_applicable()
        )

    def _filter_stale_type(self):
        """Those of these tasks whose activity type has become stale."""
        # only a type that is archived, or for one model, can be
        doubtful = self.activity_type_id.filtered(
            lambda kind: kind.res_model or not kind.active
        )
        return self.filtered(
            lambda task: task.activity_type_id in doubtful and task._has_stale_type()
        )

    def _is_type_applicable(self):
        """Whether this task's activity type fits the records of its parent."""
        type_model = self.activity_type_id.res_model
        return not type_model or self._get_type_models() == {type_model}

    def _get_type_models(self):
        """The models for which the activity type of this task has to be.

        :return: set of names; empty if it has to be for all of them
        """
        raise NotImplementedError

    def _prepare_type_vals(self):
        """The activity type and the summary for a copy of this task.

        A stale type is left out, so that the default type is used. Its name becomes the
        summary if the task has none.

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


class TrackLine(models.Model):
    _inherit = "track.line"

    def _get_type_models(self):
        # sudo: only Tracks administrators may read which models a template is for
        return set(self.template_id.sudo().res_model_ids.mapped("model"))


class TrackTemplate(models.Model):
    _inherit = "track.template"

    type_hint = fields.Char(
        string="Hint on Archived Types", compute="_compute_type_hint"
    )

    @api.depends(
        "line_ids.activity_type_id.active",
        "line_ids.activity_type_id.res_model",
        "res_model_ids",
    )
    def _compute_type_hint(self):
        for template in self:
            lines = template.line_ids.sorted()._filter_stale_type()
            template.type_hint = bool(lines) and self.env._(
                "Tasks whose activity type is archived or for other records use the "
                "default type: %s. Select other types.",
                ", ".join(
                    self.env._(
                        "%(task)s (%(type)s)",
                        task=quote(self.env, line._get_label()),
                        type=line.activity_type_id.name,
                    )
                    for line in lines
                ),
            )
