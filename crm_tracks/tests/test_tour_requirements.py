from odoo import Command
from odoo.tests import tagged

from .common import TOURS, PatientHttpCase


@tagged("post_install", "-at_install", TOURS)
class TestTourRequirements(PatientHttpCase):
    """What a task requires, in the tab and the chatter of a real browser."""

    def test_give_what_is_required_in_the_tab_and_in_the_chatter(self):
        user = self.make_person("sales_team.group_sale_salesman")
        lead = self.env["crm.lead"].create(
            {"name": "Gated opportunity", "type": "opportunity", "user_id": user.id}
        )
        template = self.env["track.template"].create(
            {
                "name": "Sales",
                "res_model_ids": [
                    Command.set(self.env["ir.model"]._get("crm.lead").ids)
                ],
                "line_ids": [
                    Command.create(
                        {
                            "summary": summary,
                            "sequence": number,
                            "delay_from": "previous" if number else "start",
                            **values,
                        }
                    )
                    for number, (summary, values) in enumerate(
                        (
                            (
                                "Send the offer",
                                {
                                    "require_feedback": True,
                                    "required_fields": "date_deadline",
                                },
                            ),
                            ("Call", {"require_feedback": True}),
                            ("Visit", {"required_fields": "phone"}),
                        )
                    )
                ],
            }
        )
        run = lead.with_user(user).tracks_apply(template)
        self.start_tour(
            f"/odoo/crm/{lead.id}", "crm_tracks_requirements_tour", login="tracks_tour"
        )
        self.env.invalidate_all()
        tasks = run.line_ids.sorted()
        self.assertEqual(tasks.mapped("state"), ["done", "done", "skipped"])
        self.assertEqual(str(lead.date_deadline), "2030-05-05")
        self.assertEqual(
            [task.activity_id.feedback for task in tasks[:2]],
            ["Sent by mail", "They agree"],
        )
        self.assertEqual(tasks[2].skip_reason, "They visited us")
