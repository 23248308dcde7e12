"""The actions of users and their expected effects on tracks, in plain Python.

Each function takes the actor, and raises ``Refused`` where the addon has to refuse.
"""

from .model import NEW, NOT_BEGUN, OWNER, UNFINISHED, Refused, Task, Track


def _check_writable(world, actor, record):
    if not world.may_write(actor, record):
        raise Refused("who acts may not write the record")


# ---------------------------------------------------------------- the track


def apply(world, actor, record, template, start=None, end=None):
    _check_writable(world, actor, record)
    running = [
        track
        for track in record.tracks
        if track.template is template and not track.ended
    ]
    if template.model not in (None, record.model):
        raise Refused("it is not for such records")
    if template.once and running:
        raise Refused("it runs there already, and may run only once")
    company = world.get_company(record)
    start = start or world.get_today(actor, company)
    track = Track(
        template=template,
        record=record,
        starter=actor,
        company=company,
        start=start,
        end=end if template.counts_back else None,
        once=template.once,
    )
    for number, step in enumerate(template.steps, start=1):
        track.tasks.append(Task(step, track, step.summary, number))
    record.tracks.append(track)
    world.advance(track, actor)
    return track


def pause(world, actor, track):
    _check_writable(world, actor, track.record)
    if track.state != "running":
        raise Refused("only running tracks are paused")
    track.state = "paused"
    world.fall_silent(track)


def resume(world, actor, track):
    _check_writable(world, actor, track.record)
    if track.state != "paused":
        raise Refused("only paused tracks are resumed")
    track.state = "running"
    world.wake(track, actor)


def stop(world, actor, track):
    _check_writable(world, actor, track.record)
    if track.ended:
        raise Refused("it has ended")
    track.state = "stopped"
    for task in track.tasks:
        if task.state in UNFINISHED:
            task.state, task.activity, task.waits = "cancelled", None, False


def hand_over(world, actor, track, person):
    _check_writable(world, actor, track.record)
    if track.ended or not person.active:
        raise Refused("it has ended, or that person has left")
    for task in track.tasks:
        if task.state in UNFINISHED and not task.automated:
            task.person, task.person_by_hand = person, True


def move_date(world, actor, track, name, day):
    """Give the track another ``start`` or ``end``."""
    _check_writable(world, actor, track.record)
    if track.ended or (name == "end" and not track.template.counts_back):
        raise Refused("it has ended, or has no such date")
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
            _reset_to_planned(world, actor, task)
    world.advance(track, actor)


def _reset_to_planned(world, actor, task):
    """A failed task that is moved to a later day waits for that day."""
    if task.state == "failed" and task.date > world.get_today(
        actor, task.track.company
    ):
        task.state, task.attempts, task.retry = "planned", 0, None


def take_over(world, actor, track):
    _check_writable(world, actor, track.record)
    if track.ended:
        raise Refused("it has ended")
    track.starter = actor
    for task in track.tasks:
        if task.state == "failed":
            task.attempts = 0
            if not track.quiet and not world.is_late(task, actor):
                task.retry = world.now


# ---------------------------------------------------------------- its tasks


def _check_open_ended(world, actor, task):
    _check_writable(world, actor, task.track.record)
    if task.track.ended:
        raise Refused("the track has ended")
    if task.state not in UNFINISHED:
        raise Refused("the task is finished")


def complete(world, actor, task, by_activity=False):
    if by_activity:
        if actor is not task.person:
            _check_writable(world, actor, task.track.record)
    else:
        _check_open_ended(world, actor, task)
        if task.automated:
            raise Refused("it is carried out by itself")
    world.end(task, actor, actor)
    world.advance(task.track, actor)


def complete_all(world, actor, tasks):
    """Complete the activities of these tasks in one call."""
    for task in tasks:
        if actor is not task.person:
            _check_writable(world, actor, task.track.record)
    for task in tasks:
        world.end(task, actor, actor)
    for task in tasks:
        world.advance(task.track, actor)


def run_now(world, actor, task):
    _check_open_ended(world, actor, task)
    if not task.automated or task.track.quiet:
        raise Refused("it is for a person, or its track is quiet")
    world.carry_out(task, actor)
    world.advance(task.track, actor)


