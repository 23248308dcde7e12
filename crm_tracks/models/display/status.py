from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.dates import get_today
from ...tools.states import NOT_ENDED


class MailActivityMixin(models.AbstractModel):
    """Where a record stands on its tracks, for boards, lists and its form.

    “2/6 · Call the customer · 2 days late”: the finished tasks, the current task, and
    when it is due; beside it, its assignee. On several tracks, it is the task that
    comes first. Three queries read it for all records of a page; a model that never had
    a track costs none.
    """

    _inherit = "mail.activity.mixin"

    track_status = fields.Char(
        compute="_compute_track_status",
        groups="base.group_user",
        help="Finished tasks, current task, and when it is due. Empty if no track is "
        "running.",
    )
    track_status_data = fields.Json(
        string="Track Status Details",
        compute="_compute_track_status",
        groups="base.group_user",
        exportable=False,
    )
    track_progress = fields.Char(
        string="Track Tasks Done",
        compute="_compute_track_status",
        groups="base.group_user",
        help="Finished tasks and all tasks of the current track, or else of the last "
        "one.",
    )
    track_running_count = fields.Integer(
        string="Running Tracks",
        compute="_compute_track_status",
        groups="base.group_user",
        help="Number of tracks that are neither done nor stopped.",
    )

    @api.depends(
        "track_run_ids.state",
        "track_run_ids.held",
        "track_run_ids.line_ids.state",
        "track_run_ids.line_ids.sequence",
        "track_run_ids.line_ids.date_deadline",
        "track_run_ids.line_ids.condition_waits",
        "track_run_ids.line_ids.summary",
        "track_run_ids.line_ids.user_id",
    )
    @api.depends_context("uid", "lang", "company")
    def _compute_track_status(self):
        statuses = self._tracks_get_statuses()
        for record in self:
            status = statuses.get(record._origin.id, {})
            live = status if status.get("count") else {}
            record.track_status = bool(live) and self._tracks_format_status(live)
            record.track_status_data = live or False
            record.track_progress = status.get("progress")
            record.track_running_count = live.get("count", 0)

    def _tracks_get_statuses(self):
        """Where these records stand on their tracks.

        :return: dict by record id, for the records that have tracks: a dict with the
            ``progress`` and the ``count`` of tracks that have not ended, and if there
            are any, with the ``label``, ``due``, ``urgency`` and ``user`` of the
            current task
        """
        Run = self.env["track.run"].sudo()  # readers of a record may read its tracks
        records = self._origin
        if not records or not Run._may_have_tracks(self._name):
            return {}
        runs = Run.search_fetch(
            Domain("res_model", "=", self._name)
            & Domain("res_id", "in", records._tracks_get_readable_query()),
            ["res_model", "res_id", "state", "held"],
        )
        if not runs:
            return {}
        shown = {}
        for res_id, of_record in runs.grouped("res_id").items():
            live = of_record.filtered(lambda run: run.state in NOT_ENDED)
            shown[res_id] = live or of_record.sorted("id")[-1:]
        tasks = Run.concat(*shown.values())._fetch_status_tasks()
        current = {
            res_id: of_record._get_current(tasks) for res_id, of_record in shown.items()
        }
        nothing = Run.env["track.run.line"]
        names = nothing.union(*(task for _, task in current.values()))._read_names()
        today = get_today(self.env, self.env.company)
        return {
            res_id: {
                "count": len(shown[res_id]) if run.state in NOT_ENDED else 0,
                "progress": tasks.get(run, nothing)._format_progress(),
                **task._prepare_status(run, names, today),
            }
            for res_id, (run, task) in current.items()
        }

    def _tracks_get_readable_query(self):
        """The ones of these records that the user may read, as a subquery.

        A form can name any record, and computed fields of a record can be read without
        a check of its access.
        """
        records = self.browse().with_context(active_test=False)
        return records._search([("id", "in", self.ids)])

    @api.model
    def _tracks_format_status(self, status):
        """A status as one text, in lists without the widget and in exports.

        :param dict status: as of :meth:`_tracks_get_statuses`
        :return: str
        """
        parts = [status["progress"], status["label"], status["due"]]
        if status["count"] > 1:
            parts.append(f"+{status['count'] - 1}")
        return " · ".join(part for part in parts if part)

    def action_tracks_open(self):
        """Open the track of this record, or the list of its tracks.

        :return: an action
        :raise AccessError: when the user may not read the record or its tracks
        """
        self.ensure_one()
        self.check_access("read")
        runs = self.track_run_ids
        runs.check_access("read")
        if len(runs) == 1:
            return runs.action_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tracks"),
            "res_model": runs._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)],
        }


