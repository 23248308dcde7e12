from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.states import FINISHED, NOT_ENDED

_TASKS = "crm_tracks.track_run_line_action"
_TASKS_DONE = "crm_tracks.track_run_line_done_action"
_TRACKS = "crm_tracks.track_run_action"


class TrackFigures(models.AbstractModel):
    """The figures of a template or of one of its tasks, and the records behind them.

    Each figure ``stat_…`` has an action that opens a list of exactly the records that
    it counts, as far as the reader may see them.
    """

    _name = "track.figures"
    _description = "Track Figures"

    stat_stopped = fields.Integer(string="Stopped", compute="_compute_statistics")
    stat_open = fields.Integer(string="Open", compute="_compute_statistics")
    stat_late = fields.Integer(string="Late", compute="_compute_statistics")
    stat_failed = fields.Integer(string="Failed", compute="_compute_statistics")
    stat_waiting = fields.Integer(
        string="Waiting for Condition", compute="_compute_statistics"
    )
    stat_tasks_done = fields.Integer(string="Tasks Done", compute="_compute_statistics")
    stat_tasks_dated = fields.Integer(
        string="Done with Due Date", compute="_compute_statistics"
    )
    stat_tasks_assigned = fields.Integer(
        string="Done after Assignment", compute="_compute_statistics"
    )
    stat_in_time = fields.Float(string="In Time", compute="_compute_statistics")
    stat_average_days = fields.Float(
        string="Average Days", digits=(16, 1), compute="_compute_statistics"
    )

    def _compute_statistics(self):
        """Write the figures to these fields; see ``track.template._get_figures``."""
        raise NotImplementedError

    def _get_tasks_domain(self):
        """The tasks of tracks that these figures are about, as a ``Domain``."""
        raise NotImplementedError

    # ------------------------------------------------------------------
    # The records behind the figures
    # ------------------------------------------------------------------

    def action_view_open(self):
        """Open the tasks that are open now, without those of tracks on hold."""
        return self._open_tasks(self.env._("Open: %s"), self._get_awake_tasks("open"))

    def action_view_late(self):
        """Open the tasks that are late now."""
        late = Domain("is_late", "=", True)
        return self._open_tasks(self.env._("Late: %s"), late)

    def action_view_failed(self):
        """Open the tasks that failed, without those of tracks on hold."""
        failed = self._get_awake_tasks("failed")
        return self._open_tasks(self.env._("Failed: %s"), failed)

    def action_view_waiting(self):
        """Open the tasks that wait for their condition now."""
        awake = Domain("run_id", "any", self.env["track.run"]._get_awake_domain())
        waiting = Domain("condition_waits", "=", True) & awake
        return self._open_tasks(self.env._("Waiting for conditions: %s"), waiting)

    def action_view_tasks_done(self):
        """Open the tasks that were done in the period."""
        return self._open_tasks_done(self.env._("Done: %s"), Domain.TRUE)

    def action_view_in_time(self):
        """Open the tasks done in the period of which some share was done in time."""
        dated = Domain("date_deadline", "!=", False)
        return self._open_tasks_done(self.env._("Done with a due date: %s"), dated)

    def action_view_average_days(self):
        """Open the tasks done in the period whose days were measured."""
        assigned = Domain("date_open", "!=", False)
        return self._open_tasks_done(self.env._("Done after assignment: %s"), assigned)

    @api.model
    def _get_awake_tasks(self, state):
        awake = self.env["track.run"]._get_awake_domain()
        return Domain("state", "=", state) & Domain("run_id", "any", awake)

    def _open_tasks_done(self, title, domain, context=None):
        since = self.env["track.template"]._get_since()
        done = Domain("state", "=", "done") & Domain("date_done", ">=", since)
        domain &= self.env["track.run.line"]._get_work_domain()
        measures = ["__count", "in_time_rate", "days_taken", "days_done_late"]
        context = {"pivot_measures": measures, **(context or {})}
        return self._open_tasks(title, done & domain, _TASKS_DONE, context)

    def _open_tasks(self, title, domain, action=_TASKS, context=None):
        counted = self._get_tasks_domain() & domain
        return self._open_figure(action, title, counted, context)

    def _open_figure(self, xmlid, title, domain, context=None):
        """An action that opens exactly the records that a figure counts.

        :param str title: with ``%s`` for the names of the templates or tasks
        :return: dict, the action
        """
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(xmlid),
            "display_name": title % ", ".join(self.mapped("display_name")),
            "domain": list(domain),
            # the default filters of the action would show other records
            "context": context or {},
        }


