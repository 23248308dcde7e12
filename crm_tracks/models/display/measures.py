from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.calculated import CalculatedFloat, CalculatedInteger
from ...tools.dates import get_day, get_today, get_zone
from ...tools.sql_domains import compare_number


class TrackRunLine(models.Model):
    """Measures of tasks: how late they are, and once they are done, the days taken,
    whether they were in time, and how late they were done.

    They are computed from stored dates, in SQL as in Python, so that nothing is written
    for them. Averages leave out tasks that are not done, and those that never had a due
    date or an assignee because they were done ahead of their turn.
    """

    _inherit = "track.run.line"

    template_id = fields.Many2one(related="run_id.template_id")
    days_late = CalculatedInteger(
        compute="_compute_days_late",
        sql="_get_days_late_sql",
        search="_search_days_late",
        aggregator=None,
        help="Days since the due date of an open task whose track is not on hold.",
    )
    days_taken = CalculatedFloat(
        compute="_compute_days_taken",
        sql="_get_days_taken_sql",
        aggregator="avg",
        digits=(16, 1),
        help="Calendar days from assignment to completion, including days on which "
        "the track was on hold.",
    )
    in_time_rate = CalculatedFloat(
        string="Done in Time (%)",
        compute="_compute_in_time_rate",
        sql="_get_in_time_rate_sql",
        aggregator="avg",
        digits=(16, 0),
        help="Percentage of the tasks that were done on or before their due date. Days "
        "on which the assignee was away do not count in tracks with stand-ins.",
    )
    days_done_late = CalculatedFloat(
        string="Days Late When Done",
        compute="_compute_days_done_late",
        sql="_get_days_done_late_sql",
        aggregator="median",
        digits=(16, 1),
        help="Days from the due date to the completion, 0 for a task that was done in "
        "time. Days on which the assignee was away do not count in tracks with "
        "stand-ins.",
    )

    # for the overview: tasks that were done or skipped in a period
    _done_idx = models.Index("(date_done, run_id) WHERE state IN ('done', 'skipped')")

    @api.depends("state", "date_deadline", "run_id.state", "run_id.held")
    @api.depends_context("uid", "company")
    def _compute_days_late(self):
        today = get_today(self.env, self.env.company)
        for task in self:
            task.days_late = task.is_late and (today - task.date_deadline).days

    @api.model
    def _search_days_late(self, operator, value):
        return compare_number("days_late", operator, value)

    @api.depends("state", "date_open", "date_done")
    @api.depends_context("uid", "company")
    def _compute_days_taken(self):
        zone = get_zone(self.env, self.env.company)
        for task in self:
            task.days_taken = (
                task.state == "done"
                and task.date_open
                and task.date_done
                and max((task.date_done - get_day(task.date_open, zone)).days, 0)
            )

    @api.depends("state", "action", "date_deadline", "date_done", "days_away")
    def _compute_in_time_rate(self):
        for task in self:
            in_time = task._is_measured() and not task._count_days_done_late()
            task.in_time_rate = 100 if in_time else 0

    @api.depends("state", "action", "date_deadline", "date_done", "days_away")
    def _compute_days_done_late(self):
        for task in self:
            task.days_done_late = task._is_measured() and task._count_days_done_late()

    def _is_measured(self):
        """Whether this task is done, and was due on some day."""
        return (
            self.state == "done"
            and not self._is_series_task()
            and self.date_deadline
            and self.date_done
        )

    def _count_days_done_late(self):
        """For how many days this task was late when it was done, without absences."""
        late = (self.date_done - self.date_deadline).days - (self.days_away or 0)
        return max(late, 0)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Also know the median of the days late; Odoo has no aggregate for it."""
        if aggregate_spec == "days_done_late:median":
            days = self._field_to_sql(self._table, "days_done_late", query)
            return SQL("PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %s)", days)
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _get_days_taken_sql(self, alias):
        # GREATEST ignores NULL, so check that the task was assigned
        return SQL(
            """
            CASE WHEN %(state)s = 'done' AND %(open)s IS NOT NULL
                 THEN GREATEST(%(done)s - TIMEZONE(
                      %(zone)s, TIMEZONE('UTC', %(open)s))::date, 0) END""",
            state=self._field_to_sql(alias, "state"),
            done=self._field_to_sql(alias, "date_done"),
            open=self._field_to_sql(alias, "date_open"),
            zone=get_zone(self.env, self.env.company),
        )

    @api.model
    def _get_in_time_rate_sql(self, alias):
        late = self._get_days_done_late_sql(alias)
        return SQL(
            "CASE WHEN %(late)s = 0 THEN 100.0 WHEN %(late)s > 0 THEN 0.0 END",
            late=late,
        )

    @api.model
    def _get_days_done_late_sql(self, alias):
        # GREATEST ignores NULL, so check that the task had a due date
        return SQL(
            """
            CASE WHEN %(state)s = 'done' AND %(due)s IS NOT NULL
                      AND %(is_work)s
                 THEN GREATEST(%(done)s - %(due)s - COALESCE(%(away)s, 0), 0) END""",
            state=self._field_to_sql(alias, "state"),
            is_work=self._get_work_sql(alias),
            done=self._field_to_sql(alias, "date_done"),
            away=self._field_to_sql(alias, "days_away"),
            due=self._field_to_sql(alias, "date_deadline"),
        )

    @api.model
    def _get_days_late_sql(self, alias, run=None):
        """The days that a task is late, 0 if it is not late.

        :param str alias: of the task in a query
        :param str run: the alias of its track, if the query has one
        :return: ``SQL``, an expression
        """
        Run = self.env["track.run"].sudo()
        is_awake = SQL(
            "%s != 'paused' AND %s IS NOT TRUE",
            Run._field_to_sql(run or "run", "state"),
            Run._field_to_sql(run or "run", "held"),
        )
        if run is None:
            is_awake = SQL(
                "(SELECT %s FROM track_run AS run WHERE id = %s)",
                is_awake,
                self._field_to_sql(alias, "run_id"),
            )
        return SQL(
            """
            CASE WHEN %(state)s = 'open' AND %(is_awake)s
                 THEN GREATEST(%(today)s - %(due)s, 0) ELSE 0 END""",
            state=self._field_to_sql(alias, "state"),
            due=self._field_to_sql(alias, "date_deadline"),
            is_awake=is_awake,
            today=get_today(self.env, self.env.company),
        )
