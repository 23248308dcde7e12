"""To whom late tasks are escalated."""


class Escalation:
    """Finds the users to whom late tasks are escalated; each is looked up once.

    In this order: the user whom the template names, the leader of the team of the
    record, the leaders of the teams of the assignee, a Tracks administrator. The first
    of them is taken who can be assigned, works in the company of the track, can read
    the record, and is not the assignee.

    :param tasks: ``track.run.line``, in sudo
    """

    def __init__(self, tasks):
        self._env = tasks.env
        self._by_model = {}
        self._leaders = {}
        for records in tasks.run_id._get_records_by_model():
            self._by_model[records._name] = records
            self._leaders[records._name] = records._tracks_get_leader()
        self._readable = {}
        self._administrators = {}

    def get_target(self, task):
        """The ``res.users`` to whom this task is escalated, or empty."""
        for user in self._get_candidates(task):
            if self._suits(user, task):
                return user
        return self._env["res.users"]

    def _get_candidates(self, task):
        """The users who come into question, in their order, as a generator."""
        run = task.run_id
        yield run._get_chosen_escalation_user()
        yield self._leaders.get(run.res_model, {}).get(run.res_id)
        if task.user_id:
            yield from task.user_id._tracks_get_leaders()
        yield from self._get_administrators(run)

    def _get_administrators(self, run):
        """The Tracks administrators of the company of a track."""
        company = run.company_id
        if company not in self._administrators:
            found = self._env["res.users"]
            while user := run._get_administrator(company, found):
                found |= user
            self._administrators[company] = found
        return self._administrators[company]

    def _suits(self, user, task):
        run = task.run_id
        return (
            bool(user)
            and user != task.user_id
            and run.res_model in self._by_model
            and user._tracks_can_be_assigned()
            and (not run.company_id or run.company_id in user.company_ids)
            and run.res_id in self._get_readable_ids(user, run.res_model)
        )

    def _get_readable_ids(self, user, model):
        """The ids of the records of these tasks that a user can read."""
        if (user, model) not in self._readable:
            # with the rights of that user, in all of the user's companies
            seen = (
                self._by_model[model]
                .with_user(user)
                .with_context(allowed_company_ids=user.company_ids.ids)
            )
            self._readable[user, model] = set(seen._filtered_access("read")._ids)
        return self._readable[user, model]
