from odoo import api, fields, models

from ...tools.actions import Action
from ...tools.field_values import format_setting, may_be_shown


class TrackTaskMixin(models.AbstractModel):
    """The actions of automated tasks, which Odoo runs without a user.

    =============  ==============================================================
    activity       not automated: a user gets an activity and completes it
    email          sends an e-mail to the record's people, from a template
    update         sets fields of the record
    server_action  runs a server action on the record
    track          starts another track on the record
    =============  ==============================================================

    An addon adds an action by ``selection_add``, by fields on this model, and by an
    entry in :meth:`_get_actions`. The method ``_execute_<action>`` of
    ``track.run.line`` runs the action. Optional methods: ``_describe_<action>`` here
    returns its description, if the label and the name of the target are not enough;
    ``track.line._get_incompatibility_of_<action>`` says why it does not fit a template.
    """

    _inherit = "track.task.mixin"

    mail_template_id = fields.Many2one(
        "mail.template", string="E-mail Template", ondelete="set null"
    )
    server_action_id = fields.Many2one("ir.actions.server", ondelete="set null")
    next_template_id = fields.Many2one(
        "track.template", string="Template to Start", ondelete="set null"
    )
    action_text = fields.Char(
        string="Action Description",
        compute="_compute_action_text",
        help="Description of the action of the automated task.",
    )

    @api.depends("action", "mail_template_id", "server_action_id", "next_template_id")
    @api.depends_context("lang", "uid")
    def _compute_action_text(self):
        for task in self:
            task.action_text = task._is_automated() and task._get_action_text()

    def _is_automated(self):
        """Whether Odoo runs this task automatically."""
        self.ensure_one()
        return self.action != "activity"

    @api.model
    def _get_actions(self):
        """The only list of the actions that an automated task can have.

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
        """The fields that define what an automated task does, of all actions.

        :return: set of field names
        """
        actions = self._get_actions().values()
        return {name for action in actions for name in action.get_fields()}

    def _get_icon(self):
        """The icon of the task: of its action if it is automated, else of its type."""
        action = self._get_action()
        return action.icon if action else self.activity_type_id.icon

    def _get_target_label(self):
        """The label of the field with the record that this task needs."""
        field = self._fields[self._get_action().target]
        return field._description_string(self.env)

    def _prepare_action_vals(self):
        """The values of the fields of the action, for a copy of this task."""
        action = self._get_action()
        return {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in (action.get_fields() if action else ())
        }

    def _get_target(self):
        """The record that the action of this task needs: a template, a server action.

        :return: a record in sudo, which may be empty, or None for actions without one
        """
        action = self._get_action()
        # sudo: readers of the task may see what it needs
        return self.sudo()[action.target] if action and action.target else None

    def _needs_one_model(self):
        """Whether this task requires a template for exactly one model: for its action,
        or because it names fields of the record."""
        action = self._get_action()
        names_fields = (
            self.required_fields
            or self._has_condition()
            or (self.responsible_type == "field" and not self._is_automated())
        )
        return bool(names_fields or (action and action.needs_one_model))

    def _lacks_target(self):
        """Whether the record that this task needs is empty: not selected or deleted."""
        target = self._get_target()
        return target is not None and not target

    def _lost_target(self):
        """Whether the record that this task needs was deleted.

        A task cannot be saved without the record, so a stored task without it has lost
        it. On an unsaved task, the record is only not selected yet.
        """
        self.ensure_one()
        stored = self._origin
        return (
            self._lacks_target()
            and stored.action == self.action
            and stored._lacks_target()
        )

    def _get_action_text(self):
        """Describe the action of this task: “E-mail: Welcome”.

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
            return self._get_action_label()  # unsaved, nothing is selected yet
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
        """The model of the record that this task needs, if that is another model.

        :param str model_name: of the records on which the task runs
        :return: the name of a model, or None
        """
        target = self._get_target()
        name = target and self._get_action().target_model
        return target[name] if name and target[name] != model_name else None

    def _get_settings(self):
        """The fields and values that an ``update`` task sets.

        :return: list of dicts with ``field``, ``operation`` and ``value``, each a str,
            as of ``tools/field_values.py``, and ``model``, the one it was allowed for
        """
        raise NotImplementedError
