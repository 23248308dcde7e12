from . import toy_stage
from . import toy_ticket
