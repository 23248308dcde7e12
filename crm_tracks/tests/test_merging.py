from odoo.tests import tagged, users

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestMerging(TracksCase):
    """Tracks move to the merged record, and to its company."""

    @users("tracks_manager")
    def test_tracks_of_merged_leads_go_to_the_company_of_the_survivor(self):
        self.manager.company_ids += self.company_2
        leads = self.make_leads(3, user=self.manager, team_id=False)
        leads[1:].company_id = self.company_2
        leads[0].probability = 90
        leads = leads.with_env(self.env)
        runs = leads.tracks_apply(self.make_chain("Call", "Write"))
        self.assertEqual(runs.mapped("company_id"), self.company + self.company_2)

        self.assertEqual(leads.merge_opportunity(), leads[0])

        self.assertEqual(len(runs), 3)
        for run in runs:
            self.assertEqual(run.company_id, self.company)
