from odoo.tests import tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestLate(HelpdeskCase):
    """Late tasks on tickets are escalated to the leader of the helpdesk team."""

    def test_the_leader_of_the_helpdesk_team_gets_the_task(self):
        self.first_level.user_id = self.helpdesk_manager
        self.template.write({"escalate_days": 2, "escalate_how": "give"})
        track = self.make_ticket().with_user(self.agent).tracks_apply(self.template)
        task = self.get_task(track, "Answer")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
        self.assertEqual(task.user_id, self.helpdesk_manager)
        self.assertActivityFollows(task)

    def test_a_leader_who_cannot_see_the_ticket_is_passed_over(self):
        self.first_level.user_id = self.employee
        self.template.write({"escalate_days": 2, "escalate_how": "give"})
        track = self.make_ticket().with_user(self.agent).tracks_apply(self.template)
        task = self.get_task(track, "Answer")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
        self.assertNotIn(task.user_id, self.employee)
        self.assertTrue(task.date_escalated)
