"""The expected tracks, tasks and activities, in plain Python.

An independent implementation, written from the rules and not from the code of the
addon. The only knowledge about Odoo are the ids of the corresponding records.
``model.py`` contains the course of a track, ``moves.py`` and ``endings.py`` the actions
of users.
"""

import datetime as dt
from dataclasses import dataclass, field

from .days import Company, avoid_day_off, count_from, get_last_of_month

ENDED = ("done", "stopped")
UNFINISHED = ("waiting", "planned", "open", "failed")
NOT_BEGUN = ("waiting", "planned")
# The placeholder in the summaries of some tasks.
OWNER = "{owner}"
# A new activity or task whose id is not known to the model yet. That of a task is
# greater than all others, because tasks in the same place are ordered by their ids.
NEW = "new"
NEW_ID = 10**12


class Refused(Exception):
    """An action that the addon has to refuse with an error."""


class Constant:
    """What never changes in a walk, so that it is not copied with the rest."""

    def __deepcopy__(self, memo):
        return self


@dataclass(eq=False)
class Person:
    key: str
    tz: str | None
    # "all" may write every record, "own" no opportunities of others, "none" nothing
    reach: str
    id: int = 0
    active: bool = True
    manages: bool = False  # whether this is a Tracks administrator
    # the first and the last day of an absence, in the time zone of the person
    absence: tuple | None = None
    stand_in: "Person | None" = field(default=None, repr=False)

    @property
    def name(self):
        return f"Walk {self.key.title()}"

    def is_away(self, day):
        return bool(self.absence) and self.absence[0] <= day <= self.absence[1]


@dataclass(frozen=True)
class Outcome(Constant):
    """A way in which a task can end.

    :param int rounds: how often the task can be repeated
    :param int target: the position of the task to go to, counted from 1
    """

    name: str
    effect: str = "next"  # or again, goto, end
    delay: tuple = (1, "days")
    rounds: int = 3
    target: int | None = None


@dataclass(frozen=True)
class Step(Constant):
    """A task of a template."""

    summary: str
    delay: tuple = (0, "days")
    counts: str = "start"  # or previous, end
    # or starter, previous, the key of a person; a role, a team or a field
    who: str = "owner"
    action: str = "activity"  # or update, repeat
    needs: str | None = None  # the mark that its record must have
    otherwise: str = "skip"  # or wait, end
    outcomes: tuple = ()
    note: bool = False  # whether users need feedback to complete it
    marked: bool = False  # whether users need any mark of the record to complete it


@dataclass(frozen=True)
class Template(Constant):
    key: str
    steps: tuple
    ahead: int | None = None  # days from creating an activity to its due date
    once: bool = False
    goes_on: bool = False
    # whether dates move by the days on hold when the record is opened again
    shifts: bool = False
    day_off: str | None = None  # after, before
    model: str | None = None  # the only model to which it applies
    goal: str | None = None  # the mark of the record that ends its tracks
    late_days: int | None = None
    on_late: str | None = None  # ask, run, skip
    run_hour: int | None = None
    on_reply: str | None = None  # stop, pause, bring_forward
    remind: int | None = None  # working days
    escalate: int | None = None
    gives: bool = False  # whether the other user gets the escalated task
    next: tuple = ()  # the keys of the templates that are offered at first
    every: tuple | None = None  # the period after which the next track starts
    dated: bool = False  # whether its date is that of the record
    stands_in: bool = False  # whether somebody else does what falls on an absence

    @property
    def counts_back(self):
        return self.steps[0].counts == "end"


@dataclass(eq=False)
class Plain:
    """An activity without a track."""

    id: int
    person: Person
    state: str = "active"  # muted, done, deleted


@dataclass(eq=False)
class Record:
    key: str
    model: str
    owner: Person | None
    company: Company | None
    id: int = 0
    closed: str | None = None  # lost, won, archived, won and archived
    mark: str | None = None  # what conditions, goals and required fields look at
    day: dt.date | None = None  # what the dates of tracks follow
    plain: list = field(default_factory=list)
    tracks: list = field(default_factory=list)
    exists: bool = True


