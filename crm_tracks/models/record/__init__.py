"""The records on which tracks run.

This folder contains the extensions of Odoo's models: every record with activities can
have tracks, which follow its company, owner and closing. Leads, contacts, users and
meetings add their own rules. A bridge to another app extends its models in the same
way.
"""

from . import mail_activity_mixin
from . import mail_activity_type
from . import tracked_models
from . import follow
from . import dates
from . import conditions
from . import closing
from . import replies
from . import leaders
from . import merge
from . import customers
from . import crm_lead
from . import crm_stage
from . import res_company
from . import res_partner
from . import res_users
from . import calendar_event
from . import ir_model
from . import res_config_settings
