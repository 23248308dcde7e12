import logging
from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import NO_ACCESS

from ...tools.states import NOT_ENDED

_logger = logging.getLogger(__name__)


class TrackRunLine(models.Model):
    """How an automated task is carried out (SPEC, rules 28, 29, 31 and 32).

    On its day, by the cron; or at once, when a person says so (:meth:`action_run_now`).
    Always as the starter of its track, with that person's rights and in the track's
    company, never in sudo: a track does nothing for somebody that they could not do
    themselves. What each action does is in ``automation/actions.py``.

    It never has an activity: it is planned until it is done, or has failed.
    """

    _inherit = "track.run.line"

    # Read by the engine alone: people get both in words, by what they may read.
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
    # What it is to do: a copy, which nobody edits
    # ------------------------------------------------------------------

    def _get_settings(self):
        return self.sudo().settings or []

    def _get_target_model(self):
        return self.env.get(self.res_model) if self.res_model else None

    # ------------------------------------------------------------------
    # What people do
    # ------------------------------------------------------------------

    def action_run_now(self):
        """Carry these automated tasks out now, as the starters of their tracks.

        One that was to come later is done ahead of its turn.

        :raise AccessError: when the user may not write one of the records
        :raise UserError: when one of them is not automated, is finished, or its track
            is paused or held; or whatever goes wrong with it, and nothing has changed
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
        tasks._execute()
        return True

    def action_take_over(self):
        """Become the starter of the tracks of these tasks.

        As :meth:`~responsible.TrackRun.action_take_over`.
        """
        return self.run_id.action_take_over()

    # ------------------------------------------------------------------
    # Carrying out
    # ------------------------------------------------------------------

    def _fail_late(self):
        """Record that these tasks are too late to run by themselves."""
        for starter, tasks in self.grouped(lambda task: task.run_id.user_id).items():
            tasks._in_language_of(starter).write(
                {
                    "state": "failed",
                    "error": tasks._in_language_of(starter).env._(
                        "More than 7 days late, so it was not run. Run it now or skip "
                        "it."
                    ),
                    "date_retry": False,
                }
            )
        for task in self:
            task._report_failure()

    def _execute(self):
        """Carry these automated tasks out, and let their tracks go on.

        Those that do the same, for the same person, go together. Whoever else is about
        to carry out one of them is met at its row, before anything is done twice.

        :raise UserError: in a sentence that a person can act on
        """
        if not self:
            return
        self._lock_for_execution()
        done = self.browse()
        for group in self._group_for_execution():
            # what was done before may have closed the record, or stopped the track
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
                tasks._log_automated()
                tasks._complete(done_by=starter)
            self.env.flush_all()

    def _execute_group(self):
        """Carry out these tasks, which do the same, and keep what each did."""
        results = self._execute_as_starter()
        for task in self.exists():
            task.result = results.get(task.id)
        self.env.flush_all()

    def _in_language_of(self, user):
        """These tasks, for texts that this user reads, if it is the cron that acts."""
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
        """Do what these tasks do, which is the same, on their records.

        :return: as of :meth:`_execute_action`
        :raise UserError: when their starter has left, or what went wrong; a missing
            right in a sentence that says whose
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
        """These tasks, in groups that do the same for one starter, in one company, on
        records of one model, each of which comes once in a group.

        :return: list of ``track.run.line``
        :raise UserError: when a record is gone
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
            # a record that has two of them has each in a group of its own
            number = seen[key, run.res_id] = seen.get((key, run.res_id), 0) + 1
            groups.setdefault((key, number), []).append(task.id)
        return [self.browse(ids) for ids in groups.values()]

    def _get_execution_key(self):
        """What makes two automated tasks do the same."""
        self.ensure_one()
        return (
            self.action,
            repr(self._prepare_action_vals()),
            repr(self._get_settings()),
            self.run_id.end_date,  # of a track that it starts
        )

    def _log_automated(self):
        """Leave one note for each track about what these tasks did."""
        texts = defaultdict(list)
        for task in self:
            texts[task.run_id].append(
                self.env._(
                    "Track %(track)s: %(task)s. %(result)s",
                    track=task.run_id._get_name_in_bold(),
                    task=task._get_label(),
                    result=task._get_result_text(),
                )
            )
        self.run_id._log(texts)


class TrackRun(models.Model):
    _inherit = "track.run"

    def _get_starter_env(self):
        """The environment in which the tasks of these tracks are carried out.

        That of their one starter, without sudo, in their one company, in that person's
        language and time zone, and without a context of whoever acts.

        :raise UserError: when that person has left, or may not be in that company
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

        What failed by itself is tried again. Nothing else changes who started a track.

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
