from odoo import fields, models
from odoo.exceptions import UserError

from ...tools.engine_vals import EngineVals
from ...tools.states import NOT_BEGUN, NOT_ENDED, UNFINISHED
from ...tools.transaction import block_ids
from ..changes.moved_dates import MovedDates
from .snapshot import has_conditions, renumber, renumber_targets


class TrackRunUpdate(models.Model):
    """Undoing an update for a day, as far as nothing was touched since."""

    _inherit = "track.run.update"

    def action_undo(self):
        """Undo this update: bring its tracks back to what they were.

        What was completed, edited or moved since stays. Many tracks are brought back
        by the scheduled action.

        :return: an action that opens the result
        :raise AccessError: when the user did not make the update, or is no Tracks
            administrator any more
        :raise UserError: when it is too late, or when there is nothing to undo
        """
        self.ensure_one()
        self.check_access("read")
        Run = self.env["track.run"]
        Run._check_updater()
        # sudo: users do not write updates
        update = self.sudo()
        lines = update.line_ids.filtered(lambda line: line.state == "done")
        queued = update.line_ids.filtered(lambda line: line.state == "queued")
        if self._is_over() or not (lines or queued):
            raise UserError(
                self.env._(
                    "This update cannot be undone any more. Change the template, and "
                    "update its tracks again."
                )
            )
        queued.write({"state": "undone"})
        update.in_background = False
        lines.write({"state": "undoing", "reason": False})
        if len(lines) > Run._UPDATED_AT_ONCE:
            update._leave_to_cron()
        else:
            lines._process(lambda each: each._undo_together())
        return self.action_open()


class TrackRunUpdateLine(models.Model):
    _inherit = "track.run.update.line"

    def _undo_together(self):
        runs = self._get_runs_of_user()
        reasons = self._get_obstacles_to_undo(runs)
        possible = self.filtered(lambda line: line not in reasons)
        engine = runs.browse(possible.run_id.ids)._engine()
        with engine._causing():
            engine._force_conflict()
            stayed, has_condition = {}, False
            for line in possible:
                run, backup = engine.browse(line.run_id.id), line.backup
                stayed[run], new_ids = run._bring_back(backup)
                line._renumber_others(new_ids)
                has_condition |= has_conditions(backup)
            engine._follow_options({"condition"} if has_condition else set())
            engine._advance()
            engine._log({run: run._get_undo_note(stayed[run]) for run in engine})
            self.env.flush_all()
        self._leave_out(reasons)
        possible.write({"state": "undone", "backup": False})

    def _get_obstacles_to_undo(self, runs):
        """Why some of these lines cannot be undone now.

        :param runs: their ``track.run``, with the rights of the user
        :return: dict, a text for each of them
        """
        env = runs.env
        writable = runs._filtered_access("write") if runs._is_updater() else runs[:0]
        reasons = {}
        for line in self:
            run = line.run_id
            if run not in writable:
                reasons[line] = env._(
                    "You do not have permission to change the record of this track."
                )
            elif run.state not in NOT_ENDED:
                reasons[line] = env._(
                    "“%s” has ended. Only unfinished tracks can be changed.", run.name
                )
            elif line.backup["automated"] and run.user_id != env.user:
                reasons[line] = env._(
                    "The automated tasks of “%s” run with the rights of another user "
                    "now. Take the track over first.",
                    run.name,
                )
        return reasons

    def _renumber_others(self, ids):
        """Tell other updates of this line's track which tasks were created again.

        :param dict ids: the new ids by the old ones
        """
        if not ids:
            return
        others = self.run_id.env["track.run.update.line"].search(
            [
                ("run_id", "=", self.run_id.id),
                ("state", "in", ("done", "undoing")),
                ("id", "!=", self.id),
            ]
        )
        for other in others:
            other.backup = renumber(other.backup, ids)


