from . import test_choice
from . import test_choice_starters
from . import test_demo
from . import test_portal
from . import test_ticket
from . import test_translations
from . import test_uninstall
