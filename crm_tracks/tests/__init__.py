from . import test_apply
from . import test_dates
from . import test_queries
from . import test_responsible
from . import test_steps
