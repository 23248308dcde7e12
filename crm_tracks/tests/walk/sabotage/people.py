"""Defects of who does a task: roles, teams, fields, absences and stand-ins."""

from unittest.mock import patch

from .registry import sabotage


def _get_class():
    from ....tools.people import People

    return People


def _get_workload():
    from ....tools.workload import Workload

    return Workload


@sabotage
def dealt_to_the_last(env):
    """Of members with as many open tasks, the last one gets the task."""

    def get_least_busy(self, users):
        if not users:
            return users
        counts = self._count()
        return min(
            users,
            key=lambda user: (
                counts.get(user.id, 0) + self._added[user.id],
                -user.id,
            ),
        )

    return patch.object(_get_workload(), "get_least_busy", get_least_busy)


@sabotage
def dealt_without_counting_on(env):
    """Tasks that are assigned together all go to the member who had the fewest."""
    return patch.object(_get_workload(), "add", lambda self, user: None)


@sabotage
def members_who_are_away(env):
    """Members get tasks that fall on their absence."""
    people = _get_class()

    def choose_member(self, run, task, day):
        members = self._get_members(task)
        able = members.filtered(lambda user: self._can_do(run, user))
        return self._workload.get_least_busy(able)

    return patch.object(people, "_choose_member", choose_member)


@sabotage
def members_who_see_nothing(env):
    """Members get tasks of records that they cannot read."""
    people = _get_class()
    return patch.object(
        people, "_can_do", lambda self, run, user: self._can_be_assigned(user)
    )


@sabotage
def stand_ins_who_are_away(env):
    """Whoever stands in for a user gets the task, also when away on that day."""
    people = _get_class()

    def get_stand_in(self, run, user, day):
        stand_in = user.sudo().track_stand_in_id
        return stand_in if stand_in and self._can_do(run, stand_in) else None

    return patch.object(people, "_get_stand_in", get_stand_in)


@sabotage
def nobody_stands_in(env):
    """Users get the tasks that fall on their absence."""
    people = _get_class()
    return patch.object(people, "_get_stand_in", lambda self, run, user, day: None)
