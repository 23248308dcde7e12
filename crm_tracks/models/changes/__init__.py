"""What people change in a running track by hand.

Tasks edited, added, removed, moved, dated anew and reopened. What follows from a change
is the track's own way, in ``run``.
"""

from . import edit
from . import reorder
from . import moved_dates
from . import reschedule
from . import reopen
