from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.calculated import (
    CalculatedDate,
    CalculatedInteger,
    CalculatedMany2one,
)
from ...tools.sql_domains import compare_number
from ...tools.states import UNFINISHED


class TrackRun(models.Model):
    """What a manager sees of a track: its current task, and what is late or failed.

    The current task is the open one that is due first. Without an open one, it is the
    failed one that was due first, then the planned one that is due first, then the
    first one that waits. A track that has ended has none.

    Nothing of this is stored. The database calculates it for sorting, grouping and
    searching; the rows of a list read it from the tasks of all of them.
    """

    _inherit = "track.run"

    current_line_id = fields.Many2one(
        "track.run.line",
        string="Current Task",
        compute="_compute_current_line_id",
        search="_search_current_line_id",
        help="The open task that is due first, or else a failed one, or else the next "
        "task.",
    )
    current_user_id = CalculatedMany2one(
        "res.users",
        string="Assigned to",
        compute="_compute_current_line_id",
        sql="_get_current_user_sql",
        search="_search_current_user_id",
        help="The user to whom the current task is assigned.",
    )
    current_date = CalculatedDate(
        string="Due Date",
        compute="_compute_current_line_id",
        sql="_get_current_date_sql",
        search="_search_current_date",
        help="The due date of the current task.",
    )
    current_text = fields.Char(
        string="Details",
        compute="_compute_current_text",
        help="Why a task failed, or for what the current task waits.",
    )
    days_late = CalculatedInteger(
        compute="_compute_days_late",
        sql="_get_days_late_sql",
        search="_search_days_late",
        aggregator=None,
        help="Days since the due date of the open task that is late the longest.",
    )
    failed_count = CalculatedInteger(
        string="Failed Tasks",
        compute="_compute_failed_count",
        sql="_get_failed_count_sql",
        search="_search_failed_count",
        help="The number of tasks that could not be run or assigned.",
    )

    # not on fields of the current task: each change would search for tracks
    @api.depends(
        "line_ids.state",
        "line_ids.sequence",
        "line_ids.date_deadline",
        "line_ids.user_id",
    )
    def _compute_current_line_id(self):
        for run in self:
            task = run.line_ids._get_current()
            run.current_line_id = task
            run.current_user_id = task.user_id
            run.current_date = task.date_deadline

    @api.depends(
        "line_ids.state",
        "line_ids.sequence",
        "line_ids.date_deadline",
        "line_ids.condition_waits",
        "line_ids.error",
    )
    def _compute_current_text(self):
        for run in self:
            task = run.current_line_id
            failed = run.line_ids.filtered(lambda task: task.state == "failed")[:1]
            if failed and failed != task:
                run.current_text = f"{failed.display_name}: {failed.error or ''}"
            else:
                is_dated = task.state in ("open", "planned")
                is_dated = is_dated and not task.condition_waits
                run.current_text = not is_dated and task.due_text

    @api.depends("line_ids.state", "line_ids.date_deadline", "state", "held")
    @api.depends_context("uid", "company")
    def _compute_days_late(self):
        for run in self:
            run.days_late = max(run.line_ids.mapped("days_late"), default=0)

    @api.depends("line_ids.state")
    def _compute_failed_count(self):
        for run in self:
            failed = run.line_ids.filtered(lambda task: task.state == "failed")
            run.failed_count = len(failed)

    @api.model
    def _search_current_line_id(self, operator, value):
        return self._search_current("id", operator, value)

    @api.model
    def _search_current_user_id(self, operator, value):
        return self._search_current("user_id", operator, value)

    @api.model
    def _search_current_date(self, operator, value):
        return self._search_current("date_deadline", operator, value)

    @api.model
    def _search_current(self, name, operator, value):
        """The tracks whose current task meets a condition, as a domain.

        :param str name: of a field of the task, empty where there is no current task
        """
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        current = Domain("is_current", "=", True)
        # who may read a track may read its tasks, so their access is skipped (any!)
        found = Domain("line_ids", "any!", Domain(name, operator, value) & current)
        if operator == "in" and False in value:
            found |= ~Domain("line_ids", "any!", current)
        return found

    @api.model
    def _search_days_late(self, operator, value):
        return compare_number("days_late", operator, value)

    @api.model
    def _search_failed_count(self, operator, value):
        return compare_number("failed_count", operator, value)

    # ------------------------------------------------------------------
    # In SQL; each gets the alias of the track in a query, and returns an expression
    # ------------------------------------------------------------------

    @api.model
    def _get_current_user_sql(self, alias):
        return self._get_current_sql(alias, "user_id")

    @api.model
    def _get_current_date_sql(self, alias):
        return self._get_current_sql(alias, "date_deadline")

    @api.model
    def _get_current_sql(self, alias, name):
        Task = self.env["track.run.line"].sudo()
        return SQL(
            "(SELECT %s FROM (%s) AS current)",
            SQL.identifier("current", name),
            Task._select_current(SQL.identifier(alias, "id")),
        )

    @api.model
    def _get_days_late_sql(self, alias):
        Task = self.env["track.run.line"].sudo()
        figure = SQL("COALESCE(MAX(%s), 0)", Task._get_days_late_sql("task", alias))
        return Task._select_of_run(alias, figure, "open")

    @api.model
    def _get_failed_count_sql(self, alias):
        Task = self.env["track.run.line"].sudo()
        return Task._select_of_run(alias, SQL("COUNT(*)"), "failed")


