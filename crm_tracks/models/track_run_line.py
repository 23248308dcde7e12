from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools.dates import get_today


class TrackRunLine(models.Model):
    """One task of a track: a copy of the template's, with its own date and assignee.

    =========  ==================================================================
    waiting    its predecessor is not finished, so it has no date yet
    planned    its date is known, its activity is still to be created
    open       it has an activity in somebody's list
    done       completed, by whatever door; who and when is kept
    skipped    somebody chose not to do it; with a ``date_done`` its turn had come
               and it passed the turn on, without one it only dropped out
    cancelled  its track was stopped before
    failed     it could not be carried out; ``error`` says why, and it keeps its turn
    =========  ==================================================================
    """

    _name = "track.run.line"
    _description = "Track Task"
    _inherit = ["track.task.mixin"]
    _order = "run_id, sequence, id"

    # What people may edit on a running task; the engine keeps all the rest.
    _USER_FIELDS = frozenset(("summary", "note", "date_deadline", "user_id"))

    run_id = fields.Many2one(
        "track.run",
        string="Track",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    line_id = fields.Many2one(
        "track.line",
        string="Template Task",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Assigned to",
        index="btree_not_null",
        ondelete="set null",
        domain=[("share", "=", False)],
    )
    date_deadline = fields.Date(string="Due Date")
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("planned", "Planned"),
            ("open", "Open"),
            ("done", "Done"),
            ("skipped", "Skipped"),
            ("cancelled", "Cancelled"),
            ("failed", "Failed"),
        ],
        string="Status",
        default="waiting",
        required=True,
        readonly=True,
    )
    activity_ids = fields.One2many(
        "mail.activity",
        "track_run_line_id",
        string="Activities",
        bypass_search_access=True,
        context={"active_test": False},
        readonly=True,
    )
    activity_id = fields.Many2one(
        "mail.activity",
        compute="_compute_activity_id",
        search="_search_activity_id",
        compute_sudo=True,
    )
    date_planned = fields.Date(
        string="Shows Up On",
        compute="_compute_date_planned",
        store=True,
        help="When its activity is created, where that is ahead of the due date.",
    )
    date_open = fields.Datetime(readonly=True)
    date_done = fields.Date(readonly=True)
    done_user_id = fields.Many2one(
        "res.users", string="Done by", ondelete="set null", readonly=True
    )
    date_manual = fields.Boolean(readonly=True, help="Somebody moved the date.")
    user_manual = fields.Boolean(readonly=True, help="Somebody chose the assignee.")
    skip_reason = fields.Char(readonly=True)
    error = fields.Char(readonly=True)
    attempts = fields.Integer(readonly=True)
    date_retry = fields.Datetime(readonly=True)
    # for lists and the record's tab
    res_model = fields.Char(related="run_id.res_model", store=True)
    res_name = fields.Char(related="run_id.res_name")
    run_state = fields.Selection(related="run_id.state", string="Track State")
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    icon = fields.Char(related="activity_type_id.icon")
    run_heading = fields.Char(string="Of Track", compute="_compute_run_heading")
    due_text = fields.Char(string="Due", compute="_compute_due_text")
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")

    # “my tasks” and “late” in the list of tasks
    _open_idx = models.Index("(user_id, date_deadline) WHERE state = 'open'")
    # the cron: what is due for an activity
    _planned_idx = models.Index("(date_planned) WHERE state = 'planned'")

    @api.depends("date_deadline", "run_id.activity_creation", "run_id.ahead_days")
    def _compute_date_planned(self):
        for task in self:
            ahead = task.date_deadline and task.run_id.activity_creation == "ahead"
            task.date_planned = ahead and task.date_deadline - timedelta(
                days=task.run_id.ahead_days
            )

    @api.depends("activity_ids")
    def _compute_activity_id(self):
        for task in self:
            task.activity_id = task.activity_ids[:1]

    @api.model
    def _search_activity_id(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return Domain(
            "activity_ids",
            "any",
            [("active", "in", (True, False)), ("id", operator, value)],
        )

    @api.depends(
        "state",
        "date_deadline",
        "date_done",
        "done_user_id",
        "run_id.line_ids.state",
        "run_id.line_ids.sequence",
    )
    @api.depends_context("uid")
    def _compute_due_text(self):
        today = get_today(self.env, self.env.company)
        for task in self:
            task.due_text = task._get_due_text(today)

    def _get_due_text(self, today):
        """In words, when this task is due or was done, and why it has not begun.

        :param date today: the reader's day
        :return: str, or False where there is nothing to say
        """
        self.ensure_one()
        if self.state == "waiting":
            return self._get_delay_text(self._get_previous())
        if self.state == "done":
            return self.env._(
                "%(day)s, %(user)s",
                day=format_date(self.env, self.date_done),
                user=self.done_user_id.sudo().name or self.env._("somebody"),
            )
        if self.state == "failed":
            return self.error
        if self.state == "skipped":
            return self.skip_reason
        if self.state == "cancelled" or not self.date_deadline:
            return False
        days = (self.date_deadline - today).days
        if days < -1:
            return self.env._("%s days late", -days)
        if days > 1:
            return self.env._("In %s days", days)
        return {
            -1: self.env._("Yesterday"),
            0: self.env._("Today"),
            1: self.env._("Tomorrow"),
        }[days]

    @api.depends("run_id.name", "run_id.line_ids.sequence")
    def _compute_run_heading(self):
        for task in self:
            is_first = task.run_id.line_ids.sorted()[:1] == task
            task.run_heading = is_first and task.run_id.name

    @api.depends("state", "date_deadline")
    def _compute_is_late(self):
        today = get_today(self.env, self.env.company)
        for task in self:
            task.is_late = (
                task.state == "open"
                and bool(task.date_deadline)
                and task.date_deadline < today
            )

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = get_today(self.env, self.env.company)
        late = Domain("state", "=", "open") & Domain("date_deadline", "<", today)
        if set(value) == {True}:
            return late
        return ~late if set(value) == {False} else Domain.TRUE

    # ------------------------------------------------------------------
    # Access: as on the track, which is as on the record
    # ------------------------------------------------------------------

    @api.model
    def _search(
        self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs
    ):
        if not (self.env.su or bypass_access):
            runs = self.env["track.run"]._search([])
            domain = Domain(domain) & Domain("run_id", "in", runs)
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        allowed = self - result[0] if result else self
        runs = allowed.sudo().run_id.sudo(False)
        refused = runs._get_forbidden("read" if operation == "read" else "write")
        if not refused:
            return result
        forbidden = allowed.filtered(lambda task: task.sudo().run_id in refused)
        if result:
            return result[0] + forbidden, result[1]
        return forbidden, lambda: refused._make_access_error(operation)

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        if not self.env.su:
            return super().default_get(fields)
        # the engine takes no defaults that people saved for themselves (ir.default)
        return {
            name: self._fields[name].default(self)
            for name in fields
            if name in self._fields and self._fields[name].default
        }

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        self.check_access("write")
        self._check_user_vals(vals)
        self.sudo()._edit(vals)
        return True

    def _check_user_vals(self, vals):
        """Refuse from a person what the engine keeps, and what cannot be a task."""
        kept = vals.keys() - self._USER_FIELDS
        if kept:
            raise AccessError(
                self.env._(
                    "“%s” of a track's task cannot be edited.",
                    ", ".join(
                        self._fields[name].string if name in self._fields else name
                        for name in sorted(kept)
                    ),
                )
            )
        for task in self.sudo():
            if task.state not in ("waiting", "planned", "open"):
                raise UserError(
                    self.env._(
                        "“%s” is not open any more: it cannot be edited.",
                        task._get_label(),
                    )
                )
        user = self.env["res.users"].browse(vals.get("user_id") or [])
        if user and not user._tracks_can_be_assigned():
            raise UserError(
                self.env._(
                    "%s cannot be assigned: choose an active internal user.",
                    user.name if user.has_access("read") else f"#{user.id}",
                )
            )
        if "date_deadline" in vals and not vals["date_deadline"]:
            if any(task.state != "waiting" for task in self.sudo()):
                raise UserError(self.env._("A task needs a due date: give one."))

    def _edit(self, vals):
        """Write what a person changed on these tasks, and on their activities."""
        marks = {}
        if "date_deadline" in vals:
            marks["date_manual"] = bool(vals["date_deadline"])
        if "user_id" in vals:
            marks["user_manual"] = bool(vals["user_id"])
        self.write({**vals, **marks})
        activities = self.filtered(lambda task: task.state == "open").activity_ids
        if activities:
            activities.with_context(mail_activity_quick_update=True).write(vals)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_done(self, feedback=False):
        """Complete these tasks, as ticking their activities in the chatter does.

        A task that waits or is planned is recorded as done ahead of its turn.

        :param str feedback: kept with the activity, and shown in the chatter
        :raise AccessError: when the user may not write one of the records
        :raise UserError: when a task has ended already
        """
        self._check_unfinished()
        tasks = self.sudo()
        is_open = tasks.filtered(lambda task: task.state == "open")
        # those ahead of their turn first: completing the others would open them
        (tasks - is_open)._complete(feedback)
        if is_open:
            is_open.activity_ids.action_feedback(feedback=feedback)
        return True

    def action_skip(self):
        """Leave these tasks out; what waits for them goes on.

        :raise AccessError: when the user may not write one of the records
        :raise UserError: when a task has ended already
        """
        self._check_unfinished()
        self.sudo()._skip()
        return True

    def _check_unfinished(self):
        self.check_access("write")
        for task in self.sudo():
            if task.run_id.state in ("done", "stopped"):
                raise UserError(
                    self.env._(
                        "“%s” has ended: its tasks stay as they are.", task.run_id.name
                    )
                )
            if task._is_finished() or task.state == "cancelled":
                raise UserError(
                    self.env._("“%s” is finished already.", task._get_label())
                )

    # ------------------------------------------------------------------
    # The step from task to task
    # ------------------------------------------------------------------

    def _is_finished(self):
        return self.state in ("done", "skipped")

    def _has_dropped_out(self):
        """Whether this task left the sequence before its turn had come (rule 8)."""
        return self.state in ("skipped", "cancelled") and not self.date_done

    def _is_due_for_opening(self):
        """Whether a planned task is to get its activity now (rule 19)."""
        self.ensure_one()
        if self.state != "planned":
            return False
        today = get_today(self.env, self.run_id.company_id)
        return not self.date_planned or self.date_planned <= today

    def _get_siblings(self):
        return self.run_id.line_ids.sorted()

    def _get_previous(self):
        """The task this one waits for: the one just before that did not drop out."""
        siblings = list(self._get_siblings())
        earlier = siblings[: siblings.index(self)] if self in siblings else []
        return next(
            (task for task in reversed(earlier) if not task._has_dropped_out()),
            self.browse(),
        )

    def _open(self):
        """Create the activities of these tasks, all in one ``create`` (rule 6)."""
        if not self:
            return
        assignees = self._get_assignees()
        records = self.run_id._get_records()
        tasks = self.filtered(lambda task: task.run_id in records)
        by_model = {
            name: {
                "res_model_id": self.env["ir.model"]._get_id(name),
                "activity_type_id": self.env["mail.activity"]
                ._default_activity_type_for_model(name)
                .id,
            }
            for name in set(tasks.mapped("res_model"))
        }
        for user_id in {assignees[task].id for task in tasks}:
            of_user = tasks.filtered(
                lambda task, uid=user_id: assignees[task].id == uid
            )
            of_user.write(
                {
                    "state": "open",
                    "user_id": user_id,
                    "date_open": fields.Datetime.now(),
                }
            )
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            [
                {
                    **by_model[task.res_model],
                    **task._prepare_activity_vals(records[task.run_id]),
                }
                for task in tasks
            ]
        )

    def _prepare_activity_vals(self, record):
        """The values of this task's activity, those of its model apart."""
        self.ensure_one()
        vals = {
            "track_run_line_id": self.id,
            "res_id": record.id,
            "res_name": record.display_name,  # saves a query each
            "summary": self.summary,
            "note": self.note,
            "date_deadline": self.date_deadline,
            "user_id": self.user_id.id,
            "user_tz": self.user_id.tz,  # saves an update each
            "automated": True,
            # explicit, so that no saved default of a person gets in
            "active": True,
            "muted": False,
        }
        if self.activity_type_id:
            vals["activity_type_id"] = self.activity_type_id.id
        return vals

    def _complete(self, feedback=False):
        """Record these tasks as done by the person who acts, and go on.

        :param str feedback: for tasks without an activity, which would keep it
        """
        tasks = self.filtered(lambda task: not task._is_finished())
        if not tasks:
            return
        ahead = tasks.filtered(lambda task: task.state in ("waiting", "planned"))
        tasks._end("done", done_user_id=self.env.uid)
        if ahead:
            runs = ahead.run_id
            runs._log(
                {
                    run: Markup("<p>%s</p>")
                    % self.env._(
                        "Done ahead of its turn: %(tasks)s %(feedback)s",
                        tasks=", ".join((ahead & run.line_ids).mapped("display_name")),
                        feedback=feedback or "",
                    )
                    for run in runs
                }
            )
        tasks.run_id._advance()

    def _skip(self, reason=None):
        """Record these tasks as skipped, remove their activities, and go on.

        A task that was still waiting only drops out. One whose turn had come counts as
        finished today, and passes the turn on (rule 8).

        :param str reason: why, if anybody said so
        """
        tasks = self.filtered(lambda task: not task._is_finished())
        activities = tasks.activity_ids
        waiting = tasks.filtered(lambda task: task.state == "waiting")
        waiting.write({"state": "skipped", "skip_reason": reason})
        (tasks - waiting)._end("skipped", skip_reason=reason)
        activities.exists().unlink()
        tasks.run_id._advance()

    def _end(self, state, **vals):
        """Write a final state with the day it is for the person who acts."""
        for company, tasks in self.grouped("company_id").items():
            tasks.write(
                {"state": state, "date_done": get_today(self.env, company), **vals}
            )
