from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from .test_template_sources import TemplateSourcesCase


@tagged("post_install", "-at_install")
class TestTemplateOfPlan(TemplateSourcesCase):
    """Templates created from Odoo's activity plans."""

    def make_plan(self, *tasks, **values):
        """A plan of (summary, count, unit, before or after) and further values."""
        return self.env["mail.activity.plan"].create(
            {
                "name": "Hiring",
                "res_model": "crm.lead",
                "company_id": False,
                **values,
                "template_ids": [
                    Command.create(
                        {
                            "sequence": number,
                            "summary": summary,
                            "activity_type_id": self.type_todo.id,
                            "delay_count": count,
                            "delay_unit": unit,
                            "delay_from": f"{side}_plan_date",
                            **(more[0] if more else {}),
                        }
                    )
                    for number, (summary, count, unit, side, *more) in enumerate(tasks)
                ],
            }
        )

    def make_of(self, plan):
        return plan.with_user(self.manager).action_make_track_template()

    def test_a_plan_that_counts_forwards(self):
        plan = self.make_plan(
            ("Today", 0, "days", "before"),
            ("Call", 2, "days", "after", {"note": "<p>Kindly</p>"}),
            (
                "Bill",
                1,
                "months",
                "after",
                {"responsible_type": "other", "responsible_id": self.seller.id},
            ),
        )
        template = self.get_opened(self.make_of(plan))
        self.assertEqual((template.name, template.direction), ("Hiring", "start"))
        self.assertEqual(template.res_model_ids.mapped("model"), ["crm.lead"])
        self.assertFalse(template.company_id)
        self.assertLines(
            template,
            [
                ("Today", 0, "days", "start", "starter"),
                ("Call", 2, "days", "start", "starter"),
                ("Bill", 1, "months", "start", "user"),
            ],
        )
        self.assertEqual(template.line_ids[1].note, "<p>Kindly</p>")
        self.assertEqual(template.line_ids[2].responsible_id, self.seller)

    def test_a_plan_that_counts_back(self):
        plan = self.make_plan(
            ("Book", 2, "weeks", "before"), ("Go", 0, "days", "after")
        )
        template = self.get_opened(self.make_of(plan))
        self.assertEqual(template.direction, "end")
        self.assertLines(
            template,
            [
                ("Book", 2, "weeks", "end", "starter"),
                ("Go", 0, "days", "end", "starter"),
            ],
        )

    def test_a_plan_that_counts_both_ways_says_what_is_lost(self):
        plan = self.make_plan(
            ("Book", 2, "weeks", "before"),
            ("Pack", 1, "days", "before"),
            ("Thank", 3, "days", "after"),
        )
        action = self.make_of(plan)
        self.assertEqual(action["tag"], "display_notification")
        message = action["params"]["message"]
        self.assertIn("“Hiring” has tasks before and after", message)
        self.assertIn("“Book”, “Pack”.", message)
        self.assertNotIn("Thank", message)
        self.assertLines(
            self.get_opened(action["params"]["next"]),
            [
                ("Book", 0, "weeks", "start", "starter"),
                ("Pack", 0, "days", "start", "starter"),
                ("Thank", 3, "days", "start", "starter"),
            ],
        )

    def test_whoever_left_is_not_responsible(self):
        user = {"responsible_type": "other", "responsible_id": self.seller_2.id}
        plan = self.make_plan(("Call", 1, "days", "after", user))
        self.seller_2.active = False
        action = self.make_of(plan)
        self.assertIn("The record owner is", action["params"]["message"])
        self.assertIn("“Call”", action["params"]["message"])
        template = self.get_opened(action["params"]["next"])
        self.assertEqual(template.line_ids.responsible_type, "owner")

    def test_twice_makes_one_template(self):
        plan = self.make_plan(("Call", 1, "days", "after"))
        template = self.get_opened(self.make_of(plan))
        template.active = False
        self.assertEqual(self.get_opened(self.make_of(plan)), template)
        self.assertTrue(template.active)
        Template = self.env["track.template"].with_user(self.manager)
        result = Template.import_definitions("plans", plan.ids)
        self.assertEqual([row["id"] for row in result["unchanged"]], template.ids)
        # a changed one stays, and another one is created
        plan.template_ids.summary = "Write"
        again = self.get_opened(self.make_of(plan))
        self.assertNotEqual(again, template)
        self.assertEqual(template.line_ids.summary, "Call")
        self.assertEqual(self.get_opened(self.make_of(plan)), again)

    def test_the_dialog_says_which_plans_have_a_template(self):
        self.env["mail.activity.plan"].search([]).active = False
        plans = [
            self.make_plan(("Call", 1, "days", "after"), name=name)
            for name in ("A", "B", "C")
        ]
        for plan in plans[:2]:
            self.make_of(plan)
        plans[1].template_ids.delay_count = 4
        form = Form(self.env["track.library"].with_user(self.manager))
        form.source = "plan"
        dialog = form.save()
        self.assertEqual(
            dialog.line_ids.mapped("remark"),
            [
                "Already exists.",
                "Already exists, but was changed. Another template will be created.",
                False,
            ],
        )

    def test_the_plan_of_a_company_makes_a_template_of_that_company(self):
        plan = self.make_plan(("Call", 1, "days", "after"), company_id=self.company.id)
        self.assertEqual(self.get_opened(self.make_of(plan)).company_id, self.company)
        plan.company_id = self.company_2
        with self.assertRaises(AccessError):
            self.make_of(plan)

    def test_only_tracks_administrators_make_templates(self):
        plan = self.make_plan(("Call", 1, "days", "after"))
        for user in (self.seller_all, self.employee, self.portal):
            with self.assertRaises(AccessError):
                plan.with_user(user).action_make_track_template()

    def test_the_dialog_lists_the_plans_and_makes_several(self):
        self.env["mail.activity.plan"].search([]).active = False
        mixed = self.make_plan(
            ("Book", 2, "weeks", "before"), ("Thank", 3, "days", "after")
        )
        plain = self.make_plan(("Call", 1, "days", "after"), name="Asking")
        self.make_plan(name="Empty")
        action = (
            self.env["track.template"].with_user(self.manager).action_open_library()
        )
        form = Form(self.env[action["res_model"]].with_user(self.manager))
        self.assertGreater(len(form.line_ids), 2)
        form.source = "plan"
        dialog = form.save()
        self.assertEqual(dialog.line_ids.plan_id, plain + mixed)
        self.assertEqual(dialog.line_ids.mapped("name"), ["Asking", "Hiring"])
        self.assertEqual(
            html2plaintext(dialog.line_ids[0].tasks),
            "Day 1 · Call · user starting the track",
        )
        self.assertIn("“Book”", dialog.line_ids[1].remark)
        dialog.line_ids.chosen = True
        action = dialog.action_make()
        self.assertIn("“Book”", action["params"]["message"])
        templates = self.env["track.template"].search(
            action["params"]["next"]["domain"]
        )
        self.assertEqual(set(templates.mapped("name")), {"Asking", "Hiring"})
