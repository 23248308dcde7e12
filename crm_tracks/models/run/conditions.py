import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS, Domain

from ...tools.conditions import parse_condition
from ...tools.dates import get_company_zone, get_today
from ...tools.never_failing import never_failing
from ...tools.states import NOT_ENDED, UNFINISHED
from .gate import Answer

_logger = logging.getLogger(__name__)


class TrackRun(models.Model):
    """The goal of a track, and how conditions are evaluated."""

    _inherit = "track.run"

    # Only for the engine: users read descriptions, by their access rights.
    goal = fields.Char(readonly=True, groups=NO_ACCESS)
    goal_reached = fields.Boolean(
        readonly=True, help="The track ended because the record met its goal."
    )

    # which fields goals watch, and whose
    _goal_idx = models.Index(
        "(res_model, res_id) WHERE goal IS NOT NULL AND state IN ('running', 'paused')"
    )

    def _get_target_model(self):
        return self.env.get(self.res_model) if self.res_model else None

    def _evaluate(self, wanted):
        """Evaluate conditions on the records of tracks, in sudo.

        Each is evaluated once per company for all its records. Dates that are relative
        to the current day count from the day of the company's schedule.

        :param wanted: pairs of a ``track.run`` and the text of a condition
        :return: dict by pair: bool, or the exception that the condition raised
        """
        groups = defaultdict(list)
        for run, text in dict.fromkeys(wanted):
            groups[text, run.res_model, run.company_id].append(run)
        return self._evaluate_groups(groups)

    def _evaluate_groups(self, groups):
        """As :meth:`_evaluate`, in one savepoint, or in one for each if one fails.

        :param dict groups: lists of ``track.run`` by condition, model and company
        """
        results = {}
        if not groups:
            return results
        with never_failing(
            self.env, _logger, "", expected=Exception, is_reading=True
        ) as errors:
            for (text, model, company), runs in groups.items():
                met = self._filter_met(text, model, company, runs)
                results.update({(run, text): run.res_id in met for run in runs})
        if not errors:
            return results
        if len(groups) > 1:
            for group, runs in groups.items():
                results.update(self._evaluate_groups({group: runs}))
            return results
        # users read on the task that it failed, not which fields it contains
        _logger.info("Tracks: a condition cannot be evaluated: %s", errors[0])
        error = UserError(
            self.env._(
                "The condition can no longer be evaluated. Skip the task, or start "
                "a new track after the template was corrected."
            )
        )
        return {
            (run, group[0]): error for group, runs in groups.items() for run in runs
        }

    def _filter_met(self, text, model, company, runs):
        """The ids of the records of these tracks that meet a condition, as a set."""
        records = (
            self.env[model]
            .sudo()
            .with_company(company)
            .with_context(tz=get_company_zone(company))
            .browse([run.res_id for run in runs])
        )
        return set(records.filtered_domain(parse_condition(text))._ids)

    @api.model
    def _get_goal_domain(self):
        """The unfinished tracks that have a goal, as a domain."""
        return Domain("goal", "!=", False) & Domain("state", "in", NOT_ENDED)

    def _find_goals_reached(self):
        """Filter those of these tracks, in sudo, whose record meets their goal.

        :return: (``track.run``, the exceptions by ``track.run``)
        """
        goals = self._evaluate((run, run.goal) for run in self if run.goal)
        results = {run: met for (run, _goal), met in goals.items()}
        errors = {run: met for run, met in results.items() if met not in (True, False)}
        return self.filtered(lambda run: results.get(run) is True), errors

    def _look_again(self):
        """Look at the goals and the waiting conditions of these tracks, and advance."""
        runs = self._engine().filtered(
            lambda run: run.state == "running" and not run._is_suspended()
        )
        reached, _errors = runs._find_goals_reached()
        reached._end_at_goal()
        runs._advance()

    def _end_at_goal(self):
        """Skip what is left of these tracks, whose records met their goals."""
        if self:
            self.goal_reached = True
            unfinished = self.line_ids.filtered(lambda task: task.state in UNFINISHED)
            unfinished._drop(self.env._("Goal reached"))

    def _get_goal_reached_text(self):
        """Say that this track ended because of its goal; empty if it did not."""
        return self.env._("Goal reached") if self.goal_reached else ""


