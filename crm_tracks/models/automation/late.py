from odoo import models


class TrackRunLine(models.Model):
    """Automated tasks that are too late to be executed; the gate decides which are."""

    _inherit = "track.run.line"

    def _fail_late(self):
        """Record that these tasks are too late, and ask the starters for a decision."""
        for (starter, days), tasks in self._group_by_lateness().items():
            env = tasks._in_language_of(starter).env
            if not days:
                text = env._("Late, so it was not run. Run it now or skip it.")
            elif days == 1:
                text = env._(
                    "More than 1 day late, so it was not run. Run it now or skip it."
                )
            else:
                text = env._(
                    "More than %s days late, so it was not run. Run it now or skip it.",
                    days,
                )
            tasks._in_language_of(starter).write(
                {"state": "failed", "error": text, "date_retry": False}
            )
        for task in self:
            task._report_failure()

    def _skip_late(self):
        """Skip these tasks, which are too late, with the reason."""
        for (starter, days), tasks in self._group_by_lateness().items():
            env = tasks._in_language_of(starter).env
            if not days:
                text = env._("Late, so it was not run.")
            elif days == 1:
                text = env._("More than 1 day late, so it was not run.")
            else:
                text = env._("More than %s days late, so it was not run.", days)
            tasks._in_language_of(starter)._skip(text)

    def _group_by_lateness(self):
        """Group these tasks by the starter, and the days after which they are late."""
        return self.grouped(
            lambda task: (task.run_id.user_id, task.run_id._get_late_days())
        )
