from . import base_partner_merge
from . import track_apply
from . import track_reassign