@dataclass(eq=False)
class Task:
    step: Step
    track: "Track" = field(repr=False)
    summary: str
    # not that of Odoo, only the order is the same
    sequence: float
    id: int = NEW_ID
    # the position in the template, counted from 1; None for added tasks and repetitions
    number: int | None = None
    state: str = "waiting"
    date: dt.date | None = None
    person: Person | None = None
    activity: int | str | None = None
    date_by_hand: bool = False
    person_by_hand: bool = False
    words_by_hand: bool = False
    follows_owner: bool = False
    # the day on which the turn was passed on; None if it was not
    ended: dt.date | None = None
    done_by: Person | None = None
    done_rank: int = 0
    # the day on which it was moved behind a finished task
    placed: dt.date | None = None
    # the feedback of its activity
    feedback: str | None = None
    # the meeting of its activity, and the organizer
    meeting: int | None = None
    organizer: Person | None = None
    # the number of failed attempts, and the time of the next one
    attempts: int = 0
    retry: dt.datetime | None = None
    # removed when its turn had come; the turn is still passed on
    removed: bool = False
    # whether its day has come and its condition is not met
    waits: bool = False
    # the task whose outcome or condition skipped it; itself if its own condition did
    skipped_by: "Task | None" = field(default=None, repr=False)
    # why it was skipped; True for some text
    reason: str | bool | None = None
    # reopened after its condition had skipped it: the condition does not matter
    unconditional: bool = False
    # the name of the outcome with which it was done
    outcome: str | None = None
    # how often it had been repeated before, and the task that it repeats
    round: int = 0
    repeats: "Task | None" = field(default=None, repr=False)
    # the day since which it counts how late it is, if that is not the due date; and the
    # due dates for which users were told of it
    late_from: dt.date | None = None
    reminded: dt.date | None = None
    escalated: dt.date | None = None
    # the summary before its placeholder was filled, or as it stands in the activity
    source: str | None = None

    @property
    def dropped_out(self):
        return self.state in ("skipped", "cancelled") and not self.ended

    @property
    def finished(self):
        return self.state in ("done", "skipped")

    @property
    def automated(self):
        return self.step.action != "activity"

    @property
    def repeats_track(self):
        """Whether this task starts the next track of the series."""
        return self.step.action == "repeat"

    @property
    def conditional(self):
        return self.step.needs and not self.unconditional

    @property
    def touched(self):
        by_hand = self.date_by_hand or self.person_by_hand or self.words_by_hand
        return bool(by_hand or self.meeting)

    @property
    def choices(self):
        """The outcomes with which this task can be completed now, by their names."""
        if self.state not in UNFINISHED:
            return {}
        return {
            outcome.name: outcome
            for outcome in self.step.outcomes
            if outcome.effect != "again" or self.round < outcome.rounds
        }

    @property
    def pending(self):
        """What is still to be told of this task: days by the name of the field."""
        template = self.track.template
        days = {"reminded": template.remind, "escalated": template.escalate}
        if self.state != "open" or self.track.quiet or self.track.ended:
            return {}
        return {
            name: count
            for name, count in days.items()
            if count and getattr(self, name) != self.date
        }

    def lose_activity(self):
        self.activity, self.meeting, self.feedback = None, None, None

    def fill(self):
        """Fill the placeholder in the summary, unless that was done before."""
        if OWNER in self.summary and self.source is None:
            owner = self.track.record.owner
            self.source = self.summary
            self.summary = self.source.replace(OWNER, owner.name if owner else "")

    def empty(self):
        """Give the summary its placeholder back, because the task waits again."""
        if self.source is not None:
            self.summary, self.source = self.source, None

    def wait_again(self):
        """Be unfinished again, without an activity."""
        self.empty()
        self.state, self.ended, self.done_by = "waiting", None, None
        self.skipped_by, self.reason, self.outcome = None, None, None
        if not self.date_by_hand:
            self.date = None

    def withdraw(self):
        """Wait again after the previous task was reopened."""
        self.empty()
        self.state, self.date, self.person = "waiting", None, None
        self.lose_activity()
        self.attempts, self.retry, self.waits = 0, None, False


class Series:
    """A series of tracks, compared by identity."""


