from . import test_dated
from . import test_event
from . import test_loops
from . import test_loops_unseen
from . import test_missed_payments
from . import test_rules
from . import test_sales
