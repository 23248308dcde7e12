import logging

from odoo import models
from odoo.fields import Domain

from ...tools.never_failing import never_failing

_logger = logging.getLogger(__name__)


class MailActivityMixin(models.AbstractModel):
    """Tracks notice that their record meets a condition or a goal."""

    _inherit = "mail.activity.mixin"

    def _tracks_follow_conditions(self):
        """Look at the goals and waiting conditions of these records' tracks.

        A write never fails because of tracks: errors are logged, and the cron compares
        the records later.
        """
        if not self.env["track.run"]._get_watched_fields(self._name):
            return
        runs = self._tracks_search_watching()
        if not runs:
            return
        with never_failing(
            self.env, _logger, "The conditions of %s could not be checked.", self
        ) as errors:
            runs._look_again()
        if errors and len(runs) > 1:
            for run in runs:
                with never_failing(
                    self.env, _logger, "The conditions of %s failed.", run
                ):
                    run._look_again()

    def _tracks_search_watching(self):
        """The running tracks of these records with a goal or a waiting condition."""
        runs = self.env["track.run"].sudo()
        here = Domain("res_model", "=", self._name) & Domain("res_id", "in", self.ids)
        awake = here & runs._get_awake_domain()
        found = runs.search(awake & runs._get_goal_domain())
        waiting = Domain("condition_waits", "=", True) & Domain("run_id", "any!", awake)
        return found | runs.env["track.run.line"].search(waiting).run_id
