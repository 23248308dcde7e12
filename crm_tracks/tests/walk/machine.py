"""The walk itself: hypothesis selects the actions, and shrinks a failing sequence."""

import copy
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from odoo.exceptions import AccessError, UserError

from . import events
from .invariants import find_broken
from .observed import Difference, Observed, compare
from .templates import THEMES
from .things import Refused

NUMBER = st.integers(0, 29)
PEOPLE = ("wera", "anna", "otto", "mia", "leo", "emil")
# Users with write access are selected more often than others.
ACTOR = st.sampled_from(("mia", "otto", "leo", "wera", "anna", "mia", "otto", "emil"))
PERSON = st.sampled_from(PEOPLE)
# What users write when they complete or skip a task.
WORDS = st.sampled_from(("Well", None, "Well", "  "))
# Some actions are rolled back, and must leave no trace.
UNDO = st.sampled_from((False,) * 9 + (True,))


class _Undo(Exception):
    pass


class Walker(RuleBasedStateMachine):
    """Carries out a step in the model and in Odoo, and compares the results.

    :param WalkCase case: the test whose transaction is used
    :param progress: counts the steps
    """

    def __init__(self, case, progress):
        super().__init__()
        self.case = case
        self.progress = progress
        self.journal = []
        self.theme = THEMES["any"]
        self._savepoint = case.env.cr.savepoint(flush=False)
        self._savepoint.__enter__()
        self._clear_caches()
        self.world = case.make_world()
        self._set_clock()
        self._finish_transaction()

    def teardown(self):
        self._savepoint.rollback()
        self._savepoint.close(rollback=False)
        self.case.env.cr.clear()
        self._clear_caches()

    def _clear_caches(self):
        # parameters are in the stable one
        self.case.env.registry.clear_cache("default", "stable")

    def _set_clock(self):
        self.case.clock.move_to(self.world.now)
        type(self.case).trouble = self.world.trouble

    def _finish_transaction(self):
        """Everything that a commit does, except the commit."""
        self.case.env.cr.flush()
        self.case.env.invalidate_all(flush=False)

    # ------------------------------------------------------------------
    # One step
    # ------------------------------------------------------------------

    def get_env(self, actor):
        """The environment of a logged-in user."""
        return self.case.env(user=actor.id, su=False)

    def browse(self, model, ids, actor=None):
        env = self.get_env(actor) if actor else self.case.env
        return env[model].browse(ids)

    def act(self, text, change, call, undo=False):
        """Carry out an action in the model and in Odoo, and compare them.

        :param str text: the description of the action
        :param change: a function that carries it out in the model
        :param call: a function of the model's result, which carries it out in Odoo
        :param bool undo: whether it is rolled back
        """
        self.journal.append(f"{self.world.now}  {text}{' (rolled back)' * undo}")
        self.progress.count()
        before = copy.deepcopy(self.world)
        refused = None
        try:
            result = change()
        except Refused as reason:
            self.world, refused, result = before, reason, None
        if self._do(call, result, refused, undo):
            self.world = before
        self.check()

    def _do(self, call, result, refused, undo):
        """Carry out an action in Odoo, as one transaction.

        :return: whether it was rolled back
        """
        env = self.case.env
        try:
            with env.cr.savepoint(flush=False):
                call(result)
                self._finish_transaction()
                if refused:
                    self.fail(f"it was to be refused: {refused}")
                if undo:
                    raise _Undo
                return False
        except _Undo:
            self._forget()
        except (UserError, AccessError) as error:
            self._forget()
            if not refused:
                self.fail(f"it was refused: {error}")
        except Difference:
            raise
        except Exception as error:
            self.fail(f"it broke: {type(error).__name__}: {error}", error)
        return True

    def _forget(self):
        """Reset the state in memory, as Odoo does after a rollback."""
        self.case.env.cr.clear()
        self.case.env.registry.reset_changes()

    def check(self):
        seen = Observed(self.case.env.cr, self.world.records)
        able = {person.id for person in self.world.people.values() if person.active}
        able.add(self.world.administrator.id)
        closed = {
            (record.model, record.id) for record in self.world.records if record.closed
        }
        wrong = compare(self.world, seen, self.case.company_ids)
        wrong += find_broken(seen, able, closed)
        if wrong:
            self.fail("\n".join(wrong))

    def fail(self, what, cause=None):
        journal = "\n".join(f"  {line}" for line in self.journal)
        raise Difference(f"{what}\n\nWhat was done:\n{journal}") from cause

    def learn_track(self, track, run):
        """Learn the ids of a new track and its tasks."""
        track.id = run.id
        for task, line in zip(track.tasks, run.sudo().line_ids, strict=True):
            task.id = line.id

    def get_activities(self, tasks, actor):
        """The activities of these tasks, also the inactive ones."""
        ids = [task.activity for task in tasks if task.activity]
        activities = self.browse("mail.activity", ids, actor)
        return activities.with_context(active_test=False)

    # ------------------------------------------------------------------
    # Choosing
    # ------------------------------------------------------------------

    def person(self, key):
        person = self.world.people[key]
        return person if person.active else self.world.people["mia"]

    def pick_template(self, number):
        """A template of the theme of this walk."""
        return self.world.templates[self.pick(number, self.theme)]

    def pick(self, number, things):
        return things[number % len(things)] if things else None

    @property
    def records(self):
        return [record for record in self.world.records if record.exists]

    def get_tasks(self, *states):
        return [task for task in self.world.tasks if task.state in states]

    def has(self, *states):
        return bool(self.get_tasks(*states))


def name(tasks):
    """These tasks in a line of the journal."""
    return ", ".join(f"{task.summary} ({task.id})" for task in tasks)


def in_state(*states):
    return precondition(lambda self: self.has(*states))


on_track = precondition(lambda self: self.world.tracks)


class TimeMoves(Walker):
    """Days go by, and the cron runs."""

    @rule(days=st.integers(0, 9), hours=st.integers(0, 23))
    def days_go_by(self, days, hours):
        self.world.now += timedelta(days=days, hours=hours)
        self._set_clock()

    @precondition(lambda self: self.world.trouble or self.automated)
    @rule()
    def trouble(self):
        trouble = not self.world.trouble
        self.world.trouble = trouble
        self._set_clock()
        self.journal.append(f"what is automated goes {'wrong' if trouble else 'well'}")

    @property
    def automated(self):
        return [task for task in self.world.tasks if task.automated]

    @on_track
    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours):
        """The most frequent way in which time goes by: the cron runs soon after."""
        self.days_go_by(0, hours)
        self.cron(False)

    @on_track
    @rule(undo=UNDO)
    def cron(self, undo):
        self.act(
            "the cron runs",
            lambda: events.run_cron(self.world),
            lambda _none: self.case.run_cron(),
            undo,
        )
