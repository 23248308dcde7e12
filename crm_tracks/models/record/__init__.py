"""The records on which tracks run: what they tell their tracks, and what tracks add.

Here lives what the models of Odoo get: every record with activities can have tracks;
its company, owner and closing are followed, by leads, contacts, users, meetings. A
bridge to another app adds its models in the same way.
"""

from . import mail_activity_mixin
from . import mail_activity_type
from . import tracked_models
from . import follow
from . import closing
from . import merge
from . import crm_lead
from . import crm_stage
from . import res_partner
from . import res_users
from . import calendar_event
from . import ir_model
from . import res_config_settings
