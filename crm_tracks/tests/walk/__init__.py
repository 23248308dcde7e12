"""A walk: random actions of users, compared with a plain model of the rules.

``days.py`` calculates dates, and ``model.py``, ``moves.py`` and ``events.py`` define
the expected tracks and tasks; they are plain Python without code of the addon.
``world.py`` creates the same records in Odoo, ``observed.py`` reads the actual result
from the database, and ``machine.py`` lets hypothesis select the next action.
"""