def skip(world, actor, task, by_activity=False):
    if by_activity:
        if actor is not task.person:
            _check_writable(world, actor, task.track.record)
    else:
        _check_open_ended(world, actor, task)
    if task.state != "waiting":
        task.ended = world.get_today(actor, task.track.company)
    task.state, task.activity, task.meeting = "skipped", None, None
    task.waits = False
    world.advance(task.track, actor)


def mark(world, actor, record, value):
    """Write the value that conditions and goals look at."""
    _check_writable(world, actor, record)
    record.mark = value
    world.look_at(record, actor)


def reopen(world, actor, task, by_activity=False):
    # as in Odoo, an assignee need not reach the record
    if not by_activity or actor is not task.person:
        _check_writable(world, actor, task.track.record)
    _check_reopening(task)
    track = task.track
    tasks = [task]
    tasks += [
        other
        for other in track.tasks
        if other.state == "skipped" and other.skipped_by is task and other is not task
    ]
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
            if not one.person.active:
                world.assign(one)
        else:
            _wait_again(one)
    world.advance(track, actor)


def _wait_again(task):
    task.empty()
    task.state, task.ended, task.done_by, task.skipped_by = "waiting", None, None, None
    if not task.date_by_hand:
        task.date = None


def _withdraw_followers(track, task):
    """Let the tasks wait again that followed this one, which is reopened."""
    follower = _get_follower(track, task)
    while follower and follower.skipped_by is follower:
        for other in track.tasks:
            if other.state == "skipped" and other.skipped_by is follower:
                _wait_again(other)
        follower = _get_follower(track, follower)
    _withdraw(follower)


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


def _get_follower(track, task):
    """The task to which this one passed the turn.

    Tasks that were done ahead of their turn are skipped: they pass the turn on at once.
    """
    tasks = track.in_order()
    for other in tasks[tasks.index(task) + 1 :]:
        if other.dropped_out:
            continue
        if other.step.counts != "previous":
            return None
        if other.state == "done" and other.done_rank < task.done_rank:
            continue
        return other
    return None


def _withdraw(follower):
    if follower and follower.state in UNFINISHED and not follower.touched:
        follower.state, follower.date = "waiting", None
        follower.person, follower.activity = None, None
        follower.attempts, follower.retry = 0, None
        follower.waits = False
        follower.empty()


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
        _reset_to_planned(world, actor, task)
        world.advance(task.track, actor)


def _check_editing(world, actor, task, by_activity, person):
    if not by_activity or actor is not task.person:
        _check_writable(world, actor, task.track.record)
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
    _check_writable(world, actor, track.record)
    if track.ended:
        raise Refused("it has ended")
    before = {task: track.get_previous(task) for task in track.tasks}
    begun = [task for task in track.shown() if task.state not in NOT_BEGUN]
    change()
    if [task for task in track.shown() if task in begun] != begun:
        raise Refused("tasks that have begun stay where they are")
    today = world.get_today(actor, track.company)
    for task in track.in_order():
        if task.state not in NOT_BEGUN or task.step.counts != "previous":
            continue
        previous = track.get_previous(task)
        if task in before and before[task] is previous:
            continue
        task.state, task.waits = "waiting", False
        if not task.date_by_hand:
            task.date = None
        task.placed = today if previous and previous.finished else None
    world.advance(track, actor)


def add(world, actor, track, step, sequence):
    if step.who in world.people and not world.people[step.who].active:
        raise Refused("that person has left")
    task = Task(step, track, step.summary, sequence, id=10**12)
    rearrange(world, actor, track, lambda: track.tasks.append(task))
    return task


def reorder(world, actor, track, tasks):
    def change():
        for number, task in enumerate(tasks, start=1):
            task.sequence = 10 * number

    rearrange(world, actor, track, change)


def remove(world, actor, task):
    """Remove a task: if its turn had come, it is passed on as by skipping."""
    track = task.track
    _check_writable(world, actor, track.record)
    if task.state not in UNFINISHED:
        raise Refused("what is finished stays on record")
    if task.state == "waiting":
        rearrange(world, actor, track, lambda: track.tasks.remove(task))
        return
    task.ended = world.get_today(actor, track.company)
    task.state, task.activity, task.removed = "skipped", None, True
    task.waits = False
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
