"""The effects on tracks of changes of records and users, and of the cron."""

import datetime as dt

from . import pauses
from .model import PAUSES
from .things import UNFINISHED, Refused


def close(world, actor, record, reason):
    """Close a record: its tracks are held, its other activities muted.

    :param str reason: a closed record that is closed again does not change
    """
    was_open = not record.closed
    record.closed = reason
    muting = world.muting if record.model == "crm.lead" else "all"
    if not was_open or muting == "none":
        return
    for track in record.tracks:
        if not track.ended and not track.template.goes_on:
            pauses.fall_quiet(world, actor, track, held=True)
    if muting == "all" and (record.model == "crm.lead" or record.tracks):
        for plain in record.plain:
            if plain.state == "active":
                plain.state = "muted"


def open_again(world, actor, record):
    record.closed = None
    for plain in record.plain:
        if plain.state == "muted":
            plain.state = "active"
    for track in record.tracks:
        pauses.release(world, actor, track)


def give(world, record, owner):
    """Change the owner: open tasks of the owner are reassigned."""
    before, record.owner = record.owner, owner
    if not owner or owner is before:
        return
    for track in record.tracks:
        for task in track.tasks:
            if task.state == "open" and task.follows_owner and not task.person_by_hand:
                task.person, fell_to_owner = world.choose(track, owner)


def move_company(record, company):
    record.company = company
    for track in record.tracks:
        track.company = company or track.company


def merge(world, actor, survivor, others):
    for other in others:
        for track in other.tracks:
            track.record = survivor
            track.company = survivor.company or track.company
            for known in survivor.tracks:
                if known.template is track.template and not known.ended:
                    track.once = track.once and track.ended
        survivor.tracks += other.tracks
        survivor.plain += other.plain
        other.tracks, other.plain, other.exists = [], [], False
    if not survivor.closed:
        open_again(world, actor, survivor)


def follow_date(world, record, actor):
    """Move the tracks that follow the date of this record."""
    for track in record.tracks:
        day = record.day
        if track.linked and not track.ended and day:
            if day != getattr(track, track.counted):
                move(world, actor, track, track.counted, day)


def move(world, actor, track, name, day):
    """Give a track another ``start`` or ``end``, and its tasks the dates for it."""
    setattr(track, name, day)
    for task in track.tasks:
        if task.state not in UNFINISHED or not task.date:
            continue
        hangs_on = task.step.counts
        if hangs_on == "previous":
            is_first = not track.get_previous(task) and not task.placed
            hangs_on = "start" if is_first else None
        if hangs_on == name and not task.date_by_hand and not task.meeting:
            task.date = track.get_due(task)
            reset_to_planned(world, actor, task)
    world.advance(track, actor)


def reset_to_planned(world, actor, task):
    """A failed task that is moved to a later day waits for that day."""
    if task.state == "failed" and task.date > world.get_today(
        actor, task.track.company
    ):
        task.state, task.attempts, task.retry = "planned", 0, None


def leave(world, person, by_button):
    """Archive a user: the tasks of the user are reassigned.

    :param bool by_button: Odoo then deletes the active activities that are left
    """
    for track in world.tracks:
        owner = track.record.owner
        for task in track.tasks:
            if task.state == "open" and task.person is person:
                task.person, _fell = world.choose(track, None, without=person)
                task.person_by_hand = False
                task.follows_owner |= task.person is owner
    for record in world.records:
        for plain in record.plain:
            if plain.person is person and plain.state == "muted":
                owner = record.owner
                stays = owner and owner.active and owner is not person
                plain.person = owner if stays else world.administrator
            elif plain.person is person and plain.state == "active" and by_button:
                plain.state = "gone"
    person.active = False


def end(track):
    """Stop a track."""
    track.state, track.quiet_since = "stopped", None
    for task in track.tasks:
        if task.state in UNFINISHED:
            task.state, task.waits = "cancelled", False
            task.lose_activity()


def answer(world, record):
    """The customer answers on a record."""
    for track in record.tracks:
        if track.ended or track.quiet:
            continue
        if track.template.on_reply == "stop":
            end(track)
        elif track.template.on_reply == "pause":
            pauses.fall_quiet(world, None, track, state="paused")
        elif track.template.on_reply == "bring_forward":
            _bring_forward(world, track)


def _bring_forward(world, track):
    """Let what lies ahead be due today, by the day of the company."""
    today = world.get_today(None, track.company)
    moved = [
        task
        for task in track.tasks
        if task.state in ("open", "planned") and task.date > today and not task.meeting
        if not task.repeats_track
    ]
    for task in moved:
        task.date, task.date_by_hand = today, True
    if moved:
        world.advance(track, None)


def run_cron(world):
    """Open the tasks that are due on the day of the company, and run automated ones."""
    pauses.resume_by_cron(world)
    due = []
    for record in world.records:
        follow_date(world, record, None)
    for track in world.tracks:
        if track.ended or track.quiet:
            continue
        if track.watches:
            world.look_again(track, None)
        if not track.ended and world.begin(track, None):
            world.advance(track, None)
        due += [task for task in track.in_order() if _has_come(world, task)]
    for task in due:
        _carry_out(world, task)
    for track in world.tracks:
        for task in track.shown():
            _tell_of_late(world, task)


def _tell_of_late(world, task):
    """Remind of a late task, and escalate it."""
    if not task.pending:
        return
    days = world.get_days_late(task)
    due = [name for name, count in task.pending.items() if days >= count]
    for name in due:
        setattr(task, name, task.date)
    if "escalated" in due and task.track.template.gives:
        person = world.get_escalation(task)
        if person:
            task.person, task.person_by_hand = person, True
            task.reminded = task.date


def _has_come(world, task):
    """Whether Odoo carries this task out by now, for the first time or once more."""
    if task.state == "failed":
        may_run = task.retry and task.retry <= world.now
    else:
        may_run = task.state == "planned" and task.automated
    today = world.get_today(None, task.track.company)
    return may_run and task.date <= today and world.has_hour_come(task.track)


def _carry_out(world, task):
    if task.state not in UNFINISHED:
        return  # another one ended the track
    lateness = world.get_lateness(task, None)
    if lateness == "ask":
        task.state, task.retry = "failed", None
        return
    if lateness == "skip":
        world.drop(task, None)
        world.advance(task.track, None)
        return
    try:
        world.carry_out(task, None)
    except Refused:
        task.state = "failed"
        task.attempts += 1
        pause = PAUSES[task.attempts - 1 :][:1]
        task.retry = world.now + dt.timedelta(hours=pause[0]) if pause else None
    else:
        world.advance(task.track, None)
