from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.conditions import Sight
from ...tools.dates import get_today, parse_day
from ...tools.states import NOT_BEGUN, NOT_ENDED, UNFINISHED
from ...tools.words import format_held_day, quote


class TrackRun(models.Model):
    """The data of the Tracks tab of a record, in one call."""

    _inherit = "track.run"

    @api.model
    def get_tab_data(self, res_model, res_id):
        """The tracks of one record with their tasks, as plain data.

        The number of queries grows neither with the tracks nor with the tasks.

        :param str res_model: the record's model
        :param int res_id: the record's id
        :return: dict with ``readonly``, ``can_make_template`` (of a track),
            ``reopening`` (the button that reopens a closed record: ``method`` and
            ``label``, or False), ``runs``, the tracks with the latest first, each with
            its ``tasks`` in their order, and ``activities``, those without a track that
            are on hold: ``tasks`` and the ``hold_text`` that counts them
        :raise AccessError: when the record does not exist, when the user may not read
            it, or when the user may not see its activities
        """
        self.check_access("read")
        record = self._get_tab_record(res_model, res_id)
        # sudo: readers of the record may read its tracks; checked just before
        runs = record.sudo().track_run_ids
        templates = runs.template_id.sudo(False)._filtered_access("read")
        is_readonly = not record.has_access("write")
        nothing = self.env["mail.activity"].sudo()
        activities = record._tracks_get_muted_activities().get(record.id, nothing)
        held = runs.filtered(lambda run: run.held and run._is_on_hold())
        completions = runs.line_ids._get_completions()
        expected = runs.line_ids._get_expected_assignees(
            dict.fromkeys(runs, record.sudo())
        )
        offered = {} if is_readonly else runs._get_offered(record)
        return {
            "readonly": is_readonly,
            "can_make_template": self.env["track.template"].has_access("create"),
            "reopening": bool(activities or held)
            and not is_readonly
            and record._tracks_get_reopening(),
            "runs": runs._prepare_tab_list(
                templates, record, completions, expected, offered
            ),
            "activities": activities._prepare_tab_list(),
        }

    @api.model
    def _get_tab_record(self, res_model, res_id):
        """The record of the tab, in the environment of the user.

        The error is the same for deleted, hidden and unknown records, so that it does
        not reveal which records exist.
        """
        Model = self.env.get(res_model) if isinstance(res_model, str) else None
        if self._can_have_tracks(Model):
            field = Model._fields["track_run_ids"]
            is_id = isinstance(res_id, int) and not isinstance(res_id, bool)
            if Model._has_field_access(field, "read") and Model.has_access("read"):
                record = Model.browse([res_id] if is_id else []).exists()
                record = record._filtered_access("read")
                if record:
                    return record
        raise AccessError(
            self.env._("You do not have access to the tracks of this record.")
        )

    def _prepare_tab_list(self, *args):
        """These tracks as the tab shows them; parameters of :meth:`_prepare_tab_data`.

        :return: list of dicts
        """
        goals = []
        for run in self.filtered("goal"):
            goals += run.line_ids[:1]._get_named_by(run.goal)
        with self.line_ids._naming_together(goals):
            return [run._prepare_tab_data(*args) for run in self]

    def _prepare_tab_data(self, templates, record, completions, expected, offered):
        """This track, in sudo, as the tab shows it.

        :param templates: the ``track.template`` that the reader may see
        :param record: the record of this track
        :param dict completions: as of ``track.run.line._get_completions``
        :param dict expected: as of ``track.run.line._get_expected_assignees``
        :param dict offered: what may be started after it, as of :meth:`_get_offered`
        :return: dict
        """
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "template": (self.template_id & templates.sudo()).name or "",
            "previous": self.previous_run_id.name or "",
            "state": self.state,
            "status": self.status_text,
            "held": self.held,
            "quiet": self._is_on_hold(),
            "hold_text": self._get_hold_text(record) if self._is_on_hold() else "",
            "direction": self.direction,
            "start_date": fields.Date.to_string(self.start_date),
            "end_date": fields.Date.to_string(self.end_date) or False,
            "date_linked": self.date_linked,
            # not in sudo: only the name of a field that the reader may read
            "date_field": self.sudo(False)._get_date_field_label(),
            "date_done": fields.Date.to_string(self.date_done) or False,
            "stop_reason": self.stop_reason or self._get_goal_reached_text(),
            "options": self._prepare_tab_run_options(),
            "progress": self.progress,
            "progress_text": self.progress_text,
            "series_text": self._get_series_text(),
            "next": [
                {"id": template.id, "name": template.display_name}
                for template in offered.get(self, ())
            ],
            "tasks": self._prepare_tab_tasks(completions, expected),
        }

    def _prepare_tab_tasks(self, completions, expected):
        """The tasks of this track in their order, as the tab shows them.

        The parameters are those of :meth:`_prepare_tab_data`.

        :return: list of dicts
        """
        today = get_today(self.env, self.env.company)
        previous_by_task = self.line_ids.sorted()._get_previous_by_task()
        return [
            task._prepare_tab_data(
                today, previous, completions[task], expected.get(task, "")
            )
            for task, previous in previous_by_task.items()
        ]

    def _prepare_tab_run_options(self):
        """The options of this track, while it has not ended: list of phrases."""
        if self.state not in NOT_ENDED:
            return []
        # not in sudo: readers see only the names of fields that they may read
        return self.sudo(False)._get_option_texts()

    def get_dates_preview(self, field, day):
        """Preview the new dates of the tasks if the start or end date was moved.

        Nothing is changed.

        :param str field: ``start_date`` or ``end_date``
        :param day: the new date, as ``date`` or ISO string
        :return: dict, as of :meth:`MovedDates.preview`
        :raise AccessError: when the user may not write the record
        :raise UserError: when the track cannot have that date
        """
        self.ensure_one()
        self.check_access("write")
        if field not in ("start_date", "end_date"):
            raise UserError(
                self.env._(
                    "“%s” is not a date of a track. Select its start date or end date.",
                    field,
                ),
            )
        run = self.sudo()
        day = parse_day(self.env, day, run._get_label(field))
        run._check_new_date(field, day)
        return run._plan_new_date(field, day).preview()


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _prepare_tab_list(self):
        """These activities without a track, which are on hold, as the tab shows them.

        :return: dict
        """
        today = get_today(self.env, self.env.company)
        return {
            "hold_text": self._get_hold_text() if self else "",
            "tasks": [activity._prepare_tab_data(today) for activity in self],
        }

    def _prepare_tab_data(self, today):
        """This activity, in sudo, as the tab shows those that are on hold.

        :param date today: the reader's day
        :return: dict
        """
        self.ensure_one()
        return {
            "id": self.id,
            "label": self.summary or self.activity_type_id.name or "",
            "icon": self.icon or "",
            "type": self.activity_type_id.name or "",
            "due_text": format_held_day(self.env, self.date_deadline, today),
            "user": self.user_id.name or "",
        }


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    def _prepare_tab_data(self, today, previous, completion, expected):
        """This task, in sudo, as the tab shows it.

        :param date today: the reader's day
        :param previous: the ``track.run.line`` that it waits for, if it waits
        :param dict completion: of this task, as of :meth:`_get_completions`
        :param str expected: its assignee, as of :meth:`_get_expected_assignees`
        :return: dict
        """
        self.ensure_one()
        activity = self.activity_ids  # one at most; a slice would be fetched separately
        due_text = self._get_due_text(today, previous) or ""
        is_done = self.state == "done"
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "id": self.id,
            "label": self._get_label(),
            "summary": self.summary or "",
            **self._prepare_tab_note(),
            **self._prepare_tab_action(),
            **self._prepare_tab_options(completion, due_text),
            "icon": self._get_icon() or "",
            "state": self.state,
            "status": self.env._("Inactive") if self.is_muted else states[self.state],
            "muted": self.is_muted,
            "urgency": self._get_urgency(today),
            "date_deadline": fields.Date.to_string(self.date_deadline) or False,
            "due_text": due_text,
            "condition_waits": self.condition_waits,
            "has_meeting": bool(activity.calendar_event_id),
            "user": self._prepare_tab_user(),
            "expected": expected,
            "outcome": (is_done and self.outcome) or "",
            "feedback": quote(self.env, activity.feedback)
            if is_done and activity.feedback
            else "",
        }

    def _prepare_tab_note(self):
        """The note of this task as it is read, and as it is edited if that differs."""
        note = self._get_note() or ""
        return {"note": note, "note_source": self.note if note != self.note else False}

    def _prepare_tab_action(self):
        """The action of this task and its result, as the tab shows them."""
        automated = self._is_automated()
        # not in sudo: readers see only values of fields that they may read
        by_reader = self.sudo(False)
        result = by_reader._get_result_text()
        # the action, unless the label or the result contains it
        is_described = self.summary and not (result and self.action == "update")
        kind = self._get_action_label() if automated else self.activity_type_id.name
        return {
            "action": self.action,
            "automated": automated,
            "action_text": by_reader._get_action_text()
            if automated and is_described
            else "",
            "result": result,
            "has_result": bool(self._get_result_link()),
            "type": kind or "",
        }

    def _prepare_tab_options(self, completion, due_text):
        """The options of this task, and what completing it asks for.

        :param dict completion: of this task, as of :meth:`_get_completions`
        :param str due_text: what the tab says already: for what the task waits
        """
        if self.state not in UNFINISHED:
            return {"options": [], "completion": False}
        # not in sudo: readers see only the names of fields that they may read
        texts = self.sudo(False)._get_option_texts()
        if self.stands_in_for_id:
            texts.insert(
                0, self.env._("Stands in for %s", self.stands_in_for_id.sudo().name)
            )
        return {
            "options": [text for text in texts if text != due_text],
            "completion": any(completion.values()) and completion,
        }

    def _prepare_tab_user(self):
        """The user who did this task, or else its assignee."""
        user = self.done_user_id if self.state == "done" else self.user_id
        if not user or self._is_automated():
            return False
        return {"id": user.id, "name": user.name}

    def _get_expected_assignees(self, records):
        """Who would be assigned to those of these tasks that nobody is assigned to yet.

        As in the preview of the dialog: the user, as it stands now, or that the user of
        the previous task, or a member of a role or team, will be assigned.

        :param dict records: the record of each of their tracks, in sudo
        :return: dict of str by ``track.run.line``, without the automated tasks
        """
        waiting = self.filtered(
            lambda task: (
                task.state in NOT_BEGUN
                and not task.user_id
                and not task._is_automated()
            )
        )
        unknown = waiting.filtered(
            lambda task: task.responsible_type in task._FOUND_LATE
        )
        unknown += (waiting - unknown)._filter_hidden_responsible()
        expected = {
            task: assignee.user._tracks_format_stand_in(assignee.away)
            for task, assignee in (waiting - unknown)._get_assignees(records).items()
        }
        for task, previous in unknown._get_previous_by_task().items():
            expected[task] = task._get_responsible_text(previous)
        return expected

    def _filter_hidden_responsible(self):
        """Filter the tasks assigned to the user in a field that the reader may not
        read."""
        tasks = self.filtered(lambda task: task.responsible_type == "field")
        if not tasks:
            return tasks
        records = {
            run: record.sudo(False)
            for run, record in tasks.run_id._get_records().items()
        }
        sights = {record: Sight(record) for record in set(records.values())}
        return tasks.filtered(
            lambda task: (
                task.run_id in records
                and task._is_responsible_hidden(
                    records[task.run_id], sights[records[task.run_id]]
                )
            )
        )

    def _get_urgency(self, today):
        """Whether this task is ``late``, due ``today``, or neither (an empty text)."""
        if self.state != "open" or self.is_muted:
            return ""
        if self.date_deadline == today:
            return "today"
        return "late" if self.is_late else ""
