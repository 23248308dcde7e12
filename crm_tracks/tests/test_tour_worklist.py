from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import TOURS, PatientHttpCase


@tagged("post_install", "-at_install", TOURS)
class TestTourWorklist(PatientHttpCase):
    """Working through tasks, and changing many at once, in a real browser."""

    def test_work_through_tasks_then_move_and_skip_some(self):
        user = self.make_person(
            "sales_team.group_sale_salesman,base.group_partner_manager", tz="UTC"
        )
        template = self.make_chain("Call", "Write", days=0, name="Sales")
        leads = self.env["crm.lead"].create(
            [
                {"name": name, "type": "opportunity", "user_id": user.id}
                for name in ("Chairs", "Tables")
            ]
        )
        partner = self.env["res.partner"].create({"name": "A customer"})
        runs = leads.with_user(user).tracks_apply(template)
        run = partner.with_user(user).tracks_apply(template)
        today = fields.Date.today()
        tasks = (runs[0] + run + runs[1]).line_ids.filtered(
            lambda task: task.summary == "Call"
        )
        for task, days in zip(tasks, (3, -1, -5), strict=True):
            task.with_user(user).date_deadline = today + timedelta(days=days)
        self.start_tour(
            "/odoo/track-tasks", "crm_tracks_worklist_tour", login="tracks_tour"
        )
        self.assertEqual(set(tasks.mapped("state")), {"done"})
        self.assertEqual(tasks.done_user_id, user)
        following = (runs + run).line_ids - tasks
        moved = following.filtered(lambda task: task.run_id in runs)
        self.assertEqual(
            set(moved.mapped("date_deadline")), {today + timedelta(days=10)}
        )
        skipped = following - moved
        self.assertEqual(
            (skipped.state, skipped.skip_reason), ("skipped", "Not needed")
        )
