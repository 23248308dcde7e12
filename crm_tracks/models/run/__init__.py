"""Tracks: one template applied to one record, from its start to its end.

This folder contains how a track proceeds: how it starts, which task is next, whether a
task may begin and on which day, who does it, and the activities of its open tasks.
Changes by users in a running track are in ``changes``; automated tasks and the
scheduled action are in ``automation``.
"""

from . import track_run
from . import track_run_line
from . import record
from . import gate
from . import conditions
from . import start
from . import advance
from . import completion
from . import away_days
from . import requirements
from . import placeholders
from . import outcomes
from . import choices
from . import preview
from . import next_track
from . import series
from . import pause
from . import replies
from . import take_back
from . import access
from . import responsible
from . import messages
from . import reply_messages
from . import late_messages
from . import as_template
from . import mail_activity
from . import mail_activity_muting
from . import mail_message
