from . import test_activity_team
from . import test_team_templates
from . import test_translations