class TrackTemplate(models.Model):
    """The tracks and tasks behind the figures of a card of the overview."""

    _name = "track.template"
    _inherit = ["track.template", "track.figures"]

    def _get_tasks_domain(self):
        return Domain("template_id", "in", self.ids)

    def action_view_running(self):
        """Open the tracks of these templates that run or are paused."""
        return self._open_runs("running", self.env._("Running: %s"))

    def action_view_done(self):
        """Open the tracks of these templates that were done in the period."""
        return self._open_runs("done", self.env._("Done: %s"))

    def action_view_stopped(self):
        """Open the tracks of these templates that were stopped in the period."""
        return self._open_runs("stopped", self.env._("Stopped: %s"))

    def action_view_goals(self):
        """Open the tracks of these templates that reached their goal in the period."""
        reached = Domain("goal_reached", "=", True)
        return self._open_runs("done", self.env._("Goal reached: %s"), reached)

    def _open_runs(self, figure, title, domain=Domain.TRUE):
        counted = self._get_run_domains()[figure]
        return self._open_figure(_TRACKS, title, counted & domain)

    def action_view_by_task(self):
        """Open the figures of these templates, task by task."""
        return self._open_figure(
            "crm_tracks.track_line_statistics_action",
            self.env._("By Task: %s"),
            Domain("template_id", "in", self.ids),
            {
                "tracks_days": self._get_statistics_days(),
                # without any, the list has no column for them
                "tracks_with_outcomes": any(self.line_ids.mapped("stat_outcomes")),
            },
        )


class TrackLine(models.Model):
    """The tasks and tracks behind the figures of one task of a template."""

    _name = "track.line"
    _inherit = ["track.line", "track.figures"]

    stat_reached = fields.Integer(string="Reached", compute="_compute_statistics")
    stat_skipped = fields.Integer(string="Skipped", compute="_compute_statistics")
    stat_median_late = fields.Float(
        string="Median Days Late", digits=(16, 1), compute="_compute_statistics"
    )

    def _get_tasks_domain(self):
        return Domain("line_id", "in", self.ids)

    def action_view_reached(self):
        """Open the tasks whose turn came: they ended in the period, or stand now."""
        since = self.template_id._get_since()
        ended = Domain("state", "in", FINISHED) & Domain("date_done", ">=", since)
        begun = Domain("state", "in", ("open", "failed"))
        begun |= Domain("condition_waits", "=", True)
        standing = begun & Domain("run_id", "any", [("state", "in", NOT_ENDED)])
        stopped = Domain("stopped_here", "=", True) & Domain(
            "run_id", "any", self.template_id._get_run_domains()["stopped"]
        )
        reached = ended | standing | stopped
        return self._open_tasks(self.env._("Reached: %s"), reached)

    def action_view_skipped(self):
        """Open the tasks whose turn had come and that were skipped in the period."""
        since = self.template_id._get_since()
        skipped = Domain("state", "=", "skipped") & Domain("date_done", ">=", since)
        return self._open_tasks(self.env._("Skipped: %s"), skipped)

    def action_view_stopped(self):
        """Open the tracks stopped in the period with these as the first unfinished."""
        here = Domain("line_id", "in", self.ids) & Domain("stopped_here", "=", True)
        stopped = self.template_id._get_run_domains()["stopped"]
        counted = stopped & Domain("line_ids", "any", here)
        return self._open_figure(_TRACKS, self.env._("Stopped: %s"), counted)

    def action_view_tasks(self):
        """Open the track tasks that were copied from these template tasks."""
        return self._open_figure(
            _TASKS, "%s", self._get_tasks_domain(), {"search_default_group_state": 1}
        )
