from odoo.tests import tagged

from odoo.addons.crm_tracks_helpdesk_mgmt.hooks import uninstall_hook

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestUninstall(HelpdeskCase):
    """Uninstalling unmutes the activities that a stage muted.

    The real uninstall is in ``tools/uninstall_check.sh``.
    """

    def test_activities_of_closed_tickets_without_a_track_come_back(self):
        closed = self.make_ticket()
        archived = self.make_ticket()
        activities = [
            ticket.activity_schedule(
                "mail.mail_activity_data_todo", summary="Plain", user_id=self.agent.id
            )
            for ticket in (closed, archived)
        ]
        closed.stage_id = self.stage_done
        archived.action_archive()
        messages = self.env["mail.message"].search_count([])
        uninstall_hook(self.env)
        self.assertTrue(activities[0].active)
        self.assertFalse(activities[0].muted)
        # the ticket is closed without the addon as well
        self.assertTrue(activities[1].muted)
        self.assertEqual(self.env["mail.message"].search_count([]), messages)
