from collections import defaultdict

from odoo import fields

MEETING, MANUAL = "meeting", "manual"


class MovedDates:
    """The new days of some tasks: what is previewed is what is applied.

    Every change that moves the days of several tasks is one of these.

    :ivar dict moved: a ``date`` for each ``track.run.line`` that moves
    :ivar dict kept: why each other one keeps its day: ``meeting``, for meetings are
        moved in the calendar only, or ``manual``, as somebody set the day
    """

    def __init__(self):
        self.moved = {}
        self.kept = {}

    def move(self, task, day):
        """Take a task up, which moves unless something keeps it where it is.

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
        """What would change, as plain data.

        :return: dict with ``moved``, a list of dicts (``id``, ``label``, ``old`` and
            ``new``, ISO dates), and ``kept``, those that would stay where they are
            (``id``, ``label``, ``old`` and ``reason``)
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
        """Give the tasks their new days, and their activities, silently."""
        by_day = defaultdict(list)
        for task, day in self.moved.items():
            by_day[day].append(task)
        for day, found in by_day.items():
            tasks = found[0].concat(*found)
            tasks.write({"date_deadline": day, "date_manual": False})
            tasks._reset_to_planned()
            is_open = tasks.filtered(lambda task: task.state == "open")
            is_open.activity_ids._write_silently({"date_deadline": day})
