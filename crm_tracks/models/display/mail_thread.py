from odoo import models

from odoo.addons.mail.tools.discuss import Store


class MailThread(models.AbstractModel):
    """The chatter of a record: whether it shows tracks, and how a link opens there.

    Forms without the Tracks tab ask for ``tracks`` together with the other data of the
    chatter. Records of a model that never had a track cost no query, others one.
    """

    _inherit = "mail.thread"

    def _thread_to_store(self, store: Store, fields, *, request_list=None):
        result = super()._thread_to_store(store, fields, request_list=request_list)
        if "tracks" in (request_list or ()) and store.target.is_current_user(self.env):
            for thread in self:
                found = {"hasTracks": thread._tracks_has_any()}
                store.add(thread, found, as_thread=True)
        return result

    def _tracks_has_any(self):
        """Whether this record has tracks that the user may see, of whatever state."""
        self.ensure_one()
        Run = self.env["track.run"]
        if not (Run._can_have_tracks(self) and Run._may_have_tracks(self._name)):
            return False
        thread = self.sudo(False)
        field = self._fields["track_run_ids"]
        if not (thread._has_field_access(field, "read") and thread.has_access("read")):
            return False
        # sudo: readers of the record may read its tracks; checked just before
        return bool(self.sudo().track_run_ids)

    def _get_action_link_params(self, link_type, **kwargs):
        # who has to log in first is led to the track afterwards, too
        params = super()._get_action_link_params(link_type, **kwargs)
        if link_type == "view" and kwargs.get("track_run_id"):
            params["track_run_id"] = kwargs["track_run_id"]
        return params
