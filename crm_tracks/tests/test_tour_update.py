from odoo.tests import tagged

from .common import TOURS, PatientHttpCase


@tagged("post_install", "-at_install", TOURS)
class TestTourUpdate(PatientHttpCase):
    """Updating a running track, and taking that back, in a real browser."""

    def test_update_a_track_and_undo_it(self):
        user = self.make_person(
            "sales_team.group_sale_manager", login="tracks_author", name="Ada Author"
        )
        template = self.make_chain("Call", "Write", "Meet", name="Changed")
        leads = self.env["crm.lead"].create(
            [
                {"name": name, "type": "opportunity", "user_id": user.id}
                for name in ("Desks", "Chairs")
            ]
        )
        runs = leads.with_user(user).tracks_apply(template.id)
        _call, write, meet = template.line_ids.sorted()
        write.unlink()
        meet.delay_count = 9
        sign = meet.copy({"template_id": template.id, "sequence": 9})
        sign.summary = "Sign"
        before = runs.sudo().line_ids.mapped("summary")
        self.start_tour(
            f"/odoo/track-templates/{template.id}",
            "crm_tracks_update_tour",
            login="tracks_author",
        )
        self.env.invalidate_all()
        self.assertEqual(runs.sudo().line_ids.mapped("summary"), before)
        update = self.env["track.run.update"].search([("user_id", "=", user.id)])
        self.assertEqual(update.line_ids.run_id, runs[0])
        self.assertEqual(update.line_ids.state, "undone")
