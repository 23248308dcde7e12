import json
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools import capsule, capsule_file
from .test_moving_in import MovingInCase


@tagged("post_install", "-at_install")
class TestMovingInBadInput(MovingInCase):
    """What a file contains and Odoo does not is named, and the rest is imported."""

    def test_what_is_unknown_is_named_and_the_most_similar_value_used(self):
        result = self.bring(
            self.make_definition(
                1,
                {"daysAfterRule": "LAST TASKS", "colour": 1},
                {"dayDelayRule": "TRACK_WORKDAY", "colour": 2},
                captureRule="OPPORTUNITIES",
                direction="SIDEWAYS",
                owner={"id": 1},
            )
        )
        template = self.get_created(result)
        self.assertEqual(template.res_model_ids.mapped("model"), ["crm.lead"])
        self.assertEqual(template.line_ids[1].delay_unit, "weekdays")
        reasons = self.get_reasons(result)
        self.assertEqual(
            reasons[:2],
            [
                "“owner” is unknown and was ignored; occurrences: 1.",
                "“colour” is unknown and was ignored; occurrences: 2.",
            ],
        )
        for words in (
            "“captureRule” has the unknown value “OPPORTUNITIES”. “OPPORTUNITY”",
            "“SIDEWAYS”. “START_DATE” is used",
            "“LAST TASKS”. “LAST_TASK” is used",
            "“TRACK_WORKDAY”. “TRACK_WORKDAYS” is used",
        ):
            self.assertTrue(any(words in reason for reason in reasons), words)

    def test_numbers_of_days(self):
        rows = [{"daysAfter": days} for days in (-3, 10**30, "4", 2.5, None, True, "x")]
        result = self.bring(self.make_definition(1, *rows))
        self.assertEqual(
            self.get_created(result).line_ids.mapped("delay_count"),
            [0, 0, 4, 0, 0, 0, 0],
        )
        self.assertEqual(len(result["unmapped"]), 5)
        self.assertIn("“-3” is negative", result["unmapped"][0]["reason"])
        result = self.bring(self.make_definition(2, {"daysAfter": 10000}))
        self.assertEqual(self.get_created(result).line_ids.delay_count, 9999)
        self.assertIn("too long", self.get_reasons(result)[0])

    def test_markup_and_long_names(self):
        long = "Very " * 100
        result = self.bring(
            self.make_definition(
                1,
                {
                    "description": "<b>Call</b> <customer> & ask<script>x()</script>",
                    "detail": "<p onclick='x()'>Hi<script>x()</script></p>",
                },
                {"description": long, "detail": "1 < 2"},
                {"description": "Ask {customer} and {nobody}\x00\ud800"},
                description=f"<i>{long}</i>",
            )
        )
        template = self.get_created(result)
        self.assertEqual(len(template.name), 250)
        first, second, third = template.line_ids
        self.assertEqual(first.summary, "Call <customer> & ask")
        self.assertEqual(first.note, "<p>Hi</p>")
        self.assertEqual(len(second.summary), 250)
        self.assertIn(long.strip(), second.note)
        self.assertIn("1 &lt; 2", second.note)
        self.assertEqual(third.summary, "Ask {customer} and {nobody}")
        self.assertEqual(len(result["unmapped"]), 2)

    def test_no_tasks_and_too_many(self):
        many = self.make_definition(2, *["Call"] * 501)
        result = self.bring(
            self.make_definition(1, taskDefinitions=[]),
            many,
            self.make_definition(3, *["Call"] * 500),
        )
        empty, full = self.get_created(result)
        self.assertEqual((empty.line_count, full.line_count), (0, 500))
        self.assertEqual(
            result["left_out"],
            [
                {
                    "name": "Track 2",
                    "reason": "The track has 501 tasks. A template can have 500 tasks.",
                }
            ],
        )
        self.assertIn("has no tasks", self.get_reasons(result)[0])

    def test_what_odoo_refuses_does_not_stop_the_others(self):
        Line = self.registry["track.line"]
        refusal = "Not this one. Leave it."
        original = Line._check_in_parent

        def refuse(line, parent, is_first=False):
            if parent.name == "Track 2":
                raise UserError(refusal)
            return original(line, parent, is_first)

        with patch.object(Line, "_check_in_parent", refuse):
            result = self.bring(*(self.make_definition(n) for n in range(1, 5)))
        self.assertEqual(
            self.get_created(result).mapped("name"), ["Track 1", "Track 3", "Track 4"]
        )
        self.assertEqual(
            result["left_out"],
            [{"name": "Track 2", "reason": refusal}],
        )

    def test_a_file_that_cannot_be_read_is_one_sentence(self):
        nested = "[" * 100000
        for data, words in (
            ("", "is empty"),
            ("  \ufeff ", "is empty"),
            (b"", "is empty"),
            ("{", "no valid JSON: line 1, column 2"),
            (nested, "no valid JSON"),
            ("<html>", "no valid JSON"),
            ("[]", "No track definition"),
            ("{}", "No track definition"),
            ("7", "No track definition"),
            (7, "No track definition"),
            (None, "No track definition"),
            ({"trackDefinitions": None}, "No track definition"),
        ):
            with self.subTest(data=str(data)[:20]):
                with self.assertRaisesRegex(UserError, words):
                    self.Template.import_definitions("capsule", data)
        self.patch(capsule_file, "MAX_SIZE", 1024 * 1024)
        with self.assertRaisesRegex(UserError, "more than 1 MB"):
            self.Template.import_definitions("capsule", "x" * 1024 * 1024 + "y")
        self.patch(capsule, "MAX_DEFINITIONS", 2)
        with self.assertRaisesRegex(UserError, "3 track definitions.* at most 2"):
            self.bring(*(self.make_definition(n) for n in range(3)))
        for source in ("crm", None, ["capsule"]):
            with self.assertRaisesRegex(UserError, "no source"):
                self.Template.import_definitions(source, "[]")

    def test_no_value_of_any_type_stops_the_import(self):
        odd = (
            None, True, 0, -1, 10**400, 1.5, float("nan"), float("inf"), "", "x",
            [], [[]], [None, 1], {}, {"name": {"name": []}}, {"user": {"name": [1]}},
            "\x00",
        )  # fmt: skip
        definitions = [*odd]
        for value in odd:
            for key in self.make_definition():
                definitions.append({**self.make_definition(None), key: value})
            for key in (
                "description", "detail", "daysAfterRule", "daysAfter", "dayDelayRule",
                "displayOrder", "category", "trackTaskAssignee",
            ):  # fmt: skip
                definitions.append(self.make_definition(None, {key: value}))
            definitions.append(
                {**self.make_definition(None), "taskDefinitions": [value]}
            )
        for data in (definitions, json.dumps(definitions)):
            result = self.Template.import_definitions("capsule", data)
            total = sum(len(rows) for key, rows in result.items() if key != "unmapped")
            self.assertGreater(total, 40)
            # over RPC and JSON
            json.dumps(result, allow_nan=False)
        self.assertFalse(result["created"])

    def test_a_huge_file_of_digits_is_read(self):
        text = json.dumps(self.make_definition(1)).replace(
            '"daysAfter": 0', f'"daysAfter": {"9" * 10000}'
        )
        result = self.Template.import_definitions("capsule", text)
        self.assertEqual(len(result["created"]), 1)
        self.assertEqual(len(result["unmapped"]), 1)
