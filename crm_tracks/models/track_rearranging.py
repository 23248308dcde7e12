from collections import namedtuple
from contextlib import contextmanager

from odoo import models
from odoo.exceptions import UserError

from ..tools.dates import get_today
from ..tools.transaction import block_ids
from .track_run import NOT_BEGUN

# A task and how it stood before its track was rearranged.
Place = namedtuple("Place", "task begun turn_had_come dropped_out")


class TrackRun(models.Model):
    """Tasks of a running track are added, removed and moved (SPEC, rules 8 and 11)."""

    _inherit = "track.run"

    def write(self, vals):
        if "line_ids" not in vals:
            return super().write(vals)
        # the rows of one form are saved one by one, and are in order at the end only
        with self._rearranging():
            return super().write(vals)

    def _check_not_ended(self):
        if self.state not in ("running", "paused"):
            raise UserError(
                self.env._(
                    "“%s” has ended: its tasks and dates stay as they are.", self.name
                )
            )

    @contextmanager
    def _rearranging(self):
        """Within the block, tasks of these tracks are added, removed or moved.

        At its end, what waits for another task than before starts over from there, and
        the tracks move on. Nested blocks leave their tracks to the outermost one.

        :raise UserError: when tasks that have begun changed places
        """
        with block_ids(self.env, "crm_tracks.rearranged", self.ids) as added:
            runs = self.filtered(lambda run: run.id in added)._engine()
            runs._touch()
            before = {run: run._get_places() for run in runs}
            yield
        for run in runs:
            run._follow_rearranging(before[run])
        runs._advance()

    def _get_places(self):
        self.ensure_one()
        return [
            Place(
                task,
                begun=task.state not in NOT_BEGUN,
                turn_had_come=task.state in ("planned", "open", "failed"),
                dropped_out=task._has_dropped_out(),
            )
            for task in self.line_ids.sorted()
        ]

    def _follow_rearranging(self, before):
        """Let tasks wait anew whose predecessor is another one now (rule 8).

        One that was put behind a finished task, or whose predecessor was removed when
        its turn had come, counts from today.

        :param list before: the :class:`Place` of each task
        """
        self.ensure_one()
        tasks = self.line_ids.sorted()
        self._check_begun_stay(before, tasks)
        known = [place.task for place in before]
        for task in tasks:
            if task.state not in NOT_BEGUN or task.delay_from != "previous":
                continue
            previous = task._get_previous()
            starts_today = previous._is_finished() if previous else False
            if task in known:
                earlier = before[: known.index(task)]
                gone = []
                while earlier and (
                    earlier[-1].dropped_out or earlier[-1].task not in tasks
                ):
                    gone.append(earlier.pop())
                if (earlier[-1].task if earlier else task.browse()) == previous:
                    if not any(place.task not in tasks for place in gone):
                        continue  # it waits for the same task as before
                    starts_today = any(
                        place.turn_had_come and place.task not in tasks
                        for place in gone
                    )
            vals = {"state": "waiting"}
            if not task.date_manual:
                vals["date_deadline"] = False
            vals["date_placed"] = starts_today and get_today(self.env, self.company_id)
            task.write(vals)

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
                        "“%s” has begun: only tasks that have not begun can be moved.",
                        new._get_label(),
                    )
                )
