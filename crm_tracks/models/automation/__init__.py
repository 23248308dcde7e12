"""What Odoo does automatically.

The scheduled action, automated tasks and their actions, retries after failures,
reminders of late tasks and their escalation, tracks that are started and stopped by
server actions and automation rules, and the limits on tracks that start one another.
"""

from . import origin
from . import execution
from . import late
from . import actions
from . import repeat
from . import action_targets
from . import cron
from . import resume
from . import reminders
from . import reminders_cron
from . import retry
from . import start_stop
from . import ir_actions_server
from . import ir_actions_server_checks
