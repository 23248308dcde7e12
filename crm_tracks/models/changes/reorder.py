from collections import defaultdict, namedtuple
from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError

from ...tools.dates import get_today
from ...tools.states import FINISHED, NOT_BEGUN, NOT_ENDED
from ...tools.transaction import block_ids

# A task and its state before its track was rearranged. If the task is removed after its
# turn had come, the next one counts from ``turn`` (date).
Place = namedtuple("Place", "task begun turn dropped_out")


class TrackRun(models.Model):
    """Adding, removing and moving tasks of a running track."""

    _inherit = "track.run"

    def _check_not_ended(self):
        if self.state not in NOT_ENDED:
            raise UserError(
                self.env._(
                    "“%s” has ended. Its tasks and dates can no longer be changed.",
                    self.name,
                )
            )

    @contextmanager
    def _rearranging(self, by_hand=True):
        """Within the block, tasks of these tracks are added, removed or moved.

        The rows of a form are saved one by one, so the order is correct only at the end
        of the block. Then, tasks with another previous task wait for that one, and the
        tracks advance. Nested blocks leave their tracks to the outermost one.

        :param bool by_hand: whether a user moves tasks, which then count as edited
        :raise UserError: when tasks that have begun changed places
        """
        with block_ids(self.env, "crm_tracks.rearranged", self.ids) as added:
            runs = self.filtered(lambda run: run.id in added)._engine()
            runs._force_conflict()
            before = {run: run._get_places() for run in runs}
            yield
        runs._follow_rearranging(before)
        for run in runs if by_hand else ():
            run._mark_moved(before[run])
        runs._advance()

    def _get_places(self):
        """The :class:`Place` of each task, in their order.

        A task that has begun passes its turn on when it is removed, unless the task
        before it was reopened since, for which the next one has to wait.
        """
        self.ensure_one()
        today = get_today(self.env, self.company_id)
        places, is_passed_on = [], True
        for task in self._get_tasks_in_order():
            is_passed_on |= bool(task.date_turn)
            is_turn = is_passed_on or task.delay_from != "previous"
            has_begun = task.state in ("planned", "open", "failed")
            dropped_out = task._has_dropped_out()
            places.append(
                Place(
                    task,
                    begun=task.state not in NOT_BEGUN,
                    turn=today
                    if has_begun and is_turn
                    else task.state not in FINISHED and task.date_turn,
                    dropped_out=dropped_out,
                )
            )
            if not dropped_out:
                is_passed_on = is_turn and task.state in FINISHED
        return places

    def _follow_rearranging(self, before):
        """Let tasks whose previous task has changed wait again.

        A task that was moved behind a finished one counts from today. A task that was
        removed after its turn had come passes the turn on, as a skipped one does.

        :param dict before: the :class:`Place` of each task, by ``track.run``
        """
        groups = defaultdict(list)
        for run in self:
            run._keep_series_task_last()
            for task, vals in run._get_waiting_again(before[run]):
                groups[tuple(vals.items())].append(task.id)
        for vals, ids in groups.items():
            self.line_ids.browse(ids).write(dict(vals))
        for run in self:
            run._pass_turns_on(before[run])

    def _get_waiting_again(self, before):
        """The tasks of this track whose previous task has changed.

        :param list before: the :class:`Place` of each task
        :return: list of (``track.run.line``, the values with which it waits again)
        """
        self.ensure_one()
        tasks = self._get_tasks_in_order()
        self._check_begun_stay(before, tasks)
        waiting = []
        known = [place.task for place in before]
        previous_by_task = tasks._get_previous_by_task()
        for task in tasks:
            if task.state not in NOT_BEGUN or task.delay_from != "previous":
                continue
            previous = previous_by_task[task]
            vals = {
                "state": "waiting",
                "date_placed": False,
                "condition_waits": False,
            }
            earlier = before[: known.index(task)] if task in known else None
            if earlier is not None and previous == self._get_earlier(earlier, tasks):
                while earlier and earlier[-1].dropped_out:
                    earlier.pop()
                if not earlier or earlier[-1].task in tasks:
                    continue  # it waits for the same task as before
            else:
                vals["date_turn"] = False  # its turn came from another place
                if previous and previous.state in FINISHED:
                    vals["date_placed"] = get_today(self.env, self.company_id)
            if not task.date_manual:
                vals["date_deadline"] = False
            waiting.append((task, vals))
        return waiting

    @api.model
    def _get_earlier(self, places, tasks):
        """The last task of these places that did not drop out and still exists.

        :param list places: of :class:`Place`
        :param tasks: the tasks that are left
        :return: ``track.run.line``, which may be empty
        """
        return next(
            (
                place.task
                for place in reversed(places)
                if not place.dropped_out and place.task in tasks
            ),
            tasks.browse(),
        )

    def _pass_turns_on(self, before):
        """Pass the turn of removed tasks to the next task, as skipping does.

        :param list before: the :class:`Place` of each task
        """
        present = set(self.line_ids)
        if not any(place.turn and place.task not in present for place in before):
            return
        tasks = self._get_tasks_in_order()
        for number, place in enumerate(before):
            if not place.turn or place.task in tasks:
                continue
            earlier = self._get_earlier(before[:number], tasks)
            behind = list(tasks)
            if earlier:
                behind = behind[behind.index(earlier) + 1 :]
            follower = next(
                (task for task in behind if not task._has_dropped_out()), None
            )
            if follower and follower.delay_from == "previous":
                follower.date_turn = max(place.turn, follower.date_turn or place.turn)

    def _check_begun_stay(self, before, tasks):
        """Refuse a new order of tasks that have begun.

        :param list before: the :class:`Place` of each task
        :param tasks: the tasks that are left, in their new order
        """
        begun = [place.task for place in before if place.begun and place.task in tasks]
        after = [task for task in tasks if task in begun]
        for old, new in zip(begun, after, strict=True):
            if old != new:
                raise UserError(
                    self.env._(
                        "“%s” has begun. Only tasks that have not begun can be moved.",
                        new._get_label(),
                    )
                )
