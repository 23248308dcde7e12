from odoo.tests import tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestMovingIn(HelpdeskCase):
    """Definitions of projects and cases become templates for tickets."""

    def test_cases_are_tickets_and_their_tags_are_added(self):
        manager = self.make_user(
            "mover",
            "sales_team.group_sale_manager,helpdesk_mgmt.group_helpdesk_manager",
        )
        definitions = [
            {
                "id": number,
                "description": rule,
                "captureRule": rule,
                "tag": "Burning",
                "taskDefinitions": [{"description": "Answer"}],
            }
            for number, rule in enumerate(("PROJECT", "KASE", "CASE"), start=1)
        ]
        Template = self.env["track.template"].with_user(manager)
        result = Template.import_definitions("capsule", definitions)
        self.assertEqual(result["unmapped"], [])
        templates = Template.browse([row["id"] for row in result["created"]])
        for template in templates:
            self.assertEqual(
                template.res_model_ids.mapped("model"), ["helpdesk.ticket"]
            )
            self.assertEqual(template.line_ids.mapped("action"), ["update", "activity"])
        ticket = self.make_ticket(user=self.helpdesk_manager)
        ticket.tracks_apply(templates[0])
        self.run_cron()
        self.assertEqual(ticket.tag_ids.mapped("name"), ["Burning"])
