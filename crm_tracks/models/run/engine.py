from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from ...tools.dates import TodayByCompany, WorkingDaysByCompany, get_today, shift_day
from ...tools.note_files import copy_note_files
from ...tools.people import People
from .track_run import UNFINISHED


class TrackRun(models.Model):
    """How a track moves: started, from task to task, finished or stopped.

    Everything here works on many tracks at once and in sudo: who was allowed to start
    it was checked before, and an assignee need not see what comes next.

    1. :meth:`_start` copies the template's tasks into new tracks. What it would make,
       ``run/preview.py`` shows, by the same methods.
    2. :meth:`_advance` looks for the tasks whose turn has come (:meth:`_get_turns`),
       dates them and opens them.
    3. ``track.run.line._assign`` creates their activities, in one ``create``. Automated
       tasks are left to the cron, which runs them (``automation/execution.py``).
    4. ``mail.activity`` reports what was completed or cancelled, by whatever door, to
       ``track.run.line._complete`` and ``_skip``, which call :meth:`_advance` again.
    """

    _inherit = "track.run"

    @api.model
    def _engine(self):
        """This model as the engine uses it: in sudo, without defaults of the caller.

        A form's context may carry ``default_*`` keys meant for another model.
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
    ):
        """Start a template on records; everything was checked before.

        :param template: one ``track.template``
        :param records: records of one model
        :param date start_date: None is today, in the time zone of the person who acts
        :param date end_date: for a template that counts back
        :param str name: None is the template's
        :param dict choices: what the person chose for some of the template's tasks, by
            their ids: False leaves a task out, a ``res.users`` is to do it
        :return: ``track.run``, one for each record, in their order
        """
        engine = self._engine()
        choices = choices or {}
        template = template.sudo()
        lines = template._get_chosen_lines(choices)
        vals_list = engine._prepare_runs_vals(
            template, records, start_date=start_date, end_date=end_date, name=name
        )
        closed = records.sudo()._tracks_get_closed()
        for vals in vals_list:
            vals["record_closed"] = bool(closed[vals["res_id"]])
        # The dates first: one that lies outside of the calendar changes nothing.
        plans = engine._plan_dates(lines, vals_list)
        with engine._causing_starts(vals_list):
            runs = engine.create(vals_list)
        with runs._causing():
            tasks = engine.env["track.run.line"].create(
                runs._prepare_tasks_vals(lines, plans, choices)
            )
            copy_note_files((task.line_id, task) for task in tasks)
            tasks.filtered(lambda task: task.state == "open")._create_activities()
            planned = tasks.filtered(lambda task: task.state == "planned")
            planned._filter_due()._begin()
        runs._log(
            {
                run: Markup("<p>%s</p>") % run._get_started_text(len(lines))
                for run in runs
            }
        )
        return runs.with_env(self.env)

    def _get_started_text(self, count):
        """The note of a track that has started.

        :param int count: how many tasks it has
        :return: ``Markup``
        """
        name = Markup("<b>%s</b>") % self.name
        if count == 1:
            return self.env._("Track %s started: 1 task.", name)
        return self.env._(
            "Track %(track)s started: %(count)s tasks.", track=name, count=count
        )

    @api.model
    def _prepare_runs_vals(
        self, template, records, start_date=None, end_date=None, name=None
    ):
        """The values of new tracks, whether their record is closed apart.

        The parameters are those of :meth:`_start`.

        :return: list of dicts, one for each record
        """
        starters = self._get_starters(records)
        companies = self._get_record_companies(records)
        base_vals = template._prepare_run_vals()
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
                }
            )
        return vals_list

    @api.model
    def _plan_dates(self, lines, vals_list):
        """The dates of a template's tasks, for each of these new tracks.

        :param lines: ``track.line``, in sudo and in their order, those left out apart
        :param list vals_list: the values of the tracks
        :return: list of lists of ``date``, None for a task that waits
        """
        dates = {}  # they are the same for all records of a company
        working_days = WorkingDaysByCompany()
        plans = []
        for vals in vals_list:
            start, end = vals["start_date"], vals["end_date"]
            key = (vals["company_id"], start, end)
            if key not in dates:
                company = self.env["res.company"].browse(vals["company_id"])
                dates[key] = [
                    line._get_first_date(start, end, working_days[company])
                    if line == lines[0]
                    else line._get_known_date(start, end, working_days[company])
                    for line in lines
                ]
            plans.append(dates[key])
        return plans

    def _prepare_tasks_vals(self, lines, plans, choices):
        """The values of the tasks of these new tracks, copied from a template.

        :param lines: ``track.line``, as of :meth:`_plan_dates`
        :param plans: the dates of the tasks for each track, as of :meth:`_plan_dates`
        :param dict choices: as of :meth:`_start`
        :return: list of dicts, track by track: ``open``, but still without an activity,
            where the day has come, else ``planned`` or ``waiting``
        """
        Task = self.env["track.run.line"]
        now = fields.Datetime.now()
        todays = TodayByCompany(self.env)
        base_vals = [line._prepare_run_line_vals() for line in lines]
        people = People(self)
        vals_list = []
        for run, plan in zip(self, plans, strict=True):
            for line, vals, day in zip(lines, base_vals, plan, strict=True):
                planned = run._get_planned_day(line, day)
                chosen = not line._is_automated() and choices.get(line.id)
                vals = {
                    **vals,
                    "run_id": run.id,
                    "date_deadline": day,
                    "date_planned": planned,
                    "state": "planned" if day else "waiting",
                }
                if chosen:
                    vals |= {"user_id": chosen.id, "user_manual": True}
                has_come = day and (not planned or planned <= todays[run.company_id])
                if has_come and not line._is_automated():
                    user, follows_owner = (
                        people.choose(run, chosen)
                        if chosen
                        else people.get_assignee(run, line)
                    )
                    vals |= Task._prepare_opening_vals(user.id, follows_owner, now)
                vals_list.append(vals)
        return vals_list

    def _get_planned_day(self, task, day):
        """When the activity of a task of this track is to be created (rule 19).

        :param task: as of :meth:`_get_coming_day`
        :param date day: when the task is due, or empty
        :return: ``date``; False where that is at once, or where the track is quiet or
            has ended, so that the cron finds only what it may open (rule 30)
        """
        if self.state != "running" or self.held:
            return False
        return self._get_coming_day(task, day)

    def _get_coming_day(self, task, day):
        """When a task of this track comes to people, or runs, quiet or not (rule 19).

        An automated task runs on its day itself (rule 32).

        :param task: ``track.run.line``, or the ``track.line`` it is copied from
        :param date day: when the task is due, or empty
        :return: ``date``, or False where that is at once
        """
        if task._is_automated():
            return day
        if self.activity_creation != "ahead":
            return False
        return day and shift_day(
            self.env, day, self.ahead_days, "days", None, backwards=True
        )

    def _get_turns(self):
        """Walk along the tasks of one track and see whose turn it is.

        The previous task is the one just before that did not drop out. It was finished
        on the day on which it was done, or on which it was skipped after its turn had
        come. A task with nothing before it counts from the start date (rule 8). What
        was done ahead of its turn counts from the day on which it was done (rule 7);
        what somebody put behind a finished task, from the day on which that was done.
        What was removed when its turn had come passed the turn on, like what was
        skipped then, and left its day with the task behind it, which may have dropped
        out since.

        :return: list of (task, day): the tasks that wait for their predecessor, which
            was finished on ``day`` (``date``)
        """
        self.ensure_one()
        turns = []
        anchor, is_first = self.start_date, True
        passed = []
        for task in self.line_ids.sorted():
            if task.date_turn:
                passed.append(task.date_turn)
            if task._has_dropped_out():
                continue
            if passed:
                anchor, is_first, passed = max(passed), False, []
            has_come = task.delay_from != "previous" or anchor
            if task.state == "waiting" and has_come:
                placed = task.date_placed
                if placed and anchor:
                    anchor = placed if is_first else max(placed, anchor)
                turns.append((task, anchor))
            anchor = task.date_done if task._is_finished() and has_come else None
            is_first = False
        return turns

    def _advance(self):
        """Assign every task whose turn has come; finish the tracks that are through.

        Quiet tracks (paused or held) assign nothing; they still finish. Whoever moves a
        track on is never kept from it by what follows: a task that cannot be assigned
        has failed, and is left to the cron and to ``action_retry``.
        """
        runs = self._engine().filtered(lambda run: run.state in ("running", "paused"))
        working_days = WorkingDaysByCompany()
        by_date = defaultdict(list)
        for run in runs.filtered(lambda run: not run._is_suspended()):
            for task, anchor in run._get_turns():
                days = working_days[run.company_id]
                day = (
                    (task.date_manual and task.date_deadline)
                    or task._get_known_date(run.start_date, run.end_date, days)
                    or task._shift(anchor, days)
                )
                by_date[day].append(task.id)
        for day, task_ids in by_date.items():
            ready = runs.line_ids.browse(task_ids)
            ready.write({"date_deadline": day, "state": "planned"})
        planned = runs.line_ids.filtered(lambda task: task.state == "planned")
        planned._filter_due()._begin_or_fail()
        runs._finish()

    def _finish(self):
        """Mark the tracks as done whose tasks are all finished."""
        done = self.filtered(
            lambda run: not any(line.state in UNFINISHED for line in run.line_ids)
        )
        if not done:
            return
        for company, runs in done.grouped("company_id").items():
            today = get_today(self.env, company)
            runs.write({"state": "done", "date_done": today, "date_paused": False})
        done._log_for_each(self.env._("Track %s is done."))

    def _stop(self, reason=None):
        """Cancel what is not finished in these tracks, silently.

        :param str reason: kept on the tracks, and said in the note
        """
        runs = self._engine()
        unfinished = runs.line_ids.filtered(lambda line: line.state in UNFINISHED)
        # The state goes first: an activity that vanishes with a cancelled task does
        # not count as skipped, and passes no turn on.
        unfinished.write({"state": "cancelled"})
        for company, ended in runs.grouped("company_id").items():
            today = get_today(self.env, company)
            ended.write(
                {"state": "stopped", "date_stopped": today, "stop_reason": reason}
            )
        unfinished.activity_ids.unlink()
        bodies = {}
        for run in runs:
            name = Markup("<b>%s</b>") % run.name
            text = (
                self.env._(
                    "Track %(track)s was stopped: %(reason)s", track=name, reason=reason
                )
                if reason
                else self.env._("Track %s was stopped.", name)
            )
            bodies[run] = Markup("<p>%s</p>") % text
        runs._log(bodies)

    @api.model
    def _has_anything_to_move(self, records):
        """Whether these records have tracks or inactive activities, in one query."""
        self.env["mail.activity"].flush_model(["res_model", "res_id", "active"])
        self.flush_model(["res_model", "res_id"])
        [(found,)] = self.env.execute_query(
            SQL(
                """
                SELECT EXISTS(SELECT FROM track_run
                               WHERE res_model = %(model)s AND res_id IN %(ids)s)
                    OR EXISTS(SELECT FROM mail_activity
                               WHERE res_model = %(model)s AND res_id IN %(ids)s
                                 AND active IS NOT TRUE)
                """,
                model=records._name,
                ids=tuple(records.ids),
            )
        )
        return found

    @api.model
    def _merge_into(self, sources, target):
        """Take the tracks of merged records along, those that run twice included.

        :param sources: the records that are merged into ``target`` and then vanish
        :param target: the record that survives, of the same model
        """
        if not (
            self._may_have_tracks(target._name)
            or self.env["mail.activity"]._may_be_muted(target._name)
        ) or not self._has_anything_to_move(sources + target):
            return
        everything = self.search(
            [
                ("res_model", "=", target._name),
                ("res_id", "in", (sources + target).ids),
            ]
        )
        # Odoo moves the others itself, and would delete what is archived or muted.
        activities = (
            self.env["mail.activity"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("res_model", "=", target._name),
                    ("res_id", "in", (sources + target).ids),
                    "|",
                    ("active", "=", False),
                    ("track_run_line_id", "!=", False),
                ]
            )
        )
        runs = everything.filtered(lambda run: run.res_id != target.id)
        running = set()
        twice = self.browse()
        for run in (everything - runs) + runs:
            if run.state in ("running", "paused") and run.template_id:
                if run in runs and run.template_id.id in running:
                    twice += run
                running.add(run.template_id.id)
        # The tracks go on as they are, even where the template wants only one.
        twice.one_per_record = False
        runs.res_id = target.id
        company = self._get_record_companies(target)[target]
        if company:
            runs.company_id = company
        activities.filtered(lambda activity: activity.res_id != target.id).write(
            {"res_id": target.id}
        )
        closed = bool(target.sudo()._tracks_get_closed()[target.id])
        runs.record_closed = closed
        if not closed:
            target.sudo()._tracks_reopen()
        twice._log_for_each(self.env._("Track %s came along and runs twice now."))
