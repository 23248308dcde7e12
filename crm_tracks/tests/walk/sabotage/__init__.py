"""Defects of the addon, each of which a walk has to notice.

``./dev walk --break NAME`` walks with one of them, or with all of them one by one. Only
the standard library is imported at the top of these files, because the script reads the
names from here.
"""

from . import course, dates, late, options, pauses, people, series
from .registry import SABOTAGES
