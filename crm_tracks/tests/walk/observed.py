"""The actual tracks of a walk, read by SQL."""

from .things import NEW, NEW_ID


class Difference(AssertionError):
    """The database differs from the model, or violates an invariant."""


def _rows(cr, query, *args):
    cr.execute(query, args)
    names = [column.name for column in cr.description]
    return [dict(zip(names, row, strict=True)) for row in cr.fetchall()]


class Observed:
    """The stored tracks, tasks and activities of these records.

    :param cr: the cursor
    :param records: those of the model
    """

    def __init__(self, cr, records):
        places = tuple((record.model, record.id) for record in records)
        self.tracks = {
            row["id"]: row
            for row in _rows(
                cr,
                "SELECT id, res_model, res_id, template_id, state, held, start_date,"
                " end_date, user_id, company_id, progress, date_done, date_paused,"
                " goal_reached, previous_run_id, date_quiet, date_resume, series_ref,"
                " date_linked"
                " FROM track_run WHERE (res_model, res_id) IN %s",
                places,
            )
        }
        self.tasks = {
            row["id"]: row
            for row in _rows(
                cr,
                "SELECT id, run_id, sequence, state, summary, date_deadline, user_id,"
                " date_done, done_user_id, delay_from, attempts, date_retry,"
                " condition_waits, outcome, round, repeats_id, skipped_by_id,"
                " skip_reason, outcomes, date_attention, date_reminded, date_escalated"
                " FROM track_run_line"
                " WHERE run_id = ANY(%s) ORDER BY run_id, sequence, id",
                list(self.tracks),
            )
        }
        self.activities = {
            row["id"]: row
            for row in _rows(
                cr,
                "SELECT id, res_model, res_id, track_run_line_id, active, muted,"
                " summary, date_deadline, user_id, date_done, calendar_event_id,"
                " feedback"
                " FROM mail_activity WHERE (res_model, res_id) IN %s"
                " OR track_run_line_id = ANY(%s)",
                places,
                list(self.tasks),
            )
        }
        self.by_task = {}
        for row in self.activities.values():
            if row["track_run_line_id"]:
                self.by_task.setdefault(row["track_run_line_id"], []).append(row)


def compare(world, seen, company_ids):
    """Compare what is stored with the model, and learn the ids of new activities.

    :param dict company_ids: by their keys
    :return: list of differences, as text
    """
    differences = []

    def check(label, name, expected, actual):
        if expected != actual:
            differences.append(f"{label}: {name} is {actual!r}, not {expected!r}")

    _learn_tracks(world, seen)
    known = {track.id for track in world.tracks}
    check("world", "tracks", known, set(seen.tracks))
    for track in world.tracks:
        row = seen.tracks.get(track.id)
        if row:
            company_id = company_ids[track.company.key]
            check(f"track {track.id}", "company", company_id, row["company_id"])
            _compare_track(check, track, row, seen)
    for record in world.records:
        for plain in record.plain:
            row = seen.activities.get(plain.id)
            label = f"activity {plain.id} on {record.key}"
            state = "gone"
            if row:
                state = (
                    "active" if row["active"] else "muted" if row["muted"] else "done"
                )
                check(label, "place", record.id, row["res_id"])
                check(label, "person", plain.person.id, row["user_id"])
            check(label, "state", plain.state, state)
    return differences


def _learn_tracks(world, seen):
    """Learn the ids of tracks that others started, from those."""
    known = {track.id for track in world.tracks}
    for track in world.tracks:
        for id_, row in seen.tracks.items():
            follows = track.previous and row["previous_run_id"] == track.previous.id
            if not track.id and follows and id_ not in known:
                track.id = id_


def _compare_track(check, track, row, seen):
    label = f"track {track.id} ({track.template.key}) on {track.record.key}"
    for name, expected in (
        ("state", track.state),
        ("held", track.held),
        ("start_date", track.start),
        ("end_date", track.end),
        ("user_id", track.starter.id),
        ("res_id", track.record.id),
        ("progress", round(track.get_progress(), 6)),
        ("goal_reached", track.goal_reached),
        ("date_quiet", track.quiet_since),
        ("date_resume", track.resumes if track.state == "paused" else None),
        ("date_linked", track.linked),
        ("previous_run_id", track.previous and track.previous.id),
    ):
        actual = row[name]
        if name in ("held", "goal_reached", "date_linked"):
            actual = bool(actual)
        if name == "progress":
            actual = round(actual or 0, 6)
        check(label, name, expected, actual)
    tasks = [task for task in seen.tasks.values() if task["run_id"] == track.id]
    _learn_ids(track, tasks)
    check(label, "tasks", [t.id for t in track.shown()], [t["id"] for t in tasks])
    for task in track.shown():
        if task.id in seen.tasks:
            _compare_task(check, task, seen.tasks[task.id], seen)


def _learn_ids(track, rows):
    """Learn the ids of the tasks that repeat others, from their places."""
    known = {task.id for task in track.tasks}
    for task, row in zip(track.shown(), rows, strict=False):
        if task.id == NEW_ID and row["id"] not in known:
            task.id = row["id"]


def _compare_end(check, label, task, row):
    """Compare how a task ended, and why."""
    by, repeats = task.skipped_by, task.repeats
    check(label, "outcome", task.outcome, row["outcome"] or None)
    check(label, "round", task.round, row["round"] or 0)
    check(label, "repeats", repeats and repeats.id, row["repeats_id"])
    check(label, "skipped by", by and by.id, row["skipped_by_id"])
    reason = row["skip_reason"] or None
    check(label, "reason", task.reason, task.reason is True and bool(reason) or reason)


def _compare_task(check, task, row, seen):
    label = f"task {task.summary} ({task.id}) of track {task.track.id}"
    check(label, "state", task.state, row["state"])
    check(label, "summary", task.summary or None, row["summary"])
    check(label, "date_done", task.ended, row["date_done"])
    _compare_end(check, label, task, row)
    check(label, "waits", bool(task.waits), bool(row["condition_waits"]))
    if task.state in ("waiting", "planned", "open", "failed"):
        check(label, "date", task.date, row["date_deadline"])
    if task.state == "failed":
        check(label, "attempts", task.attempts, row["attempts"] or 0)
        check(label, "retry", task.retry, row["date_retry"])
    if task.state in ("open", "done") or task.person_by_hand:
        check(label, "person", task.person and task.person.id, row["user_id"])
    check(label, "reminded", task.reminded, row["date_reminded"])
    check(label, "escalated", task.escalated, row["date_escalated"])
    check(label, "looked at", bool(task.pending), bool(row["date_attention"]))
    if task.state == "done":
        check(label, "done by", task.done_by.id, row["done_user_id"])
    activities = seen.by_task.get(task.id, [])
    if not task.activity:
        check(label, "activities", [], activities)
        return
    if len(activities) != 1:
        check(label, "activities", 1, len(activities))
        return
    [activity] = activities
    if task.activity == NEW:
        task.activity = activity["id"]
    check(label, "activity", task.activity, activity["id"])
    is_open = task.state == "open"
    quiet = task.track.quiet
    check(label, "active", is_open and not quiet, activity["active"])
    check(label, "muted", is_open and quiet, bool(activity["muted"]))
    check(label, "place", task.track.record.id, activity["res_id"])
    check(label, "feedback", task.feedback, activity["feedback"])
    if is_open:
        check(label, "activity's date", task.date, activity["date_deadline"])
        check(label, "activity's person", task.person.id, activity["user_id"])
        if not task.meeting:
            check(label, "activity's words", task.summary, activity["summary"])
