from . import track_task
