"""Bringing running tracks up to date with their template, which has changed since.

This folder contains what a track keeps of its template's tasks, the comparison of
tracks with their template, the update itself, its undo, and updates of many tracks by
the scheduled action. What follows from an update is the way of a track, in ``run``.
"""

from . import known_tasks
from . import obstacles
from . import plan
from . import snapshot
from . import execute
from . import described
from . import track_run_update
from . import undo
from . import cron
