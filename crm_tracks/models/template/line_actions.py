from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ...tools.field_values import RELATIONS, is_settable, parse_ids
from ...tools.words import quote


class TrackLine(models.Model):
    """The actions of template tasks, and the checks on them.

    The record that a task needs (an e-mail template, a server action) is for one model,
    so the template must be for that model only. If the record was deleted later, a hint
    on the template says so, and the task fails in tracks.
    """

    _inherit = "track.line"

    # checked by _check_author_of_action
    _TRACKS_CHECKED_FIELDS = frozenset(("server_action_id",))

    update_ids = fields.One2many(
        "track.line.update", "line_id", string="Fields to Set", copy=True
    )
    target_model = fields.Char(related="template_id.target_model")

    startable_template_ids = fields.Many2many(
        "track.template",
        string="Startable Templates",
        compute="_compute_startable_template_ids",
        help="The templates that this task can start.",
    )
    can_choose_code = fields.Boolean(
        string="Can Select Server Actions", compute="_compute_can_choose_code"
    )

    @api.depends(
        "action",
        "template_id.res_model_ids",
        "template_id.direction",
        "template_id.company_id",
    )
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_startable_template_ids(self):
        starting = self.filtered(lambda line: line.action == "track")
        (self - starting).startable_template_ids = False
        templates = starting and self.env["track.template"].search(
            Domain("line_ids", "!=", False)
        )
        for line in starting:
            # sudo: only Tracks administrators may read which models a template is for
            own = line.template_id.sudo()
            line.startable_template_ids = templates.filtered(
                lambda template, line=line, own=own: (
                    template != own._origin
                    and not line._get_incompatibility_with_track(own, template.sudo())
                )
            )

    @api.depends_context("uid")
    def _compute_can_choose_code(self):
        self.can_choose_code = self.env.user.has_group("base.group_system")

    @api.depends(
        "target_model",
        "update_ids.field_name",
        "update_ids.operation",
        "update_ids.value",
    )
    def _compute_action_text(self):
        return super()._compute_action_text()

    @api.onchange("action")
    def _onchange_action(self):
        if self._is_automated():
            if self.summary in (self.activity_type_id.summary, False):
                self.summary = False
            self.activity_type_id = False
            self.responsible_type = "owner"

    # ------------------------------------------------------------------
    # The rights of its author
    # ------------------------------------------------------------------

    def _check_author_of_action(self):
        """Refuse actions for which the author of this task lacks the rights.

        Only settings administrators select server actions, because these run code. For
        fields to set, the model for which they were allowed is stored
        (``track.line.update.allowed_model``).
        """
        self.update_ids._check_author()
        if self.env.su:
            return
        if self.server_action_id and not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._(
                    "Only settings administrators can select server actions. Ask one "
                    "of them to add “%(task)s” to “%(template)s”.",
                    task=self._get_label(),
                    template=self.template_id.name,
                )
            )
        target = self._get_target()
        if target:
            # Odoo's own error does not contain the name of a hidden record
            target.sudo(False).check_access("read")

    # ------------------------------------------------------------------
    # Checks when a template is saved
    # ------------------------------------------------------------------

    def _check_compatible(self, parent):
        self.update_ids._check_value()
        return super()._check_compatible(parent)

    @api.constrains(
        "action", "mail_template_id", "server_action_id", "next_template_id"
    )
    def _check_target(self):
        for line in self:
            if line._lacks_target():
                raise ValidationError(
                    self.env._(
                        "“%(target)s” is empty in task %(number)s of “%(template)s”. "
                        "Select a value.",
                        number=line.number,
                        template=line.template_id.name,
                        target=line._get_target_label(),
                    )
                )
        self._check_fit()
        # a task that starts no track closes no ring
        starting = self.filtered(lambda line: line._starts_tracks())
        starting.template_id._check_rings()

    def _starts_tracks(self):
        """Whether this task starts tracks, itself or with a record that it creates."""
        self.ensure_one()
        return self.action == "track"

    @api.constrains("action", "update_ids")
    def _check_update_ids(self):
        for line in self:
            if line.action == "update" and not line.update_ids:
                raise ValidationError(
                    self.env._(
                        "Task %(number)s of “%(template)s” updates the record. Select "
                        "the field to set.",
                        number=line.number,
                        template=line.template_id.name,
                    )
                )
        self._check_fit()

    def _get_incompatibility(self, template):
        if self._needs_one_model() and self._get_target_model() is None:
            return self.env._(
                "“%(task)s” needs exactly one model. Set it in “Applies To” of "
                "“%(template)s”."
            )
        if not self._is_automated():
            return super()._get_incompatibility(template)
        find = getattr(self, f"_get_incompatibility_of_{self.action}", None)
        return find and find(template)

    def _get_incompatibility_of_email(self, template):
        if self._get_strange_model(self._get_target_model()._name):
            return self.env._(
                "The e-mail template “%(target)s” does not apply to the records of "
                "“%(template)s”. Select another one."
            )
        return None

    def _get_incompatibility_of_server_action(self, template):
        if self._get_strange_model(self._get_target_model()._name):
            return self.env._(
                "The server action “%(target)s” does not apply to the records of "
                "“%(template)s”. Select another one."
            )
        return None

    def _get_incompatibility_of_update(self, template):
        fields_ = self._get_target_model()._fields
        found = [fields_.get(update.field_name) for update in self.update_ids]
        if not all(field is not None and is_settable(field) for field in found):
            return self.env._(
                "“%(task)s” sets a field that the records of “%(template)s” do not "
                "have or that cannot be set. Select another field."
            )
        return None

    def _get_incompatibility_of_track(self, template):
        target = self._get_target()
        return target and self._get_incompatibility_with_track(template.sudo(), target)

    def _get_incompatibility_with_track(self, template, target):
        """As :meth:`_get_incompatibility`, for a task that starts another track.

        :param target: the ``track.template`` to start
        """
        # also of an unsaved template
        models, company = template.res_model_ids._origin, template.company_id._origin
        if target.res_model_ids and not (models and models <= target.res_model_ids):
            return self.env._(
                "The template “%(target)s” does not apply to all records of "
                "“%(template)s”. Select another template."
            )
        needs_end = target.direction == "end" and not target.date_field
        if needs_end and template.direction == "start":
            return self.env._(
                "The template “%(target)s” counts back from an end date, which "
                "“%(template)s” does not have. Select another template."
            )
        if target.company_id and target.company_id not in company.parent_ids:
            return self.env._(
                "The template “%(target)s” belongs to another company than "
                "“%(template)s”. Select another template."
            )
        return None

    # ------------------------------------------------------------------
    # Values that tracks copy
    # ------------------------------------------------------------------

    def _get_settings(self):
        return [
            {
                # sudo: users cannot read allowed_model
                "model": update.sudo().allowed_model or "",
                "field": update.field_name,
                "operation": update.operation,
                "value": update.with_env(self.env)._get_value() or "",
            }
            # sudo: readers see the settings of fields that they may read
            for update in self.sudo().update_ids.sorted(
                lambda update: (update.sequence, update._origin.id or 0)
            )
        ]

    def _get_named_values(self):
        """The records that the description of an ``update`` task names.

        :return: list of (empty recordset, list of ids)
        """
        model = self._get_target_model()
        named = []
        for setting in self._get_settings() if model is not None else ():
            field = model._fields.get(setting["field"])
            if field is not None and field.type in RELATIONS:
                with suppress(ValueError):
                    named.append(
                        (self.env[field.comodel_name], parse_ids(setting["value"]))
                    )
        return named

    def _get_target_model(self):
        return self.template_id._get_target_model()

    def _get_quoted_labels(self):
        """The labels of these tasks, as a list within a sentence."""
        return ", ".join(quote(self.env, line._get_label()) for line in self)


