from odoo import api, models, tools
from odoo.tools import SQL

from ...tools.common_cache import TooOldToTell


class TrackRun(models.Model):
    """Which models have ever had a track, in the cache that all transactions share.

    Writes on other models cost no query.
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

        Code that creates the first record calls :meth:`_forget_what_is_kept`. A
        transaction that began before does not see the record, so a negative result is
        stored in its own cache only: in the common cache it would stay for ever.

        :param str what: the name of the search
        :param str model_name: the model of the records
        :param search: a function
        :return: bool
        """
        since = self._get_start_of_cache()
        mine = self.env.cr.cache
        key = ("crm_tracks.never", what, model_name, since)
        if key not in mine:
            try:
                return self._search_for_all(what, model_name, since, search)
            except TooOldToTell:
                mine[key] = True
        return False

    @api.model
    @tools.ormcache("what", "model_name", "since")
    def _search_for_all(self, what, model_name, since, search):
        found = bool(search())
        if not found and self.env.cr.now() <= since:
            raise TooOldToTell
        return found

    @api.model
    @tools.ormcache()
    def _get_start_of_cache(self):
        """When the cache was last empty or later, by the clock of the database."""
        query = SQL("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        [(moment,)] = self.env.execute_query(query)
        return moment

    @api.model
    def _forget_what_is_kept(self):
        """Clear the cache, because the first record was created."""
        self.env.registry.clear_cache()
        # again after the commit: others may have searched before it
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    @api.model
    def _are_known_to_have_tracks(self, vals_list):
        """Whether the models of new tracks are known to have tracks already.

        :param list vals_list: the values of the new tracks
        """
        names = {vals.get("res_model") for vals in vals_list}
        return all([self._may_have_tracks(name) for name in names])
