"""What happens without anybody's hand.

The scheduled action, automated tasks and what each of their actions does, what is tried
again after a failure, tracks that start and stop by server actions and automation
rules, and what keeps these from starting one another without end.
"""

from . import origin
from . import execution
from . import actions
from . import cron
from . import retry
from . import start_stop
from . import ir_actions_server
from . import ir_actions_server_checks
