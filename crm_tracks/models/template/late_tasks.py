from datetime import time

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import format_time


class TrackOptionsMixin(models.AbstractModel):
    """When an automated task is too late to run, and from which hour it may run."""

    _inherit = "track.options.mixin"

    # If the template says nothing.
    _LATE_DAYS = 7

    def _get_late_days(self):
        """After how many days an automated task is too late."""
        return self._LATE_DAYS if self.late_days is False else self.late_days

    def _is_too_late(self, day, today):
        """Whether an automated task of this day is too late to run without more ado.

        :param date day: when it is due
        :param date today: the current day
        """
        return self.on_late != "run" and (today - day).days > self._get_late_days()

    def _get_late_text(self):
        """Describe what happens to late tasks, unless it is what plain templates do."""
        if self.on_late == "run":
            return self.env._("Automated tasks run however late they are")
        days = self._get_late_days()
        if self.on_late == "skip":
            if not days:
                return self.env._("Late automated tasks are skipped")
            if days == 1:
                return self.env._("Automated tasks more than 1 day late are skipped")
            return self.env._(
                "Automated tasks more than %s days late are skipped", days
            )
        if self.late_days is False:
            return False
        if not days:
            return self.env._("Late automated tasks wait for a decision")
        if days == 1:
            return self.env._(
                "Automated tasks more than 1 day late wait for a decision"
            )
        return self.env._(
            "Automated tasks more than %s days late wait for a decision", days
        )

    def _get_run_hour_text(self):
        """Describe from which hour automated tasks run, if not from any."""
        if not self.run_hour or self.run_hour not in range(24):
            return False
        hour = format_time(self.env, time(self.run_hour), time_format="short")
        return self.env._("Automated tasks do not run before %s", hour)


class TrackTemplate(models.Model):
    _inherit = "track.template"

    # The first and the last number that can be entered.
    _OPTION_LIMITS = {
        "late_days": (0, 9999),
        "run_hour": (0, 23),
        "remind_days": (1, 365),
        "escalate_days": (1, 365),
    }

    @api.constrains("late_days", "run_hour", "remind_days", "escalate_days")
    def _check_option_limits(self):
        for template in self:
            for name, (first, last) in self._OPTION_LIMITS.items():
                value = template[name]
                if value is not False and not first <= value <= last:
                    raise ValidationError(
                        self.env._(
                            "“%(label)s” of “%(template)s” cannot be %(value)s. Enter "
                            "a number from %(first)s to %(last)s, or nothing.",
                            label=self._fields[name]._description_string(self.env),
                            template=template.name,
                            value=value,
                            first=first,
                            last=last,
                        )
                    )
