from odoo import models
from odoo.exceptions import UserError


class TrackRunLine(models.Model):
    """Taking a completion or a skip back (SPEC, rule 13)."""

    _inherit = "track.run.line"

    def action_reopen(self):
        """Open these tasks again, with the activities they had.

        :raise AccessError: when the user may not write one of the records
        :raise UserError: when a task is not finished, or its track was stopped
        """
        self.check_access("write")
        tasks = self.sudo()
        for task in tasks:
            if task.run_id.state == "stopped":
                raise UserError(
                    self.env._(
                        "“%s” was stopped: its tasks stay as they are.",
                        task.run_id.name,
                    )
                )
            if not task._is_finished():
                raise UserError(
                    self.env._("“%s” is not finished yet.", task._get_label())
                )
        with_activity = tasks.filtered("activity_ids")
        # its un-archiving reopens the task (mail.activity.write)
        with_activity.activity_ids._write_silently({"active": True})
        (tasks - with_activity)._reopen()
        return True

    def _reopen(self):
        """Record these tasks as not finished, and let what followed wait again."""
        runs = self.run_id.filtered(lambda run: run.state != "stopped")
        tasks = self.filtered(lambda task: task.run_id in runs)
        tasks._withdraw_followers()
        runs.filtered(lambda run: run.state == "done").write(
            {"state": "running", "date_done": False}
        )
        with_activity = tasks.filtered("activity_ids")
        had_turn = (tasks - with_activity).filtered("date_deadline")
        base = {"date_done": False, "done_user_id": False, "skip_reason": False}
        with_activity.write({**base, "state": "open"})
        had_turn.write({**base, "state": "planned"})
        (tasks - with_activity - had_turn).write({**base, "state": "waiting"})
        quiet = tasks.run_id.filtered(lambda run: run._is_quiet())
        quiet._fall_silent()
        runs._advance()

    def _withdraw_followers(self):
        """Let the tasks wait again that the completion of these had assigned.

        Silently, and only where nobody has touched them since.
        """
        for task in self:
            follower = task._get_siblings().filtered(
                lambda other, task=task: (
                    other.delay_from == "previous"
                    and other.state in ("open", "planned")
                    and other._get_previous() == task
                )
            )[:1]
            if follower and follower._is_untouched():
                activities = follower.activity_ids
                # the state goes first: this is no skipping
                follower.write(
                    {
                        "state": "waiting",
                        "date_deadline": False,
                        "user_id": False,
                        "date_open": False,
                    }
                )
                activities.unlink()

    def _is_untouched(self):
        """Whether nobody has edited, completed or attached anything to this task."""
        self.ensure_one()
        activity = self.activity_ids
        return not (
            self.date_manual
            or self.user_manual
            or self.text_manual
            or activity.attachment_ids
            or activity.calendar_event_id
            or (activity and (activity.summary or "") != (self.summary or ""))
            or (activity and (activity.note or "") != (self.note or ""))
        )
