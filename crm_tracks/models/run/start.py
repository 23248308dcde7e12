from odoo import api, models
from odoo.tools.misc import clean_context

from ...tools.choices import NO_CHOICE
from ...tools.dates import TodayByCompany, WorkingDaysByCompany
from ...tools.note_files import copy_note_files
from ...tools.people import People
from .gate import Answer, Gate


class TrackRun(models.Model):
    """How a template is applied to records, all of them in one batch.

    Whether the template can be applied is checked before
    (``track.template._get_obstacles``). ``preview.py`` shows what :meth:`_start` would
    create, with the same methods.

    The methods work in sudo: the rights of the user were checked before, and assignees
    need not have access to the tasks that follow.
    """

    _inherit = "track.run"

    @api.model
    def _engine(self):
        """This model in sudo, without the defaults of the caller's context.

        The context of a form may contain ``default_*`` keys for another model.
        """
        return self.sudo().with_context(
            clean_context(self.env.context), mail_activity_quick_update=True
        )

    @api.model
    def _start(
        self,
        template,
        records,
        start_date=None,
        end_date=None,
        name=None,
        choices=None,
        links=None,
    ):
        """Apply a template to records, after all checks.

        :param template: one ``track.template``
        :param records: records of one model
        :param date start_date: None is today, in the time zone of the person who acts
        :param date end_date: for a template that counts back; else as ``tracks_apply``
        :param str name: None for the name of the template
        :param dict choices: choices of the user, as ``track.template._parse_choices``
            returns them
        :param dict links: values by record id that link a new track to an earlier one
        :return: ``track.run``, one for each record, in their order
        """
        engine = self._engine()
        choices = choices or {}
        template = template.sudo()
        lines = template._get_chosen_lines(choices)
        closed = records.sudo()._tracks_get_closed()
        vals_list = engine._prepare_runs_vals(
            template, records, start_date=start_date, end_date=end_date, name=name
        )
        for vals in vals_list:
            vals["record_closed"] = bool(closed[vals["res_id"]])
            vals |= (links or {}).get(vals["res_id"], {})
        # Dates first: one outside of the calendar is an error that changes nothing.
        plans = engine._plan_dates(lines, vals_list)
        with engine._causing_starts(vals_list):
            runs = engine.create(vals_list)
        by_run = dict(zip(runs, records.with_env(engine.env), strict=True))
        runs._start_tasks(template, lines, plans, choices, by_run)
        return runs.with_env(self.env)

    def _start_tasks(self, template, lines, plans, choices, records):
        """Create the tasks of these new tracks, say so, and move the tracks on.

        The parameters are those of :meth:`_start` and :meth:`_prepare_tasks_vals`.

        :param dict records: the record of each ``track.run``
        """
        if left_out := template.line_ids - lines:
            self.removed_line_refs = left_out.ids
        conditions = {template.goal, *lines.mapped("condition")} - {False}
        # before the tasks, whose creation changes the answer
        are_watched = not conditions or self._are_watched(conditions)
        with self._causing():
            skipping = self._create_tasks(lines, plans, choices, records)
            if not are_watched:
                self._forget_what_is_kept()
            self._log({run: run._get_started_text(len(lines)) for run in self})
            if skipping:
                skipping._advance()

    def _create_tasks(self, lines, plans, choices, records):
        """Create the tasks of these new tracks, and begin those that may begin.

        The parameters are those of :meth:`_start_tasks`.

        :return: the ``track.run`` of which a condition skipped tasks, to be advanced
        """
        tasks = self.env["track.run.line"].create(
            self._prepare_tasks_vals(lines, plans, choices)
        )
        # once for the template, as most templates have neither files nor outcomes
        if any("/web/" in (line.note or "") for line in lines):
            copy_note_files((task.line_id, task) for task in tasks)
        if lines.outcome_ids:
            tasks._link_outcomes()
        if opened := tasks.filtered(lambda task: task.state == "open"):
            opened._create_activities(records)
        planned = tasks.filtered(lambda task: task.state == "planned")
        return planned._begin() if planned else self.browse()

    def _get_started_text(self, count):
        """The note of a track that has started.

        :param int count: how many tasks it has
        :return: ``Markup``
        """
        name = self._get_name_in_bold()
        if count == 1:
            return self.env._("Track %s started: 1 task.", name)
        return self.env._(
            "Track %(track)s started: %(count)s tasks.", track=name, count=count
        )

    @api.model
    def _prepare_runs_vals(
        self, template, records, start_date=None, end_date=None, name=None
    ):
        """The values of new tracks that a preview needs, too.

        The parameters are those of :meth:`_start`.

        :return: list of dicts, one for each record
        """
        starters = self._get_starters(records)
        companies = self._get_record_companies(records)
        base_vals = template._prepare_run_vals()
        dates_vals = template._prepare_dates_vals(records, start_date, end_date)
        causes = self._prepare_causes_vals(records)
        todays = TodayByCompany(self.env)
        vals_list = []
        for record in records:
            company = companies[record] or self.env.company
            vals_list.append(
                {
                    **base_vals,
                    "name": name or template.name,
                    "res_model": record._name,
                    "res_id": record.id,
                    "start_date": start_date or todays[company],
                    "end_date": end_date if template.direction == "end" else False,
                    "user_id": starters[record].id,
                    "company_id": company.id,
                    "progress": 0,
                    **causes[record],
                    **dates_vals.get(record, {}),
                }
            )
        return vals_list

    @api.model
    def _plan_dates(self, lines, vals_list):
        """The dates of a template's tasks, for each of these new tracks.

        :param lines: ``track.line``, in sudo and in their order, without those left out
        :param list vals_list: the values of the tracks
        :return: list of lists of ``date``, None for a task that waits
        """
        dates = {}  # the same for all records of a company
        working_days = WorkingDaysByCompany()
        plans = []
        for vals in vals_list:
            start, end = vals["start_date"], vals["end_date"]
            key = (vals["company_id"], start, end)
            if key not in dates:
                company = self.env["res.company"].browse(vals["company_id"])
                days = working_days[company]
                # the first task does not wait
                dates[key] = [lines[0]._get_day(start, end, days, start)] + [
                    line._get_day(start, end, days) for line in lines[1:]
                ]
            plans.append(dates[key])
        return plans

    def _prepare_tasks_vals(self, lines, plans, choices):
        """The values of the tasks of these new tracks, copied from a template.

        :param lines: ``track.line``, as of :meth:`_plan_dates`
        :param plans: the dates of the tasks for each track, as of :meth:`_plan_dates`
        :param dict choices: as of :meth:`_start`
        :return: list of dicts, track by track; the state is ``open`` if the task can
            begin (its activity is not created here), else ``planned`` or ``waiting``
        """
        base_vals = [line._prepare_new_run_line_vals() for line in lines]
        people, gate = People(self, lines), Gate(lines, self)
        vals_list = []
        for run, plan in zip(self, plans, strict=True):
            for line, vals, day in zip(lines, base_vals, plan, strict=True):
                choice = choices.get(line.id, NO_CHOICE)
                vals = {
                    **vals,
                    "run_id": run.id,
                    **self._prepare_day_vals(day, choice.day),
                }
                due = vals["date_deadline"]
                vals["date_planned"] = gate.get_coming_day(run, line, due)
                if choice.user and not line._is_automated():
                    vals |= {"user_id": choice.user.id, "user_manual": True}
                answer = gate.ask(run, line, due, vals["state"])
                if answer == Answer.OPEN and not gate.is_conditional(run, line):
                    vals |= run._prepare_assigned_vals(line, due, choice.user, people)
                vals_list.append(vals)
            if run._is_recurring():
                vals_list.append(run._prepare_repeat_vals(lines[-1].sequence))
        return vals_list

    @api.model
    def _prepare_day_vals(self, day, chosen):
        """When a new task is due, and its state before it is opened.

        :param date day: as planned, None for a task that waits
        :param date chosen: the day selected by the user, or None
        """
        vals = {
            "date_deadline": chosen or day,
            "state": "planned" if day else "waiting",
        }
        return vals | {"date_manual": True} if chosen else vals

    def _prepare_assigned_vals(self, line, day, chosen, people):
        """The values of a new task of this track that is assigned immediately.

        :param line: the ``track.line`` it is copied from
        :param date day: when it is due
        :param chosen: ``res.users`` selected by the user for this task, or empty
        :param People people: of these tracks
        """
        # a user who was selected by hand is assigned, also when away
        return self.env["track.run.line"]._prepare_opening_vals(
            people.choose(self, chosen)
            if chosen
            else people.get_assignee(self, line, day)
        )
