from . import base_partner_merge
from . import mail_activity_schedule
from . import track_apply
from . import track_apply_choices
from . import track_apply_records
from . import track_library
from . import track_reassign
from . import track_trial
