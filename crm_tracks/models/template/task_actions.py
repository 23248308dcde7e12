from odoo import api, fields, models

from ...tools.field_values import format_setting, may_be_shown


class TrackTaskMixin(models.AbstractModel):
    """What a task does by itself, without anybody to tick it (SPEC, rule 31).

    =============  ==============================================================
    activity       nothing: somebody gets it as an activity, and ticks it
    email          sends an e-mail to the record's people, from a template
    update         sets fields of the record
    server_action  runs a server action on the record
    track          starts another track on the record
    =============  ==============================================================

    A bridge adds an action by ``selection_add``, its fields here and in
    :meth:`_get_action_fields`, its words in :meth:`_get_action_text`, what does not fit
    a template in ``track.line._get_incompatibility``, and what it does in
    ``track.run.line._execute_action`` (``automation/actions.py``).
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
    def _get_action_icons(self):
        """The sign of each action that is carried out by itself.

        :return: dict of Font Awesome's names by actions
        """
        return {
            "email": "fa-envelope-o",
            "update": "fa-pencil-square-o",
            "server_action": "fa-cogs",
            "track": "fa-road",
        }

    def _get_icon(self):
        """The sign of this task: of its activity type, or of what it does by itself."""
        self.ensure_one()
        return self._get_action_icons().get(self.action) or self.activity_type_id.icon

    @api.model
    def _get_target_names(self):
        """The field that names what an action needs, for those that need one.

        :return: dict of field names by actions
        """
        return {
            "email": "mail_template_id",
            "server_action": "server_action_id",
            "track": "next_template_id",
        }

    @api.model
    def _get_action_fields(self):
        """The fields here that say what an action does: a track copies them from its
        template, a template from a track, and tasks that agree in all of them do the
        same.

        :return: dict of lists of field names by actions
        """
        return {action: [name] for action, name in self._get_target_names().items()}

    def _prepare_action_vals(self):
        """The values of what this task does, for a copy of it."""
        self.ensure_one()
        return {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in self._get_action_fields().get(self.action, ())
        }

    def _get_target(self):
        """What this task's action needs: a template, a server action.

        :return: a record in sudo, which may be empty, or None for actions without one
        """
        self.ensure_one()
        name = self._get_target_names().get(self.action)
        # sudo: whoever reads the task reads what it does; it runs with their own rights
        return name and self.sudo()[name]

    def _needs_one_model(self):
        """Whether what this task does is for the records of one model."""
        self.ensure_one()
        return self.action in ("email", "update", "server_action")

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
        if self.action == "update":
            model = self._get_target_model()
            if model is None:
                return self.env._("Update the record")
            return ", ".join(
                format_setting(
                    model, setting["field"], setting["operation"], setting["value"]
                )
                for setting in self._get_settings()
                if setting["field"] not in model._fields
                or may_be_shown(model, model._fields[setting["field"]])
            ) or self.env._("Update the record")
        target = self._get_target()
        if not target and not self._lost_target():
            labels = dict(self._fields["action"]._description_selection(self.env))
            return labels[self.action]
        name = target.display_name if target else self.env._("(deleted)")
        return {
            "email": self.env._("E-mail: %s", name),
            "server_action": self.env._("Action: %s", name),
            "track": self.env._("Start: %s", name),
        }.get(self.action, dict(self._fields["action"].selection).get(self.action))

    def _get_strange_model(self, model_name):
        """The model for which what this task needs is made, where it is another one.

        :param str model_name: of the records on which the task runs
        :return: the name of a model, or None
        """
        self.ensure_one()
        target = self._get_target()
        name = {"mail.template": "model", "ir.actions.server": "model_name"}.get(
            target._name if target else None
        )
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