class TrackRunLine(models.Model):
    """Whether the conditions of tasks are met, and what follows if they are not."""

    _inherit = "track.run.line"

    # Only for the engine: users read descriptions, by their access rights.
    condition = fields.Char(readonly=True, groups=NO_ACCESS)
    condition_waits = fields.Boolean(
        string="Waits for Its Condition",
        readonly=True,
        help="The day of the task has come, but its condition is not met.",
    )

    # for writes on records: tasks that wait, and which fields they watch
    _condition_waits_idx = models.Index("(run_id) WHERE condition_waits")
    _condition_idx = models.Index(
        "(run_id) WHERE condition IS NOT NULL"
        " AND state IN ('waiting', 'planned', 'failed')"
    )

    def _check_conditions(self):
        """Evaluate the goals of these tasks' tracks, and their own conditions.

        :return: (dict of :class:`Answer` by ``track.run.line``, without those that may
            begin; dict of exceptions by task whose answer is ``BROKEN``)
        """
        answers, errors = {}, {}
        runs = self.run_id
        reached, broken = runs._find_goals_reached()
        conditional = []
        for task in self:
            if task.run_id in reached:
                answers[task] = Answer.GOAL
            elif task.run_id in broken:
                errors[task] = broken[task.run_id]
            elif task.condition:
                conditional.append(task)
        results = runs._evaluate((task.run_id, task.condition) for task in conditional)
        for task in conditional:
            met = results[task.run_id, task.condition]
            if met is False:
                answers[task] = Answer(f"condition_{task._get_condition_else()}")
            elif met is not True:
                errors[task] = met
        return answers | dict.fromkeys(errors, Answer.BROKEN), errors

    def _settle(self, answers, errors):
        """Do what the answers about conditions and goals say.

        :param dict answers: as of :meth:`_ask_gate`; tasks that end with their track
            are removed
        :param dict errors: the exceptions of tasks whose answer is ``BROKEN``
        :return: the ``track.run`` of which tasks were skipped, which are to be advanced
        """
        self._keep_waiting(answers)
        for task in answers[Answer.BROKEN]:
            task._fail(errors[task])
        skipping = self._skip_unmet(answers)
        if skipping:
            # the condition of another task may have ended the track
            for answer, tasks in answers.items():
                answers[answer] = tasks.filtered(lambda task: task.state in UNFINISHED)
        self._take_up(answers)
        return skipping

    def _keep_waiting(self, answers):
        """Note which tasks wait for their condition, by the answers about these."""
        waiting = answers[Answer.CONDITION_WAIT]
        waiting.filtered(lambda task: not task.condition_waits).condition_waits = True
        if dated := answers[Answer.WAIT].filtered("condition_waits"):
            # their day was moved behind today
            (dated - dated._filter_day_has_come()).condition_waits = False

    def _skip_unmet(self, answers):
        """Skip tasks whose condition is not met, and end tracks, by these answers.

        :return: the ``track.run`` of which tasks were skipped
        """
        skipping = answers[Answer.CONDITION_SKIP] | answers[Answer.CONDITION_END]
        not_met = self.env._("The condition was not met")
        dropped = [(task, not_met, task) for task in skipping]
        for task in answers[Answer.CONDITION_END]:
            reason = self.env._("The condition of “%s” was not met", task._get_label())
            rest = task.run_id.line_ids.filtered(
                lambda other: other.state in UNFINISHED
            )
            dropped.append((rest, reason, task))
        self._drop_each(dropped)
        if reached := answers[Answer.GOAL].run_id:
            reached._end_at_goal()
        return skipping.run_id | reached

    def _take_up(self, answers):
        """Record that the tasks that may begin no longer wait for a condition.

        A task whose day has passed is due on the day on which its condition was met,
        unless a user set its date.

        :param dict answers: those about these tasks
        """
        begins = (answers[answer] for answer in Answer if answer.begins)
        begun = self.browse().union(*begins)
        waited = begun.filtered("condition_waits")
        for day, tasks in waited.grouped(lambda task: task._get_day_now()).items():
            tasks.write({"condition_waits": False, "date_deadline": day})

    def _get_day_now(self):
        """When this task is due if it begins now."""
        self.ensure_one()
        day = self.date_deadline
        if self.condition_waits and not self.date_manual:
            return max(day, get_today(self.env, self.run_id.company_id))
        return day

    def _get_reason_text(self):
        """Why this task was skipped, for its reader: str, or False without a reason."""
        self.ensure_one()
        reason = self.skip_reason
        cause = self.skipped_by_id
        # sudo: the text contains only fields that the user may read
        text = cause and cause._format_condition(cause.sudo().condition)
        if not text or cause.state != "skipped":
            return reason
        return self.env._("%(reason)s: %(condition)s", reason=reason, condition=text)

    @api.model
    def _get_condition_domain(self):
        """The unfinished tasks that have a condition, as a domain."""
        return Domain("condition", "!=", False) & Domain(
            "state", "in", ("waiting", "planned", "failed")
        )
