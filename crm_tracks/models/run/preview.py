from collections import defaultdict
from itertools import product

from odoo import api, models

from ...tools.people import People


class TaskPreview:
    """One task of a template, as it would be made on some records.

    :ivar line: its ``track.line``
    :ivar previous: the ``track.line`` before it, empty for the first one
    :ivar dates: set of (``date``, ``res.company``): when it is due, in which company;
        empty where it waits for the previous one
    :ivar assignees: dict, the ids of the records on which each ``res.users`` does it;
        an empty user where that is known only when its turn comes
    :ivar of_owner: whether that is the owner, on all of the records
    :ivar chosen: whether somebody chose the assignee by hand
    """

    def __init__(self, line, previous, chosen):
        self.line = line
        self.previous = previous
        self.chosen = chosen
        self.dates = set()
        self.assignees = defaultdict(list)
        self.of_owner = not chosen


class TrackRun(models.Model):
    """What :meth:`_start` would make, without making it."""

    _inherit = "track.run"

    @api.model
    def _preview(self, template, records, start_date=None, end_date=None, choices=None):
        """What starting a template on these records would make.

        By the methods that start it, so that nothing else is made than was shown. The
        parameters are those of :meth:`_start`; without records, the tasks are neither
        dated nor assigned.

        :return: list of :class:`TaskPreview`, in sudo, those left out apart
        :raise UserError: when a date lies outside of the calendar, or every task is
            left out
        """
        engine = self._engine()
        choices = choices or {}
        template = template.sudo()
        lines = template._get_chosen_lines(choices)
        previews = []
        previous = lines.browse()
        for line in lines:
            previews.append(TaskPreview(line, previous, bool(choices.get(line.id))))
            previous = line
        vals_list = engine._prepare_runs_vals(
            template, records, start_date=start_date, end_date=end_date
        )
        plans = engine._plan_dates(lines, vals_list)
        # never created: what the engine's methods are called on
        runs = engine.concat(*(engine.new(vals) for vals in vals_list))
        tasks_vals = runs._prepare_tasks_vals(lines, plans, choices)
        people = People(runs)
        for (run, preview), vals in zip(
            product(runs, previews), tasks_vals, strict=True
        ):
            if vals["date_deadline"]:
                preview.dates.add((vals["date_deadline"], run.company_id))
            user, follows_owner = self._preview_assignee(run, preview, vals, people)
            preview.assignees[user].append(run.res_id)
            # an unowned record's tasks follow the owner, too, when there is one
            preview.of_owner &= follows_owner and people.is_owner(run, user)
        return previews

    @api.model
    def _preview_assignee(self, run, preview, vals, people):
        """Who would do a task, as things stand.

        :param run: its track, which is never created
        :param dict vals: the values with which the task would be created
        :param People people: of these tracks
        :return: (``res.users``, whether the task follows the owner); empty for who is
            known only when the previous task is done
        """
        if vals.get("user_id"):
            user = run.env["res.users"].browse(vals["user_id"])
            return user, vals.get("follows_owner", False)
        if preview.line.responsible_type == "previous" or preview.line._is_automated():
            return run.env["res.users"], False
        return people.get_assignee(run, preview.line)
