"""The assignees of tasks."""


class People:
    """Determines the assignees of tasks of these tracks; each user is read once.

    :param runs: ``track.run``, in sudo
    """

    def __init__(self, runs):
        self._owners = {
            records._name: records._tracks_get_owner()
            for records in runs._get_records_by_model()
        }
        self._assignable = {}
        self._administrators = {}

    def get_assignee(self, run, task, get_previous_doer=None):
        """The assignee of this task.

        :param run: its ``track.run``
        :param task: ``track.run.line``, or the ``track.line`` it is to be copied from
        :param get_previous_doer: a function that returns the user who last completed an
            earlier task; None if no task is done
        :return: (``res.users``, whether the task follows the owner)
        """
        wanted = None
        if task.responsible_type == "user":
            wanted = task.responsible_id
        elif task.responsible_type == "starter":
            wanted = run.user_id
        elif task.responsible_type == "previous":
            wanted = get_previous_doer and get_previous_doer()
        user, fell_to_owner = self.choose(run, wanted)
        return user, fell_to_owner or task.responsible_type == "owner"

    def is_owner(self, run, user):
        """Whether this user owns the record of this track."""
        return bool(user) and user == self._get_owner(run)

    def _get_owner(self, run):
        return self._owners.get(run.res_model, {}).get(run.res_id)

    def choose(self, run, wanted):
        """This user, or a replacement: the owner, the starter, an administrator.

        :param wanted: ``res.users``, empty, or None
        :return: (``res.users``, whether the owner is the replacement)
        """
        owner = self._get_owner(run)
        for user in (wanted, owner, run.user_id):
            if user and self._can_be_assigned(user):
                return user, user == owner and user != wanted
        company = run.company_id
        if company not in self._administrators:
            self._administrators[company] = run._get_administrator(company)
        return self._administrators[company], False

    def _can_be_assigned(self, user):
        if user not in self._assignable:
            self._assignable[user] = user._tracks_can_be_assigned()
        return self._assignable[user]
