from . import track_apply
