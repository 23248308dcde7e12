from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...tools.dates import parse_day
from ...tools.states import UNFINISHED


class MailActivityMixin(models.AbstractModel):
    """Every record with activities can have tracks.

    A model can override :meth:`_tracks_get_owner` and :meth:`_tracks_get_end_dates`.
    How tracks follow their record is in ``record/follow.py``.
    """

    _inherit = "mail.activity.mixin"

    # Fields with the access rights of ``activity_ids``.
    _TRACKS_FIELDS = frozenset(
        (
            "is_on_track",
            "is_track_late",
            "track_inactive_text",
            "track_progress",
            "track_run_ids",
            "track_running_count",
            "track_status",
            "track_status_data",
            "track_latest_template_id",
        )
    )
    # The day on which the work for a record ends: its first day, or its deadline.
    _TRACKS_END_DATE_FIELDS = ("date_begin", "date_deadline")
    # without muted activities, whatever the context
    activity_ids = fields.One2many(domain=[("muted", "=", False)])
    track_run_ids = fields.One2many(
        "track.run",
        "res_id",
        string="Tracks",
        bypass_search_access=True,
        groups="base.group_user",
        copy=False,
    )
    track_inactive_text = fields.Char(
        string="Inactive Tasks",
        compute="_compute_track_inactive_text",
        groups="base.group_user",
        help="Number of tasks and activities on hold, the reason, and how to "
        "reactivate them.",
    )

    @api.depends(
        "track_run_ids.state", "track_run_ids.held", "track_run_ids.line_ids.state"
    )
    def _compute_track_inactive_text(self):
        activities = self._tracks_get_muted_activities()
        for record in self:
            runs = record.track_run_ids.filtered(lambda run: run._is_on_hold())
            held = runs.filtered("held")
            parts = [
                same._get_hold_text(record) for same in (held, runs - held) if same
            ]
            if activities.get(record.id):
                parts.append(activities[record.id]._get_hold_text())
            record.track_inactive_text = " ".join(parts)

    def _tracks_get_muted_activities(self):
        """The activities of these records that belong to no track and are inactive.

        :return: dict, ``mail.activity`` in sudo for each record id that has any
        """
        if not self.env["mail.activity"]._may_be_muted(self._name):
            return {}
        activities = self._tracks_search_activities([("muted", "=", True)])
        return activities.sorted(lambda each: (each.date_deadline, each.id)).grouped(
            "res_id"
        )

    def _tracks_get_closing_text(self, day):
        """Describe why the tracks of this closed record are on hold, and until when.

        :param date day: when the record was closed
        :return: str
        """
        return self.env._(
            "This record was closed on %s. Its tasks are hidden from activity lists. "
            "They come back when it is reopened.",
            format_date(self.env, day),
        )

    def _tracks_get_reopening(self):
        """The action that reopens this closed record, for a button.

        :return: dict with ``method``, a public method of this model, and ``label``; or
            False if the user has to choose, for example a stage
        """
        if self._active_name and not self[self._active_name]:
            return {"method": "action_unarchive", "label": self.env._("Unarchive")}
        return False

    def _has_field_access(self, field, operation):
        # as on activity_ids, which some models (hr.employee) restrict
        allowed = super()._has_field_access(field, operation)
        if allowed and field.name in self._TRACKS_FIELDS:
            return super()._has_field_access(self._fields["activity_ids"], operation)
        return allowed

    # ------------------------------------------------------------------
    # Methods to override
    # ------------------------------------------------------------------

    def _tracks_get_owner(self):
        """The owner of each of these records, the default assignee of its tasks.

        The field ``user_id`` if the model has it. Called in sudo, on many records at
        once.

        :return: dict, ``res.users`` (which may be empty) for each record id
        """
        field = self._fields.get("user_id")
        if field is None or field.comodel_name != "res.users":
            return {record.id: self.env["res.users"] for record in self}
        return {record.id: record.user_id for record in self}

    def _tracks_get_end_dates(self):
        """The days that the dialog proposes as the end dates of these records' tracks.

        The first of ``_TRACKS_END_DATE_FIELDS`` that the model has, and that the user
        may read. Days in the past are not proposed.

        :return: dict by record id of ``date`` (in the user's time zone), or False
        """
        names = (
            name
            for name in self._TRACKS_END_DATE_FIELDS
            if name in self._fields
            and self._has_field_access(self._fields[name], "read")
        )
        name = next(names, None)
        today = fields.Date.context_today(self)
        days = {}
        for record in self:
            value = name and record[name]
            if isinstance(value, datetime):
                value = fields.Datetime.context_timestamp(record, value).date()
            days[record.id] = value and value >= today and value
        return days

    # ------------------------------------------------------------------
    # Applying
    # ------------------------------------------------------------------

    def tracks_apply(
        self, template, start_date=None, end_date=None, name=None, previous_run=None
    ):
        """Apply a template to each of these records, to all of them or to none.

        Over RPC, dates are ISO strings, and ``False`` stands for None::

            leads.tracks_apply(template)
            event.tracks_apply(template, end_date=event.date_begin)
            execute_kw(db, uid, key, "crm.lead", "tracks_apply", [[7, 8], 3])

        :param template: a ``track.template``, or its id
        :param start_date: ``date``; None for today, in the user's time zone
        :param end_date: ``date``; required by templates that count back from it, and
            ignored by others. Templates with a :attr:`date_field` take the date from
            the field of each record, and follow it, unless the date from which they
            count is passed
        :param str name: the name of the track; None for the name of the template
        :param previous_run: the ``track.run`` that the new track follows, or its id: a
            finished one of the same record
        :return: ``track.run``, one for each record, in their order
        :raise AccessError: when the user may not read the template, or may not write
            one of the records
        :raise UserError: when the template cannot be applied to the model or to one of
            the records; the message names it, and nothing has been changed
        """
        return self._tracks_apply_chosen(
            template, start_date, end_date, name, previous_run=previous_run
        )

    def _tracks_apply_chosen(
        self,
        template,
        start_date=None,
        end_date=None,
        name=None,
        choices=None,
        previous_run=None,
        links=None,
    ):
        """Like :meth:`tracks_apply`, with tasks left out or assigned to a user.

        :param dict choices: checked choices, as of ``track.run._start``
        :param dict links: checked values, as of ``track.run._start``
        """
        template = self._tracks_check_template(template)
        records = self.browse(dict.fromkeys(self.ids))
        records._tracks_check_exist()
        name = self._tracks_check_name(name)
        start_date = parse_day(self.env, start_date, self.env._("Start Date"))
        end_date = parse_day(self.env, end_date, self.env._("End Date"))
        if previous_run is not None:
            previous_run = records._tracks_check_previous_run(previous_run)
            if previous_run:
                links = {records.id: {"previous_run_id": previous_run.id}}
        template._check_applicable(records, end_date)
        obstacles = template._get_obstacles(
            records, template._get_given_day(start_date, end_date)
        )
        if obstacles:
            records._tracks_refuse(template, obstacles)
        return self.env["track.run"]._start(
            template,
            records,
            start_date=start_date,
            end_date=end_date,
            name=name,
            choices=choices,
            links=links,
        )

    @api.model
    def _tracks_check_name(self, name):
        """The name of a new track that a caller passed, without spaces around it.

        :return: str, or None for the name of the template
        :raise UserError: when it is no text
        """
        if name and not isinstance(name, str):
            raise UserError(
                self.env._("“%s” is not a name of a track. Enter a text.", name)
            )
        return (name or "").strip() or None

    def _tracks_refuse(self, template, obstacles):
        """Refuse to apply a template to these records; parameters as of
        :meth:`_tracks_format_obstacles`."""
        message = self._tracks_format_obstacles(template, obstacles)
        refused = len(self._filtered_access("write")) < len(self)
        raise (AccessError if refused else UserError)(message)

    def _tracks_check_exist(self):
        """Refuse records that no longer exist.

        :raise UserError: with their model and their IDs
        """
        missing = sorted(set(self.ids) - set(self.exists().ids))
        model = self.env["ir.model"]._get(self._name).sudo().name
        if len(missing) > 1:
            raise UserError(
                self.env._(
                    "These records of %(model)s no longer exist: %(ids)s. Select other "
                    "records.",
                    model=model,
                    ids=", ".join(map(str, missing)),
                )
            )
        if missing:
            raise UserError(
                self.env._(
                    "%(model)s %(id)s no longer exists. Select another record.",
                    model=model,
                    id=missing[0],
                )
            )

    @api.model
    def _tracks_check_template(self, template):
        """The template as a readable record, from a record or an id.

        :raise UserError: when there is no such template
        """
        Template = self.env["track.template"]
        if isinstance(template, int) and not isinstance(template, bool):
            template = Template.browse(template)
        if (
            not isinstance(template, models.BaseModel)
            or template._name != Template._name
        ):
            raise UserError(
                self.env._("“%s” is not a track template. Select a template.", template)
            )
        template = template.with_env(self.env)
        if len(template) != 1 or not template.exists():
            raise UserError(
                self.env._("This track template no longer exists. Select another one.")
            )
        template.check_access("read")
        return template

    @api.model
    def _tracks_format_obstacles(self, template, obstacles):
        """An error message with the records to which a template cannot be applied.

        :param template: the ``track.template`` that was to be applied
        :param dict obstacles: as from ``track.template._get_obstacles``
        :return: str
        """
        readable = self.browse(record.id for record in obstacles)._filtered_access(
            "read"
        )
        lines = [
            self.env._(
                "%(record)s: %(reason)s",
                record=record.display_name if record in readable else f"#{record.id}",
                reason=reason,
            )
            for record, reason in obstacles.items()
        ]
        if len(lines) == 1:
            return self.env._(
                "“%(template)s” cannot be applied to this record. Leave it out:\n"
                "%(record)s",
                template=template.display_name,
                record=lines[0],
            )
        return self.env._(
            "“%(template)s” cannot be applied to these records. Leave them out:\n"
            "%(records)s",
            template=template.display_name,
            records="\n".join(lines),
        )

    def action_tracks_apply(self):
        """Open the dialog that applies a template to these records."""
        return self._tracks_get_apply_action()

    def _tracks_get_apply_action(self, **defaults):
        """The action that opens the dialog for these records.

        :param defaults: further defaults of the dialog, as in a context
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_tracks.track_apply_action"
        )
        action["context"] = {
            "default_res_model": self._name,
            "default_res_ids": self.ids,
            **defaults,
        }
        return action

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def unlink(self):
        if not self.env["track.run"]._may_have_tracks(self._name):
            return super().unlink()
        # before reading in sudo
        self.browse().check_access("unlink")
        # sudo: tracks are deleted with their record
        runs = self._tracks_search_runs([])
        if runs:
            # cancel first: deleting activities would pass the turn to the next tasks
            self.check_access("unlink")
            runs.line_ids.filtered(lambda line: line.state in UNFINISHED).write(
                {"state": "cancelled"}
            )
            runs.unlink()
        return super().unlink()