class TrackRun(models.Model):
    _inherit = "track.run"

    def _fetch_status_tasks(self):
        """The tasks of these tracks, in one query with what their status shows.

        :return: dict, ``track.run.line`` for each ``track.run`` that has any
        """
        fields_shown = (
            "run_id",
            "sequence",
            "state",
            "action",
            "summary",
            "summary_source",
            "activity_type_id",
            "user_id",
            "date_deadline",
            "condition_waits",
        )
        domain = Domain("run_id", "in", self.ids)
        tasks = self.env["track.run.line"].search_fetch(domain, fields_shown)
        return tasks.grouped("run_id")

    def _get_current(self, tasks):
        """The one of these tracks of a record that comes first, with its next task.

        :param dict tasks: as of :meth:`_fetch_status_tasks`
        :return: tuple of a ``track.run``, and a ``track.run.line`` that is empty if all
            are finished
        """
        nothing = self.env["track.run.line"]
        current = {run: tasks.get(run, nothing)._get_current() for run in self}
        # the latest track comes first where all else is equal
        return min(
            sorted(current.items(), key=lambda item: -item[0].id),
            key=lambda item: (item[0]._is_on_hold(), item[1]._get_rank()),
        )


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    def _format_progress(self):
        """The finished ones of these tasks of a track, and all: “2/6”."""
        finished, count = self._count_finished()
        return f"{finished}/{count}"

    def _read_names(self):
        """The names of the assignees and of the types of these tasks, in one query.

        :return: dict by task id: tuple of str, or None for a task without one
        """
        if not self:
            return {}
        query = self._search(Domain("id", "in", self.ids))
        columns = [SQL.identifier(self._table, "id")]
        for name in ("user_id", "activity_type_id"):
            named, alias = self._fields[name].join(self, self._table, query)
            columns.append(named._field_to_sql(alias, "name", query))
        rows = self.env.execute_query(query.select(*columns))
        return {task_id: names for task_id, *names in rows}

    def _prepare_status(self, run, names, today):
        """The current task of a record, as its status shows it.

        :param run: the ``track.run``, whose tasks may be all finished
        :param dict names: as of :meth:`_read_names`
        :param date today: the reader's day
        :return: dict
        """
        if not self:
            return {"label": "", "due": "", "urgency": "", "user": False}
        user_name, type_name = names[self.id]
        if run._is_on_hold():
            due, urgency = self.env._("On hold"), "hold"
        else:
            due = self._get_status_due(today)
            urgency = "failed" if self.state == "failed" else self._get_urgency(today)
        has_user = bool(self.user_id) and not self._is_automated()
        return {
            "label": self._get_status_label(type_name),
            "due": due,
            "urgency": urgency,
            "user": has_user and {"id": self.user_id.id, "name": user_name},
        }

    def _get_status_label(self, type_name):
        """The label of this task, without a query for what an automated one needs."""
        return (
            self._get_summary()
            or (self._is_automated() and self._get_action_label())
            or type_name
            or self._get_label()
        )

    def _get_status_due(self, today):
        """When this task is due, as the tab says it, or else its state.

        The tab says in a sentence what a task waits for, and why it failed. These texts
        can be long, and need queries.

        :param date today: the reader's day
        :return: str
        """
        has_day = self.state in ("open", "planned") and self.date_deadline
        if has_day and not self.condition_waits:
            return self._get_due_text(today, self.browse())
        states = dict(self._fields["state"]._description_selection(self.env))
        return states["waiting" if self.condition_waits else self.state]
