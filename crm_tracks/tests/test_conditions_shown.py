from odoo.tests import tagged

from .common import QUERIES, tagged_test
from .test_conditions import ConditionCase


@tagged("post_install", "-at_install")
class TestConditionsShown(ConditionCase):
    """Conditions and goals in the tab, and in the dialog that applies a track."""

    def read_tab(self, lead, user=None):
        self.env.invalidate_all()
        runs = self.env["track.run"].with_user(user or self.seller)
        return runs.get_tab_data("crm.lead", lead.id)["runs"]

    def test_a_task_says_once_for_what_it_waits(self):
        lead, run = self.start(self.make_call_and_offer("wait"))
        text = "Waits until Priority is Very High"
        [row] = self.read_tab(lead)
        self.assertEqual(row["tasks"][1]["options"], [text])
        self.assertFalse(row["tasks"][1]["condition_waits"])
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
            [row] = self.read_tab(lead)
        self.assertEqual(row["tasks"][1]["due_text"], text)
        self.assertEqual(row["tasks"][1]["options"], [])
        self.assertTrue(row["tasks"][1]["condition_waits"])

    def test_a_track_says_its_goal_while_it_runs_and_that_it_was_reached(self):
        template = self.make_call_and_offer("wait")
        template.write({"goal": "[('referred', '=', 'Ada')]", "run_hour": 8})
        lead, _run = self.start(template)
        [row] = self.read_tab(lead)
        self.assertEqual(row["options"][0], "Ends when: Referred By is Ada")
        self.assertIn("Automated tasks do not run before", row["options"][1])
        self.assertEqual(row["stop_reason"], "")
        lead.referred = "Ada"
        [row] = self.read_tab(lead)
        self.assertEqual(row["options"], [])
        self.assertEqual(row["stop_reason"], "Goal reached")

    def test_the_tab_names_the_goal_only_to_those_who_may_read_its_fields(self):
        template = self.make_call_and_offer("wait")
        template.goal = "[('referred', '=', 'Ada')]"
        lead, _run = self.start(template)
        field = self.env["crm.lead"]._fields["referred"]
        self.patch(field, "groups", "base.group_system")
        [row] = self.read_tab(lead)
        self.assertEqual(row["options"], ["Ends when its goal is reached"])

    def test_the_dialog_says_the_goal(self):
        template = self.make_call_and_offer("wait")
        wizard = (
            self.env["track.apply"]
            .with_user(self.seller)
            .create(
                {
                    "res_model": "crm.lead",
                    "res_ids": self.make_leads().ids,
                    "template_id": template.id,
                }
            )
        )
        self.assertFalse(wizard.options_text)
        template.goal = "[('referred', '=', 'Ada')]"
        self.env.invalidate_all()
        self.assertEqual(wizard.options_text, "Ends when: Referred By is Ada")
        field = self.env["crm.lead"]._fields["referred"]
        self.patch(field, "groups", "base.group_system")
        self.env.invalidate_all()
        self.assertEqual(wizard.options_text, "Ends when its goal is reached")

    def make_tagged(self, count, **values):
        """A template with this number of tasks, each with a tag in its condition."""
        tags = self.env["crm.tag"].create(
            [{"name": f"{values['name']} {number}"} for number in range(count)]
        )
        return self.make_conditional(
            *(
                {
                    "summary": f"Task {tag.name}",
                    "condition": f"[('tag_ids', 'in', {tag.ids})]",
                    "condition_else": "wait",
                }
                for tag in tags
            ),
            goal=f"[('tag_ids', 'in', {tags[0].ids}), ('priority', '=', '3')]",
            **values,
        )

    @tagged_test(QUERIES)
    def test_twenty_conditions_are_described_with_as_many_queries_as_two(self):
        counts = {"tab": [], "list": [], "template": [], "dialog": []}
        for number in (2, 2, 20):
            name = f"Template {len(counts['tab'])}"
            template = self.make_tagged(number, name=name)
            lead, run = self.start(template)
            run, lines = (
                each.with_user(self.seller) for each in (run, template.line_ids)
            )
            wizard = self.env["track.apply"].with_user(self.seller)
            wizard = wizard.create(
                {
                    "res_model": "crm.lead",
                    "res_ids": lead.ids,
                    "template_id": template.id,
                }
            )
            for place, function in {
                "tab": lambda lead=lead: self.read_tab(lead),
                "list": lambda run=run: run.line_ids.mapped("due_text"),
                "template": lambda lines=lines: lines.mapped("sentence"),
                "dialog": lambda wizard=wizard: wizard.preview,
            }.items():
                counts[place].append(self.count_queries(function))
            texts = [f"Waits until Tags contains {name} {n}" for n in range(number)]
            [row] = self.read_tab(lead)
            self.assertEqual([task["due_text"] for task in row["tasks"]], texts)
            self.assertEqual(run.line_ids.mapped("due_text"), texts)
            self.assertEqual(
                [row["condition"]["text"] for row in wizard.preview], texts
            )
        for place, (_first, few, many) in counts.items():
            self.assertLessEqual(many, few, place)

    def test_names_are_those_that_the_reader_may_read(self):
        hidden = self.env["res.partner"].create({"name": "Hidden"})
        shown = self.env["res.partner"].create({"name": "Shown"})
        gone = self.env["res.partner"].create({"name": "Gone"})
        ids = [*(shown + hidden).ids, gone.id]
        template = self.make_call_and_offer(
            "wait",
            f"[('partner_id', 'in', {ids}), ('team_id', 'any', [('id', '=', 1)])]",
        )
        gone.unlink()
        self.env["ir.rule"].create(
            {
                "name": "Hidden",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {hidden.id})]",
            }
        )
        lead, _run = self.start(template)
        self.env.registry.clear_cache()
        text = self.read_tab(lead)[0]["tasks"][1]["options"][0]
        self.assertIn("Contact is Shown or (no access)", text)
        # one by one, it is the same
        offer = template.line_ids.sorted()[1].with_user(self.seller)
        self.assertEqual(offer._get_condition_text(), text)
        hidden.unlink()
        shown.unlink()
        self.assertIn(
            "Contact is (deleted)", self.read_tab(lead)[0]["tasks"][1]["options"][0]
        )
