from odoo import api, models
from odoo.exceptions import UserError

from ...tools.states import FINISHED, NOT_ENDED, UNFINISHED


class TrackRunLine(models.Model):
    """Reopening completed and skipped tasks."""

    _inherit = "track.run.line"

    def action_reopen(self):
        """Reopen these tasks, with the activities they had.

        :raise AccessError: when the user may not write one of the records
        :raise UserError: when a task is not finished, or its track was stopped
        """
        self.check_access("write")
        tasks = self.sudo()
        tasks._check_reopenable()
        for task in tasks:
            if task.state not in FINISHED:
                raise UserError(
                    self.env._(
                        "“%s” is not finished. Only finished tasks can be reopened.",
                        task._get_label(),
                    )
                )
            if task.state == "done" and task._is_automated():
                raise UserError(
                    self.env._(
                        "“%s” is automated and has been run. It cannot be reopened.",
                        task._get_label(),
                    )
                )
        with_activity = tasks.filtered("activity_ids")
        # unarchiving an activity reopens its task (mail.activity.write)
        with_activity.activity_ids._write_silently({"active": True})
        (tasks - with_activity)._reopen()
        return True

    def _check_reopenable(self):
        """Refuse to reopen these tasks if their tracks cannot run.

        :raise UserError: when a track was stopped, or may not run beside another one
        """
        for run in self.run_id:
            if run.state == "stopped":
                raise UserError(
                    self.env._(
                        "“%s” was stopped. Its tasks can no longer be changed.",
                        run.name,
                    )
                )
        done = self.run_id.filtered(lambda run: run.state == "done")
        done._check_runs_once()
        done.filtered(lambda run: run._is_recurring())._check_series_at_rest()

    def _reopen(self):
        """Record these tasks as unfinished, and withdraw the tasks that followed.

        The tasks that were skipped by these are unfinished again, too.
        """
        runs = self.run_id.filtered(lambda run: run.state != "stopped")
        tasks = self.filtered(lambda task: task.run_id in runs)
        tasks += tasks._get_skipped_by_these() - tasks
        repetitions = tasks._withdraw_repetitions()
        tasks._withdraw_followers()
        runs.filtered(lambda run: run.state == "done")._run_again()
        with_activity = tasks.filtered("activity_ids")
        # a user wants these tasks to be done, whatever their conditions
        skipped = tasks.filtered(lambda task: task.skipped_by_id == task)
        skipped.condition = False
        with_activity.write({**self._prepare_unfinished_vals(), "state": "open"})
        with_activity._take_over_edits_since_done()
        # the assignee may have left since
        with_activity.filtered(
            lambda task: (
                not task.user_id._tracks_can_be_assigned()
                or not task.activity_ids.user_id._tracks_can_be_assigned()
            )
        )._reassign()
        (tasks - with_activity)._wait_again()
        repetitions.unlink()
        suspended = tasks.run_id.filtered(lambda run: run._is_suspended())
        suspended._suspend()
        runs._advance()

    @api.model
    def _prepare_unfinished_vals(self):
        """The values of a task that is unfinished again, apart from its state."""
        return {
            "date_done": False,
            "done_user_id": False,
            "skip_reason": False,
            "skipped_by_id": False,
            "outcome": False,
            "days_away": False,
        }

    def _wait_again(self):
        """Let these tasks, which were done or skipped, wait for their turn again."""
        self.write({**self._prepare_unfinished_vals(), "state": "waiting"})
        self.filtered(lambda task: not task.date_manual).write(
            {"date_deadline": False, "date_manual": False}
        )
        self._restore_placeholders()

    def _take_over_edits_since_done(self):
        """Copy edits of the activities while these tasks were done.

        The activity, with its edits, becomes active again.
        """
        self._take_over_edits(("date_deadline", "user_id"))
        # a meeting may have renamed its activity since
        without_meeting = self.filtered(
            lambda task: not task.activity_ids.calendar_event_id
        )
        without_meeting._take_over_edits(("summary", "note"))

    def _withdraw_followers(self):
        """Let the tasks wait again that the completion of these had assigned.

        Only untouched tasks are withdrawn, and nobody is notified.
        """
        followers = self.browse()
        for task in self:
            follower = task._get_follower()
            while follower and follower.skipped_by_id == follower:
                # its own condition skipped it when its turn came
                follower._get_skipped_by_these()._wait_again()
                follower = follower._get_follower()
            followers |= follower
        # all of them first, so that their activities are read together
        (followers - self).filtered(
            lambda task: task.state in UNFINISHED and task._is_untouched()
        )._withdraw()

    def _withdraw_repetitions(self):
        """Let the repetitions of these tasks wait that nobody touched or completed.

        :return: these repetitions, which are to be deleted once the tasks are reopened
        """
        repetitions = self._get_repetitions().filtered(
            lambda task: (
                # a repetition that its own condition skipped is left by users, too
                (task.state in UNFINISHED or task.skipped_by_id == task)
                and task._is_untouched()
            )
        )
        repetitions._withdraw()
        return repetitions

    def _withdraw(self):
        """Let these tasks wait again, without their activities."""
        activities = self.activity_ids
        # state first: deleting the activity of an open task would skip the task
        self.write(
            {
                "state": "waiting",
                "date_deadline": False,
                "user_id": False,
                "date_open": False,
                "condition_waits": False,
                "error": False,
                "attempts": 0,
                "date_retry": False,
            }
        )
        self._restore_placeholders()
        activities.unlink()

    def _get_skipped_by_these(self):
        """The tasks that are skipped because of an outcome or condition of these."""
        return self.run_id.line_ids.filtered(
            lambda task: task.state == "skipped" and task.skipped_by_id in self
        )

    def _get_follower(self):
        """The task to which the completion of this one passed the turn.

        Tasks that had been done ahead of their turn passed it on and are left out.
        """
        self.ensure_one()
        siblings = self._get_siblings()
        for other in siblings[list(siblings).index(self) + 1 :]:
            if other.date_turn:
                break  # its turn came from another task, which was removed
            if other._has_dropped_out():
                continue
            if other.delay_from != "previous":
                break
            if not (other.state == "done" and other.done_rank < self.done_rank):
                return other
        return self.browse()

    def _is_untouched(self):
        """Whether users have not edited this task or attached anything to it."""
        self.ensure_one()
        is_edited = self.date_manual or self.user_manual or self.text_manual
        return not is_edited and self._is_activity_untouched()

    def _is_activity_untouched(self):
        """Whether users have not edited its activity or attached anything to it."""
        activity = self.activity_ids
        return not (
            activity.attachment_ids
            or activity.calendar_event_id
            or (activity and (activity.summary or "") != (self.summary or ""))
            or (activity and (activity.note or "") != (self.note or ""))
        )


