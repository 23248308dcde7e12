from odoo import api, models

from ...tools.loading import is_loading_data


class TrackRun(models.Model):
    """Open Tracks tabs are notified of changes.

    There is at most one notification per record and transaction. It contains only that
    the tracks of the record changed: clients that listen (``ir.websocket``) read the
    tracks again, with their own rights.
    """

    _inherit = "track.run"

    # Fields that the tab does not show.
    _UNSEEN_FIELDS = frozenset(("date_checked", "record_closed"))

    @api.model
    def _get_tab_channel(self, record):
        """The bus channel of a record's tab."""
        return (record, "crm_tracks")

    def _notify_tabs(self):
        """Notify the tabs of the records of these tracks before the commit."""
        if not self or is_loading_data(self.env):
            return
        changed = self._get_changed_for_tabs()
        for run in self.sudo():
            changed["records"][run.res_model, run.res_id] = True

    @api.model
    def _get_changed_for_tabs(self):
        """The changes of this transaction so far: records, and ids of tasks."""
        data = self.env.cr.precommit.data
        if "crm_tracks.changed" not in data:
            data["crm_tracks.changed"] = {"records": {}, "tasks": {}}
            # sudo: only the id of a record is sent, to users who may read it
            self.env.cr.precommit.add(self.sudo().browse()._send_changes)
        return data["crm_tracks.changed"]

    @api.model
    def _send_changes(self):
        """Send what :meth:`_notify_tabs` collected; called before the commit."""
        changed = self.env.cr.precommit.data.pop("crm_tracks.changed")
        tasks = self.env["track.run.line"].browse(changed["tasks"]).exists()
        places = dict(changed["records"])
        for run in tasks.run_id:
            places[run.res_model, run.res_id] = True
        for model, res_id in places:
            if model in self.env:
                self.env["bus.bus"]._sendone(
                    self._get_tab_channel(self.env[model].browse(res_id)),
                    "crm_tracks/changed",
                    {"model": model, "id": res_id},
                )


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    _UNSEEN_FIELDS = frozenset(
        (
            "attempts",
            "date_attention",
            "date_escalated",
            "date_hour",
            "date_late_from",
            "date_planned",
            "date_reminded",
            "date_retry",
            "done_rank",
        )
    )

    def _notify_tabs(self):
        if self._ids and not is_loading_data(self.env):
            # their records are looked up once, at the end
            changed = self.env["track.run"]._get_changed_for_tabs()
            changed["tasks"].update(dict.fromkeys(self._ids))
