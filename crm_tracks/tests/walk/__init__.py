"""A walk: whatever people do, in any order, beside a plain model of what is promised.

In plain Python, with no line of the product, ``days.py`` counts days, ``model.py``,
``moves.py`` and ``events.py`` say what is to become of tracks and tasks. ``world.py``
makes the same in Odoo, ``observed.py`` reads from the database what became of it there,
and ``machine.py`` lets hypothesis choose who does what next.
"""
