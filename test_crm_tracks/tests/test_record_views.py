from odoo.tests import tagged

from odoo.addons.crm_tracks.tests.test_record_views import RecordViewsCase


@tagged("post_install", "-at_install")
class TestToyViews(RecordViewsCase):
    """A model of another addon shows its tracks by one line a view."""

    def test_the_views_of_a_ticket(self):
        ticket = self.env["test.tracks.ticket"].create({"name": "Printer on fire"})
        ticket.with_user(self.employee).tracks_apply(
            self.make_chain("Answer", "Ask back"), "2026-03-02"
        )
        self.assertEqual(
            ticket.with_user(self.employee).track_status,
            "0/2 · Answer · 2 days late",
        )
        self.assertShowsTracks(
            ticket,
            self.employee,
            dict.fromkeys(("kanban", "list", "search", "form")),
        )
