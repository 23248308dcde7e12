"""What happens to tracks that are on hold, and to their dates, in plain Python.

A track is on hold while it is paused or its record is closed. The reason that ends last
decides whether its dates move by the days since the first one began.
"""

from datetime import date

from .days import avoid_day_off, move_along
from .things import UNFINISHED, Refused


def pause(world, actor, track, until=None):
    """Pause a track, until a day if one is given."""
    world.check_writable(actor, track.record)
    if track.state != "running":
        raise Refused("only running tracks are paused")
    if until and until <= world.get_today(actor, track.company):
        raise Refused("the day does not lie ahead")
    fall_quiet(world, actor, track, state="paused", resumes=until)


def fall_quiet(world, actor, track, **changes):
    """Put a track on hold, for one more reason perhaps."""
    if not track.quiet:
        track.quiet_since = world.get_today(actor, track.company)
    for name, value in changes.items():
        setattr(track, name, value)
    for task in track.tasks:
        task.retry = None


def resume(world, actor, track, shift=False):
    world.check_writable(actor, track.record)
    if track.state != "paused":
        raise Refused("only paused tracks are resumed")
    end_reason(world, actor, track, shift, state="running", resumes=None)


def release(world, actor, track):
    """The record of a track was opened again."""
    if track.held:
        end_reason(world, actor, track, track.template.shifts, held=False)


def resume_by_cron(world):
    """Resume the tracks whose day has come, by the day of their company."""
    for track in world.tracks:
        today = world.get_today(None, track.company)
        if track.state == "paused" and track.resumes and track.resumes <= today:
            end_reason(world, None, track, False, state="running", resumes=None)


def end_reason(world, actor, track, shift, **changes):
    """End one of the reasons for which a track is on hold; if none is left, wake it."""
    for name, value in changes.items():
        setattr(track, name, value)
    if track.ended and not track.quiet:
        track.quiet_since = None
    if track.quiet or track.ended:
        return
    today = world.get_today(actor, track.company)
    may_move = not track.template.counts_back and not track.linked
    if shift and may_move and track.quiet_since < today:
        _shift(world, actor, track, today)
    track.quiet_since = None
    world.wake(track, actor)


def _shift(world, actor, track, today):
    """Move the dates of a track by the days since it is on hold."""
    since = track.quiet_since
    track.start += today - since
    for task in track.tasks:
        counts, previous = task.step.counts, track.get_previous(task)
        if counts == "previous" and not previous and not task.placed:
            counts = "start"
        if task.state in UNFINISHED and task.date and counts == "start":
            _move(world, actor, task, track.get_due(task))
        elif task.state in ("open", "planned") and counts == "previous":
            if not task.waits:
                _move(world, actor, task, _move_along(task, since, today))
    for task in track.tasks:
        _count_from_today(track, task, since, today)
    for task in track.tasks:
        if task.removed and task.ended and task.ended >= since:
            task.ended = today


def _count_from_today(track, task, since, today):
    """What was finished while the track was on hold counts as finished today."""
    if task.placed and task.placed >= since:
        task.placed = today
    previous = track.get_previous(task)
    if task.state == "waiting" and previous and previous.ended:
        if previous.ended >= since:
            task.placed = today


def _move_along(task, since, today):
    track, delay = task.track, task.step.delay
    day = move_along(task.date, delay, since, today, track.company)
    if day == task.date or delay[1] == "weekdays":
        return day
    how, last = track.template.day_off, track.end or date.max
    return avoid_day_off(day, how, track.company, track.start, last)


def _move(world, actor, task, day):
    if task.date_by_hand or task.meeting:
        return
    task.date = day
    today = world.get_today(actor, task.track.company)
    if task.state == "failed" and day > today:
        task.state, task.attempts, task.retry = "planned", 0, None
