from odoo.tests import tagged

from .test_trial import TrialCase


@tagged("post_install", "-at_install")
class TestTrialConditions(TrialCase):
    """A trial says whether conditions are met now, to those who may know."""

    def assertCondition(self, condition, state, now, user=None, lead=None, **values):
        template = self.make_conditional(
            {"summary": "Offer", "condition": condition, **values}
        )
        [row] = self.preview(template, lead or self.make_leads(), user)
        self.assertEqual(
            (row["condition"]["state"], row["condition"]["now"]), (state, now)
        )
        return row

    def test_a_condition_says_whether_it_is_met_now(self):
        lead = self.make_leads(priority="3")
        condition = "[('priority', '=', '3')]"
        row = self.assertCondition(condition, "met", "Met now", lead=lead)
        self.assertEqual(
            row["condition"]["text"], "Only if Priority is Very High, else skipped"
        )
        self.assertEqual(row["options"], [])
        lead.priority = "1"
        row = self.assertCondition(
            condition, "not_met", "Not met now", lead=lead, condition_else="wait"
        )
        self.assertEqual(row["condition"]["text"], "Waits until Priority is Very High")

    def test_a_task_without_a_condition_says_nothing(self):
        [row] = self.preview(
            self.make_conditional({"summary": "Call"}), self.make_leads()
        )
        self.assertIs(row["condition"], False)

    def test_today_in_a_condition_is_the_day_of_the_company(self):
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        lead = self.make_leads(date_deadline="2026-03-05")
        condition = "[('date_deadline', '=', 'today')]"
        self.assertCondition(condition, "not_met", "Not met now", lead=lead)
        with self.at("2026-03-04 12:00:00"):  # the 5th in Auckland
            self.assertCondition(condition, "met", "Met now", lead=lead)

    def test_a_field_that_the_caller_may_not_read_hides_the_answer(self):
        lead = self.make_leads(referred="Zsecret")
        for condition in (
            "[('referred', '=', 'Zsecret')]",
            "[('referred', '=', 'another')]",
        ):
            template = self.make_conditional(
                {"summary": "Offer", "condition": condition},
                goal="[('referred', '=', 'Zsecret')]",
            )
            field = self.env["crm.lead"]._fields["referred"]
            self.patch(field, "groups", "base.group_system")
            [row] = self.preview(template, lead)
            self.patch(field, "groups", None)
            self.assertEqual(row["condition"]["state"], "hidden")
            self.assertNotIn("Zsecret", repr(row))
            self.assertEqual(row["warnings"], [])

    def test_a_record_that_the_caller_may_not_read_hides_the_answer(self):
        partner = self.env["res.partner"].create({"name": "Hidden", "ref": "Zsecret"})
        partner.category_id = self.env["res.partner.category"].create({"name": "Big"})
        lead = self.make_leads(partner_id=partner.id)
        partner.company_id = self.company_2
        both = self.company + self.company_2
        for condition in (
            "[('partner_id.ref', '=', 'Zsecret')]",
            "[('partner_id.ref', '!=', 'Zsecret')]",
            "[('partner_id', 'any', [('ref', '=', 'Zsecret')])]",
            "[('partner_id.category_id', '!=', False)]",
            "['|', ('priority', '=', '0'), ('partner_id.ref', '=', 'x')]",
        ):
            with self.subTest(condition=condition):
                self.assertCondition(
                    condition,
                    "hidden",
                    "You do not have access to its values",
                    lead=lead,
                )
        template = self.make_conditional(
            {"summary": "Offer", "condition": "[('partner_id.ref', '=', 'Zsecret')]"}
        )
        self.manager.company_ids = both
        [row] = (
            template.with_user(self.manager)
            .with_context(allowed_company_ids=both.ids)
            .preview("crm.lead", lead.id)
        )
        self.assertEqual(row["condition"]["state"], "met")

    def test_a_child_that_the_caller_may_not_read_hides_the_answer(self):
        parent = self.env["res.partner"].create({"name": "Parent"})
        self.env["res.partner"].create(
            {"name": "x", "parent_id": parent.id, "company_id": self.company_2.id}
        )
        lead = self.make_leads(partner_id=parent.id)
        self.assertCondition(
            "[('partner_id', '!=', False)]", "met", "Met now", lead=lead
        )
        self.assertCondition(
            "[('partner_id.child_ids', '=', False)]",
            "hidden",
            "You do not have access to its values",
            lead=lead,
        )

    def test_what_cannot_be_evaluated_says_so_and_leaves_the_others(self):
        template = self.make_conditional(
            {"summary": "One", "condition": "[('priority', '=', '0')]"},
            {"summary": "Two", "condition": "[('priority', '=', '0')]"},
            {"summary": "Three", "condition": "[('priority', '=', '0')]"},
        )
        self.env.cr.execute(
            "UPDATE track_line SET condition = %s WHERE id = %s",
            ["[('x_gone', '=', 1)]", template.line_ids[1].id],
        )
        self.env.invalidate_all()
        rows = self.preview(template, self.make_leads())
        self.assertEqual(
            [row["condition"]["state"] for row in rows], ["met", "broken", "met"]
        )
        self.assertEqual(rows[1]["condition"]["now"], "It can no longer be evaluated")

    def test_a_goal_that_is_met_is_said_on_the_first_task(self):
        template = self.make_conditional(
            {"summary": "Call"}, {"summary": "Offer"}, goal="[('priority', '=', '3')]"
        )
        lead = self.make_leads()
        self.assertEqual(self.preview(template, lead)[0]["warnings"], [])
        lead.priority = "3"
        first, second = self.preview(template, lead)
        self.assertEqual(
            first["warnings"],
            ["The goal is met now, so the track ends before this task"],
        )
        self.assertEqual(second["warnings"], [])
        run = lead.with_user(self.seller).tracks_apply(template)
        self.assertEqual(run.state, "done")

    def test_the_dialog_counts_the_records_that_meet_a_condition(self):
        template = self.make_conditional(
            {"summary": "Offer", "condition": "[('priority', '=', '3')]"},
            goal="[('priority', '=', '3')]",
        )
        leads = self.make_leads(3)
        leads[0].priority = "3"
        wizard = (
            self.env["track.apply"]
            .with_user(self.seller)
            .create(
                {
                    "res_model": "crm.lead",
                    "res_ids": leads.ids,
                    "template_id": template.id,
                }
            )
        )
        [row] = wizard.preview
        self.assertEqual(row["condition"]["now"], "Met now on 1 of 3 records")
        self.assertEqual(row["warnings"], ["The goal is met now on 1 of 3 records"])
        wizard.choices = {str(row["id"]): {"left_out": True}}
        [row] = wizard.preview
        self.assertEqual(
            row["condition"],
            {
                "text": "Only if Priority is Very High, else skipped",
                "state": False,
                "now": "",
            },
        )
