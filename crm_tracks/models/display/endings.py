from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.states import FINISHED


class TrackTemplate(models.Model):
    """The picture of the tasks at which the tracks of a template end."""

    _inherit = "track.template"

    def action_view_endings(self):
        """Open the tasks at which tracks ended in the period, as a graph."""
        domains = self._get_run_domains()
        ended = Domain("run_id", "any", domains["done"] | domains["stopped"])
        return self._open_figure(
            "crm_tracks.track_run_line_ended_action",
            self.env._("Where Tracks End: %s"),
            Domain("ended_here", "=", True) & ended,
        )


class TrackRunLine(models.Model):
    """The task at which a track ended.

    For a track that was stopped, it is the first unfinished one. For one that is done,
    it is the task that was completed last: the tasks behind it were skipped, because of
    an outcome, a condition, the goal or by a user. If none was completed, it is the
    last one that was skipped.
    """

    _inherit = "track.run.line"

    ended_here = fields.Boolean(
        compute="_compute_ended_here",
        search="_search_ended_here",
        help="The track ended at this task: it was completed last, or it was the first "
        "unfinished task when the track was stopped.",
    )

    # what else ranks a task is written with its state
    @api.depends("stopped_here", "run_id.line_ids.state", "run_id.state")
    def _compute_ended_here(self):
        for task in self:
            siblings = task._get_siblings()._without_series_task()
            finished = siblings.filtered(lambda sibling: sibling.state in FINISHED)
            last = max(finished, key=lambda done: done._get_end_rank(), default=None)
            is_done = task.run_id.state == "done"
            task.ended_here = task.stopped_here or (is_done and task == last)

    def _get_end_rank(self):
        """The place of this finished task of a track; the last one has the largest."""
        return (
            self.state == "done",
            self.done_rank,
            self.date_done or date.min,
            self.sequence,
            self._origin.id or 0,
        )

    @api.model
    def _search_ended_here(self, operator, value):
        is_last = Domain.custom(
            # not a subquery for its id, which would sort the tasks of each candidate
            to_sql=lambda model, alias, query: SQL(
                """
                NOT EXISTS (SELECT FROM track_run_line AS later
                             WHERE %(run_of_later)s = %(run)s
                               AND %(state)s IN %(finished)s
                               AND %(is_work)s
                               AND %(rank_of_later)s > %(rank)s)""",
                run=model._field_to_sql(alias, "run_id"),
                run_of_later=model._field_to_sql("later", "run_id"),
                state=model._field_to_sql("later", "state"),
                finished=FINISHED,
                is_work=model._get_work_sql("later"),
                rank=model._get_end_rank_sql(alias),
                rank_of_later=model._get_end_rank_sql("later"),
            )
        )
        done = Domain("run_id", "any!", Domain("state", "=", "done"))
        finished = Domain("state", "in", FINISHED) & self._get_work_domain()
        ended = finished & done & is_last
        ended |= Domain("stopped_here", "=", True)
        return self._get_flag_domain(ended, operator, value)

    @api.model
    def _get_end_rank_sql(self, alias):
        """As :meth:`_get_end_rank`, in SQL for the alias of a task in a query."""
        return SQL(
            """
            (%(state)s = 'done', COALESCE(%(done_rank)s, 0),
             COALESCE(%(date_done)s, '-infinity'), COALESCE(%(sequence)s, 0), %(id)s)
            """,
            id=SQL.identifier(alias, "id"),
            **{
                name: self._field_to_sql(alias, name)
                for name in ("state", "done_rank", "date_done", "sequence")
            },
        )
