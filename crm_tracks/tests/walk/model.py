"""The expected tracks, tasks and activities, in plain Python.

An independent implementation, written from the rules and not from the code of the
addon. The only knowledge about Odoo are the ids of the corresponding records.
``moves.py`` contains the actions of users.
"""

import datetime as dt
from dataclasses import dataclass, field

from .days import Company, avoid_day_off, count_from, get_today

ENDED = ("done", "stopped")
UNFINISHED = ("waiting", "planned", "open", "failed")
NOT_BEGUN = ("waiting", "planned")
# Hours between the attempts of an automated task; days until it is too late to run.
PAUSES = (1, 2, 4, 8, 16)
MAX_LATE = 7
# The placeholder in the summaries of some tasks.
OWNER = "{owner}"
# A new activity whose id is not known to the model yet.
NEW = "new"


class Refused(Exception):
    """An action that the addon has to refuse with an error."""


@dataclass(eq=False)
class Person:
    key: str
    tz: str | None
    # "all" may write every record, "own" no opportunities of others, "none" nothing
    reach: str
    id: int = 0
    active: bool = True

    @property
    def name(self):
        return f"Walk {self.key.title()}"


@dataclass(frozen=True)
class Step:
    """A task of a template."""

    summary: str
    delay: tuple = (0, "days")
    counts: str = "start"  # or previous, end
    who: str = "owner"  # or starter, previous, the key of a person
    action: str = "activity"  # or update
    needs: str | None = None  # the mark that its record must have
    otherwise: str = "skip"  # or wait, end


@dataclass(frozen=True)
class Template:
    key: str
    steps: tuple
    ahead: int | None = None  # days from creating an activity to its due date
    once: bool = False
    goes_on: bool = False
    day_off: str | None = None  # after, before
    model: str | None = None  # the only model to which it applies
    goal: str | None = None  # the mark of the record that ends its tracks

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
    mark: str | None = None  # what conditions and goals look at
    plain: list = field(default_factory=list)
    tracks: list = field(default_factory=list)
    exists: bool = True


@dataclass(eq=False)
class Task:
    step: Step
    track: "Track" = field(repr=False)
    summary: str
    sequence: int
    id: int = 0
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
    # the task whose condition skipped it; itself if its own did
    skipped_by: "Task | None" = field(default=None, repr=False)
    # reopened after its condition had skipped it: the condition does not matter
    unconditional: bool = False
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
    def conditional(self):
        return self.step.needs and not self.unconditional

    @property
    def touched(self):
        by_hand = self.date_by_hand or self.person_by_hand or self.words_by_hand
        return bool(by_hand or self.meeting)

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
    once: bool = False
    goal_reached: bool = False
    # reopened after the goal was reached: the goal does not matter
    without_goal: bool = False
    tasks: list = field(default_factory=list)

    @property
    def quiet(self):
        return self.state == "paused" or self.held

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
        limit = {"last" if is_end else "first": since}
        return avoid_day_off(day, self.template.day_off, self.company, **limit)

    def get_progress(self):
        tasks = self.shown()
        return 100 * sum(task.finished for task in tasks) / (len(tasks) or 1)


