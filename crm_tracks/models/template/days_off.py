from odoo import models

from ...tools.dates import avoid_day_off


class TrackOptionsMixin(models.AbstractModel):
    """What happens to due dates on days off of the company's working schedule."""

    _inherit = "track.options.mixin"

    def _get_day_off_text(self):
        """Describe where due dates on days off move, if they do."""
        return {
            "after": self.env._("Due dates on a day off move to the next working day"),
            "before": self.env._(
                "Due dates on a day off move to the last working day before"
            ),
        }.get(self.day_off)


class TrackTaskMixin(models.AbstractModel):
    """The due dates of tasks, which their template or track may keep off days off."""

    _inherit = "track.task.mixin"

    def _avoid_day_off(self, day, counted_from, end_date, working_days):
        """Move a due date of this task that falls on a day off, if its parent says so.

        It moves neither before the day from which it counts, nor after the end date.

        :param date day: the due date by the delay of the task
        :param date counted_from: the day from which it counts
        :param date end_date: when its track ends, for tracks that count back
        :param WorkingDays working_days: of the company
        :return: ``date``
        """
        if self.delay_unit == "weekdays":
            return day
        limits = {"last": end_date} if end_date else {}
        if self.delay_from != "end":
            limits["first"] = counted_from
        how = self._get_parent().day_off
        return avoid_day_off(day, how, working_days, **limits)

    def _add_day_off_text(self, text):
        """Add to a text that says when this task is due: “or the next working day”.

        :param text: str or ``Markup``
        :return: of the same type
        """
        how = self._get_parent().day_off
        if how not in ("after", "before") or self.delay_unit == "weekdays":
            return text
        if not self.delay_count:
            # the day from which it counts is the limit: only one direction is left
            how = "before" if self.delay_from == "end" else "after"
        if how == "after":
            return self.env._("%s, or the next working day", text)
        return self.env._("%s, or the last working day before", text)
