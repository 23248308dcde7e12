"""The models, in seven folders; each ``__init__.py`` says what its folder contains.

A model is defined in the first folder that has it. No two files override the same
method of a model, so the order of imports does not matter otherwise.
"""

from . import guard
from . import insert
from . import template
from . import run
from . import changes
from . import update
from . import record
from . import automation
from . import display
