from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.conditions import (
    describe_condition,
    find_hidden_field,
    get_named,
    get_used_fields,
    parse_condition,
)
from ...tools.record_names import names_read


class TrackConditionMixin(models.AbstractModel):
    """What a condition of a task and the goal of a template have in common.

    Both are domains on the record of the track, stored as texts. Users who may not read
    every field in it are not told what it says.
    """

    _name = "track.condition.mixin"
    _description = "Track Condition Mixin"

    def _get_target_model(self):
        """The only model of the records, with the rights of the user.

        :return: an empty recordset, or None where the template is for several
        """
        raise NotImplementedError

    def _format_condition(self, text):
        """Describe a condition, as far as the user may read its fields.

        :param str text: the condition
        :return: str; empty when the user may not know it, or it cannot be read
        """
        model = self._get_target_model()
        if model is None or not text:
            return ""
        model = model.sudo(False)
        try:
            domain = parse_condition(text)
            if find_hidden_field(model, domain):
                return ""
            return describe_condition(model, domain)
        except (ValueError, KeyError, UserError):
            return ""

    def _get_named_by(self, text):
        """The records that :meth:`_format_condition` names, to read them together.

        :param str text: the condition, or empty
        :return: list as of ``get_named``
        """
        model = self._get_target_model()
        if model is None or not text:
            return []
        try:
            return get_named(model.sudo(False), parse_condition(text))
        except (ValueError, KeyError):
            return []

    def _get_condition_problem(self, text):
        """Why a condition cannot be used.

        :param str text: the condition
        :return: a sentence with ``%(name)s``, or None
        """
        model = self._get_target_model()
        if model is None:
            return self.env._(
                "The condition of “%(name)s” needs exactly one model. Select one in "
                "“Applies To”."
            )
        try:
            domain = parse_condition(text)
            get_used_fields(model, domain)
            domain.validate(model.sudo())
        except KeyError as error:
            return self.env._(
                "The condition of “%(name)s” contains the field “%(field)s”, which "
                "does not exist. Select another field."
            ).replace("%(field)s", str(error.args[0]).replace("%", "%%"))
        except (ValueError, TypeError, UserError):
            return self.env._(
                "The condition of “%(name)s” cannot be evaluated. Select fields and "
                "values for it again."
            )
        return None

    def _check_condition(self, text, name):
        """Refuse a condition that cannot be used, or that its author may not read.

        :param str text: the condition, or empty
        :param str name: of the task or template, for the message
        :raise ValidationError: in one sentence
        """
        if not text:
            return
        problem = self._get_condition_problem(text)
        if problem:
            raise ValidationError(problem % {"name": name})
        model = self._get_target_model()
        hidden = not self.env.su and find_hidden_field(model, parse_condition(text))
        if hidden:
            raise ValidationError(
                self.env._(
                    "You do not have permission to read “%(field)s”, which the "
                    "condition of “%(name)s” contains. Select another field.",
                    field=hidden._description_string(self.env),
                    name=name,
                )
            )

    @api.model
    def _take_conditions(self, vals, names):
        """Replace empty domains in these values by False.

        :param dict vals: as for ``write``
        :param names: of the fields that contain conditions
        :return: dict
        """
        empty = {
            name: False
            for name in names
            if isinstance(vals.get(name), str) and vals[name].strip() in ("", "[]")
        }
        return {**vals, **empty}


class TrackOptionsMixin(models.AbstractModel):
    _name = "track.options.mixin"
    _inherit = ["track.options.mixin", "track.condition.mixin"]

    # domain on the record
    goal = fields.Char(
        groups="crm_tracks.group_track_manager",
        help="When the record meets this condition, the track ends, and the tasks that "
        "are left are skipped.",
    )

    def _get_goal_text(self):
        """Describe the goal, for a reader; empty without one."""
        # sudo: the text contains only fields that the user may read
        goal = self.sudo().goal
        if not goal:
            return ""
        text = self._format_condition(goal)
        if not text:
            return self.env._("Ends when its goal is reached")
        return self.env._("Ends when: %s", text)


class TrackTaskMixin(models.AbstractModel):
    _name = "track.task.mixin"
    _inherit = ["track.task.mixin", "track.condition.mixin"]

    # domain on the record
    condition = fields.Char(
        groups="crm_tracks.group_track_manager",
        help="On its day, the task begins only if the record meets this condition.",
    )
    condition_else = fields.Selection(
        [
            ("skip", "Skip the task"),
            ("wait", "Wait until met"),
            ("end", "End the track"),
        ],
        string="Otherwise",
        help="What happens on the day of the task if the condition is not met.",
    )

    def _naming_together(self, others=()):
        """Within the block, what the conditions of these tasks name is read together.

        :param others: further records to read, as of :meth:`_get_named_by`
        :return: context manager
        """
        named = list(others)
        for task in self:
            # sudo: what the condition says is not shown
            named += task._get_named_by(task.sudo().condition)
        return names_read(self.env, named)

    def _has_condition(self):
        """Whether this task begins only if a condition is met."""
        # sudo: what the condition says is not shown
        return bool(self.sudo().condition)

    def _get_condition_else(self):
        """What happens if the condition is not met; skipping is the default."""
        return self.condition_else or "skip"

    def _get_condition_text(self):
        """Describe the condition and what happens otherwise; empty without one."""
        # sudo: the text contains only fields that the user may read
        condition = self.sudo().condition
        if not condition:
            return ""
        text = self._format_condition(condition)
        otherwise = self._get_condition_else()
        if not text:
            return {
                "skip": self.env._("Only if its condition is met, else skipped"),
                "wait": self.env._("Waits until its condition is met"),
                "end": self.env._("If its condition is not met, the track ends"),
            }[otherwise]
        return {
            "skip": self.env._("Only if %s, else skipped", text),
            "wait": self.env._("Waits until %s", text),
            "end": self.env._("Only if %s, else the track ends", text),
        }[otherwise]


class TrackLine(models.Model):
    _inherit = "track.line"

    def _check_author_of_condition(self):
        """Refuse a condition that the author of this task may not use."""
        # sudo: whoever may not read the field does not write it
        self._check_condition(self.sudo().condition, self._get_label())


class TrackTemplate(models.Model):
    _inherit = "track.template"

    target_model = fields.Char(
        compute="_compute_target_model",
        compute_sudo=True,
        help="The only model to which the template applies.",
    )

    @api.depends("res_model_ids")
    def _compute_target_model(self):
        for template in self:
            models = template.res_model_ids
            template.target_model = models.model if len(models) == 1 else False

    def _get_target_model(self):
        # not by ``target_model``, to which a caller may have written a value
        # sudo: the models of the template are not shown
        models = self.sudo().res_model_ids
        return self.env.get(models.model) if len(models) == 1 else None

    def _check_author_of_goal(self):
        """Refuse goals that the author of these templates may not use."""
        for template in self:
            # sudo: whoever may not read the field does not write it
            template._check_condition(template.sudo().goal, template.name)
