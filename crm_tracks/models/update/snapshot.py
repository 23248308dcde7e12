from odoo import fields, models

# Values that the way of a track gives its tasks.
_COURSE = (
    "state",
    "sequence",
    "date_deadline",
    "date_placed",
    "date_turn",
    "condition_waits",
)
# Values that change when a task begins.
_TEXTS = ("summary", "note", "activity_type_id")
# Fields that every task of a template gives to the tasks of tracks.
_COPIED = (
    "summary",
    "note",
    "action",
    "activity_type_id",
    "delay_count",
    "delay_unit",
    "delay_from",
    "responsible_type",
    "responsible_id",
    "outcomes",
    "settings",
    "line_id",
    "template_line_ref",
)


class TrackRunLine(models.Model):
    """The values of tasks before and after an update, from which it is undone."""

    _inherit = "track.run.line"

    def _get_snapshot(self, changed=None):
        """The values of these tasks that an update, or what follows from it, changes.

        :param changed: names of the copied values that the update changes, besides
            those that change when a task begins; None for all that are copied
        :return: dict of dicts by ``track.run.line``, as JSON stores them
        """
        copied = {
            *_COPIED,
            *self._get_option_fields(),
            *self._get_action_fields(),
        }
        names = {*_COURSE, *_TEXTS, *(copied if changed is None else changed)}
        rows = self.read(sorted(names & self._fields.keys()), load=None)
        return {
            task: {name: _to_json(value) for name, value in row.items() if name != "id"}
            for task, row in zip(self, rows, strict=True)
        }

    def _compare_snapshots(self, before, after):
        """What differs between two snapshots of these tasks.

        :param dict before: as of :meth:`_get_snapshot`
        :param dict after: as of :meth:`_get_snapshot`
        :return: dict by id, as str, of dicts by name of pairs of values
        """
        return {
            str(task.id): {
                name: [before[task][name], value]
                for name, value in after[task].items()
                if before[task][name] != value
            }
            for task in self
            if before[task] != after[task]
        }


def _to_json(value):
    # notes are of a type of text of their own
    if isinstance(value, str):
        return str(value)
    return fields.Date.to_string(value) if hasattr(value, "isoformat") else value
