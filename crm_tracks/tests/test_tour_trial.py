from odoo import Command
from odoo.tests import tagged

from .common import TOURS, PatientHttpCase


@tagged("post_install", "-at_install", TOURS)
class TestTourTrial(PatientHttpCase):
    """Trying a template on a record, in a real browser."""

    def test_try_a_template_on_two_records_and_two_days(self):
        user = self.make_person(
            "sales_team.group_sale_manager", login="tracks_author", name="Ada Author"
        )
        template = self.env["track.template"].create(
            {
                "name": "Tried",
                "res_model_ids": [
                    Command.link(self.env["ir.model"]._get_id("crm.lead"))
                ],
            }
        )
        template.line_ids = [
            Command.create({"sequence": 1, "summary": "Call them"}),
            Command.create(
                {
                    "sequence": 2,
                    "summary": "Send the offer",
                    "delay_from": "previous",
                    "delay_count": 2,
                    "condition": "[('priority', '=', '3')]",
                    "condition_else": "wait",
                }
            ),
        ]
        leads = self.env["crm.lead"].create(
            [
                {
                    "name": name,
                    "type": "opportunity",
                    "user_id": user.id,
                    "priority": priority,
                }
                for name, priority in (("Urgent desks", "3"), ("Chairs", "0"))
            ]
        )
        before = leads.message_ids
        self.start_tour(
            f"/odoo/track-templates/{template.id}",
            "crm_tracks_trial_tour",
            login="tracks_author",
        )
        self.assertEqual(template.name, "Tried twice")
        self.assertFalse(leads.track_run_ids or leads.activity_ids)
        self.assertEqual(leads.message_ids, before)
        self.assertFalse(self.env["track.trial"].search([]))
