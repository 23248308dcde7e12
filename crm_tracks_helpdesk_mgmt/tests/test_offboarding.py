from odoo.tests import tagged

from .common import TicketTaskCase


@tagged("post_install", "-at_install")
class TestOffboarding(TicketTaskCase):
    """Offboarding a client, from the first day to the last e-mail.

    Uses the template of the demo data.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env.ref(
            "crm_tracks_helpdesk_mgmt.template_offboarding", raise_if_not_found=False
        )
        cls.client = cls.env["res.partner"].create(
            {
                "name": "Harbour Bakery",
                "is_company": True,
                "email": "office@bakery.example",
                "user_id": cls.seller.id,
            }
        )

    def setUp(self):
        super().setUp()
        if not self.template:
            self.skipTest("crm_tracks_helpdesk_mgmt was installed without demo data")

    def get_mails(self):
        """The e-mails to the client."""
        return self.env["mail.mail"].search([("recipient_ids", "in", self.client.ids)])

    def test_a_client_is_offboarded(self):
        run = self.client.with_user(self.starter).tracks_apply(self.template)
        confirm, update, make_ticket, invoice, goodbye = run.sudo().line_ids

        # the first day: a user confirms, and nothing happens for thirty days
        self.assertEqual(confirm.user_id, self.seller)
        self.tick(run, "Confirm the end of the contract")
        self.assertEqual(str(update.date_deadline), "2026-04-03")
        with self.at("2026-04-02 10:00:00"):
            self.run_cron()
            self.assertEqual(update.state, "planned")
            self.assertEqual(self.client.user_id, self.seller)
            # the client is archived in the meantime: this track continues
            self.client.action_archive()
            self.assertFalse(run.sudo().held)

        # after thirty days: a field changes, a tag is set, a ticket is created
        with self.at("2026-04-03 10:00:00"):
            self.run_cron()
            self.run_cron()
            self.assertFalse(self.client.user_id)
            self.assertEqual(self.client.category_id.mapped("name"), ["Former client"])
            self.assertIn("Salesperson: Seller → –", update.result_text)
            ticket = make_ticket.ticket_id
            self.assertEqual(ticket.name, "Close the accounts and return the data")
            self.assertIn("Close the accounts of all users", ticket.description)
            self.assertEqual(ticket.partner_id, self.client)
            self.assertEqual(
                ticket.team_id, self.env.ref("helpdesk_mgmt.helpdesk_team_2")
            )
            self.assertEqual(ticket.create_uid, self.starter)
            self.assertIn(ticket.display_name, make_ticket.result_text)
            # and the invoice is assigned to the starter of the track
            self.assertEqual(invoice.user_id, self.starter)
            self.assertEqual(str(invoice.date_deadline), "2026-04-07")
            self.assertActivityFollows(invoice)
            self.assertEqual(goodbye.state, "waiting")
            self.assertFalse(self.get_mails())

        # the last task of a user, and the e-mail after it
        with self.at("2026-04-07 10:00:00"):
            self.tick(run, "Send the last invoice")
            self.run_cron()
            mail = self.get_mails()
            self.assertEqual(mail.recipient_ids, self.client)
            self.assertEqual(mail.state, "outgoing")
            self.assertIn("Dear Harbour Bakery", mail.body_html)
            self.assertEqual(mail.author_id, self.starter.partner_id)
            self.assertEqual(goodbye.result_text, "Sent to Harbour Bakery")
            self.assertEqual(run.sudo().state, "done")

    def test_what_the_ticket_starts_is_the_team_s_own_track(self):
        self.env.ref(
            "helpdesk_mgmt.helpdesk_team_2"
        ).track_template_ids = self.make_chain("Answer", name="For the helpdesk")
        run = self.client.with_user(self.starter).tracks_apply(self.template)
        run.line_ids[1].action_run_now()
        run.line_ids[2].action_run_now()
        [started] = run.sudo().line_ids.ticket_id.track_run_ids
        self.assertEqual(started.name, "For the helpdesk")
        self.assertEqual(started.user_id, self.starter)
