from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.dates import get_today
from ...tools.states import NOT_ENDED


@dataclass
class Figures:
    """The figures of a template, or of one of its tasks.

    :ivar running: tracks that run or are paused, now
    :ivar done: tracks that were done in the period
    :ivar goals: those of them whose record met their goal
    :ivar stopped: tracks that were stopped in the period; for a task, those in which
        it was the first one left undone
    :ivar open: tasks that are open now, in tracks that are not on hold
    :ivar late: those of them that are open after their due date
    :ivar failed: tasks that failed and are not done yet, in tracks not on hold
    :ivar waiting: tasks that wait for their condition now, in tracks not on hold
    :ivar tasks_done: tasks that were done in the period
    :ivar tasks_dated: those of them that had a due date
    :ivar in_time: the share of these that was done in time, from 0 to 1, or None
    :ivar tasks_assigned: those of the tasks done that had been assigned
    :ivar average_days: the average of the days that these took, or None
    :ivar median_late: the median of the days by which the tasks with a due date were
        late when they were done, or None
    :ivar skipped: tasks whose turn had come and that were skipped in the period
    :ivar standing: tasks that are open, failed or wait for their condition now, in all
        tracks that have not ended
    """

    running: int = 0
    done: int = 0
    goals: int = 0
    stopped: int = 0
    open: int = 0
    late: int = 0
    failed: int = 0
    waiting: int = 0
    tasks_done: int = 0
    tasks_dated: int = 0
    in_time: float | None = None
    tasks_assigned: int = 0
    average_days: float | None = None
    median_late: float | None = None
    skipped: int = 0
    standing: int = 0

    @property
    def reached(self):
        """How often the turn of a task came: it ended in the period, or stands now."""
        return self.tasks_done + self.skipped + self.standing + self.stopped

    def show_on(self, record):
        """Write these figures to the fields ``stat_…`` of this record.

        :param record: a ``track.template`` or ``track.line``
        """
        for name in (*vars(self), "reached"):
            if (field := f"stat_{name}") in record._fields:
                record[field] = getattr(self, name)


