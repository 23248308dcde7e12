from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The demo data shows tickets whose team started a track, in three states."""

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
