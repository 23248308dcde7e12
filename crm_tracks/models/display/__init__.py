"""What people see of tracks, and how it is kept fresh.

The data of the Tracks tab, live notifications, filters, measures and figures. Nothing
here changes a track.
"""

from . import tab
from . import live
from . import ir_websocket
from . import filters
from . import measures
from . import statistics
from . import mail_activity_heading