class TrackRunLine(models.Model):
    """The place of a task in the choice of the current one, in Python and in SQL."""

    _inherit = "track.run.line"

    is_current = fields.Boolean(
        string="Current Task",
        compute="_compute_is_current",
        search="_search_is_current",
        help="The open task of the track that is due first, or else a failed one, or "
        "else the next task.",
    )

    @api.depends(
        "run_id.line_ids.state",
        "run_id.line_ids.sequence",
        "run_id.line_ids.date_deadline",
    )
    def _compute_is_current(self):
        for task in self:
            task.is_current = task == task.run_id.current_line_id

    @api.model
    def _search_is_current(self, operator, value):
        current = Domain("state", "in", UNFINISHED) & Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s = (SELECT id FROM (%s) AS current)",
                SQL.identifier(alias, "id"),
                model._select_current(model._field_to_sql(alias, "run_id", query)),
            )
        )
        return self._get_flag_domain(current, operator, value)

    def _get_current(self):
        """The current one of these tasks of a track, by :meth:`_get_rank`.

        :return: ``track.run.line``, empty if all are finished
        """
        unfinished = self.filtered(lambda task: task.state in UNFINISHED)
        current = unfinished.sorted(
            lambda task: (task._get_rank(), task.sequence, task._origin.id or 0)
        )[:1]
        # a slice would be read without the other records of the page
        return current.with_prefetch(self._prefetch_ids)

    def _get_rank(self):
        """The place of this unfinished task in the choice of the current one.

        Tracks of a record are compared by it, too.

        :return: tuple; the current task has the smallest one, no task the largest
        """
        day = self.state != "waiting" and self.date_deadline
        place = UNFINISHED.index(self.state) if self else len(UNFINISHED)
        return place, day or date.max

    @api.model
    def _select_current(self, run_id):
        """The current task of a track, as :meth:`_get_current` finds it.

        :param SQL run_id: the id of the track
        :return: ``SQL``, a query for one row at most
        """
        return SQL(
            """
            SELECT id, %(user_id)s, %(date_deadline)s
              FROM track_run_line AS task
             WHERE %(run_id)s = %(run)s AND %(state)s IN %(unfinished)s
             ORDER BY ARRAY_POSITION(%(places)s::varchar[], %(state)s),
                      CASE WHEN %(state)s != 'waiting' THEN %(date_deadline)s END
                      NULLS LAST, %(sequence)s, id
             LIMIT 1""",
            run=run_id,
            unfinished=UNFINISHED,
            places=list(UNFINISHED),
            **{
                name: self._field_to_sql("task", name)
                for name in ("run_id", "state", "user_id", "date_deadline", "sequence")
            },
        )

    @api.model
    def _select_of_run(self, run, figure, state):
        """A figure of the tasks of a track that are in a state.

        :param str run: the alias of the track in a query
        :param SQL figure: an aggregate of the tasks, whose alias is ``task``
        :param str state: of the tasks
        :return: ``SQL``, an expression
        """
        return SQL(
            "(SELECT %s FROM track_run_line AS task WHERE %s = %s AND %s = %s)",
            figure,
            self._field_to_sql("task", "run_id"),
            SQL.identifier(run, "id"),
            self._field_to_sql("task", "state"),
            state,
        )
