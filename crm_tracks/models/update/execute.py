from collections import defaultdict

from odoo import models

from ...tools.dates import WorkingDaysByCompany
from ...tools.engine_vals import EngineVals
from ...tools.note_files import copy_note_files
from .snapshot import Before

# The fields that decide when a task is due.
_DELAY = frozenset(("delay_count", "delay_unit", "delay_from"))


class TrackRun(models.Model):
    """Carrying out updates of tracks from their template, many of them at once.

    It works in sudo: the rights of the user were checked with the plans.
    """

    _inherit = "track.run"

    def _update_as_planned(self, plans):
        """Update these tracks, in sudo, and log one note for each.

        :param dict plans: ``UpdatePlan`` by ``track.run``, none with an obstacle
        :return: dict by ``track.run`` of what is needed to undo the update, as JSON
        """
        notes = {run: run._get_update_note(plans[run]) for run in self}
        before = Before(self, plans)
        with self._causing():
            with self._rearranging(by_hand=False):
                self._store_known_tasks()
                self._write_options(plans)
                before.removed._leave_note_files()
                before.removed.unlink()
                self._write_tasks(plans)
            self._follow_new_options(plans)
            self._log(notes)
            self.env.flush_all()
        return before.prepare_backups()

    def _store_known_tasks(self):
        """Store on tracks from before these fields which template tasks they had."""
        for run in self:
            removed = run._get_removed_refs(run.template_id.line_ids)
            if removed != set(run.removed_line_refs or ()):
                run.removed_line_refs = sorted(removed)
        lacking = self.line_ids.filtered(
            lambda task: task.line_id and task.template_line_ref is False
        )
        for line, tasks in lacking.grouped("line_id").items():
            tasks.write(EngineVals(template_line_ref=line.id))

    # ------------------------------------------------------------------
    # Tasks
    # ------------------------------------------------------------------

    def _write_tasks(self, plans):
        """Bring, rewrite and date the tasks of these tracks."""
        added = self._create_added(plans)
        changed = self.line_ids.browse(
            task.id for run in self for task in plans[run].changed
        )
        changes = {}
        for run in self:
            changes |= plans[run].changed
        changed._write_changes(changes)
        self._write_outcomes(added, changes)
        self._write_order(plans, added)
        redated = changed.filtered(lambda task: _DELAY & changes[task].keys())
        for run in self:
            if "day_off" in plans[run].options:
                redated |= run.line_ids.filtered(lambda task: task._is_replaceable())
        redated._date_anew()
        # which day that is depends on conditions and actions, too
        Task = self.env["track.run.line"]
        self.env.add_to_compute(Task._fields["date_planned"], changed | redated)

    def _create_added(self, plans):
        """Create the tasks that these tracks get.

        :return: dict of ``track.run.line`` by pair of track and ``track.line``
        """
        working_days = WorkingDaysByCompany()
        base_vals, keys, vals_list = {}, [], []
        for run in self:
            days = working_days[run.company_id]
            for line in plans[run].added:
                if line not in base_vals:
                    base_vals[line] = line._prepare_run_line_vals()
                    base_vals[line].pop("outcomes", None)
                day = line._get_day(run.start_date, run.end_date, days)
                keys.append((run, line))
                vals_list.append(
                    {
                        **base_vals[line],
                        "run_id": run.id,
                        **run._prepare_day_vals(day, None),
                    }
                )
        series = [
            run._prepare_repeat_vals(run._get_tasks_in_order()[-1:].sequence)
            for run in self
            if plans[run].adds_series
        ]
        tasks = self.env["track.run.line"].create(vals_list + series)
        added = dict(zip(keys, tasks, strict=False))
        copy_note_files((line, task) for (_run, line), task in added.items())
        return added

    def _write_outcomes(self, added, changes):
        """Write outcomes, whose targets are tasks of the same track.

        :param dict added: as of :meth:`_create_added`
        :param dict changes: new values by name for each ``track.run.line``
        """
        outcomes = {
            task: values["outcomes"]
            for task, values in changes.items()
            if "outcomes" in values
        }
        for (_run, line), task in added.items():
            if found := line._prepare_outcomes_vals():
                outcomes[task] = found["outcomes"]
        for task, found in outcomes.items():
            ids = {
                other._get_template_ref(): other.id for other in task.run_id.line_ids
            }
            task.outcomes = [
                {**each, "target": each["target"] and ids.get(each["target"], False)}
                for each in found
            ] or False

    def _write_order(self, plans, added):
        """Number the tasks behind the last that has begun in their new order."""
        by_number = defaultdict(list)
        for run in self:
            order = plans[run].order
            if not order:
                continue
            tasks = [
                item if item._name == "track.run.line" else added[run, item]
                for item in order
            ]
            others = run.line_ids._without_series_task().filtered(
                lambda task, tasks=tasks: task not in tasks
            )
            first = max(others.mapped("sequence"), default=0) + 1
            for number, task in enumerate(tasks, start=first):
                if task.sequence != number:
                    by_number[number].append(task.id)
        for number, ids in by_number.items():
            self.line_ids.browse(ids).write(EngineVals(sequence=number))

    # ------------------------------------------------------------------
    # Settings
    # ------------------------------------------------------------------

    def _write_options(self, plans):
        groups = defaultdict(list)
        for run in self:
            if plans[run].options:
                values = {name: new for name, (_, new) in plans[run].options.items()}
                groups[tuple(sorted(values.items()))].append(run.id)
        for values, ids in groups.items():
            self.browse(ids).write(dict(values))

    def _follow_new_options(self, plans):
        """Do what follows from other settings of these tracks, and from conditions."""
        names = {name for run in self for name in plans[run].options}
        has_condition = any(
            "condition" in values
            for run in self
            for values in plans[run].changed.values()
        ) or any(line.condition for run in self for line in plans[run].added)
        self._follow_options(names | ({"condition"} if has_condition else set()))
        if "date_field" in names:
            self._follow_new_date_field(plans)
        if "on_close" in names:
            self.filtered(lambda run: run.held and run.on_close != "mute")._release()
        if "goal" in names:
            self.filtered("goal")._look_again()

    def _follow_options(self, names):
        """Forget what was calculated from settings of these tracks that have changed.

        :param set names: of the settings; ``condition`` if conditions of tasks changed
        """
        if names & {"condition", "goal", "date_field"}:
            self._forget_what_is_kept()
        if names & {"remind_days", "escalate_days"}:
            self.line_ids.filtered("date_attention").write({"date_attention": False})
            self._plan_attention()
        if "run_hour" in names:
            self.line_ids.filtered("date_hour").write({"date_hour": False})

    def _follow_new_date_field(self, plans):
        linked = self.filtered(
            lambda run: run.date_linked and "date_field" in plans[run].options
        )
        linked.filtered(lambda run: not run.date_field).write({"date_linked": False})
        linked.filtered("date_field")._follow_dates()


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    def _write_changes(self, changes):
        """Rewrite these tasks, without their outcomes.

        :param dict changes: new values by name for each of them
        """
        groups = defaultdict(list)
        for task in self:
            values = {
                name: value
                for name, value in changes[task].items()
                if name != "outcomes"
            }
            if values:
                key = (task.line_id, tuple(sorted(values)))
                groups[key].append((task.id, values))
        noted = []
        for (line, names), rows in groups.items():
            by_text = defaultdict(list)
            for id_, values in rows:
                by_text[repr(values)].append((id_, values))
            for alike in by_text.values():
                tasks = self.browse(id_ for id_, _values in alike)
                tasks._write_alike(alike[0][1])
                if "note" in names:
                    noted += [(line, task) for task in tasks]
        copy_note_files(noted)

    def _write_alike(self, values):
        """Write these values to all of these tasks, which may wait for a condition."""
        if "condition" in values and not values["condition"]:
            waited = self.filtered("condition_waits")
            # as if the condition was met now
            for day, tasks in waited.grouped(lambda task: task._get_day_now()).items():
                tasks.write(EngineVals(date_deadline=day, condition_waits=False))
        self.write(EngineVals(values))

    def _leave_note_files(self):
        """Leave the files in the notes of these tasks to their tracks.

        The tasks are to be deleted, and the files are needed when that is undone.
        """
        tasks = self.filtered(lambda task: "/web/" in (task.note or ""))
        for run, of_run in tasks.grouped("run_id").items():
            # sudo, as of the whole update
            files = self.env["ir.attachment"].sudo()
            files.search(
                [("res_model", "=", self._name), ("res_id", "in", of_run.ids)]
            ).write({"res_model": run._name, "res_id": run.id})

    def _date_anew(self):
        """Calculate the dates of these tasks, which have not begun, again."""
        working_days = WorkingDaysByCompany()
        by_day = defaultdict(list)
        for task in self:
            run = task.run_id
            days = working_days[run.company_id]
            day = (
                None
                if task._is_series_task()
                else task._get_day(run.start_date, run.end_date, days)
            )
            by_day[day].append(task.id)
        for day, ids in by_day.items():
            self.browse(ids).write(
                {
                    "state": "planned" if day else "waiting",
                    "date_deadline": day or False,
                    "condition_waits": False,
                }
            )
