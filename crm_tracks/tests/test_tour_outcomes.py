from odoo import Command
from odoo.tests import tagged

from .common import TOURS, PatientHttpCase


@tagged("post_install", "-at_install", TOURS)
class TestTourOutcomes(PatientHttpCase):
    """The outcomes of a task, in the tab and the chatter of a real browser."""

    OUTCOMES = (
        {"name": "Reached"},
        {"name": "No answer", "effect": "again", "delay_count": 2},
        {"name": "Not interested", "effect": "end"},
    )

    def make_template(self):
        outcomes = [
            Command.create({"sequence": number, **values})
            for number, values in enumerate(self.OUTCOMES)
        ]
        return self.env["track.template"].create(
            {
                "name": "Sales",
                "line_ids": [
                    Command.create(
                        {"summary": "Call", "sequence": 1, "outcome_ids": outcomes}
                    ),
                    Command.create(
                        {
                            "summary": "Send the offer",
                            "sequence": 2,
                            "delay_from": "previous",
                        }
                    ),
                ],
            }
        )

    def test_select_each_outcome_in_the_tab_and_in_the_chatter(self):
        user = self.make_person("sales_team.group_sale_salesman")
        lead = self.env["crm.lead"].create(
            {"name": "Answered", "type": "opportunity", "user_id": user.id}
        )
        run = lead.with_user(user).tracks_apply(self.make_template())
        self.start_tour(
            f"/odoo/crm/{lead.id}", "crm_tracks_outcomes_tour", login="tracks_tour"
        )
        self.env.invalidate_all()
        tasks = run.line_ids.sorted()
        self.assertEqual(
            [(task.summary, task.state, task.outcome, task.round) for task in tasks],
            [
                ("Call", "done", "No answer", 0),
                ("Call", "done", "No answer", 1),
                ("Call", "done", "Not interested", 2),
                ("Send the offer", "skipped", False, 0),
            ],
        )
        self.assertEqual(
            [task.activity_id.feedback for task in tasks[:3]],
            ["Mailbox", "Engaged", "They have a supplier"],
        )
        self.assertEqual(tasks[3].skipped_by_id, tasks[2])
        self.assertEqual(run.state, "done")
        self.assertFalse(lead.activity_ids)
