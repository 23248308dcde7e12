"""The assignees of tasks."""

from typing import Any, NamedTuple

from .absences import Presence
from .workload import Workload


class Assignee(NamedTuple):
    """Who is assigned to a task.

    :ivar user: ``res.users``
    :ivar follows_owner: whether the task follows the owner of the record: the owner is
        responsible, or replaces another user
    :ivar away: the ``res.users`` for whom the user stands in, or None
    """

    user: Any
    follows_owner: bool
    away: Any = None

    def prepare_vals(self):
        """The values of a task that is assigned so.

        :return: dict
        """
        vals = {"user_id": self.user.id, "follows_owner": self.follows_owner}
        return vals | {"stands_in_for_id": self.away.id} if self.away else vals


def filter_readable(records, user):
    """The ids of these records that a user can read, in all companies of the user.

    :param records: of one model
    :param user: ``res.users``, in sudo
    :return: set of ids
    """
    # with_user: with the rights of that user, not in sudo; no field is read
    seen = records.with_user(user).with_context(
        allowed_company_ids=user.company_ids.ids
    )
    return set(seen._filtered_access("read")._ids)


class People:
    """Determines the assignees of tasks of these tracks; each user is read once.

    What tasks need to find their assignees is read for all of these tasks together,
    when the first one asks: whether users are away, how many tasks they have, and which
    records they can read.

    :param runs: ``track.run``, in sudo
    :param tasks: the ``track.run.line`` to be assigned, or the ``track.line`` from
        which they are copied
    :param dict records: as of ``track.run._get_records``, if they were read already
    """

    def __init__(self, runs, tasks=(), records=None):
        self._runs = runs
        self._tasks = tasks
        self._records = {
            found._name: found for found in runs._get_records_by_model(records)
        }
        self._owners = {
            name: records._tracks_get_owner() for name, records in self._records.items()
        }
        self._assignable = {}
        self._administrators = {}
        self._members = {}
        self._readable = {}
        self._presence = Presence(runs.env, self._get_probable_users)
        self._workload = Workload(runs, self._get_all_members)

    def get_assignee(self, run, task, day=None, get_previous_doer=None):
        """The assignee of this task.

        :param run: its ``track.run``
        :param task: ``track.run.line``, or the ``track.line`` it is to be copied from
        :param date day: when it is due; without it, nobody counts as away
        :param get_previous_doer: a function that returns the user who last completed an
            earlier task; None if no task is done
        :return: :class:`Assignee`
        """
        kind = task.responsible_type
        wanted = None
        if kind == "user":
            wanted = task.responsible_id
        elif kind == "starter":
            wanted = run.user_id
        elif kind == "previous":
            wanted = get_previous_doer and get_previous_doer()
        elif kind == "field":
            wanted = self._get_field_user(run, task)
        elif kind in ("role", "team"):
            wanted = self._choose_member(run, task, day)
        assignee = self._choose(run, wanted, day)
        if kind == "owner":
            assignee = assignee._replace(follows_owner=True)
        assignee = task._fit_assignee(run, assignee)
        self._workload.add(assignee.user)
        return assignee

    def is_owner(self, run, user):
        """Whether this user owns the record of this track."""
        return bool(user) and user == self._get_owner(run)

    def _get_owner(self, run):
        return self._owners.get(run.res_model, {}).get(run.res_id)

    def choose(self, run, wanted, day=None):
        """This user, or a replacement: the owner, the starter, an administrator.

        If the track has stand-ins, each of them who is away is replaced by the own
        stand-in, if that one can do the task. If all are away, the first one is
        assigned all the same. The task counts as one of that user's.

        :param wanted: ``res.users``, empty, or None
        :param date day: when the task is due; without it, nobody counts as away
        :return: :class:`Assignee`
        """
        assignee = self._choose(run, wanted, day)
        self._workload.add(assignee.user)
        return assignee

    def _choose(self, run, wanted, day):
        owner = self._get_owner(run)
        first = None
        for user in (wanted, owner, run.user_id):
            if not (user and self._can_be_assigned(user)):
                continue
            fell_to_owner = user == owner and user != wanted
            away = first and first.user
            if not self._is_away(run, user, day):
                return Assignee(user, fell_to_owner, away)
            first = first or Assignee(user, fell_to_owner)
            stand_in = self._get_stand_in(run, user, day)
            if stand_in:
                return Assignee(stand_in, fell_to_owner, first.user)
        administrator = self._get_administrator(run, day if first else None)
        if first and not administrator:
            return first
        return Assignee(administrator, False, first and first.user)

    def _can_be_assigned(self, user):
        if user not in self._assignable:
            self._assignable[user] = user._tracks_can_be_assigned()
        return self._assignable[user]

    def _get_administrator(self, run, day):
        """A Tracks administrator of the track's company, who is not away on that day.

        :param date day: None for one who may be away
        """
        key = run.company_id, day
        if key not in self._administrators:
            away = []
            user = run._get_administrator(run.company_id)
            while user and self._is_away(run, user, day):
                away.append(user)
                user = run._get_administrator(run.company_id, away)
            self._administrators[key] = user
        return self._administrators[key]

    # ------------------------------------------------------------------
    # Users who are away
    # ------------------------------------------------------------------

    def _is_away(self, run, user, day):
        """Whether a user is away on that day, and somebody else does the task then."""
        if not day or run.absence != "stand_in":
            return False
        return self._presence.is_away(user.sudo(), day, run.company_id)

    def _get_stand_in(self, run, user, day):
        """The stand-in of a user who is away, if that one can do the task; or None."""
        # sudo: the acting user need not see the stand-in
        stand_in = user.sudo().track_stand_in_id
        is_there = stand_in and not self._is_away(run, stand_in, day)
        return stand_in if is_there and self._can_do(run, stand_in) else None

    def _get_probable_users(self):
        """The users about whose absence is probably asked, in sudo."""
        owners = (
            owner for owners in self._owners.values() for owner in owners.values()
        )
        users = self._runs.env["res.users"].sudo()
        users = users.union(
            *(owner.sudo() for owner in owners if owner),
            self._runs.user_id.sudo(),
            *(task.responsible_id.sudo() for task in self._tasks),
            self._get_all_members(),
        )
        return users | users.track_stand_in_id

    # ------------------------------------------------------------------
    # Members of roles and teams, and users in fields
    # ------------------------------------------------------------------

    def _choose_member(self, run, task, day):
        """The member of the role or team of a task who has the fewest open tasks.

        :return: ``res.users``, empty if no member can do the task
        """
        members = self._get_members(task)
        able = members.filtered(
            lambda user: (self._can_do(run, user) and not self._is_away(run, user, day))
        )
        return self._workload.get_least_busy(able)

    def _get_members(self, task):
        group = (
            task.responsible_type,
            task.responsible_role_id,
            task.responsible_team_id,
        )
        if group not in self._members:
            self._members[group] = task._get_members()
        return self._members[group]

    def _get_all_members(self):
        """The members of the roles and teams of all these tasks, in sudo."""
        users = self._runs.env["res.users"].sudo()
        return users.union(*(self._get_members(task) for task in self._tasks))

    def _can_do(self, run, user):
        """Whether a user can be assigned, works in the company and reads the record."""
        return (
            self._can_be_assigned(user)
            and run.company_id in user.company_ids
            and run.res_id in self._get_readable(run.res_model, user)
        )

    def _get_readable(self, model, user):
        key = model, user
        if key not in self._readable:
            records = self._records.get(model)
            self._readable[key] = filter_readable(records, user) if records else set()
        return self._readable[key]

    def _get_field_user(self, run, task):
        records = self._records.get(run.res_model)
        if not records or run.res_id not in records._ids:
            return None
        # a field can have a value for each company
        record = records.browse(run.res_id).with_prefetch(records._ids)
        return task._get_field_user(record.with_company(run.company_id))
