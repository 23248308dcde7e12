from odoo import fields, models

from ...tools.states import NOT_BEGUN

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


# Values of a track that follow from its options.
_RUN_COURSE = (
    "start_date",
    "end_date",
    "date_linked",
    "held",
    "date_held",
    "date_quiet",
)


class Before:
    """What tracks were before an update, to be compared with what they are after it.

    :param runs: the ``track.run``, in sudo
    :param dict plans: ``UpdatePlan`` by ``track.run``
    """

    def __init__(self, runs, plans):
        self.runs, self.plans = runs, plans
        self.known = known = runs.line_ids
        self.removed = known.browse(
            task.id for run in runs for task in plans[run].removed
        )
        self._names = set()
        for run in runs:
            self._names.update(*plans[run].changed.values())
        unbegun = known.filtered(lambda task: task.state in NOT_BEGUN)
        self._staying = unbegun - self.removed
        self._begun = known.filtered(lambda task: task.state in ("open", "failed"))
        self._tasks = self._staying._get_snapshot(self._names)
        self._tasks |= self.removed._get_snapshot()
        self._days = {task: _to_json(task.date_deadline) for task in self._begun}
        self._courses = {run: run._get_course() for run in runs}
        self._automated = {run for run in runs if plans[run].concerns_automated()}

    def prepare_backups(self):
        """What is needed to undo the update.

        :return: dict by ``track.run`` of dicts, as JSON: ``options``, ``course`` and
            ``changed`` have pairs of values before and after, ``moved`` such pairs of
            due dates by the id of a task that had begun, ``removed`` the values of the
            removed tasks by id, ``added`` the ids of the new ones, ``unbegun`` those of
            the others that had not begun, ``edited`` those that users had edited
        """
        after = self._staying._get_snapshot(self._names)
        return {run: self._prepare_backup(run, after) for run in self.runs}

    def _prepare_backup(self, run, after):
        plan, staying = self.plans[run], self._staying & run.line_ids
        return {
            "automated": run in self._automated,
            "options": {name: list(pair) for name, pair in plan.options.items()},
            "course": {
                name: [self._courses[run][name], value]
                for name, value in run._get_course().items()
                if value != self._courses[run][name]
            },
            "added": (run.line_ids - self.known).ids,
            "removed": {str(task.id): self._tasks[task] for task in plan.removed},
            "changed": staying._compare_snapshots(self._tasks, after),
            "unbegun": staying.ids,
            "edited": staying.filtered(lambda task: task._is_edited()).ids,
            "moved": {
                str(task.id): [self._days[task], _to_json(task.date_deadline)]
                for task in self._begun & run.line_ids
                if _to_json(task.date_deadline) != self._days[task]
            },
        }


def has_conditions(backup):
    """Whether conditions of tasks come back with this backup."""
    return any("condition" in pairs for pairs in backup["changed"].values()) or any(
        values["condition"] for values in backup["removed"].values()
    )


def renumber(backup, ids):
    """A backup in which tasks have other ids, because they were created again.

    :param dict backup: as of :meth:`Before.prepare_backups`
    :param dict ids: the new ids by the old ones
    :return: dict
    """
    by_text = {str(old): str(new) for old, new in ids.items()}
    result = dict(backup)
    for name in ("added", "unbegun", "edited"):
        result[name] = [ids.get(id_, id_) for id_ in backup[name]]
    for name in ("removed", "changed", "moved"):
        result[name] = {
            by_text.get(id_, id_): value for id_, value in backup[name].items()
        }
    for values in result["removed"].values():
        values["outcomes"] = renumber_targets(values["outcomes"], ids)
    for pairs in result["changed"].values():
        if "outcomes" in pairs:
            pairs["outcomes"] = [
                renumber_targets(outcomes, ids) for outcomes in pairs["outcomes"]
            ]
    return result


def renumber_targets(outcomes, ids):
    """Outcomes that go to tasks with other ids.

    :param outcomes: as they are stored, or an empty value
    :param dict ids: the new ids by the old ones
    """
    return outcomes and [
        {**each, "target": ids.get(each["target"], each["target"])} for each in outcomes
    ]


class TrackRun(models.Model):
    _inherit = "track.run"

    def _get_course(self):
        """The values of this track that follow from its options, as JSON."""
        return {name: _to_json(self[name]) for name in _RUN_COURSE}


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
