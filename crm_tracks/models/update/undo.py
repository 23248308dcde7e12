from odoo import models
from odoo.exceptions import UserError

from ...tools.engine_vals import EngineVals
from ...tools.states import NOT_BEGUN, NOT_ENDED, UNFINISHED


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
        lines = self.sudo().line_ids.filtered(lambda line: line.state == "done")
        if self._is_over() or not lines:
            raise UserError(
                self.env._(
                    "This update cannot be undone any more. Change the template, and "
                    "update its tracks again."
                )
            )
        lines.write({"state": "undoing"})
        if len(lines) > Run._UPDATED_AT_ONCE:
            Run._trigger_cron()
        else:
            lines._process(lambda each: each._undo_together())
        return self.action_open()


class TrackRunUpdateLine(models.Model):
    _inherit = "track.run.update.line"

    def _undo_together(self):
        runs = self.run_id.with_user(self.update_id.user_id).sudo(False)
        writable = runs._filtered_access("write") if runs._is_updater() else runs[:0]
        reasons = {}
        for line in self:
            run = line.run_id
            if run not in writable:
                reasons[line] = self.env._(
                    "You do not have permission to change the record of this track."
                )
            elif run.state not in NOT_ENDED:
                reasons[line] = self.env._(
                    "“%s” has ended. Only unfinished tracks can be changed.", run.name
                )
            elif line.backup.get("automated") and run.user_id != runs.env.user:
                reasons[line] = self.env._(
                    "The automated tasks of “%s” run with the rights of another user "
                    "now. Take the track over first.",
                    run.name,
                )
        possible = self.filtered(lambda line: line not in reasons)
        engine = possible.run_id.with_user(self.update_id.user_id)._engine()
        with engine._causing():
            engine._force_conflict()
            stayed = {}
            for line in possible:
                run = engine.browse(line.run_id.id)
                stayed[run] = run._bring_back(line.backup)
            engine._advance()
            engine._log({run: run._get_undo_note(stayed[run]) for run in engine})
            self.env.flush_all()
        self._leave_out(reasons)
        possible.write({"state": "undone", "backup": False})


class TrackRun(models.Model):
    _inherit = "track.run"

    def _bring_back(self, backup):
        """Bring this track back to what it was before an update.

        :param dict backup: as of ``_update_as_planned``
        :return: list of str, the names of the tasks that were touched since, and stay
        """
        stayed = []
        self._bring_options_back(backup["options"])
        added = self.line_ids.filtered(lambda task: task.id in backup["added"])
        untouched = added.filtered(
            lambda task: task.state in UNFINISHED
            and task.state != "failed"
            and not task._is_edited()
            and task._is_untouched()
        )
        stayed += [task._get_label() for task in added - untouched]
        stayed += self._bring_changed_back(backup["changed"])
        removed_refs = self.removed_line_refs
        untouched._withdraw()
        self._bring_removed_back(backup["removed"])
        untouched.unlink()
        # so that the next update brings them again
        self.removed_line_refs = removed_refs
        self._wait_for_unfinished()
        return stayed

    def _bring_options_back(self, options):
        old = {
            name: values[0]
            for name, values in options.items()
            if self._fields[name].convert_to_write(self[name], self) == values[1]
        }
        if old:
            self.write(old)
            self._forget_what_is_kept()
            self._plan_attention()

    def _bring_changed_back(self, changed):
        """Write the former values to tasks that nobody touched since.

        :param dict changed: as of ``_compare_snapshots``
        :return: list of str, the names of the others
        """
        stayed = []
        tasks = self.line_ids.filtered(lambda task: str(task.id) in changed)
        present = tasks._get_snapshot()
        for task in tasks:
            values = changed[str(task.id)]
            old, new = values.get("sequence", (task.sequence, None))
            if task.sequence == new and task.state in NOT_BEGUN:
                task.write(EngineVals(sequence=old))
            is_same = all(
                present[task][name] == new
                for name, (_old, new) in values.items()
                if name != "sequence"
            )
            is_pending = task.state in NOT_BEGUN or (
                task.state == "open" and values.get("state", [0])[0] in NOT_BEGUN
            )
            if not is_same or not is_pending or task._is_edited():
                stayed.append(task._get_label())
                continue
            if task.state == "open":
                if not task._is_untouched():
                    stayed.append(task._get_label())
                    continue
                task._withdraw()
            old = {
                name: value
                for name, (value, _new) in values.items()
                if name != "sequence"
            }
            task.write(EngineVals(old))
        self.env.add_to_compute(self.line_ids._fields["date_planned"], tasks)
        return stayed

    def _bring_removed_back(self, removed):
        """Create the tasks again that the update removed.

        :param dict removed: their values by id, as str
        """
        begun = self.line_ids.filtered(lambda task: task.state not in NOT_BEGUN)
        last = max(begun.mapped("sequence"), default=-1)
        vals_list, ids = [], []
        for old_id, values in removed.items():
            line = self.env["track.line"].browse(values["line_id"] or []).exists()
            ids.append(int(old_id))
            vals_list.append(
                {
                    **values,
                    "run_id": self.id,
                    "line_id": line.id,
                    "sequence": max(values["sequence"], last + 1),
                }
            )
        created = self.env["track.run.line"].create(vals_list)
        new_ids = dict(zip(ids, created.ids, strict=True))
        for task in self.line_ids if new_ids else ():
            if any(each["target"] in new_ids for each in task.outcomes or ()):
                task.outcomes = [
                    {**each, "target": new_ids.get(each["target"], each["target"])}
                    for each in task.outcomes
                ]
        self._keep_series_task_last()

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
