from odoo.tests import tagged

from .common import TOURS, PatientHttpCase


@tagged("post_install", "-at_install", TOURS)
class TestTourForm(PatientHttpCase):
    """The form of a track in a real browser."""

    def test_tick_add_pause_and_stop_on_the_form_of_a_track(self):
        user = self.make_person("sales_team.group_sale_salesman")
        lead = self.env["crm.lead"].create(
            {"name": "Form opportunity", "type": "opportunity", "user_id": user.id}
        )
        template = self.make_chain("Write", "Call", "Meet", days=0, name="Sales")
        run = lead.with_user(user).tracks_apply(template)
        self.start_tour(
            f"/odoo/crm-tracks/{run.id}", "crm_tracks_form_tour", login="tracks_tour"
        )
        run.invalidate_recordset()
        self.assertEqual(run.state, "stopped")
        self.assertEqual(
            run.line_ids.sorted().mapped("summary"),
            ["Write", "Call", "Ask", "Thank", "Meet"],
        )
