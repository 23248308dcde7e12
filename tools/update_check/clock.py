"""A clock that is frozen in Python and in transactions, and can be moved."""

from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

# A Monday. The data of the check are from the two weeks before.
NOW = "2026-03-16 10:00"
_frozen = []


@contextmanager
def standing_still():
    from odoo.sql_db import BaseCursor

    with (
        freeze_time(datetime.fromisoformat(NOW)) as frozen,
        patch.object(BaseCursor, "now", lambda cursor: datetime.now()),
    ):
        _frozen.append(frozen)
        try:
            yield
        finally:
            _frozen.pop()


def move_to(moment):
    """:param str moment: ``YYYY-MM-DD`` or ``YYYY-MM-DD HH:MM``, in UTC"""
    _frozen[-1].move_to(datetime.fromisoformat(moment))