@dataclass(eq=False)
class Track:
    template: Template
    record: Record
    starter: Person
    company: Company
    start: dt.date
    end: dt.date | None
    id: int = 0
    state: str = "running"
    held: bool = False
    # the day since which it is on hold, and the day on which the cron resumes it
    quiet_since: dt.date | None = None
    resumes: dt.date | None = None
    once: bool = False
    goal_reached: bool = False
    # whether its date follows that of the record
    linked: bool = False
    # reopened after the goal was reached: the goal does not matter
    without_goal: bool = False
    # the finished track that it follows
    previous: "Track | None" = None
    # what the tracks of a series have in common
    series: object = field(default_factory=Series)
    # the day of the month that the series wants, if this month is shorter
    month_day: int = 0
    tasks: list = field(default_factory=list)

    @property
    def quiet(self):
        return self.state == "paused" or self.held

    @property
    def counted(self):
        """The name of the date from which it counts."""
        return "end" if self.template.counts_back else "start"

    @property
    def ended(self):
        return self.state in ENDED

    @property
    def goal_is_met(self):
        goal = not self.without_goal and self.template.goal
        return bool(goal) and self.record.mark == goal

    @property
    def watches(self):
        """Whether a change of the record may begin a task or end the track."""
        has_goal = self.template.goal and not self.without_goal
        return has_goal or any(task.waits for task in self.tasks)

    def in_order(self):
        """The tasks in their order, including those removed at their turn."""
        return sorted(self.tasks, key=lambda task: (task.sequence, task.id))

    def shown(self):
        return [task for task in self.in_order() if not task.removed]

    def get_later(self, task):
        """The tasks behind this one, in their order."""
        tasks = self.in_order()
        return tasks[tasks.index(task) + 1 :]

    def get_target(self, task, outcome):
        """The task with which an outcome of this one goes on, if that is to come."""
        for other in self.get_later(task):
            if other.number and other.number == outcome.target:
                return other if other.state in UNFINISHED else None
        return None

    def get_previous(self, task):
        """The previous task that still counts, if any."""
        tasks = self.in_order()
        earlier = tasks[: tasks.index(task)]
        return next((one for one in reversed(earlier) if not one.dropped_out), None)

    def get_passed_on(self, task):
        """The day on which this task passed the turn on, or None if it has not.

        A task done ahead of its turn passes the turn on when its turn comes.
        """
        if not task.finished:
            return None
        previous = self.get_previous(task)
        if task.step.counts == "previous" and previous:
            if self.get_passed_on(previous) is None:
                return None
        return task.ended

    def get_due(self, task):
        """The due date of this task, or None while it waits for another task."""
        counts = task.step.counts
        if task.repeats_track:
            is_last = not self.has_others_to_do(task)
            return (self.end or self.get_day_after(self.start, 1)) if is_last else None
        if counts == "end":
            return self._count(task, self.end)
        if counts == "start":
            return self._count(task, self.start)
        previous = self.get_previous(task)
        day = self.get_passed_on(previous) if previous else task.placed or self.start
        if day and task.placed:
            day = max(day, task.placed)
        return day and self._count(task, day)

    def _count(self, task, since):
        """The due date of this task, counted from a day."""
        delay, is_end = task.step.delay, task.step.counts == "end"
        day = count_from(since, delay, self.company, -1 if is_end else 1)
        if delay[1] == "weekdays":
            return day
        first = dt.date.min if is_end else since
        last = self.end or dt.date.max
        return avoid_day_off(day, self.template.day_off, self.company, first, last)

    def has_others_to_do(self, task):
        return any(one.state in UNFINISHED for one in self.tasks if one is not task)

    def get_day_after(self, day, number):
        """The day that lies this number of periods after ``day``."""
        count, unit = self.template.every
        later = count_from(day, (number * count, unit), self.company)
        if unit != "months":
            return later
        last = get_last_of_month(later)
        return last.replace(day=min(self.get_month_day(day), last.day))

    def get_month_day(self, day):
        """The day of the month that the series wants after ``day``."""
        is_last = day == get_last_of_month(day)
        return max(day.day, self.month_day) if is_last else day.day

    def get_progress(self):
        tasks = [task for task in self.shown() if not task.repeats_track]
        return 100 * sum(task.finished for task in tasks) / (len(tasks) or 1)
