from . import track_calendar_address
