from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class TrackLine(models.Model):
    """How the tasks that were done in the period ended.

    One grouped query for all template tasks, on tracks that the reader may see.
    """

    _inherit = "track.line"

    stat_outcomes = fields.Char(
        string="Outcomes in Period", compute="_compute_stat_outcomes"
    )

    # no dependencies: otherwise each change of a task would read its template
    @api.depends_context("uid", "allowed_company_ids", "tracks_days")
    def _compute_stat_outcomes(self):
        counts = self._count_outcomes()
        for line in self:
            texts = [
                self.env._("%(outcome)s (%(count)s)", outcome=outcome, count=count)
                for outcome, count in counts[line._origin.id]
            ]
            line.stat_outcomes = ", ".join(texts) or False

    def _count_outcomes(self):
        """Count the tasks done in the period by their outcome.

        :return: dict by template task id: list of (outcome, count), most frequent first
        """
        counts = defaultdict(list)
        templates = self.template_id
        if not templates.ids:
            return counts
        self.env["track.run"].flush_model()
        self.env["track.run.line"].flush_model()
        query, task = templates._join_tasks(Domain("template_id", "in", templates.ids))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(line)s, %(outcome)s, COUNT(*)
                  FROM %(tables)s
                 WHERE %(where)s AND %(state)s = 'done' AND %(done)s >= %(since)s
                   AND %(outcome)s IS NOT NULL AND %(line)s IS NOT NULL
                 GROUP BY 1, 2
                 ORDER BY 3 DESC, 2
                """,
                line=SQL.identifier(task, "line_id"),
                outcome=SQL.identifier(task, "outcome"),
                state=SQL.identifier(task, "state"),
                done=SQL.identifier(task, "date_done"),
                since=templates._get_since(),
                tables=query.from_clause,
                where=query.where_clause,
            )
        )
        for line_id, outcome, count in rows:
            counts[line_id].append((outcome, count))
        return counts

    def action_view_outcomes(self):
        """Open the tasks that were done in the period with an outcome, by outcome."""
        return self._open_tasks_done(
            self.env._("Outcomes: %s"),
            Domain("outcome", "!=", False),
            {"search_default_group_outcome": 1},
        )


class TrackRunLine(models.Model):
    """The tasks whose outcomes the overview counts."""

    _inherit = "track.run.line"

    _outcome_idx = models.Index(
        "(date_done, run_id) WHERE state = 'done' AND outcome IS NOT NULL"
    )
