from odoo import api, models, tools
from odoo.tools import SQL


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
    which models have ever had a track, for example, so that others are left alone.
    """

    _inherit = "track.run"

    @api.model
    def _may_have_tracks(self, model_name):
        """Whether this model has ever had a track."""
        return self._was_ever_found(
            "tracks",
            model_name,
            lambda: self.sudo().search([("res_model", "=", model_name)], limit=1),
        )

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
        return all([self._may_have_tracks(name) for name in names])
