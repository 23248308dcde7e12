from datetime import date, timedelta

from odoo import Command
from odoo.tests import tagged

from .common import ExamplesCase


@tagged("post_install", "-at_install")
class TestMissedPayments(ExamplesCase):
    """Overdue invoices start one track on the customer."""

    @classmethod
    def set_up_story(cls):
        cls.switch_on("rule_overdue")
        cls.rule = cls.demo("rule_overdue")
        cls.template = cls.demo("template_missed_payments")
        # Overdue invoices of the demo data are excluded.
        cls.rule.last_run = "2026-03-03 10:00:00"
        cls.customer = cls.env["res.partner"].create(
            {"name": "Late Payer", "is_company": True}
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Buyer", "parent_id": cls.customer.id}
        )

    @classmethod
    def make_invoices(cls, *days, partner=None):
        """Posted invoices that were due this number of days ago."""
        invoices = cls.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": (partner or cls.contact).id,
                    "invoice_date": cls.TODAY - timedelta(days=ago + 30),
                    "invoice_date_due": cls.TODAY - timedelta(days=ago),
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create({"name": "Desk", "price_unit": 100})
                    ],
                }
                for ago in days
            ]
        )
        invoices.action_post()
        return invoices

    def run_rules(self):
        """Run the scheduled action of the rules that are based on time."""
        cron = self.env.ref("base_automation.ir_cron_data_base_automation_check")
        with self.enter_registry_test_mode():
            cron.sudo().method_direct_trigger()

    def test_three_invoices_in_one_run_start_it_once(self):
        self.make_invoices(7, 7, 7)
        self.run_rules()
        run = self.customer.track_run_ids
        self.assertEqual(run.template_id, self.template)
        self.assertFalse(self.contact.track_run_ids)
        # no user was logged in: the starter is the user set on the action
        self.assertEqual(run.user_id, self.env.ref("base.user_admin"))
        call = self.get_task(run, "Call about the overdue invoices")
        self.assertEqual(call.user_id, self.env.ref("base.user_demo"))
        self.assertActivityFollows(call)
        # the cron of the tracks sets the tag
        self.run_cron()
        self.assertEqual(self.get_task(run, "Tag the customer").state, "done")
        self.assertEqual(self.customer.category_id, self.demo("category_delinquent"))

    def test_three_invoices_in_three_runs_start_it_once(self):
        self.make_invoices(7, 6, 5)
        for day in (4, 5, 6):
            with self.at(f"2026-03-0{day} 11:00:00"):
                self.run_rules()
                self.assertEqual(len(self.customer.track_run_ids), 1)
        self.assertEqual(self.customer.track_run_ids.start_date, date(2026, 3, 4))

    def test_what_is_paid_or_not_yet_a_week_overdue_starts_nothing(self):
        paid = self.make_invoices(7)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=paid.ids
        ).create({})._create_payments()
        self.make_invoices(6)
        self.run_rules()
        self.assertFalse(self.customer.track_run_ids)

    def test_for_a_customer_with_a_salesperson_that_one_starts_it(self):
        self.customer.user_id = self.seller
        self.make_invoices(7)
        self.run_rules()
        self.assertEqual(self.customer.track_run_ids.user_id, self.seller)

    def test_one_customer_in_the_way_of_no_other(self):
        other = self.env["res.partner"].create(
            {"name": "Other", "user_id": self.employee.id}
        )
        self.make_invoices(7, partner=other)
        self.make_invoices(7)
        self.run_rules()
        self.assertFalse(other.track_run_ids)
        self.assertIn(
            "Employee does not have permission to change this record",
            other.message_ids[0].preview,
        )
        self.assertTrue(self.customer.track_run_ids)


@tagged("post_install", "-at_install")
class TestMissedPaymentsDemo(ExamplesCase):
    def test_the_demo_customer_has_it_once_for_two_invoices(self):
        run = self.demo("partner_late_payer").track_run_ids
        self.assertEqual(run.template_id, self.demo("template_missed_payments"))
