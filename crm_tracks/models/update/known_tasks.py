from collections import defaultdict
from difflib import SequenceMatcher

from odoo import fields, models
from odoo.fields import NO_ACCESS

from ...tools.engine_vals import EngineVals
from ...tools.optional_integer import OptionalInteger
from ...tools.states import NOT_BEGUN


class TrackRun(models.Model):
    """Which tasks of its template a track has, and which it had."""

    _inherit = "track.run"

    # Only for the engine: tasks of the template that users left out or removed, so that
    # an update does not bring them back.
    removed_line_refs = fields.Json(
        string="Removed Template Tasks", readonly=True, groups=NO_ACCESS
    )

    def _get_removed_refs(self, lines):
        """The ids of template tasks that this track does not get back.

        Tracks from before the ids were stored got all tasks that the template had when
        they started: those that they lack were left out or removed.

        :param lines: the ``track.line`` of its template
        :return: set
        """
        self.ensure_one()
        removed = set(self.removed_line_refs or ())
        if self.removed_line_refs is not False or any(
            task.template_line_ref for task in self.line_ids
        ):
            return removed
        known = {task._get_template_ref() for task in self.line_ids}
        return {
            line.id
            for line in lines
            if line.create_date <= self.create_date and line.id not in known
        }

    def _mark_moved(self, before):
        """Mark the tasks that a user moved: an update of the track leaves them.

        :param list before: the ``Place`` of each task, before the track was rearranged
        """
        self.ensure_one()
        tasks = [
            task
            for task in self._get_tasks_in_order()._without_series_task()
            if any(place.task == task for place in before)
        ]
        old = [place.task for place in before if place.task in tasks]
        if old == tasks:
            return
        blocks = SequenceMatcher(
            None, [task.id for task in old], [task.id for task in tasks], autojunk=False
        ).get_matching_blocks()
        stayed = {
            number for _, start, size in blocks for number in range(start, start + size)
        }
        moved = self.line_ids.browse(
            task.id for number, task in enumerate(tasks) if number not in stayed
        )
        moved.filtered(lambda task: task.state in NOT_BEGUN)._mark_plan_as_edited()


class TrackRunLine(models.Model):
    """From which task of the template a task of a track was copied.

    ``line_id`` says that, too, but is empty once the template's task was deleted.
    """

    _inherit = "track.run.line"

    template_line_ref = OptionalInteger(
        string="Number of Template Task",
        readonly=True,
        help="Number of the template task, which stays when that task is deleted.",
    )
    plan_manual = fields.Boolean(
        string="Plan Edited Manually",
        readonly=True,
        help="A user edited the delay, the responsible or the activity type, or moved "
        "the task.",
    )

    def _get_template_ref(self):
        """The id of the template task from which this one was copied.

        :return: int, or False for tasks that users added, and for repetitions
        """
        self.ensure_one()
        if self.repeats_id or self.round:
            return False
        return self.template_line_ref or self.line_id.id or False

    def _is_edited(self):
        """Whether a user has edited or moved this task, which has not begun."""
        self.ensure_one()
        return (
            self.date_manual or self.user_manual or self.text_manual or self.plan_manual
        )

    def _mark_plan_as_edited(self):
        if self:
            self.write(EngineVals(plan_manual=True))

    def _remember_removed(self):
        """Store which template tasks these tasks were, which are removed."""
        by_refs = defaultdict(list)
        for run, tasks in self.grouped("run_id").items():
            refs = {task._get_template_ref() for task in tasks} - {False}
            known = set(run.removed_line_refs or ())
            if refs - known:
                by_refs[tuple(sorted(known | refs))].append(run.id)
        for refs, ids in by_refs.items():
            self.run_id.browse(ids).write({"removed_line_refs": list(refs)})
