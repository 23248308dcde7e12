from odoo import models

from ...tools.words import format_delay


class TrackTaskMixin(models.AbstractModel):
    """The outcomes with which a task can be completed, in words.

    ======  ==========================================================================
    next    the track goes on with the next task
    again   a copy of the task follows, due some time after the completion
    goto    the track goes on with a later task; the unfinished tasks between are
            skipped
    end     all unfinished tasks of the track are skipped, and the track is done
    ======  ==========================================================================

    A template's outcomes are records (``track.line.outcome``). A track has a copy of
    them (``run/outcomes.py``), with which later changes of the template do not
    interfere.
    """

    _inherit = "track.task.mixin"

    def _get_outcomes(self):
        """The outcomes of this task, in their order.

        :return: list of :class:`TaskOutcome`
        """
        raise NotImplementedError

    def _get_outcome_target(self, outcome):
        """The task with which an outcome goes on.

        :param TaskOutcome outcome: of this task
        :return: a task of the same template or track; empty if there is none, or none
            any more
        """
        raise NotImplementedError

    def _get_rounds_left(self, outcome):
        """How often this task can still be repeated with an outcome (int)."""
        return outcome.again_max

    def _get_outcomes_text(self):
        """Describe the outcomes: “Reached · No answer: again in 2 days (3 times)”.

        :return: str, empty for a task without outcomes
        """
        texts = []
        for outcome in self._get_outcomes():
            text = self._get_outcome_text(outcome)
            if outcome.effect == "again":
                left = self._get_rounds_left(outcome)
                if left <= 0:
                    continue
                text = (
                    self.env._("%s (once)", text)
                    if left == 1
                    else self.env._(
                        "%(outcome)s (%(count)s times)", outcome=text, count=left
                    )
                )
            texts.append(text)
        return " · ".join(texts)

    def _get_outcome_text(self, outcome):
        """Describe one outcome and its effect: “No answer: again in 2 days”.

        :param TaskOutcome outcome: of this task, which may be unsaved
        :return: str
        """
        name = outcome.name or ""
        if outcome.effect == "end":
            return self.env._("%s: end", name)
        if outcome.effect == "again" and not outcome.delay_count:
            return self.env._("%s: again on the same day", name)
        if outcome.effect == "again":
            return self.env._(
                "%(outcome)s: again in %(delay)s",
                outcome=name,
                delay=format_delay(self.env, outcome.delay_count, outcome.delay_unit),
            )
        target = outcome.effect == "goto" and self._get_outcome_target(outcome)
        if target:
            return self.env._(
                "%(outcome)s: go to %(task)s",
                outcome=name,
                task=target._get_set_off_label(),
            )
        return name
