from odoo import Command
from odoo.tests import tagged

from .common import TOURS, PatientHttpCase


@tagged("post_install", "-at_install", TOURS)
class TestTour(PatientHttpCase):
    """The addon in a real browser."""

    def test_write_apply_tick_and_see_the_next_task_assigned(self):
        user = self.make_person("sales_team.group_sale_manager")
        lead = self.env["crm.lead"].create(
            {"name": "Tour opportunity", "type": "opportunity", "user_id": user.id}
        )
        self.start_tour("/odoo", "crm_tracks_tour", login="tracks_tour")
        run = lead.track_run_ids
        self.assertEqual(run.state, "done")
        self.assertEqual(run.user_id, user)
        self.assertEqual(run.line_ids.mapped("state"), ["done", "skipped"])
        write = run.line_ids[0]
        self.assertEqual(write.done_user_id, user)
        self.assertEqual(write.activity_id.feedback, "They want a demo")
        self.assertFalse(lead.activity_ids)

    def test_lose_see_the_tasks_inactive_restore_and_see_them_back(self):
        user = self.make_person("sales_team.group_sale_salesman")
        lead = self.env["crm.lead"].create(
            {"name": "Closing opportunity", "type": "opportunity", "user_id": user.id}
        )
        for name, summary in (("Sales", "Write to them"), ("Fair", "Book the room")):
            template = self.env["track.template"].create(
                {"name": name, "line_ids": [Command.create({"summary": summary})]}
            )
            lead.with_user(user).tracks_apply(template)
        lead.activity_schedule(
            "mail.mail_activity_data_todo",
            summary="Ask for the budget",
            user_id=user.id,
        )
        activities = lead.activity_ids
        before = activities.read(["summary", "date_deadline", "user_id", "note"])
        self.start_tour("/odoo", "crm_tracks_closing_tour", login="tracks_tour")
        self.assertEqual(lead.activity_ids, activities)
        after = activities.read(["summary", "date_deadline", "user_id", "note"])
        self.assertEqual(after, before)
        self.assertFalse(any(activities.mapped("muted")))

    def test_tick_through_to_the_end_with_notes_and_a_closing_between(self):
        user = self.make_person("sales_team.group_sale_salesman")
        lead = self.env["crm.lead"].create(
            {"name": "Long opportunity", "type": "opportunity", "user_id": user.id}
        )
        template = self.make_chain("Write", "Call", "Sign", days=0, name="Long way")
        run = lead.with_user(user).tracks_apply(template)
        self.start_tour(
            f"/odoo/crm/{lead.id}", "crm_tracks_to_the_end_tour", login="tracks_tour"
        )
        run.invalidate_recordset()
        self.assertEqual((run.state, run.progress), ("done", 100))
        tasks = run.line_ids.sorted()
        self.assertEqual(tasks.mapped("state"), ["done"] * 3)
        self.assertEqual(tasks.done_user_id, user)
        activities = [task.activity_id for task in tasks]
        self.assertEqual(
            [activity.feedback for activity in activities],
            ["They answered", "They want it", "Signed"],
        )
        self.assertIn("Ask for the budget", tasks[1].note)
        self.assertIn("Ask for the budget", activities[1].note)
        self.assertTrue(lead.active)
        self.assertFalse(lead.activity_ids)
        notes = " ".join(lead.message_ids.mapped("body"))
        for feedback in ("They answered", "They want it", "Signed"):
            self.assertIn(feedback, notes)

    def test_rename_tick_move_the_end_reorder_and_add_in_the_tab(self):
        user = self.make_person("sales_team.group_sale_salesman")
        lead = self.env["crm.lead"].create(
            {"name": "Tab opportunity", "type": "opportunity", "user_id": user.id}
        )
        sales, fair = self.env["track.template"].create(
            [
                {
                    "name": "Sales",
                    "line_ids": [
                        Command.create(
                            {
                                "summary": summary,
                                "sequence": number,
                                "delay_from": "previous" if number else "start",
                            }
                        )
                        for number, summary in enumerate(("Write", "Call", "Meet"))
                    ],
                },
                {
                    "name": "Fair",
                    "direction": "end",
                    "line_ids": [
                        Command.create(
                            {
                                "summary": "Book the room",
                                "delay_from": "end",
                                "delay_count": 10,
                            }
                        )
                    ],
                },
            ]
        )
        lead = lead.with_user(user)
        sales_run = lead.tracks_apply(sales)
        fair_run = lead.tracks_apply(fair, end_date="2030-06-30")
        self.start_tour(
            f"/odoo/crm/{lead.id}", "crm_tracks_tab_tour", login="tracks_tour"
        )
        (sales_run + fair_run).invalidate_recordset()
        self.assertEqual(sales_run.name, "Big sale")
        self.assertEqual(fair_run.name, "Fair")
        self.assertEqual(fair_run.end_date.isoformat(), "2030-07-31")
        self.assertEqual(fair_run.line_ids.date_deadline.isoformat(), "2030-07-21")
        self.assertEqual(
            fair_run.line_ids.activity_id.date_deadline.isoformat(), "2030-07-21"
        )
        self.assertEqual(
            sales_run.line_ids.sorted().mapped("summary"),
            ["Write", "Meet", "Ask for a reference", "Call"],
        )
        self.assertEqual(
            sales_run.line_ids.sorted().mapped("state"),
            ["done", "open", "waiting", "waiting"],
        )
        write = sales_run.line_ids.sorted()[0]
        self.assertEqual(write.activity_id.feedback, "They answered")
        self.assertFalse(any(sales_run.line_ids.activity_id.mapped("muted")))
