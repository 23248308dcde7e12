from contextlib import nullcontext

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools.dates import check_day, get_today
from ...tools.engine_vals import EngineVals
from ...tools.states import NOT_BEGUN, UNFINISHED
from ...tools.words import format_held_day


class TrackRunLine(models.Model):
    """One task of a track: a copy of the template's, with its own date and assignee.

    =========  ==================================================================
    waiting    its predecessor is not finished, so it has no date yet
    planned    its date is known, its activity is still to be created
    open       it has an activity in the list of its assignee
    done       completed, in any way; the user and the day are stored
    skipped    left out; with a ``date_done`` it had its turn and passed it on, without
               one it dropped out before
    cancelled  its track was stopped before it was finished
    failed     it could not be run or assigned; ``error`` says why, it keeps its turn
    =========  ==================================================================
    """

    _name = "track.run.line"
    _description = "Track Task"
    _inherit = ["track.task.mixin", "track.guard", "track.insert.mixin"]
    _order = "run_id, sequence, id"

    _TRACKS_OWN_DEFAULTS = "in sudo"

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
    # precomputed, so that a new task is written only once
    date_planned = fields.Date(
        string="Activity Created On",
        compute="_compute_date_planned",
        store=True,
        readonly=False,
        precompute=True,
        help="Day on which the activity is created, if that is before the due date.",
    )
    date_open = fields.Datetime(string="Assigned On", readonly=True)
    date_done = fields.Date(string="Done On", readonly=True)
    done_user_id = fields.Many2one(
        "res.users", string="Done By", ondelete="set null", readonly=True
    )
    done_rank = fields.Integer(
        string="Order of Completion",
        readonly=True,
        help="Position in the order in which the track's tasks were completed.",
    )
    date_manual = fields.Boolean(
        string="Date Set Manually", readonly=True, help="A user moved the date."
    )
    user_manual = fields.Boolean(
        string="Assigned Manually", readonly=True, help="A user selected the assignee."
    )
    text_manual = fields.Boolean(
        string="Text Edited Manually",
        readonly=True,
        help="A user edited the summary or the note.",
    )
    date_placed = fields.Date(
        string="Moved Behind Finished On",
        readonly=True,
        help="Day on which a user moved the task behind a finished one. The delay "
        "counts from that day.",
    )
    date_turn = fields.Date(
        string="Turn Received On",
        readonly=True,
        help="Day on which a task was removed that passed its turn to this task.",
    )
    follows_owner = fields.Boolean(
        readonly=True, help="The task follows the owner of the record."
    )
    skip_reason = fields.Char(readonly=True)
    skipped_by_id = fields.Many2one(
        "track.run.line",
        string="Skipped by Task",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="The task whose outcome or condition skipped this one.",
    )
    error = fields.Char(readonly=True)
    attempts = fields.Integer(readonly=True)
    date_retry = fields.Datetime(string="Next Attempt On", readonly=True)
    # for lists and the record's tab
    res_model = fields.Char(related="run_id.res_model")
    res_name = fields.Char(related="run_id.res_name")
    run_state = fields.Selection(related="run_id.state", string="Track Status")
    run_held = fields.Boolean(related="run_id.held", string="Track On Hold")
    company_id = fields.Many2one(related="run_id.company_id")
    icon = fields.Char(related="activity_type_id.icon")
    due_text = fields.Char(string="Due Status", compute="_compute_due_text")
    begun = fields.Boolean(compute="_compute_begun")
    finished = fields.Boolean(compute="_compute_begun")

    # “my tasks” and “late” in the list of tasks
    _open_idx = models.Index("(user_id, date_deadline) WHERE state = 'open'")
    # for the cron: tasks whose activity is due
    _planned_idx = models.Index(
        "(date_planned, id) WHERE state = 'planned' AND date_planned IS NOT NULL"
    )

    @api.constrains("date_deadline")
    def _check_date_deadline(self):
        for task in self:
            check_day(self.env, task.date_deadline)

    @api.depends(
        "action",
        "date_deadline",
        "condition_waits",
        "run_id.activity_creation",
        "run_id.ahead_days",
        "run_id.state",
        "run_id.held",
    )
    def _compute_date_planned(self):
        # empty while the track is on hold: the cron finds only tasks that it may open
        days = self._get_planned_days()
        for day, tasks in self.grouped(
            lambda task: not task.condition_waits and days[task]
        ).items():
            tasks.date_planned = day

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
        "run_id.state",
        "run_id.held",
        "run_id.line_ids.state",
        "run_id.line_ids.sequence",
    )
    @api.depends_context("uid")
    def _compute_due_text(self):
        today = get_today(self.env, self.env.company)
        previous = self._get_previous_by_task()
        waiting = self.filtered("condition_waits")
        with (waiting | self.skipped_by_id)._naming_together():
            for task in self:
                task.due_text = task._get_due_text(today, previous[task])

    def _get_due_text(self, today, previous):
        """Describe when this task is due or was done, or why it has not begun.

        :param date today: the reader's day
        :param previous: the task it waits for, as of :meth:`_get_previous`
        :return: str, or False where there is nothing to say
        """
        self.ensure_one()
        if self.state == "waiting":
            return self._get_delay_text(previous)
        if self.state == "done":
            return self._get_done_text()
        if self.state == "failed":
            return self.error
        if self.state == "skipped":
            return self._get_reason_text()
        if self.condition_waits:
            return self._get_condition_text()
        if self.state == "cancelled" or not self.date_deadline:
            return False
        if self.run_id._is_on_hold():
            return format_held_day(self.env, self.date_deadline, today)
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

    def _get_done_text(self):
        """Describe when and by whom this task was done."""
        day = format_date(self.env, self.date_done)
        if self._is_automated() or not self.done_user_id:
            return day
        return self.env._(
            "%(day)s, %(user)s", day=day, user=self.done_user_id.sudo().name
        )

    @api.depends("run_id.line_ids.sequence")
    def _compute_number(self):
        return super()._compute_number()

    @api.depends("state")
    def _compute_begun(self):
        for task in self:
            task.begun = task.state not in NOT_BEGUN
            task.finished = task.state not in UNFINISHED

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su and all("state" in vals for vals in vals_list):
            tasks = super().create(vals_list)  # the engine's copies of template tasks
        else:
            runs = self._check_added_vals(vals_list)
            with runs._rearranging():
                tasks = super(TrackRunLine, self.sudo()).create(
                    self._prepare_added_vals(vals_list)
                )
                tasks._check_added(vals_list)
            tasks = tasks.with_env(self.env)
            tasks._check_responsible_fields(set().union(*vals_list))
        tasks.sudo()._plan_attention(is_new=True)
        tasks._notify_tabs()
        return tasks

    def write(self, vals):
        if not self.env.su:
            self._write_by_hand(vals)
            return True
        edited = self.browse()
        is_engine = isinstance(vals, EngineVals) or not vals
        if not is_engine and vals.keys() <= self._ACTIVITY_FIELDS:
            edited = self._edit_by_code(vals)
        tasks = self - edited
        if not vals.keys() <= self._UNSEEN_FIELDS:
            tasks._notify_tabs()
        if "user_id" in vals:
            # another assignee stands in for nobody, unless these values say so
            vals = {"stands_in_for_id": False, **vals}
        is_moved = "sequence" in vals and not is_engine
        with tasks.run_id._rearranging() if is_moved else nullcontext():
            result = super(TrackRunLine, tasks).write(vals)
        if not vals.keys().isdisjoint(self._LATENESS_FIELDS):
            tasks._plan_attention(is_new=vals.get("state") == "open")
        return result

    def unlink(self):
        self.check_access("unlink")
        tasks = self.sudo()
        if not self.env.su:
            tasks._check_removable()
        tasks.run_id._notify_tabs()
        with tasks.run_id._rearranging():
            tasks._remember_removed()
            tasks._cancel()
            return super(TrackRunLine, tasks).unlink()

    def _cancel(self):
        """Cancel these tasks, which are to be deleted, and delete their activities."""
        activities = self.activity_ids
        # first: deleting the activity of an open task would skip the task
        self.write({"state": "cancelled"})
        activities.unlink()

    def _replace_note(self, note):
        self.write(EngineVals(note=note))

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open(self):
        """Open this task in a dialog, to edit it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.run_id.name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_open_record(self):
        """Open the record on which this task's track runs."""
        self.ensure_one()
        return self.run_id.action_open_record()
