from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models

from ...tools.dates import TodayByCompany, get_today
from ...tools.engine_vals import EngineVals
from .track_run import NOT_BEGUN, UNFINISHED


class TrackRunLine(models.Model):
    """How a task begins and ends; the engine's half of the task.

    :meth:`_assign` creates the activities, :meth:`_complete` and :meth:`_skip` record
    how they ended, and all of them work on many tasks at once, in sudo.
    """

    _inherit = "track.run.line"

    def _is_finished(self):
        return self.state in ("done", "skipped")

    def _is_unfinished(self):
        return self.state in UNFINISHED

    def _is_ahead(self):
        """Whether completing this task now is ahead of its turn (rule 11).

        An automated task whose day has come is planned until it has run.
        """
        if self._is_automated() and self.state == "planned":
            today = get_today(self.env, self.run_id.company_id)
            return self.date_deadline > today
        return self.state in NOT_BEGUN

    def _has_dropped_out(self):
        """Whether this task left the sequence before its turn had come (rule 8)."""
        return self.state in ("skipped", "cancelled") and not self.date_done

    def _filter_due(self):
        """Those of these tasks that are to get their activity now.

        The planned ones whose day has come (rule 19), and the failed ones that are to
        be tried again; of tracks that are not quiet.
        """
        now = fields.Datetime.now()
        awake = self.filtered(
            lambda task: (
                task.state in ("planned", "failed") and not task.run_id._is_suspended()
            )
        )
        return awake.filtered(
            lambda task: (
                task.state == "planned" or (task.date_retry and task.date_retry <= now)
            )
        )._filter_day_has_come()

    def _filter_day_has_come(self):
        """Those of these tasks whose day is here, quiet or not."""
        todays = TodayByCompany(self.env)
        return self.filtered(
            lambda task: (
                not (day := task.run_id._get_coming_day(task, task.date_deadline))
                or day <= todays[task.run_id.company_id]
            )
        )

    def _get_siblings(self):
        return self.run_id.line_ids.sorted()

    def _is_type_applicable(self):
        type_model = self.activity_type_id.res_model
        return not type_model or type_model == self.res_model

    def _get_previous(self):
        """The task this one waits for: the one just before that did not drop out."""
        self.ensure_one()
        return self._get_previous_by_task()[self]

    def _get_previous_by_task(self):
        """What each of these tasks waits for, in one pass through its track.

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
        """Whether this task, which follows the previous one, has nothing before it.

        Nor did anything that is gone by now pass the turn to it, or to what dropped out
        between.
        """
        if self.date_placed or self._get_previous():
            return False
        siblings = self._get_siblings()
        earlier = siblings[: list(siblings).index(self) + 1]
        return not any(earlier.mapped("date_turn"))

    def _begin(self):
        """Begin with these tasks, whose day has come.

        People get theirs as an activity; the automated ones are for the cron, which is
        told, as they run with their starter's rights and may fail.
        """
        automated = self.filtered(lambda task: task._is_automated())
        automated._wake_cron()
        (self - automated)._assign()

    def _wake_cron(self):
        """Let the cron come as soon as it can, for these tasks; once a transaction.

        At its end: what is triggered within a savepoint goes with it when that is
        rolled back, and would be missed by what is tried again after it.
        """
        precommit = self.env.cr.precommit
        if self and "crm_tracks.cron_is_woken" not in precommit.data:
            precommit.data["crm_tracks.cron_is_woken"] = True
            precommit.add(self.env["track.run"]._engine()._trigger_cron)

    def _assign(self):
        """Assign these tasks and create their activities (rule 6)."""
        if not self:
            return
        now = fields.Datetime.now()
        records = self.run_id._get_records()
        tasks = self.filtered(lambda task: task.run_id in records)
        by_assignee = defaultdict(list)
        for task, (user, follows_owner) in tasks._get_assignees().items():
            by_hand = task.user_manual and task.user_id == user
            by_assignee[user.id, follows_owner, by_hand].append(task.id)
        for (user_id, follows_owner, by_hand), ids in by_assignee.items():
            tasks.browse(ids).write(
                {
                    **self._prepare_opening_vals(user_id, follows_owner, now),
                    "user_manual": by_hand,
                    "error": False,
                    "attempts": 0,
                    "date_retry": False,
                }
            )
        tasks._create_activities()

    @api.model
    def _prepare_opening_vals(self, user_id, follows_owner, now):
        """The values of a task that is assigned to somebody now."""
        return {
            "state": "open",
            "user_id": user_id,
            "follows_owner": follows_owner,
            "date_open": now,
        }

    def _create_activities(self):
        """Create the activities of these open tasks, all in one ``create``.

        The tasks are written first: who does the same at the same time meets us there,
        and is started over, instead of at the unique index, which is an error.
        """
        self._replace_stale_types()
        self.flush_recordset()
        records = self.run_id._get_records()
        by_model = {
            name: {
                "res_model_id": self.env["ir.model"]._get_id(name),
                "activity_type_id": self.env["mail.activity"]
                ._default_activity_type_for_model(name)
                .id,
            }
            for name in set(self.run_id.mapped("res_model"))
        }
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            [
                {
                    **by_model[task.run_id.res_model],
                    **task._prepare_activity_vals(records[task.run_id]),
                }
                for task in self
            ]
        )
        self._announce()

    def _replace_stale_types(self):
        """Leave the default type to those of these tasks whose own went stale."""
        for task in self:
            if task._has_stale_type():
                task.write(EngineVals(task._prepare_type_vals()))

    def _prepare_activity_vals(self, record):
        """The values of this task's activity, those of its model apart."""
        self.ensure_one()
        vals = {
            "track_run_line_id": self.id,
            "res_id": record.id,
            "res_name": record.display_name,  # saves a query each
            "summary": self.summary,
            "note": self.note,
            "date_deadline": self.date_deadline,
            "user_id": self.user_id.id,
            "user_tz": self.user_id.tz,  # saves an update each
            # somebody's work: Odoo and other addons tidy away what is automated
            "automated": False,
            # explicit, so that no saved default of a person gets in
            "active": True,
            "muted": False,
        }
        if self.activity_type_id:
            vals["activity_type_id"] = self.activity_type_id.id
        return vals

    def _complete(self, feedback=False, done_by=None):
        """Record these tasks as done, and go on.

        :param str feedback: for tasks without an activity, which would keep it
        :param done_by: ``res.users``; None is the person who acts
        """
        tasks = self.filtered(lambda task: not task._is_finished())
        if not tasks:
            return
        ahead = tasks.filtered(lambda task: task._is_ahead())
        for run in tasks.run_id:
            rank = max(run.line_ids.mapped("done_rank"))
            for number, task in enumerate(tasks & run.line_ids, start=rank + 1):
                task.done_rank = number
        tasks._end("done", done_user_id=(done_by or self.env.user).id)
        if ahead:
            runs = ahead.run_id
            runs._log(
                {
                    run: Markup("<p>%s</p>")
                    % self.env._(
                        "Done ahead of its turn: %(tasks)s %(feedback)s",
                        tasks=", ".join((ahead & run.line_ids).mapped("display_name")),
                        feedback=feedback or "",
                    )
                    for run in runs
                }
            )
        tasks.run_id._advance()

    def _skip(self, reason=None):
        """Record these tasks as skipped, remove their activities, and go on.

        A task that was still waiting only drops out. One whose turn had come counts as
        finished today, and passes the turn on (rule 8).

        :param str reason: why, if anybody said so
        """
        tasks = self.filtered(lambda task: not task._is_finished())
        activities = tasks.activity_ids
        waiting = tasks.filtered(lambda task: task.state == "waiting")
        waiting.write({"state": "skipped", "skip_reason": reason})
        (tasks - waiting)._end("skipped", skip_reason=reason)
        activities.exists().unlink()
        tasks.run_id._advance()

    def _end(self, state, **vals):
        """Write a final state with the day it is for the person who acts."""
        for company, tasks in self.grouped("company_id").items():
            tasks.write(
                {"state": state, "date_done": get_today(self.env, company), **vals}
            )
