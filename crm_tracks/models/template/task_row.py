from odoo import api, fields, models


class TrackTaskMixin(models.AbstractModel):
    """What can be selected for a task, by its place in a template or track."""

    _inherit = "track.task.mixin"

    @api.model
    def _get_possible_delay_from(self, direction, is_first):
        """The values of “Counted From” with which a task can be dated.

        :param str direction: of the template or track
        :param bool is_first: whether the task is the first one
        :return: list of values
        """
        if direction == "end":
            return ["end"]
        return ["start"] if is_first else ["start", "previous"]

    @api.model
    def _get_possible_responsible(self, direction, is_first):
        """The values of “Responsible” with which a task can be assigned.

        :param str direction: of the template or track
        :param bool is_first: whether the task is the first one
        :return: list of values
        """
        values = self._fields["responsible_type"].get_values(self.env)
        waits = direction == "start" and not is_first
        return [value for value in values if value != "previous" or waits]


class TrackLine(models.Model):
    """A task as a row of its template's form.

    A row is read as texts and edited in place; the form of the task folds out below it
    (``static/src/track_tasks``).
    """

    _inherit = "track.line"

    possible_delay_from = fields.Json(
        compute="_compute_possible", exportable=False, string="Possible Counts"
    )
    possible_responsible = fields.Json(
        compute="_compute_possible", exportable=False, string="Possible Responsibles"
    )

    @api.depends(
        "template_id.direction",
        "template_id.line_ids.sequence",
        "template_id.res_model_ids",
    )
    def _compute_possible(self):
        before = self._get_ones_before()
        for line in self:
            place = (line.template_id.direction, before[line] is None)
            line.possible_delay_from = line._get_possible_delay_from(*place)
            # a field is one of a model
            has_one_model = line._get_target_model() is not None
            line.possible_responsible = [
                value
                for value in line._get_possible_responsible(*place)
                if value != "field" or has_one_model
            ]

    @api.onchange("template_id")
    def _onchange_template_id(self):
        """Propose the place and the delay of a new task, by the unsaved template.

        This cannot be in the context of the view, which does not know the rows.
        """
        if self._origin or not self.template_id:
            return
        last = (self._get_siblings() - self)[-1:]
        if last:
            self.sequence = last.sequence + 1
        is_end = self.template_id.direction == "end"
        if last or is_end:
            self.delay_count = 1
            # a template counts in weekdays, or it does not
            self.delay_unit = "weekdays" if last.delay_unit == "weekdays" else "days"
        self.delay_from = "end" if is_end else "previous" if last else "start"

    @api.onchange("activity_type_id")
    def _onchange_activity_type_id(self):
        """Leave a new task of the default type without words, for its author to write.

        Otherwise a row in which nothing was entered would be a task.
        """
        is_empty = not self._origin and not self.summary
        default = self.env.context.get("default_activity_type_id")
        result = super()._onchange_activity_type_id()
        if is_empty and self.activity_type_id.id == default:
            self.summary = False
        return result


class TrackTemplate(models.Model):
    _inherit = "track.template"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Put the form of a task into the list of tasks, which folds it out.

        Odoo does so with lists and kanbans of relational fields, but not with forms.
        """
        arch, view = super()._get_view(view_id, view_type, **options)
        for node in arch.xpath(
            "//field[@name='line_ids'][@widget='track_tasks'][not(form)]"
        ):
            # the context names a form for the template, not for its tasks
            lines = self.env["track.line"].with_context(form_view_ref=None)
            node.append(lines._get_view(view_type="form")[0])
        return arch, view
