from odoo import api, models, tools
from odoo.tools import SQL


class TooOldToTell(Exception):
    """A transaction found nothing, but others may have made something since."""


class TrackRun(models.Model):
    """Which models ever had a track, kept in the cache that all transactions share.

    The writes of all others cost nothing.
    """

    _inherit = "track.run"

    @api.model
    def _may_have_tracks(self, model_name):
        """Whether this model ever had a track: those that never had pay for none."""
        return self._was_ever_found(
            "tracks",
            model_name,
            lambda: self.sudo().search([("res_model", "=", model_name)], limit=1),
        )

    @api.model
    def _was_ever_found(self, what, model_name, search):
        """Whether a search ever found anything, kept in the cache of all transactions.

        Whoever makes it find something first calls :meth:`_forget_what_is_kept`. A
        transaction that began before that does not see it, and what it does not find,
        it keeps for itself: in the cache it would stay for ever.

        :param str what: names the search
        :param str model_name: of the records that are asked for
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
        """Let everybody look anew: what nobody ever found is there now."""
        self.env.registry.clear_cache()
        # once more: others may look before it is there for them
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    @api.model
    def _are_known_to_have_tracks(self, vals_list):
        """Whether the models of new tracks ever had one, so that nothing is to forget.

        :param list vals_list: the values of the new tracks
        """
        names = {vals.get("res_model") for vals in vals_list}
        return all([self._may_have_tracks(name) for name in names])
