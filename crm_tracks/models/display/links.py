from urllib.parse import urlencode

from odoo import api, models, tools


class TrackRun(models.Model):
    """Links to a track: to its record, on the Tracks tab where the form has one."""

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
        the record has no tab.

        :return: str, without the server
        """
        self.ensure_one()
        if self._has_tab(self.res_model):
            return self._get_record_url()
        return f"/odoo/crm-tracks/{self.id}"

    def _get_showing_action(self):
        """The action that opens what :meth:`_get_url` addresses.

        On the open form of the record, the web client only selects the tab.
        """
        self.ensure_one()
        if not self._has_tab(self.res_model):
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
    def _has_tab(self, model_name):
        """Whether a form of this model has the Tracks tab."""
        views = self.env["ir.ui.view"].sudo().with_context(lang=None)
        domain = [
            ("model", "=", model_name),
            ("type", "=", "form"),
            ("arch_db", "like", 'widget="tracks"'),
        ]
        return bool(views.search_count(domain, limit=1))


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _get_action_link_params(self, link_type, **kwargs):
        # who has to log in first is led to the track afterwards, too
        params = super()._get_action_link_params(link_type, **kwargs)
        if link_type == "view" and kwargs.get("track_run_id"):
            params["track_run_id"] = kwargs["track_run_id"]
        return params
