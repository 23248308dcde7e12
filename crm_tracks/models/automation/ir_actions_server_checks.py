from odoo import api, models
from odoo.exceptions import ValidationError

# The triggers of automation rules that run without a logged-in user.
UNATTENDED_TRIGGERS = frozenset(
    (
        "on_time",
        "on_time_created",
        "on_time_updated",
        "on_message_received",
        "on_message_sent",
        "on_webhook",
    )
)


class IrActionsServer(models.Model):
    """Checks when a server action is saved.

    They are not a ``warning``, because Odoo does not run actions with a warning: a
    template that is archived later must not prevent a lead from being saved. Only a
    missing user is a warning.
    """

    _inherit = "ir.actions.server"

    @api.constrains(
        "state",
        "model_id",
        "track_target_field_id",
        "track_template_id",
        "track_date_field_id",
        "track_when_running",
        "track_user_id",
    )
    def _check_track_action(self):
        for action in self.filtered(lambda action: action._is_track_action()):
            model = action._check_track_target()
            if action.track_user_id:
                self.env["track.run"]._check_assignee(action.track_user_id)
            if action.state == "track_apply":
                action._check_track_template(model)
            problem = action._get_missing_user_warning()
            if problem:
                raise ValidationError(problem)

    def _check_track_target(self):
        """Refuse an action whose records cannot have tracks.

        :return: the model that gets the tracks; None if the record determines it
        """
        field = self.track_target_field_id
        if field and field.model_id != self.model_id:
            raise ValidationError(
                self.env._(
                    "“%(field)s” is not a field of %(model)s. Select another field.",
                    field=field.field_description,
                    model=self.model_id.name,
                )
            )
        if field.ttype == "many2one_reference":
            return None
        model = self.env.get(field.relation if field else self.model_id.model)
        if not self.env["track.run"]._can_have_tracks(model):
            raise ValidationError(
                self.env._(
                    "“%s” does not support activities, so it cannot have tracks. "
                    "Select a field that leads to a record with activities.",
                    field.field_description if field else self.model_id.name,
                )
            )
        return model

    def _check_track_template(self, model):
        """Refuse a template that cannot be applied to this model, or in this way."""
        template = self.track_template_id
        if not template:
            raise ValidationError(
                self.env._("“%s” has no track template. Select one.", self.name)
            )
        if model is None:
            # any model of the template will do
            model = self.env[(template.res_model_ids or self.model_id)[:1].model]
        self._check_track_date_field(template)
        template._check_applicable(model, end_date=bool(self.track_date_field_id))
        if self.track_when_running == "move" and not self.track_date_field_id:
            raise ValidationError(
                self.env._(
                    "“%s” has no date to move to. Select a field in “Dated By”.",
                    template.display_name,
                )
            )
        if self.track_when_running == "add" and template.one_per_record:
            raise ValidationError(
                self.env._(
                    "“%s” can run only once per record. Select another option in “If "
                    "Already Running”.",
                    template.display_name,
                )
            )

    def _check_track_date_field(self, template):
        """Refuse a field that is not a date of the records, or a missing field."""
        date_field = self.track_date_field_id
        if date_field and (
            date_field.model_id != self.model_id
            or date_field.ttype not in ("date", "datetime")
        ):
            raise ValidationError(
                self.env._(
                    "“%(field)s” is not a date of %(model)s. Select another field.",
                    field=date_field.field_description,
                    model=self.model_id.name,
                )
            )
        # a template can have a field of its own
        is_dated = date_field or template.date_field
        if template.direction == "end" and not is_dated:
            raise ValidationError(
                self.env._(
                    "“%s” counts back from an end date. Select the field with that "
                    "date in “Dated By”.",
                    template.display_name,
                )
            )

    @api.model
    def _warning_depends(self):
        names = [*super()._warning_depends(), "track_user_id"]
        if "base_automation_id" in self._fields:
            names += [
                "base_automation_id.trigger",
                "parent_id.base_automation_id.trigger",
            ]
        return names

    def _get_warning_messages(self):
        # A warning: automation rules refuse actions with a warning, also when their
        # trigger is changed.
        problem = self._get_missing_user_warning()
        return super()._get_warning_messages() + ([problem] if problem else [])

    def _get_missing_user_warning(self):
        """The warning if this action needs a user in “On Behalf Of”, else False."""
        self.ensure_one()
        # a field of base_automation, which need not be installed
        has_rules = "base_automation_id" in self._fields
        if not has_rules or not self._is_track_action() or self.track_user_id:
            return False
        rule = self.base_automation_id or self.parent_id.base_automation_id
        if rule.trigger not in UNATTENDED_TRIGGERS:
            return False
        return self.env._(
            "“%s” runs without a logged-in user. Select one in “On Behalf Of”.",
            self.name,
        )
