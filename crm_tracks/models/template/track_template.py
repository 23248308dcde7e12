from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...tools.deferral import defer, deferring
from ...tools.note_files import copy_note_files
from ...tools.readable_relation import ReadableOne2many
from ...tools.states import NOT_ENDED

# A track takes these over from its template.
DIRECTIONS = [
    ("start", "Forwards from a start date"),
    ("end", "Back from an end date"),
]
ACTIVITY_CREATIONS = [
    ("at_once", "At once"),
    ("ahead", "Some days before they are due"),
]
CLOSINGS = [
    ("mute", "Become inactive until it is reopened"),
    ("continue", "Go on"),
]


class TrackTemplate(models.Model):
    """The definition of a track: a sequence of tasks that a business repeats.

    A template counts forwards (``direction = start``: each task is due some time after
    the start, or after the previous task is done) or backwards (``direction = end``:
    each task is due some time before an end date, asked for when it is applied).

    Applying it copies its tasks into a ``track.run``; whatever happens to the template
    afterwards changes only the tracks that start later.
    """

    _name = "track.template"
    _description = "Track Template"
    _inherit = ["track.guard"]
    _order = "sequence, name, id"

    # What decides whether a task fits its template, and what else is checked at the end
    # of a save.
    _FIT_FIELDS = frozenset(("res_model_ids", "company_id", "direction"))
    _CHECKED_FIELDS = _FIT_FIELDS | {"line_ids"}

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", help="Leave empty to offer this template in every company."
    )
    direction = fields.Selection(
        DIRECTIONS,
        string="Calculate Dates",
        default="start",
        required=True,
    )
    res_model_ids = fields.Many2many(
        "ir.model",
        "track_template_ir_model_rel",
        "template_id",
        "model_id",
        string="Applies To",
        domain=[("is_mail_activity", "=", True), ("transient", "=", False)],
        groups="crm_tracks.group_track_manager",
        help="Leave empty to offer this template on everything that has activities.",
    )
    line_ids = fields.One2many("track.line", "template_id", string="Tasks", copy=True)
    run_ids = ReadableOne2many(
        "track.run", "template_id", string="Tracks", exportable=False
    )
    activity_creation = fields.Selection(
        ACTIVITY_CREATIONS,
        string="Create Activities",
        default="at_once",
        required=True,
    )
    ahead_days = fields.Integer(string="Days Ahead", default=7)
    one_per_record = fields.Boolean(
        string="Only One per Record",
        help="Refuse to start this track on a record where it is already running.",
    )
    on_close = fields.Selection(
        CLOSINGS,
        string="When the Record Is Closed",
        default="mute",
        required=True,
    )
    chaining_hint = fields.Char(compute="_compute_chaining_hint")
    line_count = fields.Integer(string="Task Count", compute="_compute_line_count")
    running_count = fields.Integer(
        string="Running Tracks", compute="_compute_running_count"
    )

    @api.depends("name", "direction")
    def _compute_display_name(self):
        for template in self:
            suffix = " …" if template.direction == "end" else ""
            template.display_name = f"{template.name or ''}{suffix}"

    @api.depends("line_ids")
    def _compute_line_count(self):
        for template in self:
            template.line_count = len(template.line_ids)

    @api.depends("line_ids.activity_type_id.chaining_type")
    def _compute_chaining_hint(self):
        for template in self:
            types = template.line_ids.activity_type_id.filtered(
                lambda activity_type: activity_type.chaining_type == "trigger"
            )
            template.chaining_hint = bool(types) and self.env._(
                "Elsewhere these activity types schedule a next activity by "
                "themselves: %s. In a track they do not: what follows is the "
                "track's next task.",
                ", ".join(types.mapped("name")),
            )

    @api.depends("run_ids.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_running_count(self):
        counts = dict(
            self.env["track.run"]._read_group(
                [
                    ("template_id", "in", self.ids),
                    ("state", "in", NOT_ENDED),
                ],
                ["template_id"],
                ["__count"],
            )
        )
        for template in self:
            template.running_count = counts.get(template._origin, 0)

    @api.onchange("direction")
    def _onchange_direction(self):
        is_stored = self.direction == self._origin.direction
        for line in self.line_ids:
            if is_stored and line._origin:
                # switched forth and back: as if nobody had touched it
                line.delay_from = line._origin.delay_from
                line.responsible_type = line._origin.responsible_type
                line.responsible_id = line._origin.responsible_id
            elif self.direction == "end":
                line.delay_from = "end"
                if line.responsible_type == "previous":
                    line.responsible_type = "owner"
            elif line.delay_from == "end":
                line.delay_from = "start"

    @api.constrains("res_model_ids")
    def _check_res_model_ids(self):
        for template in self.sudo():
            for model in template.res_model_ids:
                if not model.is_mail_activity or model.transient:
                    raise ValidationError(
                        self.env._(
                            "“%(model)s” does not support activities, so "
                            "“%(template)s” cannot apply to it. Select another model.",
                            model=model.name,
                            template=template.name,
                        )
                    )

    @api.constrains("ahead_days")
    def _check_ahead_days(self):
        for template in self:
            if template.ahead_days < 0:
                raise ValidationError(
                    self.env._(
                        "The days ahead of “%s” are negative. Enter 0 or more.",
                        template.name,
                    )
                )

    @api.constrains("company_id", "direction", "line_ids")
    def _check_tasks(self):
        """Refuse tasks that could never be dated or assigned.

        Rows of one form are saved one by one and may pass through orders that nobody
        meant, so while a template is being written only its end state is checked.
        """
        for template in self - defer(self, "_check_tasks"):
            lines = template.line_ids.sorted()
            lines._check_count(template, len(lines))
            for line in lines:
                line._check_in_parent(template, is_first=line == lines[0])

    # ------------------------------------------------------------------
    # CRUD: every step of a save, in its order
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.browse().check_access("create")
        templates = super().create(
            [self._prepare_saved_vals(vals) for vals in vals_list]
        )
        # its models may have been saved after its tasks
        templates._check_saved_models()
        return templates

    def write(self, vals):
        self.check_access("write")
        vals = self._prepare_saved_vals(vals)
        if not self._CHECKED_FIELDS & vals.keys():
            return super().write(vals)
        fits = self._FIT_FIELDS & vals.keys()
        misfits = self._get_incompatible_lines() if fits else None
        # sudo: only Tracks administrators may read which models a template is for
        models = {template: template.sudo().res_model_ids for template in self}
        with deferring(self):
            result = super().write(vals)
        if "company_id" in vals:
            # The ORM applies the record rules to what was stored before: this applies
            # them to what is stored now, as they are after a create.
            self.check_access("write")
        if fits:
            self._check_newly_incompatible(misfits)
        self.filtered(
            lambda template: template.sudo().res_model_ids != models[template]
        )._check_saved_models()
        return result

    def copy(self, default=None):
        copies = super().copy(default)
        for template, copy in zip(self, copies, strict=True):
            # the files in a note would be lost with the task it was copied from
            copy_note_files(
                zip(template.line_ids.sorted(), copy.line_ids.sorted(), strict=False)
            )
        return copies

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if "name" not in (default or {}):
            for template, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%s (copy)", template.name)
        return vals_list

    def _get_template(self):
        """The template that this belongs to: itself."""
        return self

    @api.model
    def _prepare_saved_vals(self, vals):
        """These values as they are stored; the caller's stay as they are.

        An addon that offers other names for values translates them here.
        """
        return self._take_model_names(vals)

    def _check_saved_models(self):
        """Check what depends on the models of these templates, after they were saved.

        What an author may do is another question on another model.
        """
        self.line_ids._check_author()
        self.line_ids.update_ids._check_value()

    # ------------------------------------------------------------------
    # What fits
    # ------------------------------------------------------------------

    def _get_incompatible_lines(self):
        """The tasks of these templates that do not fit them.

        :return: ``track.line``
        """
        return self.line_ids.filtered(
            lambda line: line._get_incompatibility(line.template_id) is not None
        )

    def _check_newly_incompatible(self, known):
        """Refuse tasks that a save made unfit, for another model or company, say.

        What did not fit before, as its activity type was archived since, is shown as a
        hint: it prevents no save.

        :param known: the ``track.line`` that did not fit before
        :raise ValidationError: in a sentence that names the task
        """
        for line in self._get_incompatible_lines() - known:
            line._check_compatible(line.template_id)

    def action_view_runs(self):
        """Open the tracks that were started from this template."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_tracks.track_run_action"
        )
        action["domain"] = [("template_id", "in", self.ids)]
        action["context"] = {}
        return action

    def _prepare_run_vals(self):
        """What a track takes over from its template, for good (rule 4)."""
        self.ensure_one()
        return {
            "template_id": self.id,
            "direction": self.direction,
            "one_per_record": self.one_per_record,
            "activity_creation": self.activity_creation,
            "ahead_days": self.ahead_days,
            "on_close": self.on_close,
        }

    @api.model
    def _search_applicable(self, records):
        """The templates that somebody may apply to these records.

        :param records: records of one model, whose companies count
        :return: ``track.template``, active, readable by the user, with tasks
        """
        # sudo: only Tracks administrators may read which models a template is for
        domain = Domain("line_ids", "!=", False) & (
            Domain("res_model_ids", "=", False)
            | Domain("res_model_ids.model", "=", records._name)
        )
        templates = self.sudo().search(domain).sudo(self.env.su)
        companies = self.env["track.run"]._get_record_companies(records).values()
        return templates._filtered_access("read").filtered(
            lambda template: (
                not template.company_id
                or any(template._is_for_company(company) for company in companies)
            )
        )

    def _is_for_company(self, company):
        """Whether this template is for records of a company: it is for its own, with
        its branches, or for all of them.

        :param company: ``res.company``, empty for records of none
        """
        self.ensure_one()
        own = self.sudo().company_id
        return not own or not company or own in company._origin.sudo().parent_ids

    def _check_applicable(self, records, end_date):
        """Refuse what is wrong with this template for whole model, whatever the record.

        :param records: records of one model
        :param date end_date: the end date that was asked for, or None
        :raise UserError: in one sentence that names the template and what to do
        """
        self.ensure_one()
        model = self.env["ir.model"]._get(records._name).sudo()
        problem = self.sudo()._get_problem_with_model(model, end_date)
        if problem:
            values = {"template": self.display_name, "model": model.name}
            raise UserError(problem % values)
        self._check_task_count()

    def _get_problem_with_model(self, model, end_date):
        """As :meth:`_check_applicable`, for an ``ir.model``.

        :return: a sentence with ``%(template)s`` and ``%(model)s``, or None
        """
        if not self.active:
            return self.env._(
                "“%(template)s” is archived: restore it or choose another template."
            )
        if self.res_model_ids and model not in self.res_model_ids:
            return self.env._(
                "“%(template)s” does not apply to %(model)s: choose another template."
            )
        if not self.line_ids:
            return self.env._(
                "“%(template)s” has no tasks: add some before you apply it."
            )
        if self.direction == "end" and not end_date:
            return self.env._(
                "“%(template)s” counts back from an end date. Enter that date."
            )
        return None

    def _check_task_count(self):
        # sudo: a template may have more tasks than whoever applies it may see
        lines = self.sudo().line_ids
        lines._check_count(self, len(lines))

    def _get_obstacles(self, records):
        """Which records this template cannot be applied to, and why.

        :param records: existing records of one model
        :return: dict, a sentence for each record in the way
        """
        self.ensure_one()
        writable = records._filtered_access("write")
        companies = self.env["track.run"]._get_record_companies(records)
        running = self.env["track.run"]
        if self.one_per_record:
            # sudo: the rule holds for tracks that the user cannot see, too
            running = running.sudo().search(
                [
                    ("template_id", "=", self.id),
                    ("res_model", "=", records._name),
                    ("res_id", "in", records.ids),
                    ("state", "in", NOT_ENDED),
                ]
            )
        running_ids = set(running.mapped("res_id"))
        endless = self.env["track.run"]._get_endless(self, records)
        obstacles = {}
        for record in records:
            company = companies[record]
            if record not in writable:
                obstacles[record] = self.env._("you may not change it")
            elif not self._is_for_company(company):
                obstacles[record] = self.env._(
                    "it belongs to another company than the template"
                )
            elif record.id in running_ids:
                obstacles[record] = self.env._(
                    "the track is already running there, and may run only once"
                )
            elif record in endless:
                obstacles[record] = endless[record]
        return obstacles
