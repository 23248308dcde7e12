from . import toy_action
from . import toy_stage
from . import toy_ticket
