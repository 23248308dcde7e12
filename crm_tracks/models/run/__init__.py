"""Tracks: one template applied to one record, from its start to its end.

Here lives what moves a track by itself: how it starts, whose turn it is, whether a task
may begin and on which day, who does it, and the activities of its open tasks. What
people change in a running track is in ``changes``; what Odoo carries out for them, in
``automation``.
"""

from . import track_run
from . import track_run_line
from . import record
from . import gate
from . import start
from . import advance
from . import completion
from . import choices
from . import preview
from . import pause
from . import access
from . import responsible
from . import messages
from . import as_template
from . import mail_activity
from . import mail_activity_muting
