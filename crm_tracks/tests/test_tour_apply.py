from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import TOURS, PatientHttpCase


@tagged("post_install", "-at_install", TOURS)
class TestTourApply(PatientHttpCase):
    """The dialog in a real browser."""

    def setUp(self):
        super().setUp()
        self.user = self.make_person("sales_team.group_sale_salesman_all_leads")
        self.colleague = new_test_user(
            self.env,
            login="tracks_colleague",
            name="Carl Colleague",
            groups="sales_team.group_sale_salesman_all_leads",
        )
        self.template = self.env["track.template"].create(
            {
                "name": "Tour bulk track",
                "line_ids": [
                    Command.create({"sequence": 1, "summary": "Write to them"}),
                    Command.create(
                        {
                            "sequence": 2,
                            "summary": "Call them",
                            "delay_from": "previous",
                            "delay_count": 2,
                        }
                    ),
                    Command.create(
                        {
                            "sequence": 3,
                            "summary": "Send the offer",
                            "delay_from": "previous",
                            "delay_count": 1,
                        }
                    ),
                ],
            }
        )

    def make_leads(self, count):
        return self.env["crm.lead"].create(
            [
                {
                    "name": f"Bulk opportunity {number:02}",
                    "type": "opportunity",
                    "user_id": self.user.id,
                }
                for number in range(1, count + 1)
            ]
        )

    def test_apply_to_twenty_opportunities_with_one_task_left_out_and_one_given(self):
        leads = self.make_leads(20)
        self.start_tour("/odoo", "crm_tracks_apply_bulk_tour", login="tracks_tour")
        runs = leads.track_run_ids
        self.assertEqual(len(runs), 20)
        self.assertEqual(set(runs.mapped("user_id")), {self.user})
        for run in runs:
            write, offer = run.line_ids.sorted()
            self.assertEqual(write.summary, "Write to them")
            self.assertEqual((write.state, write.user_manual), ("open", True))
            self.assertEqual(write.user_id, self.colleague)
            self.assertEqual(write.activity_id.user_id, self.colleague)
            self.assertEqual(offer.due_text, "1 day after “Write to them”")

    def test_apply_to_twenty_opportunities_on_the_board_and_to_one_card(self):
        leads = self.make_leads(20)
        self.start_tour("/odoo", "crm_tracks_apply_board_tour", login="tracks_tour")
        for lead in leads:
            with self.subTest(lead=lead.name):
                runs = lead.track_run_ids
                self.assertEqual(len(runs), 2 if lead == leads[6] else 1)
                self.assertEqual(runs.template_id, self.template)
                self.assertEqual(runs.user_id, self.user)
                self.assertEqual(set(runs.mapped("state")), {"running"})
                self.assertEqual(
                    set(lead.activity_ids.mapped("summary")), {"Write to them"}
                )
                self.assertEqual(len(lead.activity_ids), len(runs))

    def test_it_is_found_in_the_palette_and_beside_odoo_s_plans(self):
        lead = self.make_leads(1)
        self.start_tour(
            f"/odoo/crm/{lead.id}", "crm_tracks_apply_places_tour", login="tracks_tour"
        )
        # the second one was taken back
        self.assertEqual(lead.track_run_ids.template_id, self.template)
        self.assertEqual(len(lead.track_run_ids), 1)
        self.assertEqual(len(lead.activity_ids), 1)
