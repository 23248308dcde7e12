"""The actions by which users end a task, or take that back, in plain Python.

Each function takes the actor, and raises ``Refused`` where the addon has to refuse.
"""

from . import moves
from .things import NOT_BEGUN, UNFINISHED, Refused


def _check_open_ended(world, actor, task):
    world.check_writable(actor, task.track.record)
    if task.track.ended:
        raise Refused("the track has ended")
    if task.state not in UNFINISHED:
        raise Refused("the task is finished")


def _check_assigned(world, actor, task):
    # as in Odoo, an assignee need not reach the record
    if actor is not task.person:
        world.check_writable(actor, task.track.record)


# ---------------------------------------------------------------- completing


def complete(world, actor, tasks, by="activity", feedback=None, outcome=None):
    """Complete these tasks in one call.

    :param str by: what the call is about: activity, task or record; or ``code``, which
        completes activities with all rights
    :param str outcome: its name; empty for none
    """
    for task in tasks:
        _check_completion(world, actor, task, by)
    chosen = _choose_outcomes(tasks, outcome)
    if by != "code" and any(world.lacks_something(task, feedback) for task in tasks):
        raise Refused("something is required")
    # what is done ahead of its turn is done first
    ahead = [task for task in tasks if task.state in NOT_BEGUN]
    for group in ahead, [task for task in tasks if task not in ahead]:
        for task in group:
            if task.activity and feedback:
                task.feedback = feedback
            world.end(task, actor, actor)
        for task in sorted(group, key=lambda task: (task.sequence, task.id)):
            if task in chosen:
                world.apply_outcome(task, chosen[task], actor, tasks)
        for task in group:
            world.advance(task.track, actor)


def _check_completion(world, actor, task, by):
    if by == "activity":
        _check_assigned(world, actor, task)
    elif by == "record":
        world.check_writable(actor, task.track.record)
    elif by == "task":
        _check_open_ended(world, actor, task)
        if task.automated:
            raise Refused("it is carried out by itself")


def _choose_outcomes(tasks, name):
    """The outcome of this name of each task."""
    if not name:
        return {}
    if any(name not in task.choices for task in tasks):
        raise Refused("there is no such outcome, or not any more")
    return {task: task.choices[name] for task in tasks}


def run_now(world, actor, task):
    _check_open_ended(world, actor, task)
    if not task.automated or task.track.quiet:
        raise Refused("it is for a person, or its track is quiet")
    if task.repeats_track and task.track.has_others_to_do(task):
        raise Refused("other tasks are unfinished")
    world.carry_out(task, actor)
    world.advance(task.track, actor)


# ---------------------------------------------------------------- skipping


def skip(world, actor, task, by_activity=False, reason=None):
    if by_activity:
        _check_assigned(world, actor, task)
    else:
        _check_open_ended(world, actor, task)
    world.drop(task, actor, reason=(reason or "").strip() or None)
    world.advance(task.track, actor)


# ---------------------------------------------------------------- reopening


def reopen(world, actor, task, by_activity=False):
    """Take back the completion or skip of a task, and what followed from it."""
    if by_activity:
        _check_assigned(world, actor, task)
    else:
        world.check_writable(actor, task.track.record)
    _check_reopening(task)
    track = task.track
    tasks = [task]
    tasks += [
        other
        for other in track.tasks
        if other.state == "skipped" and other.skipped_by is task and other is not task
    ]
    copies = [other for other in track.tasks if other.repeats in tasks]
    copies = [copy for copy in copies if _is_taken_back(copy)]
    for one in tasks:
        _withdraw_followers(track, one)
    if track.state == "done":
        track.state = "running"
        track.without_goal |= track.goal_reached
        track.goal_reached = False
    for one in tasks:
        one.unconditional |= one.skipped_by is one
        if one.activity:
            one.state, one.ended, one.done_by = "open", None, None
            one.outcome = None
            if not one.person.active:
                world.assign(one)
            world.count_anew(one)
        else:
            one.wait_again()
    for copy in copies:
        copy.withdraw()
        moves.take_out(track, copy)
    world.advance(track, actor)


def _check_reopening(task):
    track = task.track
    if track.state == "stopped" or not task.finished:
        raise Refused("the track was stopped, or the task is not finished")
    if task.state == "done" and task.automated:
        raise Refused("what was carried out cannot be taken back")
    if track.state == "done" and track.once:
        for other in track.record.tracks:
            if other is not track and other.template is track.template:
                if not other.ended:
                    raise Refused("the template runs there again")
    if track.state == "done" and _goes_on(track):
        raise Refused("another track of the series runs")


def _goes_on(track):
    """Whether another track of this series has not ended."""
    return track.template.every and any(
        other.series is track.series
        or (other.previous is track and other.template is track.template)
        for other in track.record.tracks
        if other is not track and not other.ended
    )


def _is_taken_back(copy):
    """Whether this repetition is deleted: users neither edited nor ended it."""
    is_left = copy.state in UNFINISHED or copy.skipped_by is copy
    return is_left and not copy.touched


def _withdraw_followers(track, task):
    """Let the tasks wait again that followed this one, which is reopened."""
    follower = _get_follower(track, task)
    while follower and follower.skipped_by is follower:
        for other in track.tasks:
            if other.state == "skipped" and other.skipped_by is follower:
                other.wait_again()
        follower = _get_follower(track, follower)
    if follower and follower.state in UNFINISHED and not follower.touched:
        follower.withdraw()


def _get_follower(track, task):
    """The task to which this one passed the turn.

    Tasks that were done ahead of their turn are skipped: they pass the turn on at once.
    """
    for other in track.get_later(task):
        if other.dropped_out:
            continue
        if other.step.counts != "previous":
            return None
        if other.state == "done" and other.done_rank < task.done_rank:
            continue
        return other
    return None
