from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import TOURS, PatientHttpCase


@tagged("post_install", "-at_install", TOURS)
class TestTourBoard(PatientHttpCase):
    """From the board to the track, in a real browser."""

    def test_find_what_is_late_complete_it_on_the_form_and_open_the_track(self):
        user = self.make_person("sales_team.group_sale_salesman", tz="UTC")
        leads = self.env["crm.lead"].create(
            [
                {"name": name, "type": "opportunity", "user_id": user.id}
                for name in ("Late chairs", "Punctual tables")
            ]
        )
        template = self.make_chain("Call", "Write", days=0, name="Sales")
        late, punctual = leads.with_user(user).tracks_apply(template)
        call = late.line_ids[0]
        call.date_deadline = fields.Date.today() - timedelta(days=3)
        self.start_tour(
            "/odoo/crm?view_type=kanban", "crm_tracks_board_tour", login="tracks_tour"
        )
        self.assertEqual(call.state, "done")
        self.assertEqual(call.done_user_id, user)
        self.assertEqual(late.line_ids[1].state, "open")
        self.assertEqual(punctual.line_ids[0].state, "open")
