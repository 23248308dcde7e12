from contextlib import contextmanager

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS

from ...tools.engine_vals import EngineVals
from ...tools.note_files import copy_note_files
from ...tools.states import UNFINISHED
from ...tools.task_outcome import TaskOutcome
from ...tools.transaction import block_value, get_block_value
from ...tools.words import quote

# Fields that a repetition copies from the task that it repeats.
_REPEATED = (
    "run_id",
    "line_id",
    "sequence",
    "summary",
    "note",
    "action",
    "activity_type_id",
    "responsible_type",
    "responsible_id",
    "outcomes",
)
# The outcome with which the user completes each task, by task ids.
_OUTCOMES = "crm_tracks.outcomes"


class TrackRunLine(models.Model):
    """Outcomes: how a task ended, and what follows from that.

    A user selects the outcome with :meth:`action_done`, or with ``action_track_done``
    of the activity. All other ways to complete a task record none, and the track goes
    on with the next task. ``_complete`` calls :meth:`_apply_outcomes` before the track
    advances, so that the track moves in one step.
    """

    _inherit = "track.run.line"

    # Only for the engine: users read the outcomes that they can select.
    outcomes = fields.Json(
        string="Selectable Outcomes",
        readonly=True,
        groups=NO_ACCESS,
        help="The outcomes with which the task can be completed.",
    )
    outcome = fields.Char(
        readonly=True, help="The outcome with which the task was completed."
    )
    round = fields.Integer(
        readonly=True, help="How often the task had been repeated before."
    )
    repeats_id = fields.Many2one(
        "track.run.line",
        string="Repeated Task",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="The task that was completed and is repeated by this one.",
    )

    # ------------------------------------------------------------------
    # The outcomes of a task
    # ------------------------------------------------------------------

    def _get_outcomes(self):
        self.ensure_one()
        # sudo: readers of the task may read what it can end with
        return [TaskOutcome(**vals) for vals in self.sudo().outcomes or ()]

    def _get_outcome_target(self, outcome):
        siblings = self._get_siblings()
        later = siblings[list(siblings).index(self) + 1 :]
        return later.filtered(
            lambda task: task.id == outcome.target and task.state in UNFINISHED
        )

    def _get_rounds_left(self, outcome):
        return outcome.again_max - self.round

    def _get_outcome_choices(self):
        """The outcomes with which a user can complete this task now.

        :return: list of dicts, in their order: ``name`` and ``label``, which also
            describes the effect; empty for a task without outcomes
        """
        self.ensure_one()
        if self.state not in UNFINISHED:
            return []
        return [
            {"name": outcome.name, "label": self._get_outcome_text(outcome)}
            for outcome in self._get_outcomes()
            if self._is_offered(outcome)
        ]

    def _is_offered(self, outcome):
        """Whether a user can select this outcome: a repetition must be possible."""
        return outcome.effect != "again" or (
            self._get_rounds_left(outcome) > 0
            and len(self.run_id.line_ids._without_series_task()) < self._MAX_TASKS
        )

    def _check_outcome(self, name):
        """Refuse an outcome that this task does not have, or not any more.

        :param name: of the outcome, as a caller passed it
        :raise UserError: in a sentence that lists the outcomes that can be selected
        """
        choices = self._get_outcome_choices()
        if any(choice["name"] == name for choice in choices):
            return
        names = {"outcome": name, "task": self._get_label()}
        problem = (
            self.env._(
                "“%(task)s” cannot be repeated with “%(outcome)s” again.", **names
            )
            if any(outcome.name == name for outcome in self._get_outcomes())
            else self.env._("“%(outcome)s” is not an outcome of “%(task)s”.", **names)
        )
        advice = (
            self.env._(
                "Select one of these: %s.",
                ", ".join(quote(self.env, choice["name"]) for choice in choices),
            )
            if choices
            else self.env._("Complete the task without an outcome.")
        )
        message = f"{problem} {advice}"
        raise UserError(message)

    def _link_outcomes(self):
        """Let the outcomes of these new tasks go to tasks of their own tracks.

        The outcomes were copied from the template, with the ids of its tasks. A task
        that was left out is no target.
        """
        going = self.filtered(
            lambda task: any(vals["target"] for vals in task.outcomes or ())
        )
        copies = going and {(task.run_id, task.line_id.id): task.id for task in self}
        for task in going:
            task.outcomes = [
                {**vals, "target": copies.get((task.run_id, vals["target"]), False)}
                for vals in task.outcomes
            ]

    # ------------------------------------------------------------------
    # Completing a task with an outcome
    # ------------------------------------------------------------------

    @contextmanager
    def _ending_with(self, name):
        """Within the block, these tasks are completed with this outcome.

        :param str name: of the outcome; empty for none
        :raise UserError: when one of the tasks does not have this outcome
        """
        if not name:
            yield
            return
        for task in self:
            task._check_outcome(name)
        names = get_block_value(self.env, _OUTCOMES, {})
        with block_value(
            self.env, _OUTCOMES, {**names, **dict.fromkeys(self.ids, name)}
        ):
            yield

    def _get_selected_outcome(self):
        """The name of the outcome with which this task is being completed, or None."""
        return get_block_value(self.env, _OUTCOMES, {}).get(self.id)

    def _apply_outcomes(self):
        """Store and apply the outcomes with which these tasks were just completed.

        The tasks that are completed in the same call are not skipped. The tracks
        advance afterwards.
        """
        completed = self.browse(get_block_value(self.env, _OUTCOMES, ()))
        skipped = repeated = self.browse()
        repeated_vals = []
        for task in (self & completed).sorted():
            task.outcome = task._get_selected_outcome()
            outcome = next(
                each for each in task._get_outcomes() if each.name == task.outcome
            )
            passed_over = task._get_passed_over(outcome) - completed
            if passed_over:
                passed_over._mark_skipped(task._get_skip_reason(), by=task)
                skipped += passed_over
            if outcome.effect == "again" and not task._is_repeated():
                task._make_room_behind()
                repeated += task
                repeated_vals.append(task._prepare_repetition_vals(outcome))
        if activities := skipped.activity_ids.exists():
            activities.unlink()
        if repeated:
            copies = self.create(repeated_vals)
            copy_note_files(zip(repeated, copies, strict=True))

    def _get_passed_over(self, outcome):
        """The unfinished tasks that an outcome of this task skips."""
        if outcome.effect not in ("goto", "end"):
            return self.browse()
        siblings = self._get_siblings()
        if outcome.effect == "goto":
            order = list(siblings)
            target = self._get_outcome_target(outcome)
            end = order.index(target) if target else 0
            siblings = siblings[order.index(self) + 1 : end]
        return siblings.filtered(lambda task: task.state in UNFINISHED and task != self)

    def _get_skip_reason(self):
        """Why tasks are skipped that the outcome of this one skips."""
        return self.env._(
            "Outcome %(outcome)s of %(task)s",
            outcome=quote(self.env, self.outcome),
            task=quote(self.env, self._get_label()),
        )

    def _get_repetitions(self):
        """The tasks that repeat these tasks."""
        return self.run_id.line_ids.filtered(lambda task: task.repeats_id in self)

    def _is_repeated(self):
        """Whether a copy of this task is to be done, from an earlier completion."""
        return any(task.state in UNFINISHED for task in self._get_repetitions())

    def _make_room_behind(self):
        """Renumber the tasks behind this one, if a new one with its sequence would not
        come right behind it."""
        siblings = self._get_siblings()
        number = self.sequence
        for task in siblings[list(siblings).index(self) + 1 :]:
            if task.sequence > number:
                break
            number += 1
            # written by the engine: the order of the tasks does not change
            task.write(EngineVals(sequence=number))

    def _prepare_repetition_vals(self, outcome):
        """The values of the task that repeats this completed one.

        It waits for this task, so that it is due the delay of the outcome after the day
        of the completion, and does not overtake others if that was ahead of its turn.
        """
        vals = self._convert_to_write({name: self[name] for name in _REPEATED})
        if self.user_manual and self.user_id:
            # assigned by a user: the repetition is assigned to the same person
            vals |= {"responsible_type": "user", "responsible_id": self.user_id.id}
        return {
            **vals,
            **self._get_original_texts(),
            **self._prepare_option_vals(),
            "delay_count": outcome.delay_count,
            "delay_unit": outcome.delay_unit,
            "delay_from": "previous",
            "round": self.round + 1,
            "repeats_id": self.id,
            "state": "waiting",
        }

    def _get_completion_texts(self):
        """The names of these completed tasks, with their outcomes, in a sentence."""
        return ", ".join(
            self.env._(
                "%(task)s (%(outcome)s)", task=task._get_label(), outcome=task.outcome
            )
            if task.outcome
            else task._get_label()
            for task in self
        )


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def action_track_done(self, outcome=None, feedback=False, attachment_ids=None):
        """Complete these activities and their tasks with an outcome.

        As ``action_feedback``, with the same rights: an assignee who cannot see the
        record may do so, too.

        :param str outcome: the name of an outcome of the tasks; empty for none
        :param str feedback: as of ``action_feedback``
        :param list attachment_ids: as of ``action_feedback``
        :return: as of ``action_feedback``
        :raise AccessError: when the user may not write one of the activities
        :raise UserError: when one of them has another outcome, or is completed
        """
        self.check_access("write")
        # sudo: users cannot read the link, and an assignee need not see the track
        tasks = self.sudo().track_run_line_id
        to_do = self.filtered(lambda activity: activity.active or activity.muted)
        if outcome:
            (self - to_do)._tracks_refuse_completed()
            self._tracks_check_in_tracks()
        with tasks._ending_with(outcome):
            return to_do.action_feedback(
                feedback=feedback, attachment_ids=attachment_ids
            )

    def _tracks_refuse_completed(self):
        """Refuse an outcome for these activities, which are completed already."""
        for activity in self:
            raise UserError(
                self.env._(
                    "“%s” is already finished. Select an unfinished task.",
                    activity.display_name,
                )
            )

    def _tracks_check_in_tracks(self):
        """Refuse an outcome for activities that are not of a track."""
        for activity in self.sudo():
            if not activity.track_run_line_id:
                raise UserError(
                    self.env._(
                        "“%s” does not belong to a track, so it has no outcomes. "
                        "Complete it without an outcome.",
                        activity.display_name,
                    )
                )

    def _tracks_get_outcome(self):
        """The outcome with which this activity is being completed, for its message."""
        if not get_block_value(self.env, _OUTCOMES):
            return False
        # sudo: users cannot read the link
        return self.sudo().track_run_line_id._get_selected_outcome()
