import json
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools import capsule
from .test_moving_in import MovingInCase


@tagged("post_install", "-at_install")
class TestMovingInFiles(MovingInCase):
    """Files as people and programs save them: nothing is lost without a word."""

    def bring_data(self, data):
        return self.Template.import_definitions("capsule", data)

    def test_pages_that_were_appended_to_one_another(self):
        pages = [
            json.dumps({"trackDefinitions": [self.make_definition(number)]}, indent=1)
            for number in (1, 2, 3)
        ]
        for between in ("", "\n", "\r\n\ufeff", ",\n"):
            with self.subTest(between=between):
                result = self.bring_data(between.join(pages).encode())
                self.assertEqual(len(self.get_created(result)), 3)
                self.get_created(result).unlink()
        with self.assertRaisesRegex(UserError, "line 2, column 1"):
            self.bring_data(f"{json.dumps(self.make_definition(1))}\nand so on")

    def test_the_answer_to_the_request_for_one_definition(self):
        result = self.bring_data({"trackDefinition": self.make_definition(1)})
        self.assertEqual(self.get_created(result).name, "Track 1")

    def test_unicode_without_a_mark(self):
        text = json.dumps(self.make_definition(None, "Café €"), ensure_ascii=False)
        for encoding in ("utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "cp1252"):
            with self.subTest(encoding=encoding):
                result = self.bring_data(text.encode(encoding))
                self.assertEqual(
                    self.get_created(result).line_ids.summary, "Café €", result
                )
                self.get_created(result).unlink()

    def test_a_page_of_another_shape_is_named(self):
        page = {"trackDefinitions": [self.make_definition(1)]}
        for odd in ("x", 7, {"1": self.make_definition(2)}):
            with self.subTest(odd=odd):
                result = self.bring_data([page, {"trackDefinitions": odd}])
                self.assertEqual(len(result["left_out"]), 1)
                self.assertIn("Entry 2", result["left_out"][0]["reason"])
        # a page can be empty
        for empty in ([], None):
            result = self.bring_data([page, {"trackDefinitions": empty}])
            self.assertFalse(result["left_out"])

    def test_a_file_without_anything_like_a_definition(self):
        for data in (
            [7],
            [[[]]],
            {"trackDefinitions": "x"},
            {"trackDefinitions": {"1": self.make_definition()}},
            {"parties": [{"id": 1}]},
            [{"parties": []}],
        ):
            with self.subTest(data=data):
                with self.assertRaisesRegex(UserError, "No track definition"):
                    self.bring_data(data)

    def test_unknown_names_do_not_bury_the_rest(self):
        names = {f"key {number}": 1 for number in range(30)}
        reasons = self.get_reasons(self.bring(self.make_definition(1, **names)))
        self.assertEqual(len(reasons), 21)
        self.assertIn("“key 0”", reasons[0])
        self.assertEqual(reasons[-1], "10 more names are unknown and were ignored.")

    def test_too_many_tasks_in_a_file(self):
        definitions = [self.make_definition(n, "Call", "Write") for n in (1, 2)]
        with patch.object(capsule, "MAX_TASKS", 3):
            with self.assertRaisesRegex(UserError, "have 4 tasks.* at most 3"):
                self.bring(*definitions)

    def test_part_of_a_value_is_that_value(self):
        result = self.bring(
            self.make_definition(1, {"dayDelayRule": "weekly"}, direction="END")
        )
        self.assertEqual(self.get_created(result).direction, "end")
        self.assertIn("“END”. “END_DATE” is used", self.get_reasons(result)[0])

    def test_names_that_are_no_names(self):
        definitions = [
            self.make_definition(1, description=name)
            for name in (float("nan"), float("inf"), 10**5000, True)
        ]
        result = self.bring_data(definitions)
        self.assertEqual(len(result["left_out"]), 4)
        self.assertFalse(result["created"])

    def test_text_behind_the_end_of_a_document(self):
        row = {
            "description": "</body></html>Call <b>them</b>",
            "detail": "<b>Ask</b> <customer>",
        }
        line = self.get_created(self.bring(self.make_definition(1, row))).line_ids
        self.assertEqual(line.summary, "Call them")
        self.assertIn("&lt;customer&gt;", line.note)

    def test_long_values_make_no_long_sentences(self):
        row = {
            "category": {"name": "c" * 5000},
            "trackTaskAssignee": {"assigneeType": "USER", "user": {"name": "u" * 5000}},
        }
        result = self.bring(self.make_definition(1, row, tag=f"Kept, {'t' * 5000}"))
        reasons = self.get_reasons(result)
        self.assertEqual(len(reasons), 3)
        self.assertLess(max(map(len, reasons)), 400)
        self.assertIn("A tag has more than 250 characters", reasons[0])
        self.assertIn("Kept", self.get_created(result).line_ids[0].sentence)

    def test_an_assignee_without_a_name_is_not_unknown(self):
        rows = [
            {"trackTaskAssignee": {"assigneeType": "USER", "user": {"id": 7}}},
            {"trackTaskAssignee": {"assigneeType": "USER", "user": "seller"}},
        ]
        result = self.bring(self.make_definition(1, *rows))
        self.assertEqual(
            self.get_reasons(result),
            ["The assignee has no name: USER. The owner is responsible."],
        )
        lines = self.get_created(result).line_ids
        self.assertEqual(lines[1].responsible_id, self.seller)

    def test_names_of_types_of_symbols_and_composed_letters(self):
        types = self.env["mail.activity.type"].create(
            [{"name": "★"}, {"name": "☎"}, {"name": "Café"}]
        )
        names = ("☎", "Cafe\u0301", "§")
        rows = [{"category": {"name": name}} for name in names]
        result = self.bring(self.make_definition(1, *rows))
        self.assertEqual(
            self.get_created(result).line_ids.activity_type_id.ids,
            (types[1] + types[2] + self.type_todo).ids,
        )
        self.assertEqual(len(result["unmapped"]), 1)

    def test_a_full_template_has_no_room_for_tags(self):
        result = self.bring(self.make_definition(1, *["Call"] * 500, tag="Moved"))
        self.assertEqual(self.get_created(result).line_count, 500)
        self.assertIn("has 500 tasks already: Moved", self.get_reasons(result)[0])

    def test_projects_and_cases_for_all_records(self):
        definition = self.make_definition(1, captureRule="CASE")
        with patch.object(
            self.registry["track.template"],
            "_get_case_models",
            lambda self: ["crm.lead"],
        ):
            for case_model in ("", False):
                result = self.bring(definition, case_model=case_model)
                self.assertFalse(self.get_created(result).res_model_ids)
                self.get_created(result).unlink()
            result = self.bring(definition, case_model=None)
            self.assertEqual(self.get_created(result).res_model_ids.model, "crm.lead")
            with self.assertRaisesRegex(UserError, "cannot have tracks"):
                self.bring(definition, case_model={})
