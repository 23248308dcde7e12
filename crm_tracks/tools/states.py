"""Groups of states of tracks and tasks."""

# Tracks that have not ended.
NOT_ENDED = ("running", "paused")

# Unfinished tasks, in the order by which one is the current task of a track.
UNFINISHED = ("open", "failed", "planned", "waiting")
# Those of them that have not begun.
NOT_BEGUN = ("waiting", "planned")
# Tasks that were completed or skipped.
FINISHED = ("done", "skipped")
