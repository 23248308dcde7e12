"""What is to be true of tracks, their tasks and their activities; in plain Python.

A second opinion, written from the promises and not from the product's code: it knows
nothing of Odoo but the ids under which it finds there what it speaks of. ``moves.py``
says what people do to it.
"""

import datetime as dt
from dataclasses import dataclass, field

from .days import Company, count_from, get_today

ENDED = ("done", "stopped")
UNFINISHED = ("waiting", "planned", "open", "failed")
NOT_BEGUN = ("waiting", "planned")
# Hours between the tries of an automated task; days after which it is asked about.
PAUSES = (1, 2, 4, 8, 16)
MAX_LATE = 7
# An activity of which the model does not know yet under which id it was made.
NEW = "new"


class Refused(Exception):
    """What the product has to refuse, with a sentence."""


@dataclass(eq=False)
class Person:
    key: str
    tz: str | None
    # "all" writes every record, "own" no opportunity of others, "none" nothing
    reach: str
    id: int = 0
    active: bool = True


@dataclass(frozen=True)
class Step:
    """A task of a template."""

    summary: str
    delay: tuple = (0, "days")
    counts: str = "start"  # or previous, end
    who: str = "owner"  # or starter, previous, the key of a person
    action: str = "activity"  # or update


@dataclass(frozen=True)
class Template:
    key: str
    steps: tuple
    ahead: int | None = None  # how many days before it is due a task shows up
    once: bool = False
    goes_on: bool = False
    model: str | None = None  # the only one to which it applies

    @property
    def counts_back(self):
        return self.steps[0].counts == "end"


@dataclass(eq=False)
class Plain:
    """An activity that belongs to no track."""

    id: int
    person: Person
    state: str = "active"  # muted, done, gone


@dataclass(eq=False)
class Record:
    key: str
    model: str
    owner: Person | None
    company: Company | None
    id: int = 0
    closed: str | None = None  # lost, won, archived, won and archived
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
    # the day on which it passed the turn on; None where it only dropped out
    ended: dt.date | None = None
    done_by: Person | None = None
    done_rank: int = 0
    # the day on which it was put behind a task that was finished already
    placed: dt.date | None = None
    # the meeting that was arranged from its activity, and who did that
    meeting: int | None = None
    organizer: Person | None = None
    # how often an automated task has failed, and when it is tried again
    attempts: int = 0
    retry: dt.datetime | None = None
    # taken out of the track when its turn had come; it still passes the turn on
    removed: bool = False

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
    def touched(self):
        by_hand = self.date_by_hand or self.person_by_hand or self.words_by_hand
        return bool(by_hand or self.meeting)


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
    tasks: list = field(default_factory=list)

    @property
    def quiet(self):
        return self.state == "paused" or self.held

    @property
    def ended(self):
        return self.state in ENDED

    def in_order(self):
        """The tasks in their order; those removed at a turn of theirs included."""
        return sorted(self.tasks, key=lambda task: (task.sequence, task.id))

    def shown(self):
        return [task for task in self.in_order() if not task.removed]

    def get_previous(self, task):
        """The task before this one that did not drop out, if any."""
        tasks = self.in_order()
        earlier = tasks[: tasks.index(task)]
        return next((one for one in reversed(earlier) if not one.dropped_out), None)

    def get_passed_on(self, task):
        """The day on which this task passed the turn on, or None as long as it has not.

        One done ahead of its turn passes it on when the turn comes to it.
        """
        if not task.finished:
            return None
        previous = self.get_previous(task)
        if task.step.counts == "previous" and previous:
            if self.get_passed_on(previous) is None:
                return None
        return task.ended

    def get_due(self, task):
        """The day on which this task is due; None as long as it waits for another."""
        counts, delay = task.step.counts, task.step.delay
        if counts == "end":
            return count_from(self.end, delay, self.company, -1)
        if counts == "start":
            return count_from(self.start, delay, self.company)
        previous = self.get_previous(task)
        day = self.get_passed_on(previous) if previous else task.placed or self.start
        if day and task.placed:
            day = max(day, task.placed)
        return day and count_from(day, delay, self.company)

    def get_progress(self):
        tasks = self.shown()
        return 100 * sum(task.finished for task in tasks) / (len(tasks) or 1)


