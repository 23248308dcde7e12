import logging
from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import NO_ACCESS

from ...tools.states import NOT_ENDED

_logger = logging.getLogger(__name__)


class TrackRunLine(models.Model):
    """How an automated task is executed.

    The cron executes it on its due date, or a user immediately
    (:meth:`action_run_now`). It always runs as the starter of its track, with that
    user's rights and in the track's company, never in sudo: a track does nothing that
    its starter could not do. The actions are in ``automation/actions.py``.

    An automated task has no activity: it stays planned until it is done or has failed.
    """

    _inherit = "track.run.line"

    # Only for the engine: users read descriptions of both, by their access rights.
    settings = fields.Json(
        readonly=True,
        groups=NO_ACCESS,
        help="Fields and values that the task sets.",
    )
    result = fields.Json(
        string="Result Data",
        readonly=True,
        groups=NO_ACCESS,
        help="Data from which the result is displayed.",
    )

    # ------------------------------------------------------------------
    # The definition of the action: a copy, which cannot be edited
    # ------------------------------------------------------------------

    def _get_settings(self):
        return self.sudo().settings or []

    def _get_target_model(self):
        return self.env.get(self.res_model) if self.res_model else None

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_run_now(self):
        """Execute these automated tasks now, as the starters of their tracks.

        A task that is due later is done ahead of its turn.

        :raise AccessError: when the user may not write one of the records
        :raise UserError: when a task is not automated, is finished, its track is on
            hold, or its action fails; then nothing has changed
        """
        self._check_unfinished()
        tasks = self.sudo()
        for task in tasks:
            if not task._is_automated():
                raise UserError(
                    self.env._(
                        "“%s” is not automated. Mark it as done instead.",
                        task._get_label(),
                    )
                )
            task._check_awake()
            task._check_others_finished()
        tasks._execute()
        return True

    def action_take_over(self):
        """Become the starter of the tracks of these tasks.

        See ``track.run.action_take_over``.
        """
        return self.run_id.action_take_over()

    # ------------------------------------------------------------------
    # Execution
    # ------------------------------------------------------------------

    def _execute(self):
        """Execute these automated tasks, and advance their tracks.

        Tasks with the same action and starter are executed together. The rows are
        locked first, so that no concurrent transaction executes a task twice.

        :raise UserError: with a message on which a user can act
        """
        if not self:
            return
        self._lock_for_execution()
        self._end_series_without_template()
        done = self.browse()
        for group in self._group_for_execution():
            # an earlier group may have closed the record or stopped the track
            tasks = group.exists().filtered(lambda task: task._may_execute())
            if tasks:
                with tasks.run_id._causing():
                    tasks._execute_group()
                done += tasks
        done = done.exists()  # a server action may have deleted the record
        with done.run_id._causing():
            done.write({"error": False, "attempts": 0, "date_retry": False})
            for starter, tasks in done.grouped(
                lambda task: task.run_id.user_id
            ).items():
                tasks = tasks._in_language_of(starter)
                with tasks.run_id._logging_together():
                    tasks._log_automated()
                    tasks._complete(done_by=starter)
            self.env.flush_all()

    def _execute_group(self):
        """Execute these tasks, which have the same action, and store their results."""
        results = self._execute_as_starter()
        self.env.flush_all()
        tasks = self.exists()
        # as different as the tasks: stored with what completing them writes
        with self.env.protecting([self._fields["result"]], tasks):
            for task in tasks:
                if results.get(task.id):
                    task.result = results[task.id]
        tasks.modified(["result"])

    def _in_language_of(self, user):
        """These tasks in the language of this user, if the cron acts."""
        if self.env.context.get("lang"):
            return self
        return self.with_context(lang=user.lang)

    def _lock_for_execution(self):
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError:
            raise UserError(
                self.env._(
                    "“%s” is already being run. Try again in a moment.",
                    self[0]._get_label(),
                )
            ) from None

    def _execute_as_starter(self):
        """Run the action of these tasks, which is the same for all, as their starter.

        :return: as of :meth:`_execute_action`
        :raise UserError: when the starter cannot be assigned tasks, lacks a right, or
            the action fails
        """
        run = self.run_id[:1]
        tasks = self._in_language_of(run.user_id)
        env = tasks.run_id._get_starter_env()
        try:
            return tasks._execute_action(
                env[run.res_model].browse(tasks.run_id.mapped("res_id"))
            )
        except AccessError as error:
            raise UserError(
                tasks.env._(
                    "%(user)s, who started this track, does not have permission for "
                    "this task (%(problem)s). Ask a user with this permission to take "
                    "over the track.",
                    user=run.user_id.name,
                    problem=str(error).strip().partition("\n")[0],
                )
            ) from error

    def _group_for_execution(self):
        """Group these tasks by action, starter, company and model, so that no record
        is twice in a group.

        :return: list of ``track.run.line``
        :raise UserError: when a record no longer exists
        """
        groups, seen = {}, {}
        records = self.run_id._get_records()
        for task in self:
            run = task.run_id
            if run not in records:
                raise UserError(
                    self.env._("The record of “%s” no longer exists.", run.name)
                )
            key = (
                run.res_model,
                run.user_id,
                run.company_id,
                *task._get_execution_key(),
            )
            # two tasks of the same record are in different groups
            number = seen[key, run.res_id] = seen.get((key, run.res_id), 0) + 1
            groups.setdefault((key, number), []).append(task.id)
        return [self.browse(ids) for ids in groups.values()]

    def _get_execution_key(self):
        """The values in which two automated tasks with the same effect agree."""
        self.ensure_one()
        return (
            self.action,
            repr(self._prepare_action_vals()),
            repr(self._get_settings()),
            self.run_id.end_date,  # of a track that it starts
        )

    def _log_automated(self):
        """Log one note for each track about the results of these tasks."""
        texts = defaultdict(list)
        for task, label in self._get_labels().items():
            texts[task.run_id].append(
                self.env._(
                    "Track %(track)s: %(task)s. %(result)s",
                    track=task.run_id._get_name_in_bold(),
                    task=label,
                    result=task._get_result_text(),
                )
            )
        self.run_id._log(texts)

    def _get_labels(self):
        """The labels of these automated tasks; each action is described once.

        :return: dict of str by ``track.run.line``, as of :meth:`_get_label`
        """
        labels, of_actions = {}, {}
        for task in self:
            label = task._get_summary()
            if not label:
                key = (task.res_model, *task._get_execution_key())
                if key not in of_actions:
                    of_actions[key] = task._get_label()
                label = of_actions[key]
            labels[task] = label
        return labels