class TrackRun(models.Model):
    _inherit = "track.run"

    def _check_runs_once(self):
        """Refuse to reopen these done tracks beside another one of their template.

        Tracks that were brought together by a merge are allowed: their
        ``one_per_record`` was reset.

        :raise UserError: when one of them may run only once on its record, and another
            is running there, or is about to run again with it
        """
        once = self.sudo().filtered(lambda run: run.one_per_record and run.template_id)
        if not once:
            return
        running = once.search(
            [
                ("template_id", "in", once.template_id.ids),
                ("res_model", "in", once.mapped("res_model")),
                ("res_id", "in", once.mapped("res_id")),
                ("state", "in", NOT_ENDED),
                ("one_per_record", "=", True),
            ]
        )
        seen = {run._get_once_key() for run in running}
        for run in once:
            if run._get_once_key() in seen:
                raise UserError(
                    self.env._(
                        "“%(track)s” can run only once on %(record)s, and another "
                        "track of this template is running there. Stop that track "
                        "first.",
                        track=run.name,
                        record=run.res_name,
                    )
                )
            seen.add(run._get_once_key())

    def _get_once_key(self):
        """The values in which tracks agree of which only one may run."""
        return (self.template_id, self.res_model, self.res_id)

    def _run_again(self):
        """Set these done tracks to running, because a task was reopened."""
        self.write({"state": "running", "date_done": False})
        # a user wants the task to be done, although the goal was reached
        self.filtered("goal_reached").write({"goal": False, "goal_reached": False})
        for records in self._get_records_by_model():
            closed = records._tracks_get_closed()
            runs = self.filtered(
                lambda run, records=records: run.res_model == records._name
            )
            # a track that starts on a closed record is not on hold, nor are these
            for is_closed, of_these in runs.grouped(
                lambda run, closed=closed: bool(closed.get(run.res_id))
            ).items():
                of_these.record_closed = is_closed
