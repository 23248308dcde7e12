from odoo import api, models
from odoo.tools import format_date


class CrmLead(models.Model):
    """Leads are closed when they are won, lost or archived."""

    _inherit = "crm.lead"

    _TRACKS_CLOSING_FIELDS = frozenset(("active", "stage_id", "probability"))
    # a lead without a team takes its company from its contact
    _TRACKS_COMPANY_FIELDS = frozenset(
        ("company_id", "user_id", "team_id", "partner_id")
    )
    _TRACKS_MUTE_WITHOUT_TRACK = True

    def _tracks_get_closed(self):
        closed = super()._tracks_get_closed()
        for lead in self:
            # Most are plainly open: reading won_status of these would compute their
            # probability at once, which Odoo does later, for many leads together.
            may_be_closed = closed[lead.id] or lead.stage_id.is_won
            if may_be_closed and lead.won_status in ("won", "lost"):
                closed[lead.id] = lead.won_status
        return closed

    @api.model
    def _tracks_get_muting(self, reason):
        # sudo: everybody who may close a lead goes by the settings
        parameters = self.env["ir.config_parameter"].sudo()
        return parameters.get_param(f"crm_tracks.mute_{reason}") or "all"

    def _tracks_get_inactive_text(self, tasks):
        reason = self.sudo()._tracks_get_closed()[self.id]
        if not reason:
            return super()._tracks_get_inactive_text(tasks)
        day = format_date(self.env, max(tasks.run_id.mapped("date_held")))
        values = {"count": len(tasks), "day": day}
        if reason == "lost":
            return self.env._(
                "Inactive tasks: %(count)s. This was lost on %(day)s; its tasks are in "
                "nobody's list. They come back when it is restored.",
                **values,
            )
        if reason == "won":
            return self.env._(
                "Inactive tasks: %(count)s. This was won on %(day)s; its tasks are in "
                "nobody's list. They come back when it returns to an open stage.",
                **values,
            )
        return self.env._(
            "Inactive tasks: %(count)s. This was archived on %(day)s; its tasks are in "
            "nobody's list. They come back when it is unarchived.",
            **values,
        )

    def _tracks_get_reopening(self):
        # sudo: as for the text beside it; archived and won stays won when unarchived
        reason = self.sudo()._tracks_get_closed()[self.id]
        if reason == "lost":
            return {"method": "action_restore", "label": self.env._("Restore")}
        return reason != "won" and super()._tracks_get_reopening()

    def action_set_lost(self, **additional_values):
        # archived first and lost then: one closing, for the reason it ends with
        with self._tracks_following():
            return super().action_set_lost(**additional_values)

    def _merge_dependences_history(self, opportunities):
        # sudo: tracks and activities follow Odoo's own step here (rule 18)
        self.env["track.run"].sudo()._move(opportunities, self)
        return super()._merge_dependences_history(opportunities)
