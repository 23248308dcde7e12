import logging
from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError

from ...tools.dates import check_day, parse_day
from ...tools.never_failing import never_failing

_logger = logging.getLogger(__name__)


class TrackRunLine(models.Model):
    """Changes of many tasks at once, as far as each task allows it.

    A call that changes tasks one by one (``action_skip``, ``write``) refuses all of
    them when one cannot be changed. These calls change the others, and say for each
    task that was left out why. What is possible is decided by the checks of the single
    change.
    """

    _inherit = "track.run.line"

    # The longest move in days, as the longest delay of a task.
    _MAX_MOVE = 9999

    # ------------------------------------------------------------------
    # For dialogs and other programs
    # ------------------------------------------------------------------

    def skip_each(self, reason=False):
        """Skip those of these tasks that can be skipped; see :meth:`action_skip`.

        :param str reason: why, shown in the Tracks tab; empty for none
        :return: dict with ``done``, the ids of the skipped tasks, and ``left_out``, a
            dict for each other task: its ``id``, the name of the ``task`` and of its
            ``record``, and the ``reason`` why it was not skipped, as a text
        :raise AccessError: when the user may not read one of the tasks
        :raise UserError: when the reason is no text
        """
        self._check_reason(reason)
        return self._change_each(
            self._get_obstacles_to_skip(), lambda tasks: tasks.action_skip(reason)
        )

    def move_each(self, date_deadline=None, days=None):
        """Set the due date of those of these tasks that can be moved.

        The dates count as set by hand. Pass one of the two arguments.

        :param date_deadline: the new due date, as ``date`` or ``YYYY-MM-DD``
        :param int days: how many days later each task is due, from its own due date;
            negative for earlier, at most 9,999
        :return: dict as of :meth:`skip_each`
        :raise AccessError: when the user may not read one of the tasks
        :raise UserError: when the date or the number of days is missing or invalid, or
            when both are passed
        """
        day, days = self._check_move(date_deadline, days)

        def move(tasks):
            for new_day, of_day in tasks.grouped(
                lambda task: task._get_moved_day(day, days)
            ).items():
                of_day.write({"date_deadline": new_day})

        return self._change_each(self._get_obstacles_to_move(day, days), move)

    def reassign_each(self, user):
        """Assign those of these tasks that can have an assignee to one user.

        The tasks count as assigned by hand.

        :param user: ``res.users``, or its id
        :return: dict as of :meth:`skip_each`
        :raise AccessError: when the user may not read one of the tasks
        :raise UserError: when that user cannot be assigned
        """
        user_id = self.env["track.run"]._check_assignee(user).id
        return self._change_each(
            self._get_obstacles_to_reassign(),
            lambda tasks: tasks.write({"user_id": user_id}),
        )

    # ------------------------------------------------------------------
    # What is in the way
    # ------------------------------------------------------------------

    def _get_obstacles_to_skip(self):
        """Why some of these tasks cannot be skipped.

        :return: dict, a text for each task that is left out
        """
        return self._get_obstacles_to(lambda task: task._check_unfinished())

    def _get_obstacles_to_move(self, day, days):
        """Why some of these tasks cannot be moved; as :meth:`_get_obstacles_to_skip`.

        :param date day: the new due date; None moves each task by a number of days
        :param int days: the number of days; None if it is not known yet
        """

        def check(task):
            if not day and not task.date_deadline:
                raise UserError(
                    self.env._(
                        "“%s” has no due date yet. Move it to a date.",
                        task._get_label(),
                    )
                )
            new_day = task._get_moved_day(day, days or 0)
            check_day(self.env, new_day)
            task._check_editable({"date_deadline": new_day})

        return self._get_obstacles_to(check)

    def _get_obstacles_to_reassign(self):
        """Why some of these tasks cannot be reassigned; as
        :meth:`_get_obstacles_to_skip`."""
        vals = {"user_id": self.env.uid}  # whoever is assigned, the answer is the same
        return self._get_obstacles_to(lambda task: task._check_editable(vals))

    def _get_obstacles_to(self, check):
        """Why a change of some of these tasks is refused.

        :param check: function of a task in sudo, which raises ``UserError``
        :return: dict, a text for each task that cannot be changed
        :raise AccessError: when the user may not read one of the tasks
        """
        tasks = self.exists()
        tasks.check_access("read")
        writable = tasks._filtered_access("write")
        obstacles = {
            task: self.env._("This task no longer exists.") for task in self - tasks
        }
        for task in tasks:
            if task not in writable:
                obstacles[task] = self.env._(
                    "You do not have permission to change the record of “%s”.",
                    task.sudo()._get_label(),
                )
                continue
            try:
                check(task.sudo())
            except UserError as error:
                obstacles[task] = str(error)
        return obstacles

    def _check_move(self, date_deadline, days):
        """The date or the number of days to which tasks are moved.

        :return: tuple of ``date`` and int, of which one is None
        :raise UserError: when it is missing or invalid, or when both are given
        """
        if bool(date_deadline) == bool(days):
            raise UserError(
                self.env._(
                    "Tasks are moved to a date or by a number of days. Enter one of "
                    "them."
                )
            )
        if date_deadline:
            return parse_day(self.env, date_deadline, self.env._("Due Date")), None
        if type(days) is not int or abs(days) > self._MAX_MOVE:
            raise UserError(
                self.env._(
                    "“%(days)s” is not a number of days. Enter a whole number of at "
                    "most %(max)s.",
                    days=days,
                    max=self._MAX_MOVE,
                )
            )
        return None, days

    def _get_moved_day(self, day, days):
        """The new due date of this task; parameters as of :meth:`_check_move`."""
        return day or self.date_deadline + timedelta(days=days)

    # ------------------------------------------------------------------
    # Changing
    # ------------------------------------------------------------------

    def _change_each(self, obstacles, change):
        """Change these tasks, without those that have an obstacle.

        All are changed together. If that is refused nevertheless, by another addon for
        example, they are changed one by one.

        :param dict obstacles: a text for each task that is left out
        :param change: function of the tasks to change
        :return: dict as of :meth:`skip_each`
        """
        possible = self.filtered(lambda task: task not in obstacles)
        if possible and possible._try_change(change):
            refused = {task: task._try_change(change) for task in possible}
            refused = {task: text for task, text in refused.items() if text}
            possible = possible.filtered(lambda task: task not in refused)
            obstacles = {**obstacles, **refused}
        return {
            "done": possible.ids,
            "left_out": self._prepare_left_out(obstacles),
        }

    def _try_change(self, change):
        """Change these tasks, or none of them when that is refused.

        :param change: function of the tasks
        :return: str, why it was refused; None when they are changed
        """
        with never_failing(
            self.env, _logger, "Tasks could not be changed.", expected=UserError
        ) as errors:
            change(self)
        if errors and not isinstance(errors[0], UserError):
            raise errors[0]
        return str(errors[0]) if errors else None

    def _prepare_left_out(self, obstacles):
        """What a caller is told of those of these tasks that were not changed.

        :param dict obstacles: a text for each of them
        :return: list of dicts, as of :meth:`skip_each`
        """
        existing = self.filtered(lambda task: task in obstacles).exists()
        existing.run_id.mapped("res_name")  # all names in one query a model
        return [
            {
                "id": task.id,
                "task": task.display_name if task in existing else "",
                "record": task.res_name or "" if task in existing else "",
                "reason": obstacles[task],
            }
            for task in self
            if task in obstacles
        ]
