from urllib.parse import urlencode

from odoo import api, models, tools
from odoo.fields import Domain


class TrackRun(models.Model):
    """Links to a track: to its record, where the form shows the track on its Tracks tab
    or in its chatter.
    """

    _inherit = "track.run"

    def _get_record_url(self):
        """The address of the record of this track, which opens at the track.

        :return: str, without the server; for messages, too
        """
        self.ensure_one()
        place = {
            "model": self.res_model,
            "res_id": self.res_id,
            "track_run_id": self.id,
        }
        return f"/mail/view?{urlencode(place)}"

    def _get_url(self):
        """The address of this track: of its record, or of its own form if the form of
        the record does not show it.

        :return: str, without the server
        """
        self.ensure_one()
        if self._is_on_form_of(self.res_model):
            return self._get_record_url()
        return f"/odoo/crm-tracks/{self.id}"

    def _get_showing_action(self):
        """The action that opens what :meth:`_get_url` addresses.

        On the open form of the record, the web client only scrolls to the track.
        """
        self.ensure_one()
        if not self._is_on_form_of(self.res_model):
            return self.action_open()
        return {
            "type": "ir.actions.client",
            "tag": "crm_tracks.show_track",
            "params": {
                "run_id": self.id,
                "res_model": self.res_model,
                "res_id": self.res_id,
            },
        }

    @api.model
    @tools.ormcache("model_name", cache="templates")
    def _is_on_form_of(self, model_name):
        """Whether a form of this model shows tracks: it has the tab, or a chatter."""
        is_thread = isinstance(self.env.get(model_name), self.pool["mail.thread"])
        shown = [Domain("arch_db", "like", 'widget="tracks"')]
        if is_thread:
            shown.append(Domain("arch_db", "like", "<chatter"))
        views = self.env["ir.ui.view"].sudo().with_context(lang=None)
        domain = Domain("model", "=", model_name) & Domain("type", "=", "form")
        return bool(views.search_count(domain & Domain.OR(shown), limit=1))
