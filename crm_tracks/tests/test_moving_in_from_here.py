from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_moving_in import MovingInCase


@tagged("post_install", "-at_install")
class TestMovingInFromHere(MovingInCase):
    """Templates from activity types that lead to each other, and from plans."""

    def make_types(self, *names, **values):
        types = self.env["mail.activity.type"].create(
            [{"name": name, **values} for name in names]
        )
        for one, other in zip(types, types[1:], strict=False):
            one.write({"chaining_type": "trigger", "triggered_next_type_id": other.id})
        return types

    def bring_types(self, types):
        return self.Template.import_definitions("activity_types", types.ids)

    def test_a_chain_of_types_becomes_a_template(self):
        types = self.make_types("Ring", "Offer", "Bill", res_model="crm.lead")
        types[0].default_note = "<p>Kindly</p>"
        types[1].write(
            {
                "delay_count": 2,
                "delay_unit": "weeks",
                "delay_from": "current_date",
                "summary": "Send the offer",
            }
        )
        types[2].default_user_id = self.seller_2
        result = self.bring_types(types)
        template = self.get_created(result)
        self.assertEqual(template.name, "Ring")
        self.assertEqual(template.res_model_ids.mapped("model"), ["crm.lead"])
        self.assertEqual(template.line_ids.activity_type_id, types)
        self.assertEqual(template.line_ids[0].note, "<p>Kindly</p>")
        self.assertLines(
            template,
            [
                ("Ring", 0, "days", "start", "owner"),
                ("Send the offer", 2, "weeks", "previous", "previous"),
                ("Bill", 0, "days", "previous", "user"),
            ],
        )
        [row] = result["unmapped"]
        self.assertEqual(row["task"], "Bill")
        self.assertIn("counts from the due date of the previous one", row["reason"])
        again = self.bring_types(types)
        self.assertEqual([row["id"] for row in again["unchanged"]], template.ids)

    def test_suggestions_that_branch_and_chains_in_a_circle(self):
        one, two, three = self.make_types("One", "Two", "Three")
        three.write({"chaining_type": "trigger", "triggered_next_type_id": one.id})
        result = self.bring_types(one + two + three)
        template = self.get_created(result)
        self.assertEqual(template.line_ids.mapped("summary"), ["One", "Two", "Three"])
        self.assertIn("begins again with “One”", "".join(self.get_reasons(result)))
        types = self.make_types("A", "B", "C")
        types.triggered_next_type_id = False
        types[0].suggested_next_type_ids = types[1:]
        result = self.bring_types(types)
        self.assertEqual(len(self.get_created(result).line_ids), 2)
        self.assertIn("“A” suggests several activities", self.get_reasons(result)[0])

    def test_archived_types_begin_no_chain_and_an_empty_list_is_none(self):
        types = self.make_types("One", "Two", "Three")
        types[1].active = False
        result = self.bring_types(types)
        self.assertFalse(result["created"])
        self.assertEqual(
            result["left_out"],
            [
                {
                    "name": "Two",
                    "reason": "The activity type is archived. Unarchive it first.",
                }
            ],
        )
        types[1].active = True
        for source in ("activity_types", "plans"):
            result = self.Template.import_definitions(source, [])
            self.assertFalse(any(result.values()))
            for data in (0, "", {}, {1}):
                with self.assertRaisesRegex(UserError, "no list of IDs"):
                    self.Template.import_definitions(source, data)
        self.assertTrue(
            self.Template.import_definitions("activity_types", False)["created"]
        )

    def test_what_a_chain_cannot_keep_is_named(self):
        types = self.make_types("One", "Two")
        types.delay_from = "current_date"
        types[0].delay_count = -1
        types[1].write({"delay_count": 20000, "default_user_id": self.seller_2.id})
        self.seller_2.active = False
        result = self.bring_types(types)
        self.assertEqual(
            [(row["task"], row["reason"]) for row in result["unmapped"]],
            [
                ("One", "“-1” is negative. 0 is used."),
                ("Two", "“20000” is too long. 9999 is used."),
                ("Two", "“Seller 2” cannot be assigned. The owner is responsible."),
            ],
        )
        lines = self.get_created(result).line_ids
        self.assertEqual(lines.mapped("delay_count"), [0, 9999])
        types[0].res_model, types[1].res_model = "res.partner", "crm.lead"
        again = self.make_types("Three", "Four")
        again[0].res_model, again[1].res_model = "res.partner", "crm.lead"
        [left] = self.bring_types(again)["left_out"]
        self.assertIn("different models: Lead, Contact.", left["reason"])

    def test_the_files_in_the_note_of_a_type_are_copied(self):
        types = self.make_types("One", "Two")
        file = self.env["ir.attachment"].create(
            {
                "name": "plan.png",
                "raw": b"picture",
                "res_model": types._name,
                "res_id": types[0].id,
            }
        )
        types[0].default_note = f'<p><img src="/web/image/{file.id}"></p>'
        lines = self.get_created(self.bring_types(types)).line_ids
        copy = self.env["ir.attachment"].search(
            [("res_model", "=", lines._name), ("res_id", "=", lines[0].id)]
        )
        self.assertEqual(copy.raw, b"picture")
        self.assertIn(f"/web/image/{copy.id}", lines[0].note)

    def test_a_colleague_with_another_language_changes_nothing(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        types = self.make_types("One", "Two")
        types[0].with_context(lang="fr_FR").name = "Un"
        template = self.get_created(self.bring_types(types))
        French = self.Template.with_context(lang="fr_FR")
        result = French.import_definitions("activity_types", types.ids)
        self.assertEqual([row["id"] for row in result["unchanged"]], template.ids)
        template.line_ids[0].summary = "Ours"
        result = French.import_definitions("activity_types", types.ids)
        self.assertEqual([row["id"] for row in result["changed"]], template.ids)

    def test_types_without_a_next_one_make_none(self):
        result = self.bring_types(self.type_call)
        self.assertFalse(any(result.values()))

    def test_plans_are_imported_once(self):
        plan = self.env["mail.activity.plan"].create(
            {
                "name": "Hiring",
                "res_model": "crm.lead",
                "template_ids": [
                    (0, 0, {"summary": name, "delay_count": 1, "delay_from": side})
                    for name, side in (
                        ("Book", "before_plan_date"),
                        ("Thank", "after_plan_date"),
                    )
                ],
            }
        )
        result = self.Template.import_definitions("plans", plan.ids)
        template = self.get_created(result)
        self.assertEqual(template.line_ids.mapped("summary"), ["Book", "Thank"])
        self.assertIn("“Book”", self.get_reasons(result)[0])
        again = self.Template.import_definitions("plans", plan.ids)
        self.assertEqual([row["id"] for row in again["unchanged"]], template.ids)
        self.assertGreaterEqual(
            len(self.Template.import_definitions("plans")["unchanged"]), 1
        )
        for ids in ([0], ["1"], "1", {"a": 1}, [True]):
            with self.subTest(ids=ids), self.assertRaises(UserError):
                self.Template.import_definitions("plans", ids)
        foreign = plan.copy({"company_id": self.company_2.id})
        result = self.Template.import_definitions("plans", foreign.ids)
        self.assertEqual(len(result["left_out"]), 1, result)
        self.assertFalse(result["created"])
