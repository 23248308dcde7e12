"""The invariants of tracks, checked on the database alone."""

UNFINISHED = ("waiting", "planned", "open", "failed")


def find_broken(seen, able, closed):
    """The violations of the invariants.

    :param Observed seen: what is stored
    :param able: ids of the users who can do a task
    :param closed: (model, id) of the records that are closed
    :return: list of violations, as text
    """
    broken = []
    for track in seen.tracks.values():
        tasks = [task for task in seen.tasks.values() if task["run_id"] == track["id"]]
        label = f"track {track['id']}"
        broken += [f"{label}: {what}" for what in _find_in_track(track, tasks)]
        broken += [f"{label}: {what}" for what in _find_overtaking(track, tasks)]
        broken += [f"{label}: {what}" for what in _find_in_outcomes(tasks)]
        broken += [f"{label}: {what}" for what in _find_in_rounds(tasks)]
        broken += [f"{label}: {what}" for what in _find_in_chain(track, seen.tracks)]
        for task in tasks:
            activities = seen.by_task.get(task["id"], [])
            for what in _find_in_task(track, task, activities, able):
                broken.append(f"task {task['summary']} ({task['id']}): {what}")
    broken += _find_in_series(seen.tracks)
    for activity in seen.activities.values():
        place = activity["res_model"], activity["res_id"]
        if activity["muted"] and activity["date_done"]:
            broken.append(f"activity {activity['id']} is muted and done")
        if activity["muted"] and not activity["track_run_line_id"]:
            if place not in closed:
                broken.append(f"activity {activity['id']} is muted on an open record")
    return broken


def _find_in_track(track, tasks):
    unfinished = [task for task in tasks if task["state"] in UNFINISHED]
    if track["state"] in ("done", "stopped") and unfinished:
        yield f"it is {track['state']}, and has unfinished tasks"
    if track["state"] in ("running", "paused") and not unfinished:
        yield "all its tasks are finished, and it is not done"
    if bool(track["date_done"]) != (track["state"] == "done"):
        yield f"it is {track['state']}, and its day of being done {track['date_done']}"
    if bool(track["date_paused"]) != (track["state"] == "paused"):
        if track["state"] != "stopped":
            yield f"it is {track['state']}, and paused on {track['date_paused']}"
    if track["state"] != "stopped" and any(
        task["state"] == "cancelled" for task in tasks
    ):
        yield "a task is cancelled, and it was not stopped"


def _find_overtaking(track, tasks):
    """No task begins before its previous task; none waits for a finished one."""
    previous = None
    for task in tasks:
        if task["state"] in ("skipped", "cancelled") and not task["date_done"]:
            continue
        quiet = track["state"] != "running" or track["held"]
        follows = task["delay_from"] == "previous" and previous
        if follows and task["state"] == "waiting" and not quiet:
            if previous["state"] in ("done", "skipped") and previous["came"]:
                yield f"task {task['summary']} waits for one that is over"
        task["came"] = not follows or (
            previous["came"] and previous["state"] in ("done", "skipped")
        )
        previous = task


def _find_in_outcomes(tasks):
    """What outcomes did is there as long as the task is finished, and no longer."""
    known = {task["id"]: task for task in tasks}
    for task in tasks:
        label = f"task {task['summary']} ({task['id']})"
        if task["outcome"] and task["state"] != "done":
            yield f"{label} has an outcome, and is {task['state']}"
        if task["outcome"] and not task["outcomes"]:
            yield f"{label} has an outcome, and none to select"
        if task["skipped_by_id"]:
            cause = known.get(task["skipped_by_id"])
            if task["state"] != "skipped" or not task["skip_reason"]:
                yield f"{label} is {task['state']}, and was skipped by another"
            if not cause or cause["state"] not in ("done", "skipped"):
                yield f"{label} was skipped by a task that is not finished"


def _find_in_rounds(tasks):
    known = {task["id"]: task for task in tasks}
    copies = [task for task in tasks if task["round"]]
    for task in copies:
        label = f"task {task['summary']} ({task['id']})"
        original = known.get(task["repeats_id"])
        if original and task["round"] != (original["round"] or 0) + 1:
            yield f"{label} is round {task['round']} of its task"
        most = max((one["again_max"] for one in task["outcomes"] or ()), default=0)
        if task["round"] > most:
            yield f"{label} is round {task['round']} of {most}"
    repeated = [
        task["repeats_id"]
        for task in copies
        if task["repeats_id"] and task["state"] in UNFINISHED
    ]
    if len(repeated) != len(set(repeated)):
        yield "a task is repeated twice at once"


def _find_in_chain(track, tracks):
    if track["previous_run_id"]:
        previous = tracks.get(track["previous_run_id"])
        names = ("res_model", "res_id")
        if not previous or any(previous[name] != track[name] for name in names):
            yield "it follows a track of another record"


def _find_in_series(tracks):
    """No two tracks of a series run, and each follows one of the same series."""
    running = [
        track["series_ref"]
        for track in tracks.values()
        if track["series_ref"] and track["state"] in ("running", "paused")
    ]
    for series in set(running):
        if running.count(series) > 1:
            yield f"{running.count(series)} tracks of series {series} run"


def _find_in_task(track, task, activities, able):
    if task["state"] == "open":
        yield from _find_in_open_task(track, task, activities, able)
    elif task["state"] == "done":
        if any(row["active"] or row["muted"] for row in activities):
            yield "it is done, and its activity is not"
        if not task["date_done"] or not task["done_user_id"]:
            yield "nobody knows who did it, or when"
    elif activities:
        yield f"it is {task['state']}, and has an activity"


def _find_in_open_task(track, task, activities, able):
    if len(activities) != 1:
        yield f"it is open, with {len(activities)} activities"
        return
    [activity] = activities
    quiet = track["state"] == "paused" or bool(track["held"])
    if activity["active"] is quiet or bool(activity["muted"]) is not quiet:
        yield "its activity is muted exactly when its track is not quiet"
    if not task["date_deadline"]:
        yield "it is open without a date"
    if task["user_id"] not in able:
        yield "whoever has it cannot do it"
    for name in ("user_id", "date_deadline"):
        if activity[name] != task[name]:
            yield f"its activity has another {name}"
