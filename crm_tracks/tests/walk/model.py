"""The course of a track: who does a task, when it begins, and what follows.

Plain Python, written from the rules and not from the code of the addon.
"""

import datetime as dt
from dataclasses import dataclass, replace

from .days import get_last_of_month, get_local, get_today
from .things import NEW, UNFINISHED, Person, Refused, Step, Task, Track

# Hours between the attempts of an automated task; days until it is too late to run.
PAUSES = (1, 2, 4, 8, 16)
MAX_LATE = 7
# The place of the task that starts the next track: behind all others.
LAST = 10**9


@dataclass(eq=False)
class World:
    """All records of a walk, and the rules for automatic changes."""

    now: dt.datetime
    people: dict
    companies: dict
    templates: dict
    records: list
    administrator: Person
    # all administrators of each company, by its key
    administrators: dict
    # the keys of the templates that are offered after those of each template
    next: dict
    # the activities that closing an opportunity mutes: all, tracks or none
    # the members of the role and the team, and the user in a field of opportunities
    members: dict
    customers: Person | None = None
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

    def may_read(self, actor, record):
        is_reached = record.model != "crm.lead" or record.owner in (None, actor)
        if actor.reach == "none":
            return record.model != "crm.lead"
        return actor.reach == "all" or is_reached

    def may_write(self, actor, record):
        return actor.reach != "none" and self.may_read(actor, record)

    def check_writable(self, actor, record):
        if not self.may_write(actor, record):
            raise Refused("who acts may not write the record")

    # ------------------------------------------------------------------
    # The assignee of a task
    # ------------------------------------------------------------------

    def choose(self, track, wanted, without=None, day=None):
        """The first assignable one of user, owner, starter and administrator.

        :param date day: when the task is due; without it, nobody is away
        :return: (person, whether the owner was selected as the substitute)
        """
        owner = track.record.owner
        for person in (wanted, owner, track.starter):
            if person and person.active and person is not without:
                is_substitute = person is owner and person is not wanted
                if not self.is_away(track, person, day):
                    return person, is_substitute
                other = person.stand_in
                if other and self.may_stand_in(track, other, day):
                    return other, is_substitute
        return self.administrator, False

    def is_away(self, track, person, day):
        """Whether somebody else does a task of this person that is due on this day."""
        if not day or not track.template.stands_in:
            return False
        return person.is_away(max(day, self.get_today(None, track.company)))

    def may_stand_in(self, track, person, day):
        """Whether this person can do a task, and is there on the day."""
        is_able = person.active and self.may_read(person, track.record)
        return is_able and not self.is_away(track, person, day)

    def get_least_busy(self, track, group, day):
        """The member of a group with the fewest open tasks, of several the first."""
        able = [
            person
            for person in self.members[group]
            if self.may_stand_in(track, person, day)
        ]
        return min(able, key=lambda one: (self.count_open(one), one.id), default=None)

    def count_open(self, person):
        """How many open tasks a person has in tracks that are not on hold."""
        return sum(
            task.state == "open" and task.person is person
            for task in self.tasks
            if not task.track.quiet and not task.track.ended
        )

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
        elif who in self.members:
            wanted = self.get_least_busy(track, who, task.date)
        elif who == "field":
            wanted = self.customers
        elif who != "owner":
            wanted = self.people[who]
        task.person, fell_to_owner = self.choose(track, wanted, day=task.date)
        task.person_by_hand = False
        task.follows_owner = who == "owner" or fell_to_owner

    # ------------------------------------------------------------------
    # The course of a track
    # ------------------------------------------------------------------

    def open(self, task):
        self.assign(task)
        task.fill()
        task.state = "open"
        task.lose_activity()
        task.activity = NEW
        self.count_anew(task)

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
        self.hold_back(track)
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
            if not track.held:
                track.quiet_since = None

    def hold_back(self, track):
        """Let the next track of the series wait again for tasks that are unfinished."""
        for task in track.tasks:
            is_early = task.repeats_track and task.state in ("planned", "failed")
            if is_early and track.has_others_to_do(task):
                task.state, task.attempts, task.retry = "waiting", 0, None
                task.date = task.date if task.date_by_hand else None

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

    def drop(self, task, actor, by=None, reason=True):
        """Skip a task, whose turn is passed on if it had come.

        :param Task by: whose condition or outcome skips it
        :param reason: as of ``Task``; None for none
        """
        if task.state != "waiting":
            task.ended = self.get_today(actor, task.track.company)
        task.state, task.waits = "skipped", False
        task.skipped_by, task.reason = by, reason
        task.lose_activity()

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
    # Outcomes and requirements
    # ------------------------------------------------------------------

    def get_lacking(self, task, feedback=None):
        """Whether this task lacks a note, and whether its record lacks a mark."""
        words = (feedback or "").strip() or (task.feedback or "").strip()
        mark = (task.track.record.mark or "").strip()
        return task.step.note and not words, task.step.marked and not mark

    def lacks_something(self, task, feedback=None):
        """Whether users cannot complete this task, with this feedback."""
        return any(self.get_lacking(task, feedback))

    def apply_outcome(self, task, outcome, actor, together=()):
        """Do what follows from the outcome with which this task was just done.

        :param together: the tasks that are completed in the same call, which stay
        """
        task.outcome = outcome.name
        track, passed_over = task.track, []
        if outcome.effect == "end":
            passed_over = track.in_order()
        elif outcome.effect == "goto":
            later, target = track.get_later(task), track.get_target(task, outcome)
            passed_over = later[: later.index(target)] if target else []
        for other in passed_over:
            if other.state in UNFINISHED and other not in together:
                self.drop(other, actor, by=task)
        if outcome.effect == "again":
            self.repeat(task, outcome)

    def repeat(self, task, outcome):
        """Put a copy of this task behind it, unless there is one to be done already."""
        track = task.track
        for other in track.tasks:
            if other.repeats is task and other.state in UNFINISHED:
                return
        who = task.person.key if task.person_by_hand else task.step.who
        step = replace(task.step, delay=outcome.delay, counts="previous", who=who)
        behind = [other.sequence for other in track.get_later(task)[:1]]
        track.tasks.append(
            Task(
                step,
                track,
                task.source or task.summary,
                (task.sequence + behind[0]) / 2 if behind else task.sequence + 1,
                unconditional=task.unconditional,
                round=task.round + 1,
                repeats=task,
            )
        )

    # ------------------------------------------------------------------
    # Late tasks
    # ------------------------------------------------------------------

    def count_anew(self, task):
        """Do not count the days before now, on which nobody could do this task."""
        today = self.get_today(None, task.track.company)
        template = task.track.template
        asks = template.remind or template.escalate
        is_shown = task.state == "open" and not task.track.quiet
        if asks and is_shown and task.date < today:
            task.late_from = today

    def get_days_late(self, task):
        """For how many working days this open task is late."""
        company = task.track.company
        since = max(filter(None, (task.date, task.late_from)))
        days = (self.get_today(None, company) - since).days
        return sum(
            company.works_on(since + dt.timedelta(days=number))
            for number in range(1, days + 1)
        )

    def get_escalation(self, task):
        """To whom this task is escalated: Leo, or else an administrator."""
        administrators = self.administrators[task.track.company.key]
        for person in (self.people["leo"], *administrators):
            is_other = person.id != task.person.id
            if person.active and is_other and self.may_read(person, task.track.record):
                return person
        return None

    # ------------------------------------------------------------------
    # Automated tasks
    # ------------------------------------------------------------------

    def get_lateness(self, task, actor):
        """What happens to this automated task because it is late: ask, skip or None."""
        template = task.track.template
        days = MAX_LATE if template.late_days is None else template.late_days
        today = self.get_today(actor, task.track.company)
        if template.on_late == "run" or not task.automated or task.repeats_track:
            return None
        is_late = task.date < today - dt.timedelta(days=days)
        return (template.on_late or "ask") if is_late else None

    def has_hour_come(self, track):
        """Whether automated tasks of this track may run at this time of the day."""
        now = get_local(self.now, track.company.tz)
        return now.hour >= (track.template.run_hour or 0)

    def carry_out(self, task, actor):
        """Run this automated task with the rights of the starter.

        :raise Refused: when the task fails
        """
        track = task.track
        starter = track.starter
        if (self.trouble and not task.repeats_track) or not starter.active:
            raise Refused("there is trouble, or the starter has left")
        if not self.may_write(starter, track.record):
            raise Refused("the starter may not do that")
        if task.repeats_track and self._runs_beside(track):
            raise Refused("the template runs there, and may run only once")
        task.attempts, task.retry = 0, None
        self.end(task, actor, starter)
        if task.repeats_track:
            self.advance(track, actor)
            self.start_next(track, task, actor)

    def _runs_beside(self, track):
        return track.template.once and any(
            other.template is track.template and not other.ended
            for other in track.record.tracks
            if other is not track
        )

    def start_next(self, track, task, actor):
        """Start the next track of a series, as of the latest period until today.

        One that counts back has the first end date behind today.
        """
        today = self.get_today(actor, track.company)
        first, number = track.end or task.date, 0
        while track.get_day_after(first, number + 1) <= today:
            number += 1
        day = track.get_day_after(first, number + 1 if track.end else number)
        wanted = max(track.get_month_day(track.end or track.start), day.day)
        after = self.start(
            track.record,
            track.template,
            track.starter,
            start=None if track.end else day,
            end=day if track.end else None,
            previous=track,
        )
        after.series = track.series
        if track.template.every[1] == "months" and day == get_last_of_month(day):
            after.month_day = wanted

    def start(
        self,
        record,
        template,
        starter,
        start=None,
        end=None,
        previous=None,
        linked=False,
    ):
        """Start a track of a template, after all checks.

        :param bool linked: whether its date follows that of the record
        """
        company = self.get_company(record)
        start = start or self.get_today(starter, company)
        track = Track(
            template=template,
            record=record,
            starter=starter,
            company=company,
            start=start,
            end=end if template.counts_back else None,
            once=template.once,
            previous=previous,
            linked=linked,
        )
        for number, step in enumerate(template.steps, start=1):
            track.tasks.append(Task(step, track, step.summary, number, number=number))
        if template.every:
            step = Step("", counts="end" if track.end else "start", action="repeat")
            track.tasks.append(Task(step, track, "", LAST))
        record.tracks.append(track)
        self.advance(track, starter)
        return track

    def end(self, task, actor, done_by):
        """Record that a user has done this task."""
        if task.state != "open":
            task.fill()
        task.state, task.waits, task.reason = "done", False, None
        task.ended = self.get_today(actor, task.track.company)
        task.done_by = done_by
        task.done_rank = max(one.done_rank for one in task.track.tasks) + 1

    def wake(self, track, actor):
        """Continue a track that is no longer inactive."""
        if track.quiet or track.ended:
            return
        for task in track.tasks:
            self.count_anew(task)
            may_try = task.state == "failed" and task.attempts <= len(PAUSES)
            if may_try and self.get_lateness(task, actor) != "ask":
                task.retry = self.now
        self.look_again(track, actor)
