from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import hash_sign, verify_hash_signed

from ...tools.dates import MovedDay, WorkingDaysByCompany
from ...tools.states import UNFINISHED
from .moved_dates import MovedDates


class TrackRunLine(models.Model):
    """Moving a task together with the tasks behind it, and taking that back.

    What was moved can be taken back by the user who moved it. The dates before are not
    stored: the caller keeps them, signed, so that no other dates can be sent.
    """

    _inherit = "track.run.line"

    # How long a move can be taken back.
    _MOVE_BACK_FOR = timedelta(hours=1)

    def action_move(self, date, following=False, undo=None):
        """Set the due date of these tasks, as a user does, and move those behind.

        The unfinished tasks behind that have a date move by as many days; those that
        count in weekdays, by as many working days. They count as moved by a user. A
        task keeps its date if a user set it, if the task has a meeting, or if it would
        be due after the end date of the track. A task behind two of these tasks follows
        the nearer one.

        :param date: the new due date, as ``date`` or ``YYYY-MM-DD``
        :param bool following: whether the tasks behind move, too
        :param str undo: ``undo`` of a move of these tasks that was just made: the tasks
            behind then move by the days of that move, and both are taken back as one
        :return: dict with ``moved`` and ``kept``, as of :meth:`get_move_preview`, where
            ``moved`` contains these tasks, too, and ``undo``, a text by which
            :meth:`action_move_back` takes the move back
        :raise AccessError: when the user may not write the record of one of the tasks
        :raise UserError: when one of the tasks cannot have that date, or when the tasks
            behind cannot follow
        """
        self.check_access("write")
        day = self._check_edited_vals({"date_deadline": date})["date_deadline"]
        tasks = self._by_engine()
        before = tasks._get_days_before(undo)
        plan = tasks._plan_move(day, following, before)
        result = {**plan.preview(), "undo": self._sign_moves(plan, before)}
        plan.apply()
        tasks.run_id._advance()
        return result

    def get_move_preview(self, date):
        """Preview the new dates of the tasks behind this task if it was moved.

        Nothing is changed.

        :param date: the new due date of this task, as ``date`` or ``YYYY-MM-DD``
        :return: dict with ``moved``, a list of dicts (``id``, ``label``, ``old`` and
            ``new``, ISO dates), and ``kept``, the tasks that keep their date (``id``,
            ``label``, ``old`` and ``reason``, which is ``meeting``, ``manual`` or
            ``end``)
        :raise AccessError: when the user may not write the record
        :raise UserError: as of :meth:`action_move`
        """
        self.ensure_one()
        self.check_access("write")
        day = self._check_edited_vals({"date_deadline": date})["date_deadline"]
        task = self._by_engine()
        plan = task._plan_move(day, following=True)
        del plan.moved[task]
        return plan.preview()

    @api.model
    def action_move_back(self, undo):
        """Take back a move, for those of its tasks that were not changed since.

        They get the dates that they had, and count as moved by a user if they did.

        :param str undo: as :meth:`action_move` returned it to this user
        :return: dict with ``done``, the ids of the tasks that have their dates back,
            and ``left_out``, as of :meth:`skip_each`
        :raise AccessError: when the user may not read one of the tasks
        :raise UserError: when ``undo`` is invalid, or older than an hour
        """
        moves = self._read_moves(undo)
        tasks = self.browse(moves)

        def check(task):
            old, _manual, new = moves[task.id]
            task._check_editable({"date_deadline": old})
            if not task.date_manual or task.date_deadline != new:
                raise UserError(
                    self.env._(
                        "“%s” was changed since it was moved.", task._get_label()
                    )
                )

        def move_back(tasks):
            plan = MovedDates()
            for task in tasks._by_engine():
                old, manual, _new = moves[task.id]
                plan.put(task, old, manual)
            plan.apply()
            tasks._by_engine().run_id._advance()

        return tasks._change_each(tasks._get_obstacles_to(check), move_back)

    def _by_engine(self):
        return self.with_env(self.env["track.run"]._engine().env)

    # ------------------------------------------------------------------
    # Planning
    # ------------------------------------------------------------------

    def _plan_move(self, day, following, before=None):
        """Calculate the dates of these tasks and of those behind, without writing.

        :param date day: the new date of these tasks
        :param bool following: whether the tasks behind move, too
        :param dict before: the dates from which the days count, as of
            :meth:`_get_days_before`; by default those that the tasks have
        :return: :class:`MovedDates`
        :raise UserError: when the tasks behind cannot follow
        """
        plan = MovedDates()
        working_days = WorkingDaysByCompany()
        for course in self._get_courses():
            run, move = course.run_id, None
            for task in course:
                if task in self:
                    plan.put(task, day, manual=bool(day))
                    if following:
                        old = (before or {}).get(task, task._get_present_day())[0]
                        move = task._prepare_move(old, day, working_days)
                elif move and task._follows_moves():
                    new = task._get_day_after(move)
                    if new != task.date_deadline:
                        plan.move(task, new, last=run.end_date, manual=True)
        return plan

    def _get_present_day(self):
        """The due date of this task, and whether it counts as set by a user."""
        return fields.Date.to_string(self.date_deadline) or False, self.date_manual

    def _prepare_move(self, old, new, working_days):
        """The move of this task, which those behind follow.

        :param str old: its date before, ISO; False without one
        :param date new: its new date; None without one
        :param WorkingDaysByCompany working_days: of the companies of the tracks
        :return: :class:`MovedDay`
        :raise UserError: when it has no date, or moves too far
        """
        old = fields.Date.to_date(old)
        if not old or not new:
            raise UserError(
                self.env._(
                    "“%s” has no due date, so the tasks behind it cannot move by as "
                    "many days. Move it alone.",
                    self._get_label(),
                )
            )
        if abs((new - old).days) > self._MAX_MOVE:
            raise UserError(
                self.env._(
                    "The tasks behind “%(task)s” can be moved by at most %(max)s days. "
                    "Select another date.",
                    task=self._get_label(),
                    max=self._MAX_MOVE,
                )
            )
        return MovedDay(self.env, old, new, working_days[self.run_id.company_id])

    def _follows_moves(self):
        """Whether this task moves with one before it: unfinished, and with a date.

        A task that waits for its condition is due when that is met.
        """
        return bool(
            self.state in UNFINISHED and self.date_deadline and not self.condition_waits
        )

    def _get_day_after(self, move):
        """The due date of this task after a move of one before it.

        :param MovedDay move: of the other task
        :return: ``date``
        """
        day = move.shift(self.date_deadline, in_weekdays=self.delay_unit == "weekdays")
        if day == self.date_deadline:
            return day
        run = self.run_id
        return self._avoid_day_off(day, run.start_date, run.end_date, move.working_days)

    # ------------------------------------------------------------------
    # Taking back
    # ------------------------------------------------------------------

    def _sign_moves(self, plan, before):
        """Sign moves for their way to the caller and back.

        :param MovedDates plan: the moves
        :param dict before: the dates to go back to, as of :meth:`_get_days_before`; by
            default those that the tasks have
        :return: str
        """
        moves = [
            [
                task.id,
                *before.get(task, task._get_present_day()),
                fields.Date.to_string(new) or False,
            ]
            for task, new in plan.moved.items()
        ]
        return hash_sign(
            self.sudo().env,
            "crm_tracks.moves",
            [self.env.uid, moves],
            expiration=self._MOVE_BACK_FOR,
        )

    @api.model
    def _read_moves(self, undo):
        """Read the moves that :meth:`_sign_moves` signed for this user.

        :return: dict by the id of the task: its ``date`` before or False, whether that
            counted as set by a user, its new ``date`` or False
        :raise UserError: when they were signed for another user, too long ago, or not
            at all
        """
        try:
            signed = verify_hash_signed(self.sudo().env, "crm_tracks.moves", undo)
        except (AttributeError, TypeError, ValueError):
            signed = None
        if not signed or signed[0] != self.env.uid:
            raise UserError(
                self.env._(
                    "This move can no longer be taken back. Move the tasks instead."
                )
            )
        to_date = fields.Date.to_date
        return {
            id_: (to_date(old) or False, manual, to_date(new) or False)
            for id_, old, manual, new in signed[1]
        }

    def _get_days_before(self, undo):
        """The dates of these tasks before a move, if they were not changed since.

        :param str undo: of the move; None without one
        :return: dict by ``track.run.line``, as of :meth:`_get_present_day`
        """
        before = {}
        for id_, (old, manual, new) in (self._read_moves(undo) if undo else {}).items():
            task = self & self.browse(id_)
            if task and task.date_deadline == new:
                before[task] = fields.Date.to_string(old) or False, manual
        return before
