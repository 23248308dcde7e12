from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

from ...tools.field_values import may_be_shown


class TrackTaskMixin(models.AbstractModel):
    """What users have to provide before they can complete a task.

    When it is asked for, and from whom, is decided in ``run/requirements.py``.
    """

    _inherit = "track.task.mixin"

    require_feedback = fields.Boolean(
        help="Users can complete the task only with feedback."
    )
    required_fields = fields.Char(
        help="Fields of the record that must have a value before users can complete "
        "the task. For export and import: their technical names, with commas between "
        "them. A number of 0 and an unchecked checkbox count as empty.",
    )

    def _get_required_fields(self):
        """The names of the record's fields that this task requires.

        :return: list of str, in the order in which they were entered
        """
        self.ensure_one()
        names = (name.strip() for name in (self.required_fields or "").split(","))
        return list(dict.fromkeys(name for name in names if name))

    def _get_requirements_text(self):
        """Describe what this task requires: “needs a note and Expected Closing”.

        :return: str, empty if it requires nothing
        """
        self.ensure_one()
        names = self._get_required_fields()
        if not (self.require_feedback or names):
            return ""
        # None without a model, as in a form in which none was selected yet
        model = self._get_target_model() if names else None
        labels = names if model is None else self._get_field_labels(model, names)
        return self.env._(
            "needs %s", self._list_required(self.require_feedback, labels)
        )

    @api.model
    def _list_required(self, with_note, labels):
        """What is required, as a list within a sentence: “a note and Expected Closing”.

        :param bool with_note: whether feedback is required
        :param labels: list of str, of the fields
        :return: str
        """
        return format_list(self.env, [self.env._("a note")] * with_note + labels)

    @api.model
    def _get_field_labels(self, records, names):
        """The labels of these fields, as far as the reader may know them.

        :param records: of the fields' model, in the environment of the reader
        :param names: list of str; fields that were removed are left out
        :return: list of str; one text stands for all fields that are hidden
        """
        found = [records._fields[name] for name in names if name in records._fields]
        may_read = records.has_access("read")
        shown = [field for field in found if may_read and may_be_shown(records, field)]
        labels = [field._description_string(self.env) for field in shown]
        if len(shown) < len(found):
            labels.append(self.env._("fields with restricted access"))
        return labels


class TrackLine(models.Model):
    _inherit = "track.line"

    @api.onchange("action")
    def _onchange_action_requirements(self):
        if self._is_automated():
            self.require_feedback = False
            self.required_fields = False

    @api.constrains("action", "require_feedback", "required_fields")
    def _check_requirements(self):
        for line in self:
            if line._is_automated() and (line.require_feedback or line.required_fields):
                raise ValidationError(
                    self.env._(
                        "“%s” is automated, so no user completes it. Remove its "
                        "required feedback and fields.",
                        line._get_label(),
                    )
                )

    def _check_author_of_requirements(self):
        """Refuse required fields that do not exist, or that the author may not read.

        :raise ValidationError: in a sentence that names the field
        """
        model = self._get_target_model()
        for name in self._get_required_fields() if model is not None else ():
            field = model._fields.get(name)
            if field is None:
                raise ValidationError(
                    self.env._(
                        "“%(task)s” requires “%(field)s”, which is no field of "
                        "%(model)s. Select another field.",
                        task=self._get_label(),
                        field=name,
                        model=self.env["ir.model"]._get(model._name).sudo().name,
                    )
                )
            if not (
                self.env.su
                or (model.has_access("read") and model._has_field_access(field, "read"))
            ):
                raise ValidationError(
                    self.env._(
                        "You do not have permission to read “%(field)s” of %(model)s, "
                        "which “%(task)s” requires. Select another field.",
                        task=self._get_label(),
                        field=field._description_string(self.env),
                        model=self.env["ir.model"]._get(model._name).sudo().name,
                    )
                )
