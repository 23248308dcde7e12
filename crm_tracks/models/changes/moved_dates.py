from collections import defaultdict

from odoo import fields

MEETING, MANUAL = "meeting", "manual"


class MovedDates:
    """The new dates of some tasks, for the preview and for the change itself.

    Every move of a start or end date uses this class.

    :ivar dict moved: a ``date`` for each ``track.run.line`` that moves
    :ivar dict kept: the reason why another task keeps its date: ``meeting``, because
        meetings are moved in the calendar, or ``manual``, because a user set the date
    """

    def __init__(self):
        self.moved = {}
        self.kept = {}

    def move(self, task, day):
        """Add a task, which moves unless it has a meeting or a manual date.

        :param task: one ``track.run.line``
        :param date day: when it would be due
        """
        if task.activity_ids.calendar_event_id:
            self.kept[task] = MEETING
        elif task.date_manual:
            self.kept[task] = MANUAL
        else:
            self.moved[task] = day

    def preview(self):
        """The changes, as plain data.

        :return: dict with ``moved``, a list of dicts (``id``, ``label``, ``old`` and
            ``new``, ISO dates), and ``kept``, the tasks that keep their date (``id``,
            ``label``, ``old`` and ``reason``)
        """
        return {
            "moved": [
                {**self._describe(task), "new": fields.Date.to_string(day)}
                for task, day in self.moved.items()
                if task.date_deadline != day
            ],
            "kept": [
                {**self._describe(task), "reason": reason}
                for task, reason in sorted(
                    self.kept.items(), key=lambda item: item[1] != MEETING
                )
            ],
        }

    def _describe(self, task):
        return {
            "id": task.id,
            "label": task._get_label(),
            "old": fields.Date.to_string(task.date_deadline),
        }

    def apply(self):
        """Write the new dates to the tasks and their activities, notifying nobody."""
        by_day = defaultdict(list)
        for task, day in self.moved.items():
            by_day[day].append(task)
        for day, found in by_day.items():
            tasks = found[0].union(*found)
            tasks.write({"date_deadline": day, "date_manual": False})
            tasks._reset_to_planned()
            is_open = tasks.filtered(lambda task: task.state == "open")
            is_open.activity_ids._write_silently({"date_deadline": day})
