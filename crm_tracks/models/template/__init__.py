"""Templates: defined once, and copied into each track that starts.

This folder contains what an administrator writes: templates, their tasks, the actions
of automated tasks, and the sources of templates (the library, activity plans, tracks, a
file). What a track does with its copy is in ``run``.
"""

from . import track_options_mixin
from . import track_task_mixin
from . import task_actions
from . import task_outcomes
from . import days_off
from . import replies
from . import reopening
from . import track_template
from . import late_tasks
from . import reminders
from . import repeat
from . import applicable
from . import date_field
from . import next_templates
from . import track_line
from . import responsible
from . import track_line_update
from . import track_line_outcome
from . import line_actions
from . import conditions
from . import task_requirements
from . import placeholders
from . import preview
from . import task_row
from . import library
from . import sources
from . import import_export
from . import moving_in
from . import moving_in_values
from . import activity_chains
from . import stale_types
