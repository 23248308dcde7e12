from odoo.tests import tagged

from .common import ActivityTeamCase


@tagged("post_install", "-at_install")
class TestActivityTeam(ActivityTeamCase):
    """Who gets the activity of a task with a team, and what becomes of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nobody = cls.env["res.users"]

    def test_a_member_gets_the_activity_in_the_name_of_the_team(self):
        self.team.member_ids += self.seller
        _run, task = self.start()
        self.assertAssigned(task, self.team, self.seller)
        self.assertTrue(task.follows_owner)

    def test_for_anybody_else_the_leader_gets_it(self):
        self.team.user_id = self.member
        _run, task = self.start()
        self.assertAssigned(task, self.team, self.member)
        self.assertFalse(task.follows_owner)

    def test_a_leader_who_is_no_member_does_not_get_it(self):
        self.team.user_id = self.employee
        self.assertAssigned(self.start()[1], self.team, self.nobody)

    def test_the_only_member_gets_it(self):
        self.team.member_ids = self.member
        self.assertAssigned(self.start()[1], self.team, self.member)

    def test_a_member_who_cannot_be_assigned_does_not_get_it(self):
        self.team.member_ids = self.portal
        self.assertAssigned(self.start()[1], self.team, self.nobody)

    def test_without_a_leader_any_member_can_complete_it(self):
        run, task = self.start()
        self.assertAssigned(task, self.team, self.nobody)
        task.activity_id.with_user(self.member).action_feedback()
        self.assertEqual(task.state, "done")
        self.assertEqual(task.done_user_id, self.member)
        self.assertAssigned(
            self.get_task(run, "Write"), self.env["mail.activity.team"], self.seller
        )

    def test_a_member_can_take_it(self):
        _run, task = self.start()
        # the field with which the form of an activity of a team is written
        task.activity_id.with_user(self.member).team_user_id = self.member
        self.assertAssigned(task, self.team, self.member)
        self.assertTrue(task.user_manual)

    def test_the_first_task_of_a_track_can_have_a_team(self):
        self.template.line_ids.activity_team_id = self.team
        self.team.user_id = self.member
        run = self.lead.with_user(self.seller).tracks_apply(self.template)
        self.assertAssigned(self.get_task(run, "Call"), self.team, self.member)

    def test_a_user_selected_by_hand_need_not_be_a_member(self):
        run, task = self.start()
        other = self.make_team("Field sales", self.seller_2)
        run.with_user(self.manager).action_reassign(self.seller_2)
        # as when a user of mail_activity_team selects another user
        self.assertAssigned(task, other, self.seller_2)

    def test_a_user_selected_before_it_begins_need_not_be_a_member(self):
        run = self.lead.with_user(self.seller).tracks_apply(self.template)
        task = self.get_task(run, "Check")
        task.with_user(self.seller).user_id = self.seller
        self.tick(run, "Call")
        self.assertAssigned(task, self.env["mail.activity.team"], self.seller)

    def test_another_owner_gets_it_only_as_a_member(self):
        self.team.member_ids += self.seller
        _run, task = self.start()
        self.lead.user_id = self.member
        self.assertAssigned(task, self.team, self.member)
        self.lead.user_id = self.seller_2
        self.assertAssigned(task, self.team, self.nobody)

    def test_an_activity_of_nobody_stays_so_with_another_owner(self):
        _run, task = self.start()
        self.lead.user_id = self.seller_2
        self.assertAssigned(task, self.team, self.nobody)

    def test_it_returns_to_the_team_when_its_record_is_open_again(self):
        _run, task = self.start()
        self.lead.action_set_lost()
        self.assertTrue(task.activity_id.muted)
        self.lead.action_unarchive()
        self.assertAssigned(task, self.team, self.nobody)

    def test_teams_that_are_archived_or_for_other_models_do_not_count(self):
        self.team.res_model_ids = self.env["ir.model"]._get("res.partner")
        self.assertEqual(self.start()[1].user_id, self.seller)
        self.team.res_model_ids += self.env["ir.model"]._get("crm.lead")
        self.assertAssigned(self.start()[1], self.team, self.nobody)
        self.team.active = False
        self.assertEqual(self.start()[1].user_id, self.seller)

    def test_members_are_told_if_the_team_says_so(self):
        def get_told():
            messages = self.env["mail.message"].search(
                [("subject", "ilike", "Team Activity"), ("res_id", "=", self.lead.id)]
            )
            return messages.notified_partner_ids

        self.start()
        self.assertFalse(get_told())
        self.team.notify_members = True
        self.start()
        self.assertEqual(get_told(), (self.member + self.member_2).partner_id)

    def test_the_preview_names_who_gets_it(self):
        self.team.user_id = self.member
        task = self.template.with_user(self.seller).preview("crm.lead", self.lead.id)
        self.assertIn(self.member.name, str(task))
