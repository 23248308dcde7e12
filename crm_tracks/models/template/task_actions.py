from odoo import api, fields, models

from ...tools.actions import Action
from ...tools.field_values import format_setting, may_be_shown


class TrackTaskMixin(models.AbstractModel):
    """What a task does by itself, without anybody to tick it.

    =============  ==============================================================
    activity       nothing: somebody gets it as an activity, and ticks it
    email          sends an e-mail to the record's people, from a template
    update         sets fields of the record
    server_action  runs a server action on the record
    track          starts another track on the record
    =============  ==============================================================

    An addon adds an action by ``selection_add``, its fields here, and its entry in
    :meth:`_get_actions`. What it does is a method of ``track.run.line``,
    ``_execute_<action>``. Where there is more to say of it than the name of the action
    and of what it needs, that is in ``_describe_<action>`` here; what does not fit a
    template, in ``track.line._get_incompatibility_of_<action>``.
    """

    _inherit = "track.task.mixin"

    mail_template_id = fields.Many2one(
        "mail.template", string="E-mail Template", ondelete="set null"
    )
    server_action_id = fields.Many2one("ir.actions.server", ondelete="set null")
    next_template_id = fields.Many2one(
        "track.template", string="Track to Start", ondelete="set null"
    )
    action_text = fields.Char(
        string="What It Does",
        compute="_compute_action_text",
        help="What the automated task does, in words.",
    )

    @api.depends("action", "mail_template_id", "server_action_id", "next_template_id")
    @api.depends_context("lang", "uid")
    def _compute_action_text(self):
        for task in self:
            task.action_text = task._is_automated() and task._get_action_text()

    def _is_automated(self):
        """Whether Odoo carries this task out by itself."""
        self.ensure_one()
        return self.action != "activity"

    @api.model
    def _get_actions(self):
        """All that an automated task can do; the one list of it.

        :return: dict of :class:`Action` by the value of ``action``
        """
        return {
            "email": Action(
                "fa-envelope-o",
                target="mail_template_id",
                target_model="model",
                needs_one_model=True,
            ),
            "update": Action("fa-pencil-square-o", needs_one_model=True),
            "server_action": Action(
                "fa-cogs",
                target="server_action_id",
                target_model="model_name",
                needs_one_model=True,
            ),
            "track": Action("fa-road", target="next_template_id"),
        }

    def _get_action(self):
        """The :class:`Action` of this task; None for one that a person does."""
        self.ensure_one()
        return self._get_actions().get(self.action)

    @api.model
    def _get_action_fields(self):
        """The fields that say what an automated task does, whatever its action.

        :return: set of field names
        """
        actions = self._get_actions().values()
        return {name for action in actions for name in action.get_fields()}

    def _get_icon(self):
        """The sign of this task: of its activity type, or of what it does by itself."""
        action = self._get_action()
        return action.icon if action else self.activity_type_id.icon

    def _get_target_label(self):
        """What people call the field that names what this task needs."""
        field = self._fields[self._get_action().target]
        return field._description_string(self.env)

    def _prepare_action_vals(self):
        """The values of what this task does, for a copy of it."""
        action = self._get_action()
        return {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in (action.get_fields() if action else ())
        }

    def _get_target(self):
        """What this task's action needs: a template, a server action.

        :return: a record in sudo, which may be empty, or None for actions without one
        """
        action = self._get_action()
        # sudo: whoever reads the task reads what it does; it runs with their own rights
        return self.sudo()[action.target] if action and action.target else None

    def _needs_one_model(self):
        """Whether what this task does is for the records of one model."""
        action = self._get_action()
        return bool(action and action.needs_one_model)

    def _lacks_target(self):
        """Whether what this task needs was never named, or was deleted since."""
        target = self._get_target()
        return target is not None and not target

    def _lost_target(self):
        """Whether what this task needs was deleted, and not just not selected yet.

        A task is stored with what it needs only, so one that is stored without it has
        lost it since; what somebody types in has not.
        """
        self.ensure_one()
        stored = self._origin
        return (
            self._lacks_target()
            and stored.action == self.action
            and stored._lacks_target()
        )

    def _get_action_text(self):
        """What this task does by itself, in words: “E-mail: Welcome”.

        :return: str
        """
        self.ensure_one()
        describe = getattr(self, f"_describe_{self.action}", self._get_action_label)
        return describe()

    def _get_action_label(self):
        labels = dict(self._fields["action"]._description_selection(self.env))
        return labels[self.action]

    def _describe_email(self):
        return self._describe_with_target(self.env._("E-mail: %s"))

    def _describe_server_action(self):
        return self._describe_with_target(self.env._("Action: %s"))

    def _describe_track(self):
        return self._describe_with_target(self.env._("Start: %s"))

    def _describe_with_target(self, text):
        target = self._get_target()
        if not target and not self._lost_target():
            return self._get_action_label()  # being typed in: none was selected yet
        return text % (target.display_name if target else self.env._("(deleted)"))

    def _describe_update(self):
        model = self._get_target_model()
        texts = [
            format_setting(
                model, setting["field"], setting["operation"], setting["value"]
            )
            for setting in (self._get_settings() if model is not None else ())
            if setting["field"] not in model._fields
            or may_be_shown(model, model._fields[setting["field"]])
        ]
        return ", ".join(texts) or self.env._("Update the record")

    def _get_strange_model(self, model_name):
        """The model for which what this task needs is made, where it is another one.

        :param str model_name: of the records on which the task runs
        :return: the name of a model, or None
        """
        target = self._get_target()
        name = target and self._get_action().target_model
        return target[name] if name and target[name] != model_name else None

    def _get_settings(self):
        """What an ``update`` task sets.

        :return: list of dicts with ``field``, ``operation`` and ``value``, each a str,
            as of ``tools/field_values.py``, and ``model``, the one it was allowed for
        """
        raise NotImplementedError

    def _get_target_model(self):
        """The model of the records on which this task runs.

        :return: an empty recordset, or None where the template is for several
        """
        raise NotImplementedError