class TrackTemplate(models.Model):
    """The figures of the overview.

    They take six grouped queries, whatever the number of templates, tracks and tasks,
    on tracks that the reader may see: unfinished tracks, and those that ended in a
    period of at most a year.
    """

    _inherit = "track.template"

    # The selectable periods, in days; the last one is the default.
    _STATISTICS_DAYS = (30, 90, 365)
    # How many tasks the overview names at which tracks are late, failed or stopped.
    _HALTS_SHOWN = 2

    stat_running = fields.Integer(string="Running Now", compute="_compute_statistics")
    stat_done = fields.Integer(string="Tracks Done", compute="_compute_statistics")
    stat_goals = fields.Integer(string="Goals Reached", compute="_compute_statistics")
    stat_late_at = fields.Char(string="Late At", compute="_compute_statistics")
    stat_failed_at = fields.Char(string="Failed At", compute="_compute_statistics")
    stat_stopped_at = fields.Char(string="Stopped At", compute="_compute_statistics")

    # no dependencies: otherwise each change of a task would read its template
    @api.depends_context("uid", "allowed_company_ids", "tracks_days")
    def _compute_statistics(self):
        figures = self._get_figures()
        for template in self:
            figures[template._origin.id, False].show_on(template)
            at_line = {
                line: figures[template._origin.id, line._origin.id]
                for line in template.line_ids
            }
            for name in ("late", "failed", "stopped"):
                template[f"stat_{name}_at"] = self._get_halts_text(
                    {line: getattr(figure, name) for line, figure in at_line.items()}
                )

    def _get_halts_text(self, counts):
        """Name the tasks with the highest counts.

        :param dict counts: a number for each ``track.line``
        :return: str such as “Call the customer (3)”, or False
        """
        halts = sorted(
            (line for line, count in counts.items() if count),
            key=lambda line: (-counts[line], line.sequence, line.id),
        )
        return ", ".join(
            self.env._(
                "%(task)s (%(count)s)", task=line.display_name, count=counts[line]
            )
            for line in halts[: self._HALTS_SHOWN]
        )

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def _get_statistics_days(self):
        """The length of the selected period, in days."""
        days = self.env.context.get("tracks_days")
        return days if days in self._STATISTICS_DAYS else self._STATISTICS_DAYS[-1]

    def _get_since(self):
        """The first day of the selected period."""
        today = get_today(self.env, self.env.company)
        return today - timedelta(days=self._get_statistics_days())

    def _get_run_domains(self):
        """The tracks that each figure counts, in any of these templates.

        :return: dict of ``Domain``: running, done, stopped
        """
        since = self._get_since()
        of_these = Domain("template_id", "in", self.ids)
        done = Domain("state", "=", "done") & Domain("date_done", ">=", since)
        stopped = Domain("state", "=", "stopped") & Domain("date_stopped", ">=", since)
        return {
            "running": of_these & Domain("state", "in", NOT_ENDED),
            "done": of_these & done,
            "stopped": of_these & stopped,
        }

    def _get_figures(self):
        """Count for these templates and each of their tasks.

        :return: dict of :class:`Figures` by (template id, template task id); the task
            id False stands for the whole template, tasks added by hand included
        """
        figures = defaultdict(Figures)
        if self.ids:
            self.env["track.run"].flush_model()
            self.env["track.run.line"].flush_model()
            self._count_runs(figures)
            self._count_standing(figures)
            self._count_done(figures)
            self._count_stopped_at(figures)
        return figures

    def _count_runs(self, figures):
        # three queries rather than one: each uses its own index
        for name, domain in self._get_run_domains().items():
            groupby = ["template_id"] + ["goal_reached"] * (name == "done")
            counts = self.env["track.run"]._read_group(domain, groupby, ["__count"])
            for template, *reached, count in counts:
                figure = figures[template.id, False]
                setattr(figure, name, getattr(figure, name) + count)
                figure.goals += count * any(reached)

    def _count_standing(self, figures):
        """Count the open, failed and waiting tasks, most of them in awake tracks only.

        A track that is on hold has reached its task, but that task is not late.
        """
        rows = self._count_by_task(
            Domain("state", "in", NOT_ENDED),
            """
            COUNT(*) FILTER (WHERE %(awake)s AND %(state)s = 'open'),
            COUNT(*) FILTER (
                WHERE %(awake)s AND %(state)s = 'open' AND %(due)s < %(today)s),
            COUNT(*) FILTER (WHERE %(awake)s AND %(state)s = 'failed'),
            COUNT(*) FILTER (WHERE %(awake)s AND %(waits)s),
            COUNT(*)
            """,
            "(%(state)s IN ('open', 'failed') OR %(waits)s)",
            today=get_today(self.env, self.env.company),
        )
        for key, (is_open, late, failed, waiting, standing) in rows:
            figure = figures[key]
            figure.open, figure.late, figure.failed = is_open, late, failed
            figure.waiting, figure.standing = waiting, standing

    def _count_done(self, figures):
        """Count the tasks that were done or skipped, and measure those done.

        Only the day of the task counts: its track may still be running.
        """
        rows = self._count_by_task(
            Domain.TRUE,
            """
            COUNT(*) FILTER (WHERE %(state)s = 'done'),
            COUNT(*) FILTER (WHERE %(state)s = 'skipped'),
            PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %(days_done_late)s),
            COUNT(%(in_time_rate)s), AVG(%(in_time_rate)s),
            COUNT(%(days_taken)s), AVG(%(days_taken)s)
            """,
            "%(state)s IN ('done', 'skipped') AND %(done)s >= %(since)s"
            " AND %(is_work)s",
            since=self._get_since(),
        )
        for key, (tasks_done, skipped, median_late, *averages) in rows:
            dated, in_time, assigned, average_days = averages
            figure = figures[key]
            figure.tasks_done, figure.skipped = tasks_done, skipped
            figure.median_late = median_late
            figure.tasks_dated, figure.tasks_assigned = dated, assigned
            figure.in_time = None if in_time is None else float(in_time) / 100
            figure.average_days = None if average_days is None else float(average_days)

    def _count_by_task(self, run_domain, figures, condition, **values):
        """Count tasks by template, and by template and template task.

        ``figures`` and ``condition`` are SQL, in which ``state``, ``due`` and ``done``
        are columns of the task, ``in_time_rate``, ``days_taken`` and ``days_done_late``
        its measures. ``awake`` is whether its track is running and not on hold.

        :param Domain run_domain: a further condition on the tracks of these templates
        :param str figures: the expressions to select, separated by commas
        :param str condition: which tasks count
        :param values: further values for the SQL
        :return: list of (key in the dict of :meth:`_get_figures`, tuple of figures)
        """
        query, task = self._join_tasks(
            Domain("template_id", "in", self.ids) & run_domain
        )
        values |= self._get_task_columns(task)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT track_run.template_id, %(line)s, %(figures)s
                  FROM %(tables)s
                 WHERE %(where)s AND %(condition)s
                 GROUP BY GROUPING SETS (
                       (track_run.template_id), (track_run.template_id, %(line)s))
                HAVING GROUPING(%(line)s) = 1 OR %(line)s IS NOT NULL
                """,
                line=SQL.identifier(task, "line_id"),
                figures=SQL(figures, **values),
                tables=query.from_clause,
                where=query.where_clause,
                condition=SQL(condition, **values),
            )
        )
        return [
            ((template_id, line_id or False), counted)
            for template_id, line_id, *counted in rows
        ]

    @api.model
    def _get_task_columns(self, task):
        """The columns and measures of a task for the SQL of :meth:`_count_by_task`.

        :param str task: the alias of the tasks in the query
        """
        Task = self.env["track.run.line"]
        return {
            "state": SQL.identifier(task, "state"),
            "due": SQL.identifier(task, "date_deadline"),
            "done": SQL.identifier(task, "date_done"),
            "waits": SQL.identifier(task, "condition_waits"),
            "is_work": Task._get_work_sql(task),
            "in_time_rate": Task._field_to_sql(task, "in_time_rate"),
            "days_taken": Task._field_to_sql(task, "days_taken"),
            "days_done_late": Task._field_to_sql(task, "days_done_late"),
            # as the domain of the tasks that a figure opens
            "awake": SQL("track_run.state = 'running' AND track_run.held IS NOT TRUE"),
        }

    def _count_stopped_at(self, figures):
        """Count by the first unfinished task of the tracks that were stopped."""
        query, task = self._join_tasks(self._get_run_domains()["stopped"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT template_id, line_id, COUNT(*)
                  FROM (SELECT DISTINCT ON (track_run.id)
                               track_run.template_id, %(line)s AS line_id
                          FROM %(tables)s
                         WHERE %(where)s AND %(state)s = 'cancelled'
                         ORDER BY track_run.id, %(sequence)s, %(id)s) AS halt
                 WHERE line_id IS NOT NULL
                 GROUP BY template_id, line_id
                """,
                line=SQL.identifier(task, "line_id"),
                state=SQL.identifier(task, "state"),
                sequence=SQL.identifier(task, "sequence"),
                id=SQL.identifier(task, "id"),
                tables=query.from_clause,
                where=query.where_clause,
            )
        )
        for template_id, line_id, count in rows:
            figures[template_id, line_id].stopped = count

    def _join_tasks(self, run_domain):
        """Join the tasks to the tracks that the reader may see.

        :return: the ``Query`` on ``track_run``, and the alias of the tasks in it
        """
        query = self.env["track.run"]._search(run_domain)
        return query, query.join("track_run", "id", "track_run_line", "run_id", "tasks")


class TrackLine(models.Model):
    """The figures of one task of a template."""

    _inherit = "track.line"

    @api.depends_context("uid", "allowed_company_ids", "tracks_days")
    def _compute_statistics(self):
        figures = self.template_id._get_figures()
        for line in self:
            figures[line.template_id._origin.id, line._origin.id].show_on(line)
