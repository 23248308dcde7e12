from collections import defaultdict
from datetime import datetime

from odoo import api, fields, models

from ...tools.dates import get_day
from ...tools.notification import notify
from ...tools.words import list_names


class IrActionsServer(models.Model):
    """Server actions that apply a template, or stop tracks.

    They run as one batch from the action menu, and from code with ``active_ids`` in the
    context; an automation rule calls them for each record. The implementation, and
    whose rights apply, is in ``automation/start_stop.py``. Obstacles are noted on the
    record and logged on the action, without an error::

        action.with_context(active_model="crm.lead", active_ids=leads.ids).run()

    Invalid actions are refused on save (``ir_actions_server_checks.py``).
    """

    _inherit = "ir.actions.server"

    # How many records a message names; further ones are only counted.
    _NAMED = 10

    state = fields.Selection(
        selection_add=[
            ("track_apply", "Apply a Track"),
            ("track_stop", "Stop Tracks"),
            ("code",),
        ],
        ondelete={"track_apply": "cascade", "track_stop": "cascade"},
    )
    track_target_field_id = fields.Many2one(
        "ir.model.fields",
        string="Apply To",
        compute="_compute_track_target_field_id",
        store=True,
        readonly=False,
        ondelete="cascade",
        domain="[('model_id', '=', model_id), "
        "('ttype', 'in', ('many2one', 'many2one_reference'))]",
        help="Field with the record to which the track applies, for example the "
        "customer of an invoice. Leave empty for the record itself.",
    )
    track_template_id = fields.Many2one("track.template", ondelete="set null")
    track_date_field_id = fields.Many2one(
        "ir.model.fields",
        string="Dated By",
        compute="_compute_track_date_field_id",
        store=True,
        readonly=False,
        ondelete="cascade",
        domain="[('model_id', '=', model_id), ('ttype', 'in', ('date', 'datetime'))]",
        help="Field with the start date of the track, or with its end date if the "
        "template counts back. Leave empty to start today.",
    )
    track_when_running = fields.Selection(
        [
            ("skip", "Keep running track"),
            ("move", "Move to new date"),
            ("replace", "Stop and start again"),
            ("add", "Start another track"),
        ],
        string="If Already Running",
        default="skip",
    )
    track_user_id = fields.Many2one(
        "res.users",
        string="On Behalf Of",
        ondelete="restrict",
        domain=[("share", "=", False)],
        help="User whose rights apply when no user is logged in (a date was reached, a "
        "customer wrote) and the record has no owner.",
    )
    track_stop_template_ids = fields.Many2many(
        "track.template",
        "ir_act_server_track_template_rel",
        "action_id",
        "template_id",
        string="Tracks to Stop",
        help="Leave empty to stop every track of the record.",
    )
    track_stop_reason = fields.Char(string="Reason", translate=True)
    track_problem = fields.Text(
        string="Last Problem", compute="_compute_track_problem", compute_sudo=True
    )

    @api.depends("model_id", "state")
    def _compute_track_target_field_id(self):
        """Remove a field of another model, and propose the record of a track."""
        for action in self:
            field = action.track_target_field_id
            if not action._is_track_action():
                action.track_target_field_id = False
            elif field.model_id != action.model_id or not field:
                model = action.model_id
                references = model.field_id.filtered(
                    lambda field: field.ttype == "many2one_reference"
                )
                action.track_target_field_id = (
                    references[:1] if not model.is_mail_activity else False
                )

    @api.depends("model_id", "state")
    def _compute_track_date_field_id(self):
        for action in self:
            field = action.track_date_field_id
            if action.state != "track_apply" or field.model_id != action.model_id:
                action.track_date_field_id = False

    def _compute_track_problem(self):
        for action in self:
            last = self.env["ir.logging"].search(
                action._get_track_log_domain(), limit=1
            )
            action.track_problem = action._is_track_action() and last.message

    def _name_depends(self):
        return [*super()._name_depends(), "track_template_id"]

    def _generate_action_name(self):
        self.ensure_one()
        if self.state == "track_apply" and self.track_template_id:
            return self.env._(
                "Apply “%s”", self.track_template_id.with_context(lang=None).name
            )
        return super()._generate_action_name()

    def _is_track_action(self):
        return self.state in ("track_apply", "track_stop")

    # ------------------------------------------------------------------
    # Running
    # ------------------------------------------------------------------

    def _run_action_track_apply_multi(self, eval_context=None):
        """Apply the track to the records of the context, as one batch for each date.

        :return: a notification for the user of the action menu
        """
        template = self.track_template_id
        obstacles, started = {}, 0
        sources = self._get_track_targets(eval_context, obstacles)
        by_day = self._group_track_targets(sources, obstacles)
        # no note on records that the caller cannot read
        visible = {
            record: reason
            for record, reason in obstacles.items()
            if self._is_visible_to_caller(record, eval_context)
        }
        self.env["mail.activity.mixin"]._tracks_note_obstacles(template, visible)
        for (model, day), ids in by_day.items():
            targets = self.env[model].browse(ids)
            name = "end_date" if template.direction == "end" else "start_date"
            with self.env["track.run"]._triggered_by(sources):
                outcome = targets._tracks_start_automatically(
                    template,
                    on_behalf=self.track_user_id,
                    when_running=self.track_when_running,
                    **{name: day},
                )
            started += len(outcome.runs)
            obstacles |= outcome.obstacles
        count = sum(len(ids) for ids in by_day.values())
        left = max(0, count - started - len(obstacles))
        return self._report_track_obstacles(started, obstacles, left)

    def _group_track_targets(self, sources, obstacles):
        """Group the records that get the track by the date of the track.

        :param dict sources: as of :meth:`_get_track_targets`
        :param dict obstacles: to which the records without a date are added
        :return: dict, ids of records by (name of their model, ``date`` or None)
        """
        by_day = defaultdict(list)
        for target, record in sources.items():
            day = self._get_track_day(record)
            if self.track_date_field_id and not day:
                obstacles[target] = self.env._(
                    "“%s” is empty", self.track_date_field_id.field_description
                )
            else:
                by_day[target._name, day or None].append(target.id)
        return by_day

    def _run_action_track_stop_multi(self, eval_context=None):
        """Stop tracks of the records of the context, as one batch.

        :return: as of :meth:`_run_action_track_apply_multi`
        """
        obstacles = {}
        by_model = defaultdict(list)
        for target in self._get_track_targets(eval_context, obstacles):
            by_model[target._name].append(target.id)
        obstacles.clear()  # without a record, there is nothing to stop
        stopped = 0
        for model, ids in by_model.items():
            outcome = (
                self.env[model]
                .browse(ids)
                ._tracks_stop_automatically(
                    self.track_stop_template_ids or None,
                    reason=self.track_stop_reason,
                    on_behalf=self.track_user_id,
                )
            )
            stopped += len(outcome.runs)
            obstacles |= outcome.obstacles
        return self._report_track_obstacles(stopped, obstacles)

    def _get_track_day(self, record):
        """The date of the track, in the time zone of the record, for example an event.

        :return: ``date``; ``datetime`` if the record has no time zone; or empty
        """
        name = self.track_date_field_id.name
        day = record[name] if name else None
        zone = isinstance(day, datetime) and record._mail_get_timezone()
        return get_day(day, zone) if zone else day

    def _get_track_targets(self, eval_context, obstacles):
        """The records to which the action applies, without duplicates.

        :param dict obstacles: to which records of the context without one are added
        :return: dict, the record of the context for each record that gets the track
        """
        context = eval_context or {}
        records = context.get("records") or context.get("record") or ()
        field = self.track_target_field_id
        targets = {}
        for record in records:
            if not self._is_visible_to_caller(record, context):
                obstacles[record] = self.env._(
                    "You do not have permission to read this record"
                )
                continue
            target = record
            if field.ttype == "many2one_reference":
                model = record[record._fields[field.name].model_field]
                is_known = self.env["track.run"]._can_have_tracks(
                    self.env.get(model or "")
                )
                target = (
                    self.env[model].browse(record[field.name]) if is_known else None
                )
            elif field:
                target = record[field.name]
            if target and not self._is_visible_to_caller(target, context):
                obstacles[record] = self.env._(
                    "You do not have permission to read the record in “%s”",
                    field.field_description,
                )
            elif target:
                targets.setdefault(target.with_env(self.env), record)
            else:
                obstacles[record] = self.env._("“%s” is empty", field.field_description)
        return targets

    @api.model
    def _is_visible_to_caller(self, record, eval_context):
        """Whether the caller of an action may read this record.

        A caller passes any ids, and all users of the groups of an action can run it.
        Automation rules pass records in sudo.

        :param dict eval_context: of the action, in the environment of its caller
        """
        env = (eval_context or {}).get("env", self.env)
        return env.su or record.with_env(env).has_access("read")

    # ------------------------------------------------------------------
    # Obstacles
    # ------------------------------------------------------------------

    def _get_track_log_domain(self):
        """The log entries of this action, as those of the code of server actions."""
        self.ensure_one()
        return [
            ("level", "=", "WARNING"),
            ("path", "=", "action"),
            ("line", "=", str(self.id)),
        ]

    def _report_track_obstacles(self, count, obstacles, left=0):
        """Notify the user about the result of this action, and log the obstacles.

        The log is one new row for the whole batch: a row that many transactions update
        would make them wait for each other, and fail.

        :param int count: how many tracks were started or stopped
        :param dict obstacles: a sentence for each record
        :param int left: on how many records nothing had to be done
        :return: a notification for the user of the action menu
        """
        if not obstacles:
            message = self._get_updated_text(count, left)
            return notify("success", message, title=self.name)
        # sudo: users run actions whose log they cannot read
        self.env["ir.logging"].sudo().create(
            {
                "create_uid": self.env.uid,
                "name": __name__,
                "type": "server",
                "dbname": self.env.cr.dbname,
                "level": "WARNING",
                "message": self._format_track_obstacles(obstacles),
                "path": "action",
                "line": str(self.id),
                "func": self.name,
            }
        )
        title = self.env._(
            "%(action)s: %(done)s updated, %(left)s left out",
            action=self.name,
            done=count,
            left=len(obstacles),
        )
        message = self.sudo(False)._format_track_obstacles(obstacles)
        return notify("warning", message, title=title)

    def _get_updated_text(self, count, left):
        """What an action did; as of :meth:`_report_track_obstacles`."""
        if left:
            return self.env._(
                "%(done)s updated, %(left)s unchanged.", done=count, left=left
            )
        if count == 1:
            return self.env._("1 track updated.")
        return self.env._("%s tracks updated.", count)

    def _format_track_obstacles(self, obstacles):
        """A line for each reason, with the names of the first of its records.

        Records that the user cannot read are shown by their id.
        """
        names = defaultdict(list)
        for record, reason in obstacles.items():
            record = record.with_env(self.env)
            is_known = record.has_access("read")
            names[reason].append(record.display_name if is_known else f"#{record.id}")
        return "\n".join(
            self.env._(
                "%(records)s: %(reason)s.",
                records=list_names(self.env, of_reason[: self._NAMED], len(of_reason)),
                reason=reason,
            )
            for reason, of_reason in names.items()
        )

    def action_open_track_log(self):
        """Open the log of the obstacles of this action, newest first."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log"),
            "res_model": "ir.logging",
            "views": [(False, "list"), (False, "form")],
            "domain": self._get_track_log_domain(),
        }
