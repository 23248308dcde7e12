from collections import defaultdict

from odoo import api, fields, models

from ...tools.dates import WorkingDaysByCompany, get_today
from ...tools.engine_vals import EngineVals
from ...tools.states import FINISHED, NOT_ENDED, UNFINISHED
from .gate import Answer


class TrackRun(models.Model):
    """How a track moves from task to task.

    1. ``start.py`` creates the tracks, and opens the tasks that may begin immediately.
    2. :meth:`_advance` finds the tasks whose turn has come (:meth:`_get_turns`),
       dates them, and begins those that may begin now (``gate.py``).
    3. Tasks of users get activities (``track.run.line._assign``), in one ``create``.
       Automated tasks are executed by the cron (``automation``).
    4. Every way to complete or skip a task ends in ``completion.py``, which calls
       :meth:`_advance` again.

    The methods work on many tracks at once, and in sudo, as in ``start.py``.
    """

    _inherit = "track.run"

    # What is read of every task when its track advances, is put on hold or wakes up,
    # those included that are computed and stored: a value that was not read is written
    # again. Other fields are read only of the tasks that begin or end.
    _STEP_FIELDS = (
        "action",
        "condition",
        "condition_waits",
        "date_attention",
        "date_deadline",
        "date_done",
        "date_placed",
        "date_planned",
        "date_retry",
        "date_turn",
        "delay_from",
        "done_rank",
        "run_id",
        "sequence",
        "state",
    )

    def _fetch_tasks(self):
        """Read these fields of all tasks of these tracks, in one query.

        Otherwise, the first access to a task would read all fields of all of them.
        """
        self.line_ids.fetch(self._STEP_FIELDS)

    def _get_tasks_in_order(self):
        """The tasks of this track in their order; none without a track.

        The order of the model would compare the tracks of the tasks, too.

        :return: ``track.run.line``
        """
        return self.line_ids.sorted(lambda task: (task.sequence, task.id))

    def _get_turns(self):
        """Find the waiting tasks of one track whose turn has come.

        The previous task is the nearest earlier one that did not drop out. It finished
        on the day on which it was done, or on which it was skipped after its turn had
        come. A task without a previous one counts from the start date. A task after one
        that was done ahead of its turn counts from the day on which that was done. A
        task that a user moved behind a finished one counts from the day of the move.
        A task that was removed after its turn had come passed the turn on, as a skipped
        one does: the day is stored on the task behind it, which may have dropped out
        since.

        :return: list of (task, day): the tasks that wait for their predecessor, which
            was finished on ``day`` (``date``)
        """
        self.ensure_one()
        if "waiting" not in self.line_ids.mapped("state"):
            return []
        turns = []
        anchor, is_first = self.start_date, True
        passed = []
        for task in self._get_tasks_in_order():
            if task.date_turn:
                passed.append(task.date_turn)
            if task._has_dropped_out():
                continue
            if passed:
                anchor, is_first, passed = max(passed), False, []
            has_come = task._has_turn_come(anchor)
            if task.state == "waiting" and has_come:
                placed = task.date_placed
                if placed and anchor:
                    anchor = placed if is_first else max(placed, anchor)
                turns.append((task, anchor))
            anchor = task.date_done if task.state in FINISHED and has_come else None
            is_first = False
        return turns

    def _advance(self):
        """Begin every task whose turn has come; mark completed tracks as done.

        Tracks on hold begin no task, but can be marked as done. The completion of a
        task never fails because of the next one: a task that cannot be assigned is
        marked as failed, and retried by the cron or by ``action_retry``.
        """
        runs = moving = self._engine().filtered(lambda run: run.state in NOT_ENDED)
        runs._hold_back_series()
        while moving:
            moving._date_turns()
            planned = moving.line_ids.filtered(lambda task: task.state == "planned")
            if not planned:
                break
            # a condition that skips a task passes the turn on
            moving = planned._begin_or_fail()
        runs._finish()

    def _date_turns(self):
        """Date the tasks of these tracks whose turn has come, unless on hold."""
        working_days = WorkingDaysByCompany()
        by_date = defaultdict(list)
        awake = self.filtered(lambda run: not run._is_suspended())
        turns = {task.id: anchor for run in awake for task, anchor in run._get_turns()}
        # of these tasks, and of no others, all fields are read
        for task in self.line_ids.browse(list(turns)):
            run = task.run_id
            days, anchor = working_days[run.company_id], turns[task.id]
            day = (task.date_manual and task.date_deadline) or task._get_day(
                run.start_date, run.end_date, days, anchor
            )
            by_date[day].append(task.id)
        for day, task_ids in by_date.items():
            ready = self.line_ids.browse(task_ids)
            ready.write({"date_deadline": day, "state": "planned"})

    def _finish(self):
        """Mark the tracks as done whose tasks are all finished."""
        done = self.filtered(
            lambda run: not any(line.state in UNFINISHED for line in run.line_ids)
        )
        if not done:
            return
        for company, runs in done.grouped("company_id").items():
            today = get_today(self.env, company)
            runs.write({"state": "done", "date_done": today, **self._NOT_PAUSED})
        # if a task is reopened, a track of a closed record is on hold as before
        done.filtered(lambda run: not run.held).date_quiet = False
        done._log(done._get_done_texts())


