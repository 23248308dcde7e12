"""The actions of users and their expected effects on tracks, in plain Python.

Those that end a task, or take that back, are in ``endings.py``.

Each function takes the actor, and raises ``Refused`` where the addon has to refuse.
"""

from datetime import date

from . import events
from .days import avoid_day_off, move_along
from .model import LAST
from .things import NEW, NOT_BEGUN, OWNER, UNFINISHED, Refused, Task

# ---------------------------------------------------------------- the track


def apply(world, actor, record, template, start=None, end=None, previous=None):
    """Apply a template to a record.

    :param Track previous: the one that the new track is to follow, if any
    """
    world.check_writable(actor, record)
    running = [
        track
        for track in record.tracks
        if track.template is template and not track.ended
    ]
    if template.model not in (None, record.model):
        raise Refused("it is not for such records")
    if template.once and running:
        raise Refused("it runs there already, and may run only once")
    if previous and (previous.record is not record or previous.state != "done"):
        raise Refused("the previous track is not done, or on another record")
    linked = template.dated and not (end if template.counts_back else start)
    if linked and not record.day:
        raise Refused("the record has no date")
    if linked:
        start, end = (start, record.day) if template.counts_back else (record.day, None)
    return world.start(record, template, actor, start, end, previous, linked)


def stop(world, actor, track):
    world.check_writable(actor, track.record)
    if track.ended:
        raise Refused("it has ended")
    events.end(track)


def hand_over(world, actor, track, person):
    world.check_writable(actor, track.record)
    if track.ended or not person.active:
        raise Refused("it has ended, or that person has left")
    for task in track.tasks:
        if task.state in UNFINISHED and not task.automated:
            task.person, task.person_by_hand = person, True


def move_date(world, actor, track, name, day):
    """Give the track another ``start`` or ``end``."""
    world.check_writable(actor, track.record)
    if track.ended or (name == "end" and not track.template.counts_back):
        raise Refused("it has ended, or has no such date")
    if name == track.counted:
        track.linked = False
    events.move(world, actor, track, name, day)


def link_date(world, actor, track, linked):
    """Let a track follow the date of its record, or not."""
    world.check_writable(actor, track.record)
    if track.ended or (linked and not track.template.dated):
        raise Refused("it has ended, or follows nothing")
    track.linked = linked
    if linked:
        events.follow_date(world, track.record, actor)


def date_record(world, actor, record, day):
    """Write the date that tracks follow."""
    world.check_writable(actor, record)
    record.day = day
    events.follow_date(world, record, actor)


def take_over(world, actor, track):
    world.check_writable(actor, track.record)
    if track.ended:
        raise Refused("it has ended")
    track.starter = actor
    for task in track.tasks:
        if task.state == "failed":
            task.attempts = 0
            if not track.quiet and world.get_lateness(task, actor) != "ask":
                task.retry = world.now


def mark(world, actor, record, value):
    """Write the value that conditions, goals and required fields look at."""
    world.check_writable(actor, record)
    record.mark = value
    world.look_at(record, actor)


# ---------------------------------------------------------------- what comes next


def get_offers(world, actor, track):
    """The keys of the templates that are offered to a user after this track."""
    if track.state != "done" or not world.may_write(actor, track.record):
        return []
    return [
        key
        for key in world.next[track.template.key]
        if _may_follow(track, world.templates[key])
    ]


def _may_follow(track, template):
    record = track.record
    same = [other for other in record.tracks if other.template is template]
    runs = any(not other.ended for other in same)
    follows = any(
        other.previous is track and other.state != "stopped" for other in same
    )
    applies = template.model in (None, record.model)
    return applies and not follows and not (template.once and runs)


def start_next(world, actor, track, template):
    """Start what is offered after a track by one click.

    :return: the new track; None if the dialog opens instead
    """
    world.check_writable(actor, track.record)
    if track.state != "done" or template.key not in world.next[track.template.key]:
        raise Refused("it is not offered")
    if template.model not in (None, track.record.model):
        raise Refused("it is not for such records")
    for other in track.record.tracks:
        if other.template is template:
            if not other.ended or (other.previous is track and other.state == "done"):
                return None
    if not track.record.day if template.dated else template.counts_back:
        return None
    return apply(world, actor, track.record, template, previous=track)


def offer(world, actor, template, keys):
    """Choose the templates that are offered after one."""
    if not actor.manages:
        raise Refused("who acts may not write templates")
    world.next[template.key] = keys


def delete(world, actor, track):
    if not actor.manages or not track.ended:
        raise Refused("it has not ended, or who acts may not delete tracks")
    track.record.tracks.remove(track)
    for other in world.tracks:
        if other.previous is track:
            other.previous = None


# ---------------------------------------------------------------- one task


def edit(world, actor, task, by_activity=False, **changes):
    """Give a task another ``date``, ``person`` or ``summary``."""
    person = changes.get("person")
    _check_editing(world, actor, task, by_activity, person)
    if task.meeting and "date" in changes and not by_activity:
        raise Refused("there is a meeting")
    if "date" in changes:
        task.date, task.date_by_hand = changes["date"], True
    if person:
        task.person, task.person_by_hand = person, True
    if "summary" in changes:
        task.summary, task.words_by_hand = changes["summary"], True
        # what is written into the activity is left alone
        task.source = task.summary if by_activity and OWNER in task.summary else None
        if task.state == "open":
            task.fill()
    if "date" in changes and not by_activity:
        events.reset_to_planned(world, actor, task)
        world.advance(task.track, actor)


