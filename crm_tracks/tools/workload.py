"""How many tasks users have, to deal tasks among the members of a role or team."""

from collections import Counter

from odoo.fields import Domain


class Workload:
    """The open tasks of some users in tracks that are not on hold.

    They are counted in one query when they are first asked for; tasks that are being
    assigned count on, also those from before.

    :param runs: ``track.run``, in sudo; only their environment is used
    :param get_users: a function that returns all ``res.users`` who may be asked about
    """

    def __init__(self, runs, get_users):
        self._runs = runs
        self._get_users = get_users
        self._counts = None
        self._added = Counter()

    def get_least_busy(self, users):
        """Who of these users has the fewest open tasks, of several the lowest id.

        :param users: ``res.users``
        :return: ``res.users``, empty without users
        """
        if not users:
            return users
        counts = self._count()
        return min(
            users,
            key=lambda user: (
                counts.get(user.id, 0) + self._added[user.id],
                user.id,
            ),
        )

    def add(self, user):
        """Count a task that is being assigned to this user."""
        if user:
            self._added[user.id] += 1

    def _count(self):
        if self._counts is None:
            awake = self._runs._get_awake_domain()
            open_tasks = (
                Domain("user_id", "in", self._get_users().ids)
                & Domain("state", "=", "open")
                & Domain("run_id", "any", awake)
            )
            groups = self._runs.env["track.run.line"]._read_group(
                open_tasks, ["user_id"], ["__count"]
            )
            self._counts = {user.id: count for user, count in groups}
        return self._counts
