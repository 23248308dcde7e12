from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError

from ...tools.dates import get_today
from ...tools.states import FINISHED, NOT_BEGUN, NOT_ENDED


class TrackRunLine(models.Model):
    """All ways to complete or to skip a task.

    ==========================  ====================================================
    Mark Done in the chatter,   ``mail.activity._action_done`` archives the activity,
    the activity view, a list   and its ``write`` calls :meth:`_complete`
    Done in the Tracks tab      :meth:`action_done`, which completes the activity; a
                                task that has none is completed here
    Cancel, or any deletion     ``mail.activity.unlink`` calls :meth:`_skip`
    of the activity
    Skip in the Tracks tab      :meth:`action_skip`
    an automated task           ``_execute`` calls :meth:`_complete` (``automation``)
    a deletion in the database  the cron calls :meth:`_skip` (``automation``)
    ==========================  ====================================================

    All of them end in :meth:`_complete` or :meth:`_skip`, which move the track on. What
    a task requires is checked on the way to :meth:`_complete` (``requirements.py``).
    The tab and the chatter can pass an outcome (``outcomes.py``).
    Reopening is in ``changes/reopen.py``.
    """

    _inherit = "track.run.line"

    def action_done(self, feedback=False, outcome=None):
        """Complete these tasks, as completing their activities in the chatter does.

        A waiting or planned task is recorded as done ahead of its turn.

        :param str feedback: stored on the activity, and shown in the chatter
        :param str outcome: the name of an outcome of the tasks; empty for none
        :raise AccessError: when the user may not write one of the records
        :raise UserError: when a task has ended already, has other outcomes, or lacks
            what it requires
        """
        self._check_unfinished()
        tasks = self.sudo()
        for task in tasks:
            if task._is_automated():
                raise UserError(
                    self.env._(
                        "“%s” is automated. Run it now or skip it.",
                        task._get_label(),
                    )
                )
        # open tasks whose activity was deleted in the database are recorded, too
        is_open = tasks.filtered(
            lambda task: task.state == "open" and task.activity_ids
        )
        with self._meeting_requirements(feedback), tasks._ending_with(outcome):
            # tasks ahead of their turn first: completing the others would open them
            (tasks - is_open)._complete(feedback)
            if is_open:
                is_open.activity_ids.action_feedback(feedback=feedback)
        return True

    def action_skip(self, reason=False):
        """Skip these tasks; tasks that wait for them can start.

        :param str reason: why, shown in the Tracks tab
        :raise AccessError: when the user may not write one of the records
        :raise UserError: when a task has ended already, or the reason is no text
        """
        self._check_unfinished()
        self.sudo()._skip(self._check_reason(reason))
        return True

    @api.model
    def _check_reason(self, reason):
        """The reason that a caller passed, without spaces around it, or None.

        :raise UserError: when it is no text
        """
        if reason and not isinstance(reason, str):
            raise UserError(
                self.env._("“%s” is not a reason. Enter the reason as a text.", reason)
            )
        return (reason or "").strip() or None

    def _check_unfinished(self):
        self.check_access("write")
        for task in self.sudo():
            if task.run_id.state not in NOT_ENDED:
                raise UserError(
                    self.env._(
                        "“%s” has ended. Its tasks can no longer be changed.",
                        task.run_id.name,
                    )
                )
            if task.state in FINISHED or task.state == "cancelled":
                raise UserError(
                    self.env._(
                        "“%s” is already finished. Select an unfinished task.",
                        task._get_label(),
                    )
                )

    def _is_ahead(self):
        """Whether completing this task now is ahead of its turn.

        An automated task stays planned until it is executed, also when it is due.
        """
        if self._is_automated() and self.state == "planned":
            today = get_today(self.env, self.run_id.company_id)
            return self.date_deadline > today
        return self.state in NOT_BEGUN

    def _complete(self, feedback=False, done_by=None):
        """Record these tasks as done, and advance their tracks.

        :param str feedback: for tasks without an activity, shown in the chatter
        :param done_by: ``res.users``; None for the acting user
        """
        tasks = self.filtered(lambda task: task.state not in FINISHED)
        if not tasks:
            return
        tasks.run_id._fetch_tasks()
        ahead = tasks.filtered(lambda task: task._is_ahead())
        if without_activity := tasks.filtered(lambda task: task.state != "open"):
            without_activity._fill_placeholders()
        done_by = done_by or self.env.user
        for rank, of_rank in tasks._group_by_new_rank():
            of_rank._end("done", done_user_id=done_by.id, done_rank=rank)
        tasks._count_days_away()
        tasks._apply_outcomes()
        if ahead:
            ahead.run_id._log(
                {
                    run: self.env._(
                        "Completed ahead of turn: %(tasks)s %(feedback)s",
                        tasks=(ahead & run.line_ids)._get_completion_texts(),
                        feedback=feedback or "",
                    )
                    for run in ahead.run_id
                }
            )
        tasks.run_id._advance()

    def _group_by_new_rank(self):
        """Number these tasks, which are completed now, behind those of their tracks.

        :return: list of (number, ``track.run.line``)
        """
        by_rank = defaultdict(list)
        for run, tasks in self.grouped("run_id").items():
            last = max(run.line_ids.mapped("done_rank"))
            for rank, task_id in enumerate(tasks.ids, start=last + 1):
                by_rank[rank].append(task_id)
        return [(rank, self.browse(ids)) for rank, ids in by_rank.items()]

    def _skip(self, reason=None, by=None):
        """Record these tasks as skipped, delete their activities, and advance.

        A waiting task only drops out. A task whose turn had come counts as finished
        today, and passes the turn on.

        :param str reason: the reason, if known
        :param by: the ``track.run.line`` whose outcome or condition skips them
        """
        self._drop(reason, by)._advance()

    def _drop(self, reason=None, by=None):
        """As :meth:`_skip`, but leave it to the caller to advance the tracks.

        :return: ``track.run``, the tracks of the tasks that were skipped
        """
        return self._drop_each([(self, reason, by)])

    @api.model
    def _drop_each(self, groups):
        """As :meth:`_drop`, for tasks with different reasons.

        :param groups: list of (``track.run.line``, reason, by); of a task that is in
            several, the first one counts
        """
        tasks = self.browse().union(*(group for group, _reason, _by in groups))
        tasks = tasks.filtered(lambda task: task.state not in FINISHED)
        # read for all together what is used group by group
        tasks.mapped("company_id")
        activities = tasks.activity_ids
        for group, reason, by in groups:
            unfinished = group.filtered(lambda task: task.state not in FINISHED)
            unfinished._mark_skipped(reason, by)
        if remaining := activities.exists():
            remaining.unlink()
        return tasks.run_id

    def _mark_skipped(self, reason, by):
        """Record these unfinished tasks as skipped; parameters as of :meth:`_skip`."""
        waiting = self.filtered(lambda task: task.state == "waiting")
        vals = {"skip_reason": reason, "skipped_by_id": by and by.id}
        if waiting:
            waiting.write({"state": "skipped", **vals})
        (self - waiting)._end("skipped", **vals)

    def _end(self, state, **vals):
        """Write a final state with the current day of the acting user."""
        for company, tasks in self.grouped("company_id").items():
            today = get_today(self.env, company)
            tasks.write({"state": state, "date_done": today, **vals})
        if waiting := self.filtered("condition_waits"):
            waiting.condition_waits = False
