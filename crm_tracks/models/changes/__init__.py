"""Changes of running tracks by users.

Tasks are edited, one by one and in bulk, added, removed, moved alone or with those
behind, rescheduled and reopened. What follows from a change is in ``run``.
"""

from . import edit
from . import bulk
from . import reorder
from . import moved_dates
from . import reschedule
from . import linked_dates
from . import following
from . import reopen
