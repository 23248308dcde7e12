from odoo import api, models
from odoo.tools import format_date

from ...tools.parameters import get_parameter


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
            # Do not read won_status of open leads: it would compute the probability
            # immediately, which Odoo does later, for many leads together.
            may_be_closed = closed[lead.id] or lead.stage_id.is_won
            if may_be_closed and lead.won_status in ("won", "lost"):
                closed[lead.id] = lead.won_status
        return closed

    @api.model
    def _tracks_get_muting(self, reason):
        return get_parameter(self.env, f"crm_tracks.mute_{reason}") or "all"

    def _tracks_get_closing_text(self, day):
        reason = self.sudo()._tracks_get_closed()[self.id]
        is_lead = self.type == "lead"
        shown = format_date(self.env, day)
        if reason == "lost":
            return (
                self.env._(
                    "This lead was lost on %s. Its tasks are hidden from activity "
                    "lists. They come back when it is restored.",
                    shown,
                )
                if is_lead
                else self.env._(
                    "This opportunity was lost on %s. Its tasks are hidden from "
                    "activity lists. They come back when it is restored.",
                    shown,
                )
            )
        if reason == "won":
            return (
                self.env._(
                    "This lead was won on %s. Its tasks are hidden from activity "
                    "lists. They come back when it returns to an open stage.",
                    shown,
                )
                if is_lead
                else self.env._(
                    "This opportunity was won on %s. Its tasks are hidden from "
                    "activity lists. They come back when it returns to an open stage.",
                    shown,
                )
            )
        return super()._tracks_get_closing_text(day)

    def _tracks_get_reopening(self):
        # sudo: as for the text; a lead that is archived and won stays won if unarchived
        reason = self.sudo()._tracks_get_closed()[self.id]
        if reason == "lost":
            return {"method": "action_restore", "label": self.env._("Restore")}
        return reason != "won" and super()._tracks_get_reopening()

    def _tracks_get_leader(self):
        return {lead.id: lead.team_id.user_id for lead in self}

    def _tracks_get_entered_customer(self):
        # as Odoo names a contact of a company
        return ", ".join(filter(None, (self.partner_name, self.contact_name)))

    def action_set_lost(self, **additional_values):
        # archived, then lost: one closing, with the final reason
        with self._tracks_following():
            return super().action_set_lost(**additional_values)

    def _merge_dependences_history(self, opportunities):
        opportunities._tracks_merge_into(self)
        return super()._merge_dependences_history(opportunities)
