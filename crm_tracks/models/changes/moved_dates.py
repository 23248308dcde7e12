from collections import defaultdict

from odoo import fields

MEETING, MANUAL, END = "meeting", "manual", "end"


class MovedDates:
    """The new dates of some tasks, for the preview and for the change itself.

    Every move of a start or end date, and every move of a task that others follow, uses
    this class.

    :ivar dict moved: a ``date`` for each ``track.run.line`` that moves
    :ivar dict kept: the reason why another task keeps its date: ``meeting``, because
        meetings are moved in the calendar, ``manual``, because a user set the date, or
        ``end``, because it would be due after the end date of its track
    """

    def __init__(self):
        self.moved = {}
        self.kept = {}
        self._manual = set()

    def move(self, task, day, last=None, manual=False):
        """Add a task, which moves unless something keeps it where it is.

        :param task: one ``track.run.line``
        :param date day: when it would be due
        :param date last: after which it does not move; None without a limit
        :param bool manual: whether the new date counts as set by a user
        """
        if task.activity_ids.calendar_event_id:
            self.kept[task] = MEETING
        elif task.date_manual:
            self.kept[task] = MANUAL
        elif last and day > max(last, task.date_deadline):
            self.kept[task] = END
        else:
            self.put(task, day, manual)

    def put(self, task, day, manual):
        """Add a task, which moves in any case; parameters as of :meth:`move`."""
        self.moved[task] = day
        if manual:
            self._manual.add(task)

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
        alike = defaultdict(list)
        for task, day in self.moved.items():
            alike[day, task in self._manual].append(task)
        for (day, manual), found in alike.items():
            tasks = found[0].union(*found)
            tasks.write({"date_deadline": day, "date_manual": manual})
            tasks._reset_to_planned()
            is_open = tasks.filtered(lambda task: task.state == "open")
            is_open.activity_ids._write_silently({"date_deadline": day})
