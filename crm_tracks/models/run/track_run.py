from contextlib import nullcontext

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools.dates import check_day
from ...tools.optional_integer import OptionalInteger
from ...tools.states import NOT_ENDED
from ...tools.words import list_labels, quote


class TrackRun(models.Model):
    """A track: a template applied to one record, with its own copy of the tasks.

    Tracks begin with ``tracks_apply`` on the record and end when their tasks do, or
    with :meth:`action_stop`. How a track moves from task to task is in
    ``advance.py``.

    Access follows the record: users who may read it may read its tracks, and users who
    may write it may change the ``_USER_FIELDS`` of its tracks.
    """

    _name = "track.run"
    _description = "Track"
    _inherit = ["track.options.mixin", "track.guard", "track.insert.mixin"]
    _order = "id desc"

    _TRACKS_OWN_DEFAULTS = "always"
    # Fields that users may write; only the engine, in sudo, writes the others.
    _USER_FIELDS = frozenset(("name", "start_date", "end_date", "line_ids"))

    template_id = fields.Many2one(
        "track.template", index="btree_not_null", ondelete="set null", readonly=True
    )
    name = fields.Char(required=True)
    res_model = fields.Char(
        string="Related Document Model", required=True, readonly=True
    )
    res_id = fields.Many2oneReference(
        string="Related Document ID",
        model_field="res_model",
        required=True,
        readonly=True,
    )
    res_name = fields.Char(
        string="Record", compute="_compute_res_name", search="_search_res_name"
    )
    start_date = fields.Date(required=True)
    end_date = fields.Date()
    user_id = fields.Many2one(
        "res.users",
        string="Started By",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    state = fields.Selection(
        [
            ("running", "Running"),
            ("paused", "Paused"),
            ("done", "Done"),
            ("stopped", "Stopped"),
        ],
        string="Status",
        default="running",
        required=True,
        readonly=True,
    )
    held = fields.Boolean(
        string="On Hold by Closing",
        readonly=True,
        help="The record was closed while the track was running.",
    )
    record_closed = fields.Boolean(readonly=True)
    # the template's options, which users cannot edit on a track
    direction = fields.Selection(readonly=True)
    date_field = fields.Char(readonly=True)
    one_per_record = fields.Boolean(readonly=True)
    activity_creation = fields.Selection(readonly=True)
    ahead_days = fields.Integer(readonly=True)
    on_close = fields.Selection(readonly=True)
    on_reopen = fields.Selection(readonly=True)
    on_reply = fields.Selection(readonly=True)
    remind_days = OptionalInteger(readonly=True)
    escalate_days = OptionalInteger(readonly=True)
    escalate_to = fields.Selection(readonly=True)
    escalate_user_id = fields.Many2one(readonly=True)
    escalate_how = fields.Selection(readonly=True)
    day_off = fields.Selection(readonly=True)
    absence = fields.Selection(readonly=True)
    late_days = OptionalInteger(readonly=True)
    on_late = fields.Selection(readonly=True)
    run_hour = OptionalInteger(readonly=True)
    date_checked = fields.Datetime(
        string="Last Checked On",
        readonly=True,
        help="When the track was last compared with its record.",
    )
    line_ids = fields.One2many("track.run.line", "run_id", string="Tasks", copy=True)
    # precomputed, so that a new track is written only once
    progress = fields.Float(
        compute="_compute_progress",
        store=True,
        readonly=False,
        precompute=True,
        aggregator="avg",
        help="Percentage of the tasks that are done or skipped.",
    )
    progress_text = fields.Char(string="Tasks Done", compute="_compute_progress_text")
    status_text = fields.Char(string="Current Status", compute="_compute_status_text")
    period_text = fields.Char(string="Dates", compute="_compute_period_text")
    date_done = fields.Date(string="Done On", readonly=True)
    date_paused = fields.Date(string="Paused On", readonly=True)
    date_held = fields.Date(string="On Hold Since", readonly=True)
    date_stopped = fields.Date(string="Stopped On", readonly=True)
    stop_reason = fields.Char(readonly=True)

    # the tracks of a record: for its tab, its deletion, and one track per record
    _record_idx = models.Index("(res_model, res_id)")
    # for the sweep: unfinished tracks, those checked longest ago first
    _checked_idx = models.Index(
        "(date_checked NULLS FIRST, id) WHERE state IN ('running', 'paused')"
    )
    # for the overview: tracks that ended in a period
    _done_idx = models.Index("(date_done, template_id) WHERE state = 'done'")
    _stopped_idx = models.Index("(date_stopped, template_id) WHERE state = 'stopped'")
    _one_per_record_uniq = models.UniqueIndex(
        "(template_id, res_model, res_id) "
        "WHERE one_per_record AND state IN ('running', 'paused')",
        "A track of this template is already running on the record. Only one can run "
        "per record.",
    )

    @api.constrains("name")
    def _check_name(self):
        for run in self:
            if not (run.name or "").strip():
                raise ValidationError(self.env._("A track needs a name. Enter one."))

    @api.constrains("start_date", "end_date")
    def _check_dates(self):
        for run in self:
            check_day(self.env, run.start_date)
            check_day(self.env, run.end_date)

    @api.depends("res_model", "res_id")
    @api.depends_context("lang")
    def _compute_res_name(self):
        for model, runs in self.grouped("res_model").items():
            names = {}
            if model in self.env:
                # sudo: readers of the track may read the record (_get_access_domain)
                records = self.env[model].sudo().browse(set(runs.mapped("res_id")))
                names = {record.id: record.display_name for record in records.exists()}
            for run in runs:
                run.res_name = names.get(run.res_id, False)

    @api.model
    def _search_res_name(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return Domain.OR(
            Domain("res_model", "=", model._name)
            & Domain("res_id", "in", model._search([("display_name", operator, value)]))
            for model in self._get_readable_models()
        )

    @api.depends("line_ids.state")
    def _compute_progress(self):
        for run in self:
            finished, count = run.line_ids._count_finished()
            run.progress = 100 * finished / (count or 1)

    @api.depends("line_ids.state")
    def _compute_progress_text(self):
        for run in self:
            finished, count = run.line_ids._count_finished()
            run.progress_text = self.env._(
                "%(finished)s of %(all)s", finished=finished, all=count
            )

    @api.depends("state", "held")
    def _compute_status_text(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for run in self:
            is_held = run.held and run.state == "running"
            run.status_text = self.env._("Inactive") if is_held else labels[run.state]

    @api.depends("direction", "start_date", "end_date")
    def _compute_period_text(self):
        for run in self:
            if run.direction == "end":
                run.period_text = self.env._(
                    "until %s", format_date(self.env, run.end_date)
                )
            else:
                run.period_text = self.env._(
                    "since %s", format_date(self.env, run.start_date)
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # read the cache before creating: the creation itself would change the answer
        are_known = self._are_known_to_have_tracks(vals_list)
        are_known &= self._are_known_to_await_replies(vals_list)
        are_known &= self._are_known_to_follow_dates(vals_list)
        runs = super().create(vals_list)
        if not are_known:
            self._forget_what_is_kept()
        runs._note_started_by_mail()
        runs._notify_tabs()
        return runs

    def write(self, vals):
        self._refuse_engine_fields(vals)
        if "line_ids" in vals:
            self.check_access("write")  # before anything is done in sudo
        moved = {}
        if {"start_date", "end_date"} & vals.keys():
            vals, moved = self._prepare_new_dates(vals)
        if not vals.keys() <= self._UNSEEN_FIELDS:
            self._notify_tabs()  # of the records before the write
        with self._rearranging() if "line_ids" in vals else nullcontext():
            result = super().write(vals)
        if {"res_model", "res_id"} & vals.keys():
            self._forget_tracks_of_records()
            self._notify_tabs()
        if {"on_reply", "res_model"} & vals.keys():
            self._forget_what_is_kept()
        if {"state", "held"} & vals.keys():
            self._plan_attention()
        for name, runs in moved.items():
            runs._engine()._unlink_moved(name)
            runs._engine()._recalculate(name)
        return result

    def unlink(self):
        self._notify_tabs()
        return super().unlink()

    @api.model
    def _tracks_is_typed(self, name):
        return super()._tracks_is_typed(name) and name in self._USER_FIELDS | {"id"}

    def _forget_tracks_of_records(self):
        """Invalidate the tracks of the records, after tracks moved to another record.

        The ORM updates the one2many side only on creation.
        """
        for name in set(self.mapped("res_model")) & self.pool.keys():
            self.env[name].invalidate_model(["track_run_ids"], flush=False)

    def _refuse_engine_fields(self, vals):
        kept = set() if self.env.su else vals.keys() - self._USER_FIELDS - {"id"}
        if kept:
            raise AccessError(
                self.env._(
                    "“%s” cannot be edited. Use the buttons of the track to change it.",
                    list_labels(self, kept),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_ended(self):
        for run in self:
            if not self.env.su and run.state in NOT_ENDED:
                raise UserError(
                    self.env._(
                        "“%s” has not ended. Stop it before you delete it.", run.name
                    )
                )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_pause(self, until=None):
        """Pause the running ones of these tracks, until they are resumed.

        :param until: the day on which the scheduled action resumes them, as ``date`` or
            ``YYYY-MM-DD``; None for until a user resumes them
        :raise AccessError: when the user may not write the record of one of them
        :raise UserError: when none of them is running, or the day does not lie ahead
        """
        runs = self._filter_for_action(
            ("running",),
            self.env._(
                "Only running tracks can be paused. Select another track instead of %s."
            ),
        )
        runs._pause(until=runs._check_resume_day(until))
        return True

    def action_resume(self, shift=False):
        """Resume the paused ones of these tracks.

        A track whose record is closed stays on hold.

        :param bool shift: whether the dates of tracks that are active then move by the
            days since they became inactive, as :attr:`on_reopen` says for a reopened
            record. Those of tracks that count back from an end date never move
        :raise AccessError: when the user may not write the record of one of them
        :raise UserError: when none of them is paused
        """
        self._filter_to_resume_now()._resume(shift)
        return True

    def action_stop(self):
        """Stop these tracks: cancel unfinished tasks and delete their activities.

        Finished tasks stay, and stopped tracks can still be read.

        :raise AccessError: when the user may not write the record of one of them
        :raise UserError: when all of them have ended; otherwise, tracks that have ended
            are left unchanged
        """
        self._filter_for_action(
            NOT_ENDED,
            self.env._(
                "Only tracks that have not ended can be stopped. Select another track "
                "instead of %s."
            ),
        )._stop()
        return True

    def _filter_for_action(self, states, refusal):
        """Filter the tracks to which an action applies.

        :param states: the states to which the action applies
        :param str refusal: the error for when no track is in one of them, with ``%s``
            for the names of the tracks
        :return: ``track.run``, in sudo
        """
        self.check_access("write")
        runs = self.filtered(lambda run: run.state in states)
        if self and not runs:
            names = (run._get_name_with_record() for run in self)
            raise UserError(refusal % ", ".join(names))
        return runs.sudo()

    def _get_name_with_record(self):
        """The name of this track within a sentence, with that of its record."""
        return self.env._(
            "%(track)s (%(record)s)",
            track=quote(self.env, self.name),
            record=self.res_name,
        )

    def action_open(self):
        """Open the form of this track, to rename it and to add and move tasks."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_open_record(self):
        """Open the record on which this track runs."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
