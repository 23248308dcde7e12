from odoo.tests import tagged

from odoo.addons.crm_tracks.tests.test_record_views import RecordViewsCase

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestTicketViews(HelpdeskCase, RecordViewsCase):
    """Boards, lists, searches and forms of tickets show their tracks."""

    def test_the_views_of_a_ticket(self):
        ticket = self.make_ticket()
        ticket.with_user(self.agent).tracks_apply(self.template, "2026-03-02")
        of_agent = ticket.with_user(self.agent)
        self.assertEqual(of_agent.track_status, "0/2 · Answer · 2 days late")
        self.assertEqual(of_agent.track_status_data["user"]["id"], self.agent.id)
        self.assertShowsTracks(
            ticket,
            self.agent,
            {
                "kanban": "helpdesk_mgmt.view_helpdesk_ticket_kanban",
                "list": "helpdesk_mgmt.ticket_view_tree",
                "search": "helpdesk_mgmt.helpdesk_ticket_view_search",
                "form": "helpdesk_mgmt.ticket_view_form",
            },
        )

    def test_a_closed_ticket_is_on_hold(self):
        ticket = self.make_ticket()
        ticket.with_user(self.agent).tracks_apply(self.template, "2026-03-02")
        ticket.with_user(self.agent).stage_id = self.stage_done
        of_agent = ticket.with_user(self.agent)
        self.assertEqual(of_agent.track_status, "0/2 · Answer · On hold")
        self.assertTrue(of_agent.is_on_track)
        self.assertFalse(of_agent.is_track_late)

    def test_who_may_not_read_a_ticket_reads_no_status(self):
        ticket = self.make_ticket(user_id=False, team_id=False)
        ticket.with_user(self.agent).tracks_apply(self.template)
        self.env.invalidate_all()
        self.assertFalse(ticket.with_user(self.seller).track_status)
