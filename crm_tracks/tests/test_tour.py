from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTour(HttpCase):
    """The product as people meet it, in a real browser."""

    def test_write_apply_tick_and_see_the_next_task_assigned(self):
        user = new_test_user(
            self.env,
            login="tracks_tour",
            name="Tina Tour",
            password="tracks_tour",
            groups="sales_team.group_sale_manager",
            tz="Europe/Brussels",
        )
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
