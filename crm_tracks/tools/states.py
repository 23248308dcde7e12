"""The states of tracks and tasks that are asked for together."""

# Tracks that have not ended.
NOT_ENDED = ("running", "paused")

# Tasks that are still to be done, and those of them that have not begun.
UNFINISHED = ("waiting", "planned", "open", "failed")
NOT_BEGUN = ("waiting", "planned")
# Tasks that somebody, or Odoo, has been through with.
FINISHED = ("done", "skipped")
