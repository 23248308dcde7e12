from . import test_dated
from . import test_docs
from . import test_new_action
from . import test_other_models
from . import test_partner
from . import test_record_views
from . import test_ticket
