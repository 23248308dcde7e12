"""A walk: random actions of users, compared with a plain model of the rules.

``days.py`` calculates dates, and ``things.py``, ``model.py``, ``moves.py``,
``endings.py``, ``pauses.py`` and ``events.py`` define the expected tracks and tasks;
they are plain Python without code of the addon. ``templates.py`` and ``world.py``
create the same records in Odoo, ``observed.py`` reads the actual result from the
database, and ``machine.py`` lets hypothesis select the next action, from those of
``rules_*.py``.
``sabotage`` contains defects that a walk has to notice.
"""
