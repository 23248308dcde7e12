"""The models, in six rooms; each says what lives there.

A model is defined in the first room that has it. No two files override the same method
of one, so that the order of imports decides nothing else.
"""

from . import guard
from . import template
from . import run
from . import changes
from . import record
from . import automation
from . import display
