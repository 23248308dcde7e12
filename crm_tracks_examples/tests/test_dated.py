from datetime import date

from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_tracks.tests.common import TracksCase


@tagged("post_install", "-at_install")
class TestInvoiceDueDate(TracksCase):
    """A template of invoices that counts back from their due date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_template(
            {"summary": "Ask for the invoice", "delay_from": "end", "delay_count": 7},
            {"summary": "Check the payment", "delay_from": "end"},
            name="Before it is due",
            direction="end",
            date_field="invoice_date_due",
            res_model_ids=[Command.set(cls.env["ir.model"]._get("account.move").ids)],
        )
        cls.partner = cls.env["res.partner"].create({"name": "Customer"})

    def make_terms(self, days):
        return self.env["account.payment.term"].create(
            {
                "name": f"{days} days",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 100, "nb_days": days}
                    )
                ],
            }
        )

    def test_a_track_follows_the_due_date_that_the_payment_terms_say(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_date": "2026-03-04",
                "invoice_payment_term_id": self.make_terms(30).id,
                "invoice_line_ids": [
                    Command.create({"name": "Desk", "price_unit": 100})
                ],
            }
        )
        run = invoice.tracks_apply(self.template)
        self.assertEqual(run.end_date, date(2026, 4, 3))
        self.assertTrue(run.date_linked)
        invoice.invoice_payment_term_id = self.make_terms(60)
        self.env.cr.flush()
        self.assertEqual(invoice.invoice_date_due, date(2026, 5, 3))
        self.assertEqual(run.end_date, date(2026, 5, 3))
        self.assertTasks(
            run,
            [
                ("Ask for the invoice", "open", "2026-04-26"),
                ("Check the payment", "open", "2026-05-03"),
            ],
        )
