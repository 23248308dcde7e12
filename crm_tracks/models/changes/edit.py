from collections import Counter
from contextlib import nullcontext

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...tools.dates import WorkingDaysByCompany, parse_day
from ...tools.engine_vals import EngineVals
from ...tools.states import NOT_BEGUN, UNFINISHED
from ...tools.words import list_labels


class TrackRunLine(models.Model):
    """Changes of the tasks of a running track by users.

    Values that a user edited are not changed automatically. Users add tasks, remove
    unfinished ones, and move those that have not begun.
    """

    _inherit = "track.run.line"

    # Fields of unfinished tasks that users may edit; the engine writes the others.
    _USER_FIELDS = frozenset(
        ("summary", "note", "date_deadline", "user_id", "sequence")
    )
    # Those of these fields that the activity has, too.
    _ACTIVITY_FIELDS = _USER_FIELDS - {"sequence"}
    # Fields that users may edit until a task has begun, and set on a new one.
    _PLAN_FIELDS = frozenset(
        (
            "activity_type_id",
            "delay_count",
            "delay_unit",
            "delay_from",
            "responsible_type",
            "responsible_id",
            "responsible_field",
            "responsible_role_id",
            "responsible_team_id",
        )
    )
    # Fields that must fit the track; checked only when they are edited.
    _FIT_FIELDS = frozenset(
        name
        for name in _PLAN_FIELDS
        if name == "activity_type_id" or name.startswith("responsible_")
    )

    @api.model
    def _tracks_is_typed(self, name):
        taken = self._USER_FIELDS | self._PLAN_FIELDS | {"run_id", "id"}
        return super()._tracks_is_typed(name) and name in taken

    def _write_by_hand(self, vals):
        """Write values of a user to these tasks, after checking them."""
        self.check_access("write")
        self._tracks_check_named([vals])
        self.sudo()._edit(self._check_edited_vals(vals))
        self._check_responsible_fields(vals)

    def web_resequence(self, specification, field_name="sequence", offset=0):
        self.check_access("write")
        # written row by row: the order is correct only at the end
        with self.sudo().run_id._rearranging():
            super().web_resequence({}, field_name=field_name, offset=offset)
        return self.web_read(specification)

    def _check_removable(self):
        for task in self:
            if task.state not in UNFINISHED:
                raise UserError(
                    self.env._(
                        "“%s” is finished. Only unfinished tasks can be removed.",
                        task._get_label(),
                    )
                )

    # ------------------------------------------------------------------
    # Adding
    # ------------------------------------------------------------------

    def action_add_below(self, summary):
        """Add a task behind this one, which counts as those that are added last do.

        :param str summary: what is to be done
        :return: int, the id of the new task
        :raise AccessError: when the user may not write the record of the track
        :raise UserError: when the track has ended
        :raise ValidationError: when there is no summary
        """
        self.ensure_one()
        self.check_access("write")
        run = self.sudo().run_id
        tasks = run._get_tasks_in_order()
        position = tasks.ids.index(self.id) + 1
        counts_from = "end" if run.direction == "end" else "previous"
        # in one block: a task that began in the last position could not be moved
        with run._rearranging():
            added = self.create(
                {"run_id": run.id, "summary": summary, "delay_from": counts_from}
            )
            order = [*tasks.ids[:position], added.id, *tasks.ids[position:]]
            self.browse(order).web_resequence({})
        return added.id

    @api.model
    def _check_added_vals(self, vals_list):
        """Refuse tasks that a user cannot add.

        :return: the ``track.run`` to which they are added, in sudo
        :raise AccessError: on fields that only the engine writes, or when the user
            may not write the record of the track
        :raise UserError: when a track is missing, or has ended
        """
        self.browse().check_access("create")
        self.browse()._tracks_check_named(vals_list)
        allowed = self._USER_FIELDS | self._PLAN_FIELDS | {"run_id"}
        ids = [vals.get("run_id") for vals in vals_list]
        are_ids = all(isinstance(id_, int) and not isinstance(id_, bool) for id_ in ids)
        runs = self.env["track.run"].browse(set(ids) if are_ids else [])
        if not are_ids or runs.exists() != runs:
            raise UserError(
                self.env._(
                    "The track of the new task is missing or no longer exists. Select "
                    "a track."
                )
            )
        for vals in vals_list:
            # users cannot add automated tasks
            action = vals.get("action", "activity") != "activity" and {"action"}
            self._refuse_kept((vals.keys() - allowed - {"action"}) | (action or set()))
        runs.check_access("write")
        counts = Counter(ids)
        for run in runs.sudo():
            run._check_not_ended()
            tasks = run.line_ids._without_series_task()
            self._check_count(run, len(tasks) + counts[run.id])
        return runs.sudo()

    @api.model
    def _prepare_added_vals(self, vals_list):
        """The values of added tasks, which come last by default."""
        result = []
        last = {}
        for vals in vals_list:
            run = self.env["track.run"].sudo().browse(vals["run_id"])
            vals = {**vals, **self._check_person_vals(vals)}
            if vals.get("sequence") is None:
                vals.pop("sequence", None)  # use the default
            last.setdefault(run, max(0, *run.line_ids.mapped("sequence"), 0))
            vals.setdefault("sequence", last[run] + 1)
            last[run] = max(last[run], vals["sequence"])
            if run.direction == "end":
                vals.setdefault("delay_from", "end")
            activity_type = self.env["mail.activity.type"].browse(
                vals.get("activity_type_id")
            )
            vals["summary"] = vals.get("summary") or activity_type.summary
            vals["note"] = vals.get("note") or activity_type.default_note
            result.append(
                {
                    **vals,
                    "state": "waiting",
                    "date_manual": bool(vals.get("date_deadline")),
                    "user_manual": bool(vals.get("user_id")),
                }
            )
        return result

    def _check_added(self, vals_list):
        """Refuse these added tasks if they could never be dated, assigned or filled.

        :param vals_list: the values of the user
        """
        for task, vals in zip(self, vals_list, strict=True):
            task._check_placeholders(vals, is_new=True)
            task._check_in_parent(task.run_id)
            task._check_compatible(task.run_id)
            task._check_responsible_field()

    # ------------------------------------------------------------------
    # Editing
    # ------------------------------------------------------------------

    def _edit_by_code(self, vals):
        """Edit these unfinished tasks as a user would, for a write in sudo.

        Such a write comes, for example, from an automation rule, and the activities are
        updated, too. The engine marks its own values (:class:`EngineVals`), or includes
        fields that users cannot write.

        :param dict vals: the values to write
        :return: the ``track.run.line`` that were edited; finished ones have no activity
        """
        edited = self.filtered(lambda task: task.state in UNFINISHED)
        if edited:
            edited._edit(edited._check_edited_vals(vals))
        return edited

    def _check_edited_vals(self, vals):
        """Refuse fields that only the engine writes, and invalid values.

        :return: the values to write
        """
        vals = {name: value for name, value in vals.items() if name != "id"}  # load()
        self._refuse_kept(vals.keys() - self._USER_FIELDS - self._PLAN_FIELDS)
        self.sudo()._check_placeholders(vals)
        for task in self.sudo():
            task._check_editable(vals)
        return {**vals, **self._check_person_vals(vals)}

    def _check_editable(self, vals):
        """Refuse to edit these values of this task in its present state.

        :param dict vals: the values of a user, with names of fields that users edit
        :raise UserError: in a sentence that names the task
        """
        # the order of tasks that have begun is checked at the end
        if vals.keys() != {"sequence"} and self.state not in UNFINISHED:
            raise UserError(
                self.env._(
                    "“%s” is finished. Only unfinished tasks can be edited.",
                    self._get_label(),
                )
            )
        if self._PLAN_FIELDS & vals.keys() and self.state not in NOT_BEGUN:
            raise UserError(
                self.env._(
                    "“%s” has begun. Change its due date or assignee instead.",
                    self._get_label(),
                )
            )
        self._check_automated_vals(vals)
        self._check_date_vals(vals)
        if self.state == "open" and not vals.get("user_id", True):
            # a task that is not open gets its assignee when it begins
            self.env["track.run"]._check_assignee(False)

    @api.model
    def _refuse_kept(self, names):
        if names:
            raise AccessError(
                self.env._(
                    "“%s” of a track task cannot be edited.",
                    list_labels(self, names),
                )
            )

    @api.model
    def _check_person_vals(self, vals):
        """Check the date and the users among these values, and return them."""
        checked = {}
        if type(vals.get("sequence") or 0) is not int:
            raise UserError(
                self.env._(
                    "“%s” is not a position of a task. Enter a whole number.",
                    vals["sequence"],
                )
            )
        if "date_deadline" in vals:
            checked["date_deadline"] = parse_day(
                self.env, vals["date_deadline"], self.env._("Due Date")
            )
        for name in {"user_id", "responsible_id"} & vals.keys():
            checked[name] = (
                vals[name] and self.env["track.run"]._check_assignee(vals[name]).id
            )
        return checked

    def _check_automated_vals(self, vals):
        """Refuse to assign an automated task or to change its type."""
        kept = self._FIT_FIELDS | {"user_id"}
        if self._is_series_task() and (self._PLAN_FIELDS - kept) & vals.keys():
            raise UserError(
                self.env._(
                    "The due date of “%s” depends on the period of its track. Change "
                    "its date, run it now or skip it.",
                    self._get_label(),
                )
            )
        if self._is_automated() and kept & vals.keys():
            raise UserError(
                self.env._(
                    "“%s” is automated, so it has no assignee. Change its date, run it "
                    "now or skip it.",
                    self._get_label(),
                )
            )

    def _check_date_vals(self, vals):
        if "date_deadline" not in vals:
            return
        if not vals["date_deadline"] and self.state != "waiting":
            raise UserError(
                self.env._("“%s” needs a due date. Enter one.", self._get_label())
            )
        day = parse_day(self.env, vals["date_deadline"], self.env._("Due Date"))
        if self.activity_ids.calendar_event_id and day != self.date_deadline:
            raise UserError(
                self.env._(
                    "The due date of “%s” is the date of its meeting. Move the "
                    "meeting in the calendar.",
                    self._get_label(),
                )
            )

    def _edit(self, vals):
        """Write values of a user to these tasks and to their activities.

        :param dict vals: checked values, as of :meth:`_check_edited_vals`
        """
        vals = dict(vals)
        user_id = vals.pop("user_id", None)
        to_activities = {
            name: vals[name]
            for name in ("summary", "note", "date_deadline")
            if name in vals
        }
        if "date_deadline" in vals:
            vals["date_manual"] = bool(vals["date_deadline"])
        texts = {name: vals[name] for name in self._TEXT_FIELDS if name in vals}
        if texts:
            vals |= {"text_manual": True, **self._prepare_source_vals(texts)}
        moves_tasks = {"sequence", "delay_from"} & vals.keys()
        plan_fields = self._PLAN_FIELDS & vals.keys()
        if plan_fields:
            vals["plan_manual"] = True
        with self.run_id._rearranging() if moves_tasks else nullcontext():
            self.write(EngineVals(vals))
            if plan_fields:
                self._check_plan(plan_fields)
                self._recompute_plan()
        if to_activities:
            is_open = self.filtered(lambda task: task.state == "open")
            is_open.activity_ids._write_silently(to_activities)
            is_open._fill_edited(texts)
        if user_id:
            self._reassign(self.env["res.users"].browse(user_id))
        elif user_id is False:
            self.write(EngineVals(user_id=False, user_manual=False))
        if plan_fields or "date_deadline" in vals:
            self._reset_to_planned()
            self.run_id._advance()

    def _check_plan(self, names):
        """Refuse these tasks if their edited plan does not fit the track.

        :param names: the names of the edited fields
        """
        for task in self:
            task._check_in_parent(task.run_id)
            if self._FIT_FIELDS & names:
                task._check_compatible(task.run_id)
                task._check_responsible_field()

    def _check_responsible_fields(self, vals):
        """Refuse fields with the assignee of these tasks that the user may not read.

        :param vals: the names of the fields that were edited, or the values
        """
        if {"responsible_type", "responsible_field"} & set(vals):
            for task in self:
                task._check_responsible_field()

    def _recompute_plan(self):
        """Calculate the dates of these tasks again, after their delay was edited."""
        working_days = WorkingDaysByCompany()
        for task in self:
            run = task.run_id
            day = task._get_day(
                run.start_date, run.end_date, working_days[run.company_id]
            )
            planned = day and task.state == "planned"
            vals = {
                "state": "planned" if planned else "waiting",
                "condition_waits": False,
            }
            if not task.date_manual:
                vals["date_deadline"] = planned and day
            task.write(vals)

    # ------------------------------------------------------------------
    # Edits of the activity
    # ------------------------------------------------------------------

    def _take_over_edits(self, vals):
        """Copy the edits of a user from the activities to these tasks.

        :param vals: the names of the fields, or the values written to the activities
        """
        for task in self.filtered(lambda task: task.state == "open"):
            activity = task.activity_ids
            changes = {}
            if "date_deadline" in vals and activity.date_deadline != task.date_deadline:
                changes.update(date_deadline=activity.date_deadline, date_manual=True)
            if (
                "user_id" in vals
                and activity.user_id != task.user_id
                and activity.user_id._tracks_can_be_assigned()
            ):
                changes.update(user_id=activity.user_id.id, user_manual=True)
            for name in {"summary", "note"} & set(vals):
                differs = (activity[name] or "") != (task[name] or "")
                if differs and not activity._tracks_is_worded_by_meeting(name):
                    texts = {name: activity[name]}
                    sources = self._prepare_source_vals(texts, is_final=True)
                    changes.update(texts, text_manual=True, **sources)
            if changes:
                task.write(changes)
