from odoo.tests import tagged

from .common import ExamplesCase


@tagged("post_install", "-at_install")
class TestSales(ExamplesCase):
    """A stage starts a track, whose end starts the next one."""

    @classmethod
    def set_up_story(cls):
        cls.switch_on("rule_proposition", "rule_followed_through")
        cls.stage = cls.env.ref("crm.stage_lead3")
        cls.follow_through = cls.env.ref("crm_tracks.template_sales_follow_through")
        cls.onboarding = cls.env.ref("crm_tracks.template_client_onboarding")

    def finish(self, run, user):
        """Complete the tasks of a track one after the other."""
        while run.state == "running":
            for activity in run.line_ids.activity_id.filtered("active"):
                activity.with_user(user).action_feedback()

    def test_from_the_stage_to_the_second_track(self):
        lead = self.make_leads()
        self.assertFalse(lead.track_run_ids)
        lead.with_user(self.seller).stage_id = self.stage
        first = lead.track_run_ids
        self.assertEqual(first.template_id, self.follow_through)
        self.assertEqual(first.user_id, self.seller)
        self.finish(first, self.seller)
        self.assertEqual(first.state, "done")
        second = lead.track_run_ids - first
        self.assertEqual(second.template_id, self.onboarding)
        self.assertEqual((second.state, second.user_id), ("running", self.seller))
        # the end of the second track starts nothing
        self.finish(second, self.seller)
        self.assertEqual(lead.track_run_ids, second + first)

    def test_an_opportunity_created_in_the_stage(self):
        leads = self.make_leads(3, stage_id=self.stage.id)
        self.assertEqual(leads.track_run_ids.template_id, self.follow_through)
        self.assertEqual(len(leads.track_run_ids), 3)

    def test_back_and_forth_starts_it_once(self):
        lead = self.make_leads(stage_id=self.stage.id).with_user(self.seller)
        lead.stage_id = self.env.ref("crm.stage_lead1")
        lead.stage_id = self.stage
        self.assertEqual(len(lead.track_run_ids), 1)

    def test_a_stopped_track_starts_no_other(self):
        lead = self.make_leads(stage_id=self.stage.id)
        lead.track_run_ids.with_user(self.seller).action_stop()
        self.assertEqual(lead.track_run_ids.mapped("state"), ["stopped"])