class TrackTemplate(models.Model):
    _inherit = "track.template"

    missing_hint = fields.Char(
        string="Hint on Incomplete Tasks", compute="_compute_missing_hint"
    )

    @api.depends(
        "line_ids.action",
        "line_ids.mail_template_id",
        "line_ids.server_action_id",
        "line_ids.next_template_id",
    )
    def _compute_missing_hint(self):
        for template in self:
            lines = template.line_ids.sorted().filtered(
                lambda line: line._lacks_target()
            )
            lost = lines.filtered(lambda line: line._lost_target())
            hints = []
            if lost:
                hints.append(
                    self.env._(
                        "Tasks that need a deleted record will fail: %s. Select other "
                        "records, or delete the tasks.",
                        lost._get_quoted_labels(),
                    )
                )
            if lines - lost:
                hints.append(
                    self.env._(
                        "Incomplete tasks: %s. Select the records that they need, or "
                        "delete the tasks.",
                        (lines - lost)._get_quoted_labels(),
                    )
                )
            template.missing_hint = " ".join(hints)

    def _check_rings(self):
        """Refuse templates that would start themselves, directly or through others.

        :raise ValidationError: with the names of these templates
        """
        # sudo: a ring may contain templates that its author cannot read
        for template in self.sudo():
            ring = template._find_ring()
            if ring:
                raise ValidationError(
                    self.env._(
                        "“%(template)s” would start itself without end: %(ring)s. "
                        "Select another template to start.",
                        template=template.name,
                        ring=" → ".join(ring.mapped("name") + [ring[0].name]),
                    )
                )

    def _find_ring(self):
        """Find a ring of templates that start one another, back to this one.

        :return: ``track.template`` in the order of the ring, this one first, or empty
        """
        self.ensure_one()
        started_by = {self: self.browse()}  # the template that starts each template
        ahead = [self]
        while ahead:
            template = ahead.pop()
            for started in template._get_started_templates():
                if started == self:
                    ring = template
                    while started_by[ring[0]]:
                        ring = started_by[ring[0]] + ring
                    return ring
                if started not in started_by:
                    started_by[started] = template
                    ahead.append(started)
        return self.browse()

    def _get_started_templates(self):
        """The templates that the tasks of this one start."""
        self.ensure_one()
        tasks = self.env["track.line"].search(
            Domain("template_id", "=", self.id) & Domain("action", "=", "track")
        )
        return tasks.next_template_id