class TrackRun(models.Model):
    _inherit = "track.run"

    def _get_starter_env(self):
        """The environment in which the tasks of these tracks are executed.

        It is that of their common starter, without sudo, in their common company, in
        the language and time zone of the starter, without the context of the caller.

        :raise UserError: when tasks cannot be assigned to the starter, or the starter
            has no access to the company
        """
        user, company = self.user_id, self.company_id
        if not user._tracks_can_be_assigned():
            raise UserError(
                self.env._(
                    "%s, who started this track, can no longer be assigned tasks. Take "
                    "over the track.",
                    user.name,
                )
                if user
                else self.env._(
                    "The user who started this track was deleted. Take over the track."
                )
            )
        if company and company not in user.company_ids:
            raise UserError(
                self.env._(
                    "%(user)s, who started this track, does not have access to "
                    "%(company)s. Take over the track.",
                    user=user.name,
                    company=company.name,
                )
            )
        context = {"lang": user.lang, "tz": user.tz}
        if company:
            context["allowed_company_ids"] = company.ids
        return self.env(user=user.id, su=False, context=context)

    def action_take_over(self):
        """Become the starter of these tracks: automated tasks run with your rights.

        Failed automated tasks are retried. Nothing else changes the starter of a track.

        :raise AccessError: when the user may not write the record of one of them
        :raise UserError: when the user cannot start tracks, or all have ended
        """
        runs = self._filter_for_action(
            NOT_ENDED,
            self.env._(
                "Only tracks that have not ended can be taken over. Select another "
                "track instead of %s."
            ),
        )
        runs.user_id = self._check_assignee(self.env.user)
        failed = runs.line_ids.filtered(
            lambda task: task.state == "failed" and task._is_automated()
        )
        failed._reset_to_planned()
        failed = failed.filtered(lambda task: task.state == "failed")
        again = (failed - failed._filter_too_late()).filtered(
            lambda task: not task.run_id._is_suspended()
        )
        failed.attempts = 0
        again.date_retry = fields.Datetime.now()
        again._wake_cron()
        runs._log(
            {
                run: self.env._(
                    "%(user)s took over track %(track)s.",
                    user=self.env.user.name,
                    track=run._get_name_in_bold(),
                )
                for run in runs
            }
        )
        return True
