from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from .test_trial import TrialCase


@tagged("post_install", "-at_install")
class TestTrialAccess(TrialCase):
    """A trial needs read access, and tells nothing more than its caller may read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Call", "Write")
        cls.lead = cls.make_leads()

    def test_who_may_not_read_the_record_is_refused(self):
        foreign = self.make_leads(user=self.seller_2, name="Zsecret")
        for user in (self.seller, self.employee, self.portal):
            with self.subTest(user=user.name), self.assertRaises(AccessError) as caught:
                self.preview(self.template, foreign, user)
            self.assertNotIn("Zsecret", str(caught.exception))

    def test_who_may_not_read_the_template_is_refused(self):
        hidden = self.make_chain("Zsecret", company_id=self.company_2.id)
        for template, user in ((hidden, self.seller), (self.template, self.portal)):
            with self.subTest(user=user.name), self.assertRaises(AccessError) as caught:
                self.preview(template, self.lead, user)
            self.assertNotIn("Zsecret", str(caught.exception))

    def test_reading_the_record_is_enough(self):
        partner = self.env["res.partner"].create({"name": "Azure"})
        self.assertFalse(partner.with_user(self.employee).has_access("write"))
        first, second = self.preview(self.template, partner, self.employee)
        self.assertEqual(
            first["warnings"],
            [
                "Cannot be applied to this record now: You do not have permission to "
                "change this record"
            ],
        )
        self.assertEqual(second["warnings"], [])

    def test_what_prevents_applying_is_said_on_the_first_task(self):
        self.template.one_per_record = True
        self.lead.with_user(self.seller).tracks_apply(self.template)
        first, second = self.preview(self.template, self.lead)
        self.assertEqual(len(first["warnings"]), 1)
        self.assertIn("only one can run per record", first["warnings"][0])
        self.assertEqual(second["warnings"], [])
        self.template.one_per_record = False
        self.assertEqual(
            self.preview(self.template, self.lead)[0]["warnings"],
            ["A track of this template is already running on this record"],
        )

    def test_an_archived_template_can_be_tried(self):
        self.template.active = False
        first, _second = self.preview(self.template, self.lead)
        self.assertEqual(
            first["warnings"],
            ["Cannot be applied to this record now: The template is archived"],
        )

    def test_people_whom_the_caller_may_not_read_are_not_named(self):
        self.env["ir.rule"].create(
            {
                "name": "People of one's own companies",
                "model_id": self.env["ir.model"]._get_id("res.users"),
                "domain_force": "[('company_ids', 'in', company_ids)]",
            }
        )
        stranger = self.make_user(
            "stranger",
            "sales_team.group_sale_salesman",
            name="Zsecret",
            company_id=self.company_2.id,
            company_ids=[Command.set(self.company_2.ids)],
        )
        self.lead.write({"team_id": False, "user_id": stranger.id})
        self.lead.company_id = False
        first, second = self.preview(self.template, self.lead, self.seller_all)
        for row in (first, second):
            self.assertEqual(row["assignee"], "A user you cannot access")
            self.assertIs(row["user_id"], False)
            self.assertNotIn("Zsecret", repr(row))

    def test_values_that_the_caller_may_not_read_are_not_named(self):
        partner = self.env["res.partner"].create(
            {"name": "Zsecret", "company_id": self.company_2.id}
        )
        template = self.make_conditional(
            {
                "action": "update",
                "update_ids": [
                    Command.create(
                        {"field_name": "partner_id", "value": str(partner.id)}
                    )
                ],
            },
            {
                "summary": "Offer",
                "delay_from": "previous",
                "condition": f"[('partner_id', '=', {partner.id})]",
            },
            {"summary": "Call", "delay_from": "previous"},
        )
        rows = self.preview(template, self.lead)
        self.assertNotIn("Zsecret", repr(rows))
        self.assertEqual(rows[0]["action"], "Contact: (no access)")
        self.assertEqual(rows[1]["due"], "Same day as “Contact: (no access)”")
        self.assertIn("(no access)", rows[1]["condition"]["text"])
        self.assertIn("Zsecret", repr(self.preview(template, self.lead, self.env.user)))

    def assertRefused(self, words, *args, template=None, **kwargs):
        template = (template or self.template).with_user(self.seller)
        with (
            self.subTest(words=words, args=args),
            self.assertRaisesRegex(UserError, words) as caught,
        ):
            template.preview(*args, **kwargs)
        self.assertNotIn("\n", str(caught.exception))

    def test_bad_input_is_one_sentence(self):
        own = ("crm.lead", self.lead.id)
        gone = self.make_leads()
        gone_id = gone.id
        gone.unlink()
        for words, args in (
            ("“no.such.model” does not support activities", ("no.such.model", 1)),
            ("“res.country” does not support activities", ("res.country", 1)),
            ("“mail.activity.mixin” does not", ("mail.activity.mixin", 1)),
            ("“None” does not support activities", (None, 1)),
            ("does not support activities", (["crm.lead"], 1)),
            ("“False” does not support activities", (False, False)),
            (f"Lead {gone_id} no longer exists", ("crm.lead", gone_id)),
            ("“7” is not a record of Lead", ("crm.lead", "7")),
            ("“None” is not a record of Lead", ("crm.lead", None)),
            ("“True” is not a record of Lead", ("crm.lead", True)),
            ("“0” is not a record", ("crm.lead", 0)),
            ("“-1” is not a record", ("crm.lead", -1)),
            (f"“{2**40}” is not a record", ("crm.lead", 2**40)),
            ("“soon” is not a date. Enter “Start Date”", (*own, "soon")),
            ("“5” is not a date", (*own, 5)),
            ("“soon” is not a date. Enter “End Date”", (*own, None, "soon")),
            ("outside of the calendar", (*own, "1889-01-01")),
            ("lies before the start date", (*own, "2026-03-05", "2026-03-04")),
        ):
            self.assertRefused(words, *args)

    def test_a_template_that_does_not_fit_is_one_sentence(self):
        own = ("crm.lead", self.lead.id)
        backwards = self.make_template(
            {"summary": "Book", "delay_from": "end"}, direction="end", name="Event"
        )
        partners = self.make_chain(
            "Call", res_model_ids=self.env["ir.model"]._get("res.partner").ids
        )
        gone = self.make_chain("Call")
        gone.unlink()
        for words, template in (
            ("“Event …” counts back from an end date. Enter that date.", backwards),
            ("does not apply to Lead. Select another template", partners),
            ("has no tasks. Add tasks before", self.make_template(name="Empty")),
            ("This track template no longer exists", gone),
            ("Select one", self.template + backwards),
        ):
            self.assertRefused(words, *own, template=template)
        self.assertRefused(
            "lies before the start date",
            *own,
            template=backwards,
            start_date="2026-03-05",
            end_date="2026-03-04",
        )

    @users("tracks_seller")
    def test_false_stands_for_no_date(self):
        rows = self.template.with_env(self.env).preview(
            "crm.lead", self.lead.id, False, False
        )
        self.assertEqual(rows[0]["date"], "2026-03-04")
