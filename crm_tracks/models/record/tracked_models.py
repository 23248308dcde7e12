from odoo import api, models, tools
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.conditions import get_first_fields, parse_condition


class TooOldToTell(Exception):
    """What a transaction read is not for the cache that all transactions share.

    It began before the cache was last empty: others may have changed something since.

    :ivar value: what it read
    """

    def __init__(self, value):
        super().__init__()
        self.value = value


class TrackRun(models.Model):
    """Answers from the cache that all transactions share, so that they cost no query:
    which models have tracks, and which of their fields are watched by waiting
    conditions, by goals, and by tracks that follow a date. Other models, and writes of
    other fields, are left alone.
    """

    _inherit = "track.run"

    @api.model
    def _may_have_tracks(self, model_name):
        """Whether this model has a track; also if it had one not long ago."""
        return model_name in self._get_models_with_tracks()

    @api.model
    def _was_ever_found(self, what, model_name, search):
        """Whether a search has ever found anything, by the cache of all transactions.

        :param str what: the name of the search
        :param str model_name: the model of the records
        :param search: a function
        :return: bool
        """
        return self._get_kept((what, model_name), lambda: bool(search()))

    @api.model
    def _get_kept(self, key, read):
        """An answer from the cache of all transactions, which is read where it lacks.

        Code that changes the answer calls :meth:`_forget_what_is_kept`. A transaction
        that began before does not see the change, so it keeps the answer for itself: in
        the common cache it would stay for ever. Only True is final.

        :param tuple key: what is asked for
        :param read: a function that reads the answer from the database
        :return: the answer
        """
        since = self._get_start_of_cache()
        mine = self.env.cr.cache
        my_key = ("crm_tracks.kept", key, since)
        if my_key not in mine:
            try:
                return self._read_for_all(key, since, read)
            except TooOldToTell as too_old:
                mine[my_key] = too_old.value
        return mine[my_key]

    @api.model
    @tools.ormcache("key", "since")
    def _read_for_all(self, key, since, read):
        answer = read()
        if answer is not True and self.env.cr.now() <= since:
            raise TooOldToTell(answer)
        return answer

    @api.model
    @tools.ormcache()
    def _get_start_of_cache(self):
        """When the cache was last empty or later, by the clock of the database."""
        query = SQL("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        [(moment,)] = self.env.execute_query(query)
        return moment

    @api.model
    def _forget_what_is_kept(self):
        """Clear the cache, because an answer changes."""
        self.env.registry.clear_cache()
        # again after the commit: others may have read before it
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    @api.model
    def _are_known_to_have_tracks(self, vals_list):
        """Whether the models of new tracks are known to have tracks already.

        :param list vals_list: the values of the new tracks
        """
        names = {vals.get("res_model") for vals in vals_list}
        return names <= self._get_models_with_tracks()

    @api.model
    def _get_models_with_tracks(self):
        """The names of the models that have tracks, or had some when it was read.

        :return: frozenset of str
        """
        return self._get_kept(("models",), self._read_models_with_tracks)

    @api.model
    def _read_models_with_tracks(self):
        """The names of the models that have tracks.

        :return: frozenset of str
        """
        self.flush_model(["res_model", "res_id"])
        # A loose index scan: one step for each model, whatever the number of tracks.
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE model(name) AS (
                    (SELECT res_model FROM track_run ORDER BY res_model LIMIT 1)
                    UNION ALL
                    SELECT (SELECT res_model FROM track_run
                             WHERE res_model > model.name
                             ORDER BY res_model LIMIT 1)
                      FROM model WHERE model.name IS NOT NULL
                )
                SELECT name FROM model WHERE name IS NOT NULL
                """
            )
        )
        return frozenset(name for (name,) in rows)

    # ------------------------------------------------------------------
    # The fields that waiting conditions and goals watch
    # ------------------------------------------------------------------

    @api.model
    def _get_watched_fields(self, model_name):
        """The fields of a model on whose change a task may begin or a track may end.

        These are the fields from which conditions start, and those of the same model
        on which they depend if they are computed.

        :param str model_name: a model with tracks
        :return: frozenset of field names
        """
        return self._get_kept(
            ("watched fields", model_name),
            lambda: self._read_watched_fields(model_name),
        )

    @api.model
    def _read_watched_fields(self, model_name):
        if not self._may_have_tracks(model_name):
            return frozenset()
        texts = self.sudo()._search_conditions(model_name)
        names = set().union(*map(_get_first_fields, texts))
        return self._add_fields_behind(model_name, names)

    @api.model
    def _add_fields_behind(self, model_name, names):
        """Add the fields of the same model from which these are computed.

        :param set names: of fields
        :return: frozenset of field names
        """
        names = set(names)
        for field in self.env[model_name]._fields.values() if names else ():
            dependent = self.pool.get_dependent_fields(field)
            if any(
                each.model_name == model_name and each.name in names
                for each in dependent
            ):
                names.add(field.name)
        return frozenset(names)

    @api.model
    def _search_conditions(self, model_name):
        """The different goals and conditions of the unfinished tracks of a model.

        :return: list of str
        """
        Task = self.env["track.run.line"]
        of_tracks = Domain("res_model", "=", model_name)
        with_goal = of_tracks & self._get_goal_domain()
        of_tasks = Domain("run_id", "any!", of_tracks)
        with_condition = of_tasks & Task._get_condition_domain()
        goals = self._read_group(with_goal, ["goal"])
        conditions = Task._read_group(with_condition, ["condition"])
        return [text for (text,) in goals + conditions]

    def _are_watched(self, texts):
        """Whether the fields in conditions of these new tracks are watched already.

        :param texts: the conditions, with the goal
        """
        names = set().union(*map(_get_first_fields, texts))
        return names <= self._get_watched_fields(self[:1].res_model)


def _get_first_fields(text):
    try:
        return get_first_fields(parse_condition(text))
    except ValueError:
        return set()  # tasks with it fail on their day


class MailActivityMixin(models.AbstractModel):
    _inherit = "mail.activity.mixin"

    def _compute_field_value(self, field):
        result = super()._compute_field_value(field)
        if field.store and any(self._ids):
            self._tracks_note_computed(field)
        return result

    def _tracks_note_computed(self, field):
        """Look at the dates and conditions of these records at the end of the
        transaction, if they contain this stored field, which was computed again.

        The change of another record, for example of an order, may be the cause.
        """
        if not self.pool.ready:
            return
        runs = self.env["track.run"]
        if field.name not in runs._get_watched_fields(
            self._name
        ) and field.name not in runs._get_date_fields(self._name):
            return
        precommit = self.env.cr.precommit
        key = f"crm_tracks.computed.{self._name}"
        if key not in precommit.data:
            precommit.data[key] = set()
            precommit.add(self.browse()._tracks_follow_computed)
        precommit.data[key].update(id_ for id_ in self._ids if id_)

    def _tracks_follow_computed(self):
        ids = self.env.cr.precommit.data.pop(f"crm_tracks.computed.{self._name}")
        records = self.browse(sorted(ids)).exists().sudo()
        records._tracks_filter_tracked()._tracks_follow_fields()
