"""The display of tracks: previews, data of the Tracks tab and of the chatter,
notifications of open tabs, the status of records on boards and in lists, links, tasks
to work through, filters, measures and figures.

Nothing in this folder changes a track.
"""

from . import preview
from . import preview_warnings
from . import trial
from . import tab
from . import links
from . import live
from . import ir_websocket
from . import filters
from . import record_filters
from . import status
from . import measures
from . import current
from . import custom_filters
from . import figures
from . import statistics
from . import lead_results
from . import outcome_figures
from . import endings
from . import worklist
from . import mail_activity_heading
from . import mail_activity_completion
from . import mail_thread
