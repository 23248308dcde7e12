from collections import defaultdict
from itertools import product

from odoo import api, models

from ...tools.choices import NO_CHOICE
from ...tools.dates import TodayByCompany, WorkingDaysByCompany
from ...tools.people import Assignee, People


class ConditionPreview:
    """The condition of a task, or the goal of a template, on some records at present.

    :ivar str text: the condition
    :ivar dict answers: by record id: whether the record meets it, or the exception
        that it raised
    """

    def __init__(self, text):
        self.text = text
        self.answers = {}

    def is_broken(self):
        """Whether it cannot be evaluated."""
        return any(met not in (True, False) for met in self.answers.values())

    def count_met(self):
        """The number of records that meet it."""
        return sum(met is True for met in self.answers.values())


class TaskPreview:
    """One task of a template, as it would be created on some records.

    :ivar line: its ``track.line``
    :ivar previous: the ``track.line`` before it, empty for the first one
    :ivar dates: set of (``date``, ``res.company``): due dates and their companies;
        empty if the task waits for the previous one
    :ivar earliest: set of ``date``: the earliest due dates of a task that waits
    :ivar assignees: dict by ``res.users`` of the ids of the records on which the user
        is the assignee; an empty user if that is not known yet
    :ivar of_owner: whether the assignee is the owner on all of the records
    :ivar away: set of the ``res.users`` for whom the assignees stand in, with None if
        one of them stands in for nobody
    :ivar choice: the :class:`Choice` of the user
    :ivar values: dict by words, the values of the placeholders in the summaries of all
        tasks, as far as the user may know them and they are the same on all records
    :ivar condition: its :class:`ConditionPreview`; None without a condition
    :ivar goal: on the first task, the :class:`ConditionPreview` of the template's goal
    """

    def __init__(self, line, previous, choice):
        self.line = line
        self.previous = previous
        self.choice = choice
        self.dates = set()
        self.earliest = set()
        self.assignees = defaultdict(list)
        self.of_owner = not choice.user
        self.away = set()
        self.values = {}
        self.condition = line.condition and ConditionPreview(line.condition) or None
        self.goal = None


class TrackRun(models.Model):
    """A preview of :meth:`_start`, which creates nothing."""

    _inherit = "track.run"

    @api.model
    def _preview(self, template, records, start_date=None, end_date=None, choices=None):
        """Preview the tasks that :meth:`_start` would create on these records.

        It uses the methods that start tracks, so that the result is the same. The
        parameters are those of :meth:`_start`; without records, the tasks are neither
        dated nor assigned.

        :return: list of :class:`TaskPreview`, in sudo, without those left out
        :raise UserError: when a date lies outside of the calendar, or every task is
            left out
        """
        engine = self._engine()
        choices = choices or {}
        template = template.sudo()
        lines = template._get_chosen_lines(choices)
        previews = [
            TaskPreview(line, previous, choices.get(line.id, NO_CHOICE))
            for previous, line in zip([lines.browse(), *lines], lines, strict=False)
        ]
        vals_list = engine._prepare_runs_vals(
            template, records, start_date=start_date, end_date=end_date
        )
        plans = engine._plan_dates(lines, vals_list)
        # unsaved tracks, on which the engine's methods are called
        runs = engine.concat(*(engine.new(vals) for vals in vals_list))
        tasks_vals = runs._prepare_tasks_vals(lines, plans, choices)
        self._preview_tasks(template, previews, runs, tasks_vals)
        self._preview_earliest(previews, runs, plans)
        self._preview_conditions(template, previews, runs)
        return previews

    @api.model
    def _preview_tasks(self, template, previews, runs, tasks_vals):
        """When the tasks are due, and who would be assigned.

        :param template: ``track.template``, in sudo
        :param previews: list of :class:`TaskPreview`, which get these values
        :param runs: the unsaved tracks
        :param tasks_vals: list of dicts, as of :meth:`_prepare_tasks_vals`
        """
        people = People(runs, template.line_ids)
        values = runs._get_shown_values(template.line_ids)
        for (run, preview), vals in zip(
            product(runs, previews), tasks_vals, strict=True
        ):
            preview.values = values
            if vals["date_deadline"]:
                preview.dates.add((vals["date_deadline"], run.company_id))
            user, follows_owner, away = self._preview_assignee(
                run, preview, vals, people
            )
            preview.assignees[user].append(run.res_id)
            preview.away.add(away)
            # tasks of a record without an owner follow a later owner, too
            preview.of_owner &= follows_owner and people.is_owner(run, user)

    @api.model
    def _preview_earliest(self, previews, runs, plans):
        """When the tasks that wait are due at the earliest.

        Each counts from the day on which the previous task is due, as if that was done
        on its due date, or today if that is later.

        :param previews: list of :class:`TaskPreview`, which get these days
        :param runs: the unsaved tracks
        :param plans: the dates of the tasks for each track, as of :meth:`_plan_dates`
        """
        working_days, todays = WorkingDaysByCompany(), TodayByCompany(self.env)
        known = set()
        for run, plan in zip(runs, plans, strict=True):
            key = (run.company_id, run.start_date, run.end_date)
            if key in known:  # the same for all records of a company
                continue
            known.add(key)
            days, previous = working_days[run.company_id], None
            for preview, day in zip(previews, plan, strict=True):
                day = preview.choice.day or day
                if not day and previous:
                    previous = max(previous, todays[run.company_id])
                    day = preview.line._get_day_if_valid(
                        run.start_date, run.end_date, days, previous
                    )
                    preview.earliest |= {day} - {None}
                previous = day

    @api.model
    def _preview_conditions(self, template, previews, runs):
        """Evaluate the conditions of these tasks, and the goal, as they are now.

        :param template: ``track.template``, in sudo
        :param previews: list of :class:`TaskPreview`, which get the answers
        :param runs: the unsaved tracks
        """
        if template.goal and previews:
            previews[0].goal = ConditionPreview(template.goal)
        conditions = [
            condition
            for preview in previews
            for condition in (preview.condition, preview.goal)
            if condition
        ]
        answers = runs._evaluate(product(runs, (each.text for each in conditions)))
        for condition in conditions:
            condition.answers = {
                run.res_id: answers[run, condition.text] for run in runs
            }

    @api.model
    def _preview_assignee(self, run, preview, vals, people):
        """Who would be assigned to a task at present.

        :param run: its unsaved track
        :param dict vals: the values with which the task would be created
        :param People people: of these tracks
        :return: :class:`Assignee`, with an empty user if the assignee is known only
            when the task begins
        """
        line, users = preview.line, run.env["res.users"]
        if vals.get("user_id"):
            away = vals.get("stands_in_for_id")
            return Assignee(
                users.browse(vals["user_id"]),
                vals.get("follows_owner", False),
                users.browse(away) if away else None,
            )
        if line.responsible_type in line._FOUND_LATE or line._is_automated():
            return Assignee(users, False)
        return people.get_assignee(run, line, vals["date_deadline"])
