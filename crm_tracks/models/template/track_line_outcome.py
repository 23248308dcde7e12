from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import NO_ACCESS

from ...tools.deferral import defer
from ...tools.task_outcome import TaskOutcome


class TrackLineOutcome(models.Model):
    """One way in which a task of a template can end: “No answer: again in 2 days”.

    What each effect does is in ``task_outcomes.py``. An outcome can go to a later task
    of the same template only. The rows of a form are saved one by one, so while a
    template is being written, only its final state is checked.

    ``target_line_id`` is a record, which has another id in a copy of the template, or
    in another database. ``target_number``, the position of that task in the template,
    is the same there.
    """

    _name = "track.line.outcome"
    _description = "Template Task Outcome"
    _inherit = ["track.guard"]
    _order = "line_id, sequence, id"

    line_id = fields.Many2one(
        "track.line", string="Task", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Outcome", required=True)
    effect = fields.Selection(
        [
            ("next", "Next task"),
            ("again", "Same task again"),
            ("goto", "Go to later task"),
            ("end", "End the track"),
        ],
        string="What Follows",
        default="next",
        required=True,
    )
    delay_count = fields.Integer(
        string="Again In",
        default=1,
        help="Time between the completion and the due date of the repeated task.",
    )
    delay_unit = fields.Selection(
        selection=lambda self: self.env["track.task.mixin"]
        ._fields["delay_unit"]
        ._description_selection(self.env),
        string="Unit of Delay",
        default="days",
        required=True,
    )
    again_max = fields.Integer(
        string="At Most (Times)",
        default=3,
        help="How often the task can be repeated. The outcome is not offered "
        "afterwards.",
    )
    target_line_id = fields.Many2one(
        "track.line",
        string="Go To",
        index="btree_not_null",
        ondelete="set null",
        help="A later task of the same template. The unfinished tasks between are "
        "skipped.",
    )
    target_number = fields.Integer(
        string="Go To (Position)",
        compute="_compute_target_number",
        readonly=False,
        help="Position of the task to go to in its template, for export and import.",
    )
    # the position that was passed, until the task in this position is known
    wanted_number = fields.Integer(readonly=True, copy=False, groups=NO_ACCESS)

    @api.depends("target_line_id.number")
    def _compute_target_number(self):
        for outcome in self:
            outcome.target_number = outcome.target_line_id.number

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.constrains("name", "line_id")
    def _check_names(self):
        for line in (self - defer(self, "_check_names")).line_id:
            seen = set()
            for name in line.outcome_ids.mapped("name"):
                key = (name or "").strip().casefold()
                if not key:
                    raise ValidationError(
                        self.env._(
                            "An outcome of “%s” has no name. Enter one.",
                            line._get_label(),
                        )
                    )
                if key in seen:
                    raise ValidationError(
                        self.env._(
                            "“%(task)s” has two outcomes “%(outcome)s”. Enter another "
                            "name.",
                            task=line._get_label(),
                            outcome=name.strip(),
                        )
                    )
                seen.add(key)

    @api.constrains("line_id")
    def _check_line_id(self):
        self.line_id._check_is_completed_by_user()

    @api.constrains("effect", "delay_count", "again_max")
    def _check_repetition(self):
        most = self.line_id._MAX_DELAY
        rounds = self.line_id._MAX_TASKS - 1
        for outcome in self:
            names = {"outcome": outcome.name, "task": outcome.line_id._get_label()}
            if outcome.delay_count < 0:
                raise ValidationError(
                    self.env._(
                        "The delay of “%(outcome)s” of “%(task)s” is negative. Enter 0 "
                        "or more.",
                        **names,
                    )
                )
            if outcome.delay_count > most:
                raise ValidationError(
                    self.env._(
                        "The delay of “%(outcome)s” of “%(task)s” is too long. Enter "
                        "at most %(max)s.",
                        max=most,
                        **names,
                    )
                )
            if outcome.effect == "again" and not 1 <= outcome.again_max <= rounds:
                raise ValidationError(
                    self.env._(
                        "“%(outcome)s” of “%(task)s” cannot repeat the task "
                        "%(count)s times. Enter a number from 1 to %(max)s.",
                        count=outcome.again_max,
                        max=rounds,
                        **names,
                    )
                )

    def _check_targets(self):
        """Refuse outcomes that go to a task which is not later in the same template.

        An outcome whose task was deleted since is left: it goes on with the next task.

        :raise ValidationError: in a sentence that names the outcome and its task
        """
        for outcome in self:
            line, target = outcome.line_id, outcome.target_line_id
            if outcome.effect != "goto" or not target:
                continue
            names = {"outcome": outcome.name, "task": line._get_label()}
            if target.template_id != line.template_id:
                raise ValidationError(
                    self.env._(
                        "“%(outcome)s” of “%(task)s” goes to a task of another "
                        "template. Select a later task of the same template.",
                        **names,
                    )
                )
            siblings = list(line._get_siblings())
            if siblings.index(target) <= siblings.index(line):
                raise ValidationError(
                    self.env._(
                        "“%(outcome)s” of “%(task)s” goes to “%(target)s”, which does "
                        "not come later. Select a task that comes after “%(task)s”.",
                        target=target._get_label(),
                        **names,
                    )
                )

    def _check_saved_targets(self):
        """Find the tasks in the positions that were passed, and check all targets.

        Deferred to the end of a save if the templates are being written: until then,
        tasks may be missing, or in another order.

        :raise ValidationError: also when an outcome goes to no task
        """
        for outcome in self - defer(self, "_check_saved_targets"):
            stored = outcome.sudo()  # the author's rights were checked
            line, number = stored.line_id, stored.wanted_number
            if number:
                target = stored.target_line_id
                if not target or target.template_id != line.template_id:
                    target = line._get_siblings()[max(number - 1, 0) : number]
                stored.write({"wanted_number": False, "target_line_id": target.id})
            if outcome.effect == "goto" and not outcome.target_line_id:
                raise ValidationError(
                    self.env._(
                        "“%(outcome)s” of “%(task)s” goes to a later task, but that "
                        "task is missing. Select it.",
                        outcome=outcome.name,
                        task=outcome.line_id._get_label(),
                    )
                )
            outcome._check_targets()

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.browse().check_access("create")
        outcomes = super().create(
            [self._prepare_saved_vals(vals) for vals in vals_list]
        )
        for outcome, vals in zip(outcomes, vals_list, strict=True):
            outcome._want_number(vals)
        outcomes._mark_lines()
        outcomes._check_saved_targets()
        return outcomes

    def write(self, vals):
        if self.env.su and vals.keys() <= {"wanted_number", "target_line_id"}:
            return super().write(vals)  # by this class
        self.check_access("write")
        super().write(self._prepare_saved_vals(vals))
        self._want_number(vals)
        if "line_id" in vals:
            # by the record rules after the write: the task may be another company's
            self.check_access("write")
            self._mark_lines()
        if {"line_id", "effect", "target_line_id", "target_number"} & vals.keys():
            self._check_saved_targets()
        return True

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for outcome, vals in zip(self, vals_list, strict=True):
            if vals and "target_line_id" not in (default or {}):
                # of a copy of the template, the task in the same position
                vals["target_number"] = outcome.target_number
        return vals_list

    @api.model
    def _prepare_saved_vals(self, vals):
        """The stored values, without changing the caller's dict."""
        vals = dict(vals)
        if isinstance(vals.get("name"), str):
            vals["name"] = vals["name"].strip()
        if vals.pop("target_number", None):
            vals.setdefault("target_line_id", False)
        return vals

    def _want_number(self, vals):
        """Keep the position that a caller passed, until the task there is known."""
        if vals.get("target_number"):
            # sudo: closed to people
            self.sudo().write({"wanted_number": vals["target_number"]})

    def _mark_lines(self):
        """Note on the tasks that they have outcomes, so that others cost no query."""
        unmarked = self.line_id.filtered(lambda line: not line.has_outcomes)
        # sudo: only this class writes it
        unmarked.sudo().write({"has_outcomes": True})

    def _get_template(self):
        """The template that this belongs to."""
        return self.line_id.template_id


class TrackLine(models.Model):
    _inherit = "track.line"

    outcome_ids = fields.One2many(
        "track.line.outcome", "line_id", string="Outcomes", copy=False
    )
    # true once the task has had outcomes: the others are not searched for any
    has_outcomes = fields.Boolean(readonly=True, copy=False, exportable=False)
    later_line_ids = fields.Many2many(
        "track.line",
        string="Later Tasks",
        compute="_compute_later_line_ids",
        help="The saved tasks of the template that come after this task.",
    )

    @api.depends("template_id.line_ids.sequence")
    def _compute_later_line_ids(self):
        for line in self:
            siblings = list(line._get_siblings())
            later = siblings[siblings.index(line) + 1 :] if line in siblings else []
            line.later_line_ids = [each._origin.id for each in later if each._origin]

    @api.onchange("action")
    def _onchange_action_with_outcomes(self):
        if self._is_automated():
            self.outcome_ids = False

    @api.constrains("action")
    def _check_action_with_outcomes(self):
        marked = self.filtered("has_outcomes")
        marked.filtered("outcome_ids")._check_is_completed_by_user()

    def _check_is_completed_by_user(self):
        """Refuse these tasks, which have outcomes, if no user completes them."""
        for line in self:
            if line._is_automated():
                raise ValidationError(
                    self.env._(
                        "“%s” is automated, so it cannot have outcomes. Delete the "
                        "outcomes or select the task type “Activity”.",
                        line._get_label(),
                    )
                )

    def _prepare_copied_outcomes_vals(self, default):
        """The values of the outcomes, for a copy of this task.

        :param dict default: as of ``copy_data``
        :return: dict, empty without outcomes
        """
        if not self.has_outcomes or "outcome_ids" in default:
            return {}
        vals_list = self.outcome_ids.copy_data()
        if "template_id" in default:
            # in another template, a position has no meaning: what goes to a task of
            # this one is refused
            for vals in vals_list:
                vals.pop("target_number", None)
        return {"outcome_ids": [Command.create(vals) for vals in vals_list]}

    def _get_outcomes(self):
        self.ensure_one()
        if self.id and not self.has_outcomes:
            return []
        return [
            TaskOutcome(
                name=outcome.name,
                effect=outcome.effect,
                delay_count=outcome.delay_count,
                delay_unit=outcome.delay_unit,
                again_max=outcome.again_max,
                target=outcome.target_line_id._origin.id,
            )
            for outcome in self.outcome_ids.sorted(
                lambda outcome: (outcome.sequence, outcome._origin.id or float("inf"))
            )
        ]

    def _get_outcome_target(self, outcome):
        return self._get_siblings().filtered(
            lambda line: line._origin.id == outcome.target and outcome.target
        )[:1]

    def _prepare_outcomes_vals(self):
        """The values of a track's copy of the outcomes of this task.

        The targets are tasks of the template (``track.run.line._link_outcomes``).

        :return: dict, empty without outcomes
        """
        outcomes = self._get_outcomes()
        return {"outcomes": [each._asdict() for each in outcomes]} if outcomes else {}