class TrackRun(models.Model):
    _inherit = "track.run"

    def _bring_back(self, backup):
        """Bring this track back to what it was before an update.

        :param dict backup: as of ``Before.prepare_backups``
        :return: (list of str, the names of the tasks that were touched since, and stay;
            dict of the new ids of the tasks that were created again by their old ones)
        """
        self._bring_options_back(backup["options"])
        # the tasks get back their places and dates: nothing follows from the order
        with block_ids(self.env, "crm_tracks.rearranged", self.ids):
            stayed = self._remove_added(backup["added"])
            shift = self._bring_order_back(backup)
            new_ids = self._bring_removed_back(backup["removed"], shift)
            stayed += self._bring_changed_back(backup["changed"], backup["edited"])
            self._relink_outcomes(new_ids)
            self._keep_series_task_last()
        self._bring_course_back(backup["course"], backup["moved"])
        self._wait_for_unfinished()
        return stayed, new_ids

    def _bring_options_back(self, options):
        old = {
            name: values[0]
            for name, values in options.items()
            if self._fields[name].convert_to_write(self[name], self) == values[1]
        }
        if old:
            self.write(self._without_deleted(old))
            self._follow_options(old.keys())

    def _remove_added(self, ids):
        """Remove the tasks that the update added, unless they were touched since.

        :return: list of str, the names of those that stay
        """
        added = self.line_ids.filtered(lambda task: task.id in ids)
        untouched = added.filtered(
            lambda task: task.state in UNFINISHED
            and not task._is_edited()
            and task._is_untouched()
        )
        stayed = [task._get_label() for task in added - untouched]
        removed_refs = self.removed_line_refs
        untouched._withdraw()
        untouched.unlink()
        # so that the next update brings them again
        self.removed_line_refs = removed_refs
        return stayed

    def _bring_order_back(self, backup):
        """Move tasks that have not begun to their former places.

        They stay behind those that have begun since the update.

        :return: int, by how much their former places move back for that
        """
        places = {}
        for task in self.line_ids.filtered(lambda task: task.state in NOT_BEGUN):
            old, new = (
                backup["changed"].get(str(task.id), {}).get("sequence", [0, None])
            )
            if task.sequence == new:
                places[task] = old
        begun = self.line_ids.filtered(
            lambda task: task.state not in NOT_BEGUN
            and task.id in (*backup["unbegun"], *backup["added"])
        )
        all_places = [values["sequence"] for values in backup["removed"].values()]
        first = min([*places.values(), *all_places], default=0)
        shift = max([0, *(task.sequence + 1 - first for task in begun)])
        for task, place in places.items():
            task.write(EngineVals(sequence=place + shift))
        return shift

    def _bring_changed_back(self, changed, edited):
        """Write the former values to tasks that nobody touched since.

        :param dict changed: as of ``_compare_snapshots``
        :param list edited: ids of tasks that users had edited before the update
        :return: list of str, the names of the others
        """
        stayed = []
        tasks = self.line_ids.filtered(lambda task: str(task.id) in changed)
        present = tasks._get_snapshot()
        for task in tasks:
            values = dict(changed[str(task.id)])
            values.pop("sequence", None)
            is_same = all(
                present[task][name] == new for name, (_old, new) in values.items()
            )
            if is_same and task._may_be_brought_back(values, task.id in edited):
                old = {name: value for name, (value, _new) in values.items()}
                task._bring_values_back(self._without_deleted(old, task))
            else:
                stayed.append(task._get_label())
        self.env.add_to_compute(self.line_ids._fields["date_planned"], tasks)
        return stayed

    def _bring_removed_back(self, removed, shift):
        """Create the tasks again that the update removed.

        :param dict removed: their values by id, as str
        :param int shift: as of :meth:`_bring_order_back`
        :return: dict, their new ids by the old ones
        """
        if not removed:
            return {}
        vals_list = [
            {
                **self._without_deleted(values, self.line_ids),
                "run_id": self.id,
                "sequence": values["sequence"] + shift,
            }
            for values in removed.values()
        ]
        created = self.env["track.run.line"].create(vals_list)
        return dict(zip(map(int, removed), created.ids, strict=True))

    def _relink_outcomes(self, ids):
        """Let outcomes go to tasks that were created again.

        :param dict ids: the new ids by the old ones
        """
        for task in self.line_ids if ids else ():
            outcomes = renumber_targets(task.outcomes, ids)
            if outcomes != task.outcomes:
                task.outcomes = outcomes

    def _without_deleted(self, values, model=None):
        """These values without references to records that were deleted since.

        :param dict values: as JSON
        :param model: a recordset of their model, by default that of tracks
        """
        known = (self if model is None else model)._fields
        return {
            name: self.env[known[name].comodel_name].browse(value).exists().id
            if value and known[name].type == "many2one"
            else value
            for name, value in values.items()
        }

    def _bring_course_back(self, course, moved):
        """Bring back what followed from the options, unless it was changed since.

        :param dict course: pairs of values of this track
        :param dict moved: pairs of due dates of tasks that had begun, by id, as str
        """
        present = self._get_course()
        old = {
            name: before
            for name, (before, after) in course.items()
            if present[name] == after
        }
        if "held" in course:
            self._hold_again(course, old)
        dates = {name: old[name] for name in ("start_date", "end_date") if name in old}
        if dates:
            self.write(EngineVals(dates))
        if "date_linked" in old:
            self.date_linked = old["date_linked"]
        plan = MovedDates()
        for task in self.line_ids.filtered(lambda task: str(task.id) in moved):
            before, after = moved[str(task.id)]
            if str(task.date_deadline) == after and task.state in UNFINISHED:
                plan.move(task, fields.Date.to_date(before))
        plan.apply()

    def _hold_again(self, course, old):
        """Put this track on hold again, which the update released.

        :param dict course: pairs of values of this track
        :param dict old: those of its values that are brought back
        """
        if "held" in old and self.record_closed and self.on_close == "mute":
            self._hold()
            self.write(
                {
                    name: course[name][0]
                    for name in ("date_held", "date_quiet")
                    if name in course
                }
            )

    def _wait_for_unfinished(self):
        """Let planned tasks wait again whose previous task is not finished."""
        previous = self.line_ids._get_previous_by_task()
        waiting = self.line_ids.filtered(
            lambda task: task.state == "planned"
            and task.delay_from == "previous"
            and previous[task]
            and previous[task].state in UNFINISHED
            and not task.date_manual
        )
        if waiting:
            waiting.write({"state": "waiting", "date_deadline": False})

    def _get_undo_note(self, stayed):
        """The note that an update was undone.

        :param list stayed: names of tasks that stay as they are
        """
        texts = [
            self.env._(
                "The update of track %s from its template was undone.",
                self._get_name_in_bold(),
            )
        ]
        if stayed:
            texts.append(
                self.env._("Changed since, so not undone: %s", self._name_tasks(stayed))
            )
        return texts


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    def _may_be_brought_back(self, values, was_edited):
        """Whether nobody touched this task, which an update changed, since.

        :param dict values: pairs of values before and after the update, which it has
        :param bool was_edited: whether a user had edited it before the update
        """
        self.ensure_one()
        if self._is_edited() and not was_edited:
            return False
        if self.state in NOT_BEGUN:
            return True
        # the update let it begin
        has_begun = values.get("state", [None])[0] in NOT_BEGUN
        return (
            has_begun
            and self.state in ("open", "failed")
            and self._is_activity_untouched()
        )

    def _bring_values_back(self, values):
        """Write former values to this task, which waits again if it has begun.

        :param dict values: as JSON
        """
        kept = {"date_deadline": self.date_deadline}
        if self.user_manual:
            kept["user_id"] = self.user_id.id
        if self.state not in NOT_BEGUN:
            self._withdraw()
        self.write(EngineVals(kept | values))
