"""The display of tracks: data of the Tracks tab, notifications of open tabs, filters,
measures and figures.

Nothing in this folder changes a track.
"""

from . import tab
from . import live
from . import ir_websocket
from . import filters
from . import measures
from . import statistics
from . import mail_activity_heading
from . import mail_activity_completion
