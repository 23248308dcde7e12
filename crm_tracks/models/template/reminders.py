from odoo import api, models
from odoo.exceptions import ValidationError


class TrackOptionsMixin(models.AbstractModel):
    """Whether late tasks of users are announced, when, and to whom."""

    _inherit = "track.options.mixin"

    def _gives_late_tasks(self):
        """Whether escalated tasks are assigned to the other user."""
        return self.escalate_how == "give"

    def _get_chosen_escalation_user(self):
        """The ``res.users`` to whom tasks are escalated; empty for the team leader."""
        is_chosen = self.escalate_to == "user"
        return self.escalate_user_id if is_chosen else self.env["res.users"]

    def _get_reminder_text(self):
        """Describe when assignees are reminded of late tasks, if ever."""
        days = self.remind_days
        if days is False:
            return False
        if days == 1:
            return self.env._("Assignees are reminded of tasks 1 working day late")
        return self.env._("Assignees are reminded of tasks %s working days late", days)

    def _get_escalation_text(self):
        """Describe what happens to tasks that are late for longer, if anything."""
        days = self.escalate_days
        if days is False:
            return False
        name = self._get_escalation_name()
        if self._gives_late_tasks():
            if days == 1:
                return self.env._("%s is assigned tasks 1 working day late", name)
            return self.env._(
                "%(user)s is assigned tasks %(days)s working days late",
                user=name,
                days=days,
            )
        if days == 1:
            return self.env._("%s is notified of tasks 1 working day late", name)
        return self.env._(
            "%(user)s is notified of tasks %(days)s working days late",
            days=days,
            user=name,
        )

    def _get_escalation_name(self):
        """To whom tasks are escalated; users whom the reader may not read are not
        named."""
        user = self._get_chosen_escalation_user()._origin
        if not user:
            return self.env._("The team leader")
        # sudo(False): the options of a track can be computed in sudo
        if not user.sudo(False).has_access("read"):
            return self.env._("A user you cannot access")
        return user.sudo().name


class TrackTemplate(models.Model):
    _inherit = "track.template"

    @api.constrains("remind_days", "escalate_days", "escalate_to", "escalate_user_id")
    def _check_reminders(self):
        for template in self:
            is_chosen = template.escalate_to == "user"
            if template.escalate_days and is_chosen and not template.escalate_user_id:
                raise ValidationError(
                    self.env._(
                        "“%s” escalates late tasks to a specific user. Select this "
                        "user.",
                        template.name,
                    )
                )
            remind, escalate = template.remind_days, template.escalate_days
            if False not in (remind, escalate) and escalate <= remind:
                raise ValidationError(
                    self.env._(
                        "“%s” escalates tasks before it reminds their assignees. Enter "
                        "more days for the escalation than for the reminder.",
                        template.name,
                    )
                )
