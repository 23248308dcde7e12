import base64
import json
import re
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, get_db_name, tagged
from odoo.tools import html2plaintext

from .common import QUERIES, TOURS, PatientHttpCase, tagged_test
from .test_moving_in import MovingInCase
from .test_rpc import RpcCase


@tagged("post_install", "-at_install")
class TestMovingInDialog(MovingInCase):
    """The dialog with a preview of what an import creates."""

    def open_dialog(self, *definitions, user=None, **values):
        """The dialog with a file of these definitions, before the preview."""
        Dialog = self.env["track.moving.in"].with_user(user or self.manager)
        form = Form(Dialog)
        form.file = base64.b64encode(json.dumps(definitions).encode())
        for name, value in values.items():
            form[name] = value
        return form.save()

    def test_the_preview_shows_everything_and_creates_nothing(self):
        before = self.Template.search_count([])
        tags = self.env["crm.tag"].search_count([])
        dialog = self.open_dialog(
            self.make_definition(1, {"daysAfter": -1}, tag="New One", colour="red"),
            self.make_definition(2, "Call", direction="END_DATE"),
            {"id": 3},
        )
        action = dialog.action_preview()
        self.assertEqual(action["res_id"], dialog.id)
        first, second, third = dialog.line_ids
        self.assertEqual((first.name, second.name), ("Track 1", "Track 2 …"))
        self.assertIn("Day 0 · Task 0 · owner", html2plaintext(first.tasks))
        self.assertIn("Task 0: “-1” is negative.", html2plaintext(first.problems))
        self.assertFalse(second.problems or second.remark)
        self.assertIn("Entry 3 has no name", third.remark)
        self.assertEqual(dialog.line_ids.mapped("chosen"), [True, True, False])
        self.assertIn("“colour” is unknown", dialog.remarks)
        self.assertEqual(self.Template.search_count([]), before)
        self.assertEqual(self.env["crm.tag"].search_count([]), tags)

    def test_those_that_are_selected_are_created_and_then_unchanged(self):
        definitions = [self.make_definition(number) for number in (1, 2, 3)]
        dialog = self.open_dialog(*definitions)
        dialog.action_preview()
        with Form(dialog) as form, form.line_ids.edit(1) as line:
            line.chosen = False
        action = dialog.action_make()
        templates = self.Template.search(action["domain"])
        self.assertEqual(templates.mapped("name"), ["Track 1", "Track 3"])
        self.assertEqual(templates.create_uid, self.manager)
        templates[1].name = "Ours"
        dialog = self.open_dialog(*definitions)
        dialog.action_preview()
        self.assertEqual(
            dialog.line_ids.mapped("state"), ["unchanged", "new", "changed"]
        )
        self.assertTrue(dialog.has_new and dialog.has_remarks)
        self.assertEqual(dialog.line_ids[0].remark, "Unchanged since the last import.")
        dialog.line_ids.chosen = True
        template = self.get_opened(dialog.action_make())
        self.assertEqual(template.name, "Track 2")
        dialog.action_preview()
        self.assertFalse(dialog.has_new)

    def test_the_preview_names_the_tags_that_will_be_created(self):
        self.env["crm.tag"].create({"name": "Known"})
        dialog = self.open_dialog(self.make_definition(1, tag="Brand New, known"))
        dialog.action_preview()
        shown = html2plaintext(dialog.line_ids.tasks).splitlines()
        self.assertFalse(self.env["crm.tag"].search([("name", "=", "Brand New")]))
        template = self.get_opened(dialog.action_make())
        lines = template.line_ids
        self.assertIn("Tags: + Brand New, Known", lines[0].sentence)
        for row, line in zip(shown, lines, strict=True):
            self.assertIn(html2plaintext(line.sentence), row)

    def test_a_reason_of_many_tasks_is_one_row(self):
        dialog = self.open_dialog(
            self.make_definition(
                1,
                {"description": "Call", "category": {"name": "Pigeon"}},
                {"description": "Ask", "category": {"name": "Pigeon"}},
            )
        )
        dialog.action_preview()
        self.assertEqual(dialog.line_ids.problems.count("<li>"), 1)
        self.assertIn("Call, Ask: There is no activity", dialog.line_ids.problems)

    def test_the_name_of_another_template_is_said(self):
        self.make_template({"summary": "Call"}, name="Track 1")
        dialog = self.open_dialog(self.make_definition(1), self.make_definition(2))
        dialog.action_preview()
        self.assertEqual(
            dialog.line_ids.mapped("remark"),
            ["Another template has this name already.", False],
        )

    def test_without_a_model_projects_are_for_all_records(self):
        dialog = self.open_dialog(self.make_definition(1, captureRule="PROJECT"))
        dialog.case_model_id = False
        with patch.object(
            self.registry["track.template"],
            "_get_case_models",
            lambda self: ["crm.lead"],
        ):
            dialog.action_preview()
            template = self.get_opened(dialog.action_make())
        self.assertFalse(template.res_model_ids)

    def test_another_file_needs_another_preview(self):
        dialog = self.open_dialog(self.make_definition(1))
        dialog.action_preview()
        self.assertTrue(dialog.is_previewed)
        dialog.action_back()
        self.assertFalse(dialog.is_previewed or dialog.line_ids)

    def test_what_is_forged_in_a_row_creates_nothing_else(self):
        dialog = self.open_dialog(self.make_definition(1), {"id": 2})
        dialog.action_preview()
        dialog.line_ids[1].write({"chosen": True, "state": "new", "name": "Forged"})
        dialog.line_ids[0].chosen = False
        with self.assertRaisesRegex(UserError, "No template is selected"):
            dialog.action_make()

    def test_a_file_that_cannot_be_read(self):
        dialog = self.open_dialog()
        for content, words in ((b"{", "no valid JSON"), (b"[]", "No track def")):
            dialog.file = base64.b64encode(content)
            with self.assertRaisesRegex(UserError, words):
                dialog.action_preview()
        dialog.file = b"x"
        with self.assertRaisesRegex(UserError, "no valid JSON"):
            dialog.action_preview()
        dialog.file = False
        with self.assertRaisesRegex(UserError, "No file is selected"):
            dialog.action_preview()

    def test_projects_are_for_the_selected_model(self):
        leads = self.env["ir.model"]._get("crm.lead")
        dialog = self.open_dialog(
            self.make_definition(1, captureRule="PROJECT"), case_model_id=leads
        )
        dialog.action_preview()
        template = self.get_opened(dialog.action_make())
        self.assertEqual(template.res_model_ids.mapped("model"), ["crm.lead"])

    def test_activity_types_need_no_file(self):
        call, todo = self.type_call, self.type_todo
        types = self.env["mail.activity.type"].search([])
        types.write({"suggested_next_type_ids": False, "triggered_next_type_id": False})
        call.write({"chaining_type": "suggest", "suggested_next_type_ids": todo.ids})
        form = Form(self.env["track.moving.in"].with_user(self.manager))
        form.source = "activity_types"
        dialog = form.save()
        dialog.action_preview()
        self.assertEqual(dialog.line_ids.mapped("name"), [call.name])
        template = self.get_opened(dialog.action_make())
        self.assertEqual(template.line_ids.activity_type_id, call + todo)

    def test_the_sample_file(self):
        dialog = self.open_dialog()
        link = re.search(r'href="/crm_tracks/([^"]+)"', dialog.get_view()["arch"])
        path = Path(__file__).parents[1] / link[1]
        dialog.file = base64.b64encode(path.read_bytes())
        dialog.action_preview()
        fair, day, project = dialog.line_ids
        problems = [
            html2plaintext(line.problems or "").strip() for line in dialog.line_ids
        ]
        self.assertIn("no activity type “Follow-up”", problems[0])
        self.assertIn("no user “amelia”", problems[0])
        self.assertEqual(problems[1].count("LAST_TASK"), 1)
        self.assertIn("The track has no tasks", problems[2])
        templates = self.Template.search(dialog.action_make()["domain"])
        self.assertEqual(len(templates), 3)
        self.assertEqual(templates.line_ids.mapped("action").count("update"), 1)

    @tagged_test(QUERIES)
    def test_a_preview_of_500_definitions(self):
        def make(count):
            return [
                self.make_definition(number, "Call", "Write", tag="Moved, Kept")
                for number in range(1, count + 1)
            ]

        self.env["crm.tag"].create({"name": "Kept"})
        few, many = self.open_dialog(*make(5)), self.open_dialog(*make(500))
        few, many = (self.count_queries(each.action_preview) for each in (few, many))
        self.assertLess(many, few + 30)

    def test_only_tracks_administrators(self):
        for user in (self.seller_all, self.employee, self.portal):
            with self.assertRaises(AccessError):
                self.env["track.moving.in"].with_user(user).create({})
        dialog = self.open_dialog(self.make_definition(1))
        dialog.action_preview()
        for name in ("action_preview", "action_back", "action_make"):
            method = getattr(dialog.with_user(self.seller_all), name)
            with self.subTest(name=name), self.assertRaises(AccessError):
                method()
        action = self.env.ref("crm_tracks.track_moving_in_action")
        self.assertEqual(
            action.group_ids, self.env.ref("crm_tracks.group_track_manager")
        )