@dataclass(eq=False)
class World:
    """All records of a walk, and the rules for automatic changes."""

    now: dt.datetime
    people: dict
    companies: dict
    templates: dict
    records: list
    administrator: Person
    # the activities that closing an opportunity mutes: all, tracks or none
    muting: str = "all"
    trouble: bool = False  # whether automated tasks fail at present

    @property
    def tracks(self):
        return [track for record in self.records for track in record.tracks]

    @property
    def tasks(self):
        return [task for track in self.tracks for task in track.shown()]

    def get_today(self, actor, company):
        """The current day of the actor; for the cron (None) that of the company."""
        return get_today(self.now, (actor and actor.tz) or company.tz)

    def get_company(self, record):
        """The company of a record, or else the default company."""
        return record.company or self.companies["first"]

    def may_write(self, actor, record):
        is_reached = record.model != "crm.lead" or record.owner in (None, actor)
        return actor.reach == "all" or (actor.reach == "own" and is_reached)

    # ------------------------------------------------------------------
    # The assignee of a task
    # ------------------------------------------------------------------

    def choose(self, track, wanted, without=None):
        """The first assignable one of user, owner, starter and administrator.

        :return: (person, whether the owner was selected as the substitute)
        """
        owner = track.record.owner
        for person in (wanted, owner, track.starter):
            if person and person.active and person is not without:
                return person, person is owner and person is not wanted
        return self.administrator, False

    def assign(self, task):
        """Determine the assignee of a task that begins now."""
        track = task.track
        if task.person_by_hand and task.person:
            wanted = task.person
            task.person, fell_to_owner = self.choose(track, wanted)
            task.person_by_hand = task.person is wanted
            task.follows_owner = fell_to_owner
            return
        who, wanted = task.step.who, None
        if who == "starter":
            wanted = track.starter
        elif who == "previous":
            tasks = track.in_order()
            earlier = tasks[: tasks.index(task)]
            done = [one for one in earlier if one.state == "done"]
            done.sort(key=lambda one: one.done_rank)
            done = [one for one in done if not one.automated]
            wanted = done[-1].done_by if done else None
        elif who != "owner":
            wanted = self.people[who]
        task.person, fell_to_owner = self.choose(track, wanted)
        task.person_by_hand = False
        task.follows_owner = who == "owner" or fell_to_owner

    # ------------------------------------------------------------------
    # The course of a track
    # ------------------------------------------------------------------

    def open(self, task):
        self.assign(task)
        task.fill()
        task.state = "open"
        task.activity = NEW

    def is_due(self, task, actor):
        """Whether a planned task is to be opened today."""
        ahead = task.track.template.ahead
        today = self.get_today(actor, task.track.company)
        if task.automated:
            return False  # left to the cron
        if task.conditional:
            return (task.waits and not task.date_by_hand) or task.date <= today
        if ahead is None:
            return True
        return task.date - dt.timedelta(days=ahead) <= today

    def advance(self, track, actor):
        """Begin the tasks that may begin, and finish the track if all are finished."""
        if track.ended:
            return
        while not track.quiet:
            for task in track.in_order():
                if task.state != "waiting":
                    continue
                due = track.get_due(task)
                if due:
                    task.date = task.date if task.date_by_hand and task.date else due
                    task.state = "planned"
            if not self.begin(track, actor):
                break
        if not any(task.state in UNFINISHED for task in track.tasks):
            track.state = "done"

    def begin(self, track, actor):
        """Begin the planned tasks that are due, or do what their conditions say.

        :return: whether something was skipped, so that others may begin
        """
        today = self.get_today(actor, track.company)
        planned = [task for task in track.in_order() if task.state == "planned"]
        for task in planned:
            task.waits = task.waits and task.date <= today
        due = [task for task in planned if self.is_due(task, actor)]
        if due and track.goal_is_met:
            self.end_at_goal(track, actor)
            return True
        failing = [
            task
            for task in due
            if task.conditional and track.record.mark != task.step.needs
        ]
        for task in failing:
            task.waits = task.step.otherwise == "wait"
        dropping = [task for task in failing if not task.waits]
        for task in dropping:
            self.drop(task, actor, by=task)
        for task in dropping:
            if task.step.otherwise == "end":
                self.drop_rest(track, actor, by=task)
        for task in due:
            if task not in failing and task.state == "planned":
                if task.waits and not task.date_by_hand:
                    task.date = max(task.date, today)
                task.waits = False
                self.open(task)
        return bool(dropping)

    def drop(self, task, actor, by=None):
        """Skip a task because of a condition or goal."""
        if task.state != "waiting":
            task.ended = self.get_today(actor, task.track.company)
        task.state, task.activity, task.meeting = "skipped", None, None
        task.waits, task.skipped_by = False, by

    def drop_rest(self, track, actor, by=None):
        for task in track.tasks:
            if task.state in UNFINISHED:
                self.drop(task, actor, by)

    def end_at_goal(self, track, actor):
        track.goal_reached = True
        self.drop_rest(track, actor)

    def look_again(self, track, actor):
        """Look at the goal and the waiting conditions, and advance."""
        if track.quiet or track.ended:
            return
        if track.goal_is_met:
            self.end_at_goal(track, actor)
        self.advance(track, actor)

    def look_at(self, record, actor):
        """Look again at what depends on this record."""
        for track in record.tracks:
            if track.watches:
                self.look_again(track, actor)

    # ------------------------------------------------------------------
    # Automated tasks
    # ------------------------------------------------------------------

    def is_late(self, task, actor):
        """Whether this automated task is too late to run without confirmation."""
        today = self.get_today(actor, task.track.company)
        return task.automated and task.date < today - dt.timedelta(days=MAX_LATE)

    def carry_out(self, task, actor):
        """Run this automated task with the rights of the starter.

        :raise Refused: when the task fails
        """
        track = task.track
        starter = track.starter
        if self.trouble or not starter.active:
            raise Refused("there is trouble, or the starter has left")
        if not self.may_write(starter, track.record):
            raise Refused("the starter may not do that")
        task.attempts, task.retry = 0, None
        self.end(task, actor, starter)

    def end(self, task, actor, done_by):
        """Record that a user has done this task."""
        if task.state != "open":
            task.fill()
        task.state, task.waits = "done", False
        task.ended = self.get_today(actor, task.track.company)
        task.done_by = done_by
        task.done_rank = max(one.done_rank for one in task.track.tasks) + 1

    def fall_silent(self, track):
        for task in track.tasks:
            task.retry = None

    def wake(self, track, actor):
        """Continue a track that is no longer inactive."""
        if track.quiet or track.ended:
            return
        for task in track.tasks:
            may_try = task.state == "failed" and task.attempts <= len(PAUSES)
            if may_try and not self.is_late(task, actor):
                task.retry = self.now
        self.look_again(track, actor)
