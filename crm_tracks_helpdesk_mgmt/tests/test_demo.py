from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The demo data contain tickets whose team started a track, in three states."""

    def test_the_tickets_show_what_they_say(self):
        for name, progress, held in (
            ("ticket_lamp", "0 of 6", False),
            ("ticket_drawer", "1 of 6", False),
            ("ticket_delivery", "1 of 6", True),
        ):
            with self.subTest(ticket=name):
                ticket = self.env.ref(f"crm_tracks_helpdesk_mgmt.{name}")
                [run] = ticket.track_run_ids
                self.assertEqual(run.user_id, self.env.ref("base.user_demo"))
                self.assertEqual(run.progress_text, progress)
                self.assertEqual(run.held, held)
                self.assertEqual(any(run.line_ids.activity_id.mapped("muted")), held)

    def test_a_query_is_open_again_since_the_customer_wrote_back(self):
        ticket = self.env.ref("crm_tracks_helpdesk_mgmt.ticket_handle")
        self.assertFalse(ticket.closed)
        [run] = ticket.track_run_ids
        self.assertEqual(run.progress_text, "1 of 6")
        self.assertFalse(run.held)
        self.assertTrue(run.line_ids.activity_id.filtered("active"))
        self.assertTrue(ticket.closed_date)  # the ticket was closed before
        self.assertIn(ticket.partner_id, ticket.message_ids.author_id)

    def test_two_clients_are_on_their_way_out(self):
        cinema = self.env.ref("crm_tracks_helpdesk_mgmt.partner_cinema")
        hotel = self.env.ref("crm_tracks_helpdesk_mgmt.partner_hotel")
        template = self.env.ref("crm_tracks_helpdesk_mgmt.template_offboarding")
        runs = cinema.track_run_ids + hotel.track_run_ids
        self.assertEqual(runs.template_id, template)
        self.assertEqual(runs.mapped("progress_text"), ["3 of 5", "1 of 5"])
        for run, states in zip(
            runs,
            (
                ["done", "done", "done", "open", "waiting"],
                ["done", "planned", "waiting", "waiting", "waiting"],
            ),
            strict=True,
        ):
            self.assertEqual(run.line_ids.mapped("state"), states)
        self.assertFalse(cinema.user_id)
        [ticket] = cinema.track_run_ids.line_ids.ticket_id
        self.assertEqual(ticket.partner_id, cinema)
        self.assertEqual(ticket.track_maker_name, "Brightside Cinema")
        # the helpdesk uses another track for tickets
        self.assertTrue(ticket.track_run_ids)
