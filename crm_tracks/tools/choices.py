"""What a user chose for a task of a template when applying it."""

from datetime import date
from typing import NamedTuple


class Choice(NamedTuple):
    """The assignee and the day that a user selected for one task.

    :ivar user: the ``res.users``, or None for the assignee of the template
    :ivar day: when the task is due, or None for the day of the template
    """

    user: object = None
    day: date | None = None


# of a task for which nothing was selected
NO_CHOICE = Choice()
