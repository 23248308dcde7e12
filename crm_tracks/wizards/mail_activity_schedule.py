from odoo import api, fields, models


class MailActivitySchedule(models.TransientModel):
    """The dialog of the chatter's Activity button: tracks beside Odoo's own plans."""

    _inherit = "mail.activity.schedule"

    has_tracks = fields.Boolean(
        compute="_compute_has_tracks",
        help="A track template can be applied to these records.",
    )

    @api.depends("res_model", "res_ids")
    def _compute_has_tracks(self):
        for scheduler in self:
            records = scheduler._get_tracks_records()
            scheduler.has_tracks = bool(
                records and self.env["track.template"]._search_applicable(records)
            )

    def _get_tracks_records(self):
        """The records of this dialog, or None if they cannot have tracks.

        :return: existing records that the user may read, of any model; or None
        """
        self.ensure_one()
        model = self.env.get(self.res_model)
        ids = self._evaluate_res_ids() if model is not None else []
        if not ids or not self.env["track.run"]._can_have_tracks(model):
            return None
        return model.browse(ids).exists()._filtered_access("read")

    def action_tracks_apply(self):
        """Open the dialog that applies a track to the same records."""
        self.ensure_one()
        records = self._get_tracks_records()
        if not records:
            return {"type": "ir.actions.act_window_close"}
        return records.action_tracks_apply()