def slip(world, actor, task, day):
    """Move a task, and the dated tasks behind it by as many days."""
    _check_editing(world, actor, task, by_activity=False, person=None)
    if task.meeting or not task.date:
        raise Refused("there is a meeting, or no date to move from")
    track = task.track
    moved = {task: day}
    for other in track.get_later(task):
        if other.state in UNFINISHED and other.date and not other.waits:
            new = _slip_along(other, task.date, day)
            passes = track.end and new > max(track.end, other.date)
            if new != other.date and not (
                other.meeting or other.date_by_hand or passes
            ):
                moved[other] = new
    for each, new in moved.items():
        each.date, each.date_by_hand = new, True
        events.reset_to_planned(world, actor, each)
    world.advance(track, actor)


def _slip_along(task, old, new):
    """Where this task is due when one before it moves from one day to another."""
    track, delay = task.track, task.step.delay
    day = move_along(task.date, delay, old, new, track.company)
    if day == task.date or delay[1] == "weekdays":
        return day
    first = date.min if task.step.counts == "end" else track.start
    how, last = track.template.day_off, track.end or date.max
    return avoid_day_off(day, how, track.company, first, last)


def _check_editing(world, actor, task, by_activity, person):
    if not by_activity or actor is not task.person:
        world.check_writable(actor, task.track.record)
    if not by_activity and task.state not in UNFINISHED:
        raise Refused("the task is finished")
    if person and not person.active:
        raise Refused("that person has left")
    if person and task.automated:
        raise Refused("nobody is assigned to what is carried out by itself")


def arrange(actor, task, day):
    """Schedule a meeting from the activity, which is then due on its date."""
    task.organizer = actor
    task.meeting = task.meeting or NEW
    if task.date != day:
        task.date, task.date_by_hand = day, True


# ---------------------------------------------------------------- its order


def rearrange(world, actor, track, change):
    """Add, remove or move tasks: a task with another previous task is planned again.

    :param change: a function that changes the order
    """
    world.check_writable(actor, track.record)
    if track.ended:
        raise Refused("it has ended")
    order = track.in_order()
    begun = [task for task in track.shown() if task.state not in NOT_BEGUN]
    change()
    if [task for task in track.shown() if task in begun] != begun:
        raise Refused("tasks that have begun stay where they are")
    _plan_again(track, order, world.get_today(actor, track.company))
    world.advance(track, actor)


def _plan_again(track, order, today):
    """Let tasks wait again whose previous task is another one now.

    A task that was added or moved behind a finished one counts from today. One whose
    previous task was removed counts from the one before that.

    :param list order: the tasks in their order before
    """
    for task in track.in_order():
        if task.state not in NOT_BEGUN or task.step.counts != "previous":
            continue
        earlier = order[: order.index(task)] if task in order else []
        earlier = [other for other in earlier if not other.dropped_out]
        left = [other for other in earlier if other in track.tasks]
        previous = track.get_previous(task)
        is_moved = task not in order or previous is not (left[-1] if left else None)
        if not is_moved and left[-1:] == earlier[-1:]:
            continue
        task.state, task.waits = "waiting", False
        if not task.date_by_hand:
            task.date = None
        is_placed = is_moved and previous and previous.finished
        task.placed = today if is_placed else None


def take_out(track, task):
    """Remove a task that waits; those behind it wait for the one before."""
    order = track.in_order()
    track.tasks.remove(task)
    _forget(track, task)
    _plan_again(track, order, None)


def _forget(track, task):
    for other in track.tasks:
        if other.repeats is task:
            other.repeats = None


def add(world, actor, track, step, sequence):
    if step.who in world.people and not world.people[step.who].active:
        raise Refused("that person has left")
    task = Task(step, track, step.summary, sequence)
    rearrange(world, actor, track, lambda: track.tasks.append(task))
    return task


def reorder(world, actor, track, tasks):
    def change():
        for number, task in enumerate(tasks, start=1):
            task.sequence = LAST if task.repeats_track else 10 * number

    rearrange(world, actor, track, change)


def remove(world, actor, task):
    """Remove a task: if its turn had come, it is passed on as by skipping."""
    track = task.track
    world.check_writable(actor, track.record)
    if task.state not in UNFINISHED:
        raise Refused("what is finished stays on record")
    _forget(track, task)
    if task.state == "waiting":
        rearrange(world, actor, track, lambda: track.tasks.remove(task))
        return
    world.drop(task, actor)
    task.removed = True
    if not _passes_its_turn_on(track, task):
        track.tasks.remove(task)
    world.advance(track, actor)


def _passes_its_turn_on(track, task):
    """Whether this task, which is removed, passes its turn on to one that waits for it.

    If not, nothing is left of it: a task that is added later waits for those that are
    there, and so does one behind it if the task before was reopened.
    """
    tasks = track.in_order()
    behind = tasks[tasks.index(task) + 1 :]
    follower = next((one for one in behind if not one.dropped_out), None)
    waits = follower and follower.step.counts == "previous"
    return waits and track.get_passed_on(task)