@dataclass(eq=False)
class World:
    """Everything that a walk may touch, and the rules by which it moves by itself."""

    now: dt.datetime
    people: dict
    companies: dict
    templates: dict
    records: list
    administrator: Person
    # what the closing of an opportunity mutes: all, tracks or none
    muting: str = "all"
    trouble: bool = False  # whether whatever is automated goes wrong just now

    @property
    def tracks(self):
        return [track for record in self.records for track in record.tracks]

    @property
    def tasks(self):
        return [task for track in self.tracks for task in track.shown()]

    def get_today(self, actor, company):
        """The day for who acts, else for the company; ``actor`` None is the cron."""
        return get_today(self.now, (actor and actor.tz) or company.tz)

    def get_company(self, record):
        """The company of a record, else the one in which everybody works."""
        return record.company or self.companies["first"]

    def may_write(self, actor, record):
        is_reached = record.model != "crm.lead" or record.owner in (None, actor)
        return actor.reach == "all" or (actor.reach == "own" and is_reached)

    # ------------------------------------------------------------------
    # Who does a task
    # ------------------------------------------------------------------

    def choose(self, track, wanted, without=None):
        """The first who can do it: this one, the owner, the starter, an administrator.

        :return: (person, whether it fell to the owner)
        """
        owner = track.record.owner
        for person in (wanted, owner, track.starter):
            if person and person.active and person is not without:
                return person, person is owner and person is not wanted
        return self.administrator, False

    def assign(self, task):
        """Find out who does a task that begins now."""
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
    # How tracks move on
    # ------------------------------------------------------------------

    def open(self, task):
        self.assign(task)
        task.state = "open"
        task.activity = NEW

    def is_due(self, task, actor):
        """Whether the day has come on which a planned task shows up."""
        ahead = task.track.template.ahead
        if task.automated:
            return False  # that is the cron's
        if ahead is None:
            return True
        shows_up = task.date - dt.timedelta(days=ahead)
        return shows_up <= self.get_today(actor, task.track.company)

    def advance(self, track, actor):
        """Begin with what may begin, and see whether the track is through."""
        if track.ended:
            return
        if not track.quiet:
            for task in track.in_order():
                if task.state != "waiting":
                    continue
                due = track.get_due(task)
                if due:
                    task.date = task.date if task.date_by_hand and task.date else due
                    task.state = "planned"
            for task in track.in_order():
                if task.state == "planned" and self.is_due(task, actor):
                    self.open(task)
        if not any(task.state in UNFINISHED for task in track.tasks):
            track.state = "done"

    # ------------------------------------------------------------------
    # What is automated
    # ------------------------------------------------------------------

    def is_late(self, task, actor):
        """Whether a person has to say if this automated task is still wanted."""
        today = self.get_today(actor, task.track.company)
        return task.automated and task.date < today - dt.timedelta(days=MAX_LATE)

    def carry_out(self, task, actor):
        """Do what this task does, with the rights of whoever started the track.

        :raise Refused: when that goes wrong
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
        """Record that somebody has done this task."""
        task.state = "done"
        task.ended = self.get_today(actor, task.track.company)
        task.done_by = done_by
        task.done_rank = max(one.done_rank for one in task.track.tasks) + 1

    def fall_silent(self, track):
        for task in track.tasks:
            task.retry = None

    def wake(self, track, actor):
        """Go on with a track that is quiet no longer."""
        if track.quiet or track.ended:
            return
        for task in track.tasks:
            may_try = task.state == "failed" and task.attempts <= len(PAUSES)
            if may_try and not self.is_late(task, actor):
                task.retry = self.now
        self.advance(track, actor)