@tagged("post_install", "-at_install")
class TestMovingInByRpc(MovingInCase, RpcCase):
    """Imports by other programs."""

    def call(self, user, *args):
        return self.xmlrpc_object.execute_kw(
            get_db_name(), user.id, user.login, "track.template",
            "import_definitions", args,
        )  # fmt: skip

    def test_a_program_gets_plain_data(self):
        data = json.dumps([self.make_definition(1, {"daysAfter": -1})])
        result = self.call(self.manager, "capsule", data)
        [row] = result["created"]
        self.assertEqual(row["name"], "Track 1")
        self.assertEqual(len(result["unmapped"]), 1)
        self.assertEqual(self.call(self.manager, "capsule", data)["unchanged"], [row])


@tagged("post_install", "-at_install", TOURS)
class TestMovingInTour(PatientHttpCase):
    """The dialog in a real browser, as an administrator."""

    def test_upload_a_file_see_the_preview_and_import_it_twice(self):
        self.env["track.template"].search([]).active = False
        self.make_person(
            "sales_team.group_sale_manager", login="tracks_mover", name="Mo Mover"
        )
        self.start_tour(
            "/odoo/track-templates", "crm_tracks_moving_in_tour", login="tracks_mover"
        )
        template = self.env["track.template"].search([])
        self.assertEqual(template.name, "After the fair")
        self.assertEqual(
            template.line_ids.mapped("summary"), ["Call", "Send the offer"]
        )
