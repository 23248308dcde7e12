"""Groups of states of tracks and tasks."""

# Tracks that have not ended.
NOT_ENDED = ("running", "paused")

# Unfinished tasks, and those of them that have not begun.
UNFINISHED = ("waiting", "planned", "open", "failed")
NOT_BEGUN = ("waiting", "planned")
# Tasks that were completed or skipped.
FINISHED = ("done", "skipped")