class TrackRunLine(models.Model):
    """A task in its place: what comes before it, and how it begins."""

    _inherit = "track.run.line"

    def _has_dropped_out(self):
        """Whether this task was skipped or cancelled before its turn had come."""
        return self.state in ("skipped", "cancelled") and not self.date_done

    def _get_parent(self):
        return self.run_id

    def _get_siblings(self):
        return self.run_id._get_tasks_in_order()

    def _get_type_models(self):
        return {self.res_model}

    def _get_previous(self):
        """The task for which this one waits: the one before that did not drop out."""
        self.ensure_one()
        return self._get_previous_by_task()[self]

    def _get_previous_by_task(self):
        """The previous task of each of these, in one pass through each track.

        :return: dict, as of :meth:`_get_previous` for each ``track.run.line``
        """
        nothing = self.browse()
        result = dict.fromkeys(self, nothing)
        for course in self._get_courses():
            previous = nothing
            for task in course:
                if task in result:
                    result[task] = previous
                if not task._has_dropped_out():
                    previous = task
        return result

    def _counts_from_start(self):
        """Whether this task, which follows the previous one, counts from the start.

        That is so if no task is before it, and if no removed task passed its turn to
        this task or to one before it that dropped out.
        """
        if self.date_placed or self._get_previous():
            return False
        siblings = self._get_siblings()
        earlier = siblings[: list(siblings).index(self) + 1]
        return not any(earlier.mapped("date_turn"))

    def _begin(self):
        """Begin those of these tasks that may begin now.

        Tasks of users get an activity. Automated tasks run with the rights of the
        starter and may fail, so the cron is triggered for them.

        :return: the ``track.run`` of which a condition skipped tasks, to be advanced
        """
        if not self:
            return self.run_id
        tasks, skipping = self._leave_to_cron()
        tasks._assign()
        return skipping

    def _leave_to_cron(self):
        """Trigger the cron for those of these tasks that Odoo executes now.

        :return: (those that are to be assigned now, tracks as of :meth:`_begin`)
        """
        answers, skipping = self._begin_now()
        for answer in (Answer.EXECUTE, Answer.FAIL, Answer.SKIP):
            answers[answer]._wake_cron()
        if later := answers[Answer.WAIT_FOR_HOUR]:
            later._wait_for_hour()
        return answers[Answer.OPEN], skipping

    def _wake_cron(self, moment=None):
        """Trigger the cron for these tasks, once per transaction and moment.

        It is triggered at the end of the transaction: a trigger within a savepoint is
        lost if the savepoint is rolled back.

        :param datetime moment: when it is to run; None for as soon as possible
        """
        if not self:
            return
        precommit = self.env.cr.precommit
        if "crm_tracks.wake_cron_at" not in precommit.data:
            precommit.data["crm_tracks.wake_cron_at"] = set()
            precommit.add(self.env["track.run"]._engine()._trigger_cron_as_collected)
        precommit.data["crm_tracks.wake_cron_at"].add(moment)

    def _assign(self):
        """Assign these tasks and create their activities."""
        if not self:
            return
        records = self.run_id._get_records()
        tasks = self.filtered(lambda task: task.run_id in records)
        by_assignee = defaultdict(list)
        for task, assignee in tasks._get_assignees(records).items():
            by_hand = task.user_manual and task.user_id == assignee.user
            by_assignee[assignee, by_hand].append(task.id)
        for (assignee, by_hand), ids in by_assignee.items():
            tasks.browse(ids).write(
                {
                    **self._prepare_opening_vals(assignee),
                    "user_manual": by_hand,
                    "error": False,
                    "attempts": 0,
                    "date_retry": False,
                }
            )
        tasks._create_activities(records)

    @api.model
    def _prepare_opening_vals(self, assignee):
        """The values of a task that is assigned now.

        :param Assignee assignee: of the task
        """
        return {
            "state": "open",
            **assignee.prepare_vals(),
            "date_open": fields.Datetime.now(),
        }

    def _create_activities(self, records):
        """Create the activities of these open tasks, all in one ``create``.

        Write the tasks before: a concurrent transaction then conflicts at the task and
        is retried. At the unique index of activities it would fail with an error.

        :param dict records: the record of each ``track.run``
        """
        self._replace_stale_types()
        self._fill_placeholders()
        self.flush_recordset()
        by_model = {
            name: {
                "res_model_id": self.env["ir.model"]._get_id(name),
                "activity_type_id": self.env["mail.activity"]
                ._default_activity_type_for_model(name)
                .id,
            }
            for name in set(self.run_id.mapped("res_model"))
        }
        activities = self.env["mail.activity"].sudo()
        activities = activities.with_context(mail_activity_quick_update=True).create(
            [
                {
                    **by_model[task.run_id.res_model],
                    **task._prepare_activity_vals(records[task.run_id]),
                }
                for task in self
            ]
        )
        for name in ("res_name", "user_tz", "date_done"):
            # given above, or empty for a new activity
            self.env.remove_to_compute(activities._fields[name], activities)
        self._announce()

    def _replace_stale_types(self):
        """Remove stale activity types from these tasks, so that the default is used."""
        for task in self._filter_stale_type():
            task.write(EngineVals(task._prepare_type_vals()))

    def _prepare_activity_vals(self, record):
        """The values of this task's activity, without those of its model."""
        self.ensure_one()
        user, kind = self.user_id, self.activity_type_id
        vals = {
            "track_run_line_id": self.id,
            "res_id": record.id,
            "res_name": record.display_name,
            "summary": self.summary,
            "note": self.note,
            "date_deadline": self.date_deadline,
            "user_id": user.id,
            "user_tz": user.tz,
            # a user's work: Odoo and other addons delete automated activities
            "automated": False,
            # explicit, so that saved defaults of a user do not apply
            "active": True,
            "muted": False,
        }
        if kind:
            vals["activity_type_id"] = kind.id
        return vals
