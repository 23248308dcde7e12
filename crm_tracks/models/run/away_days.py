from odoo import models

from ...tools.absences import Absences
from ...tools.optional_integer import OptionalInteger


class TrackRunLine(models.Model):
    """The days on which the assignee of a late task was away, which do not count as
    late in the figures of tracks with stand-ins."""

    _inherit = "track.run.line"

    days_away = OptionalInteger(
        readonly=True,
        help="Days from the due date to the completion on which the assignee was away, "
        "in tracks with stand-ins. In the figures, they do not count as late.",
    )

    def _count_days_away(self):
        """Store on these tasks, which were just done, how long assignees were away.

        One reading of absences for all of them; none where no template has stand-ins.
        """
        late = self.filtered(
            lambda task: (
                task.run_id.absence == "stand_in"
                and task.user_id
                and task.date_deadline
                and task.date_done > task.date_deadline
            )
        )
        if not late:
            return
        days = [*late.mapped("date_deadline"), *late.mapped("date_done")]
        absences = Absences(late.user_id.sudo(), days, everywhere=True)
        for task in late:
            count = absences.count_days(
                task.user_id, task.date_deadline, task.date_done
            )
            if count:
                task.days_away = count
