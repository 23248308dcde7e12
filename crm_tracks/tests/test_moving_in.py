import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools.definition_records import Counterparts
from .common import QUERIES, tagged_test
from .test_template_sources import TemplateSourcesCase


class MovingInCase(TemplateSourcesCase):
    """Definitions as Capsule returns them, and helpers to import them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Template = cls.env["track.template"].with_user(cls.manager)

    def make_definition(self, number=1, *tasks, **values):
        """A definition with tasks, each a dict or the name of one on day 0."""
        return {
            "id": number,
            "description": f"Track {number}",
            "captureRule": "OPPORTUNITY",
            "direction": "START_DATE",
            "createdAt": "2025-01-01T00:00:00Z",
            "taskDefinitions": [
                {
                    "description": f"Task {order}",
                    "daysAfterRule": "TRACK_START",
                    "daysAfter": 0,
                    "displayOrder": order,
                    "trackTaskAssignee": {"assigneeType": "ENTITY_OWNER"},
                    **(task if isinstance(task, dict) else {"description": task}),
                }
                for order, task in enumerate(tasks or ("Call",))
            ],
            **values,
        }

    def bring(self, *definitions, user=None, **arguments):
        """Import definitions, as the text of a file."""
        data = json.dumps({"trackDefinitions": list(definitions)})
        Template = self.Template.with_user(user or self.manager)
        return Template.import_definitions("capsule", data, **arguments)

    def get_created(self, result):
        ids = [row["id"] for row in result["created"]]
        return self.Template.browse(ids)

    def get_reasons(self, result):
        return [row["reason"] for row in result["unmapped"]]


@tagged("post_install", "-at_install")
class TestMovingIn(MovingInCase):
    """Templates imported from Capsule's track definitions."""

    def test_a_definition_becomes_a_template_with_all_its_parts(self):
        result = self.bring(
            self.make_definition(
                7,
                {"description": "Call", "category": {"id": 3, "name": "call"}},
                {
                    "description": "Write",
                    "detail": "Thank them\nKindly",
                    "daysAfterRule": "LAST_TASK",
                    "daysAfter": 2,
                    "dayDelayRule": "TRACK_WORKDAYS",
                },
                {
                    "description": "Bill",
                    "daysAfter": 3,
                    "dayDelayRule": "TRACK_WEEKS",
                    "trackTaskAssignee": {
                        "assigneeType": "USER",
                        "user": {"id": 1, "username": self.seller.login, "name": "?"},
                    },
                },
            )
        )
        template = self.get_created(result)
        self.assertEqual(result["unmapped"], [])
        self.assertEqual((template.name, template.direction), ("Track 7", "start"))
        self.assertEqual(template.res_model_ids.mapped("model"), ["crm.lead"])
        self.assertFalse(template.company_id)
        self.assertLines(
            template,
            [
                ("Call", 0, "days", "start", "owner"),
                ("Write", 2, "weekdays", "previous", "owner"),
                ("Bill", 3, "weeks", "start", "user"),
            ],
        )
        lines = template.line_ids
        self.assertEqual(lines[0].activity_type_id, self.type_call)
        self.assertEqual(lines[1].activity_type_id, self.type_todo)
        self.assertEqual(lines[1].note, "<p>Thank them<br>Kindly</p>")
        self.assertEqual(lines[2].responsible_id, self.seller)

    def test_twice_changes_nothing(self):
        definitions = [
            self.make_definition(
                number, "Call", {"detail": "<b>Be</b> & stay <a href='/x'>kind</a>"}
            )
            for number in (1, 2)
        ]
        definitions[1]["tag"] = "Moved, Kept"
        first = self.get_created(self.bring(*definitions))
        self.assertEqual(len(first), 2)
        first[1].active = False
        before = first.mapped("write_date"), self.Template.search_count([])
        again = self.bring(*definitions)
        self.assertEqual([row["id"] for row in again["unchanged"]], first.ids)
        self.assertFalse(again["created"] + again["changed"] + again["left_out"])
        self.assertEqual(
            (first.mapped("write_date"), self.Template.search_count([])), before
        )
        self.assertFalse(first[1].active)

    def test_a_template_that_was_changed_since_is_left_and_named(self):
        definition = self.make_definition(1, "Call", tag="Moved")
        for change in (
            lambda template: template.write({"name": "Ours"}),
            lambda template: template.write({"one_per_record": True}),
            lambda template: template.line_ids[1].write({"delay_count": 4}),
            lambda template: template.line_ids.update_ids.write(
                {"operation": "remove"}
            ),
        ):
            template = self.get_created(self.bring(definition))
            change(template)
            result = self.bring(definition)
            self.assertEqual(
                result["changed"], [{"id": template.id, "name": template.name}]
            )
            self.assertFalse(result["created"] + result["unchanged"])
            template.unlink()

    def test_the_same_name_twice_makes_two(self):
        definitions = [
            self.make_definition(number, "Call", description="Twin")
            for number in (1, 2)
        ]
        templates = self.get_created(self.bring(*definitions))
        self.assertEqual(templates.mapped("name"), ["Twin", "Twin"])
        # the same definition on two pages is one, another with its ID is named
        other = self.make_definition(1, "Write", description="Other")
        result = self.bring(definitions[0], definitions[0], other)
        self.assertEqual(len(result["unchanged"]), 1)
        [left] = result["left_out"]
        self.assertEqual(left["name"], "Other")
        self.assertIn("“Twin” has the same ID", left["reason"])

    def test_without_an_id_the_name_and_content_count(self):
        definitions = [
            self.make_definition(None, *tasks, description="Twin")
            for tasks in (("Call",), ("Write",), ("Call",))
        ]
        first = self.get_created(self.bring(*definitions))
        self.assertEqual(first.line_ids.mapped("summary"), ["Call", "Write"])
        again = self.bring(*definitions)
        self.assertEqual([row["id"] for row in again["unchanged"]], first.ids)

    def test_pages_lists_of_pages_and_bare_lists(self):
        one, two = self.make_definition(1), self.make_definition(2)
        page = {"trackDefinitions": [one]}
        for data in (
            [page, {"trackDefinitions": [two]}],
            [one, two],
            [[one], [two]],
            {"trackDefinitions": [one, two]},
        ):
            for form in (
                data,
                json.dumps(data),
                b"\xef\xbb\xbf" + json.dumps(data).encode(),
                json.dumps(data).encode("utf-16"),
            ):
                result = self.Template.import_definitions("capsule", form)
                self.assertEqual(len(self.get_created(result)), 2, form)
                self.get_created(result).unlink()
        self.assertEqual(
            len(self.Template.import_definitions("capsule", one)["created"]), 1
        )

    def test_names_in_another_encoding_are_read(self):
        text = json.dumps(self.make_definition(1, "Café"), ensure_ascii=False)
        result = self.Template.import_definitions("capsule", text.encode("latin-1"))
        self.assertEqual(self.get_created(result).line_ids.summary, "Café")

    def test_an_end_date_counts_back(self):
        result = self.bring(
            self.make_definition(
                1,
                {"daysAfter": 5},
                {"daysAfterRule": "LAST_TASK", "daysAfter": 1, "description": "Go"},
                direction="END_DATE",
                tag="Event",
            )
        )
        template = self.get_created(result)
        self.assertEqual(template.direction, "end")
        self.assertLines(
            template,
            [
                ("Task 0", 5, "days", "end", "owner"),
                ("Go", 1, "days", "end", "owner"),
                (False, 0, "days", "end", "owner"),
            ],
        )
        last_task, tags = result["unmapped"]
        self.assertEqual(last_task["task"], "Go")
        self.assertIn("LAST_TASK", last_task["reason"])
        self.assertIn("Tags are added on the end date", tags["reason"])

    def test_the_order_has_gaps_and_the_first_task_waits_for_nothing(self):
        rows = [
            {"description": "C", "displayOrder": 30, "daysAfterRule": "LAST_TASK"},
            {"description": "D", "displayOrder": None},
            {"description": "A", "displayOrder": 1, "daysAfterRule": "LAST_TASK"},
            {"description": "B", "displayOrder": "2"},
        ]
        result = self.bring(self.make_definition(1, *rows))
        template = self.get_created(result)
        self.assertEqual(result["unmapped"], [])
        self.assertEqual(template.line_ids.mapped("summary"), ["A", "B", "C", "D"])
        self.assertEqual(
            template.line_ids.mapped("delay_from"),
            ["start", "start", "previous", "start"],
        )

    def test_a_tag_becomes_a_task_that_adds_it(self):
        known = self.env["crm.tag"].create({"name": "Hot"})
        result = self.bring(self.make_definition(1, tag=" hot , Very New,hot"))
        template = self.get_created(result)
        line = template.line_ids[0]
        self.assertEqual((line.action, line.delay_count), ("update", 0))
        new = self.env["crm.tag"].search([("name", "=", "Very New")])
        self.assertEqual(line._get_settings()[0]["value"], f"{known.id},{new.id}")
        lead = self.make_leads()
        lead.with_user(self.seller).tracks_apply(template)
        self.run_cron()
        self.assertEqual(lead.tag_ids, known + new)
        party = self.get_created(
            self.bring(self.make_definition(2, captureRule="PARTY", tag="Guest"))
        )
        self.assertEqual(party.line_ids[0].update_ids.field_name, "category_id")
        result = self.bring(self.make_definition(3, captureRule=None, tag="X"))
        self.assertEqual(len(self.get_created(result).line_ids), 1)
        self.assertIn("The tags are not added", self.get_reasons(result)[0])

    def test_tags_are_created_by_those_who_may(self):
        with patch.object(Counterparts, "may_create_tags", lambda self, comodel: False):
            result = self.bring(self.make_definition(1, tag="Very New"))
        self.assertEqual(len(self.get_created(result).line_ids), 1)
        self.assertIn("permission to create tags", self.get_reasons(result)[0])
        self.assertFalse(self.env["crm.tag"].search([("name", "=", "Very New")]))
        clerk = self.make_user(
            "clerk", "base.group_user,crm_tracks.group_track_manager"
        )
        result = self.bring(self.make_definition(2, tag="Very New"), user=clerk)
        self.assertIn("permission to change the tags", self.get_reasons(result)[0])

    def test_users_are_found_by_login_email_and_name(self):
        self.make_user("double", "base.group_user", name="Seller 2")
        for user, expected, words in (
            ({"username": self.seller.login.upper()}, self.seller, None),
            ({"username": "?", "email": "seller@tracks.example"}, self.seller, None),
            ({"name": "Seller All"}, self.seller_all, None),
            ({"name": "Seller 2"}, None, "several users “Seller 2”"),
            ({"username": "nobody", "name": "Nemo"}, None, "no user “nobody”"),
            ({"username": self.portal.login}, None, "no user"),
            ({"username": "__system__"}, None, "no user"),
        ):
            assignee = {"assigneeType": "USER", "user": user}
            definition = self.make_definition(
                1, {"trackTaskAssignee": assignee}, id=None, description=str(user)
            )
            with self.subTest(user=user):
                result = self.bring(definition)
                line = self.get_created(result).line_ids
                self.assertEqual(line.responsible_id, expected or self.env["res.users"])
                self.assertEqual(line.responsible_type, "user" if expected else "owner")
                self.assertRegex("".join(self.get_reasons(result)), words or "^$")

    def test_other_assignees(self):
        team = self.env["crm.team"].create({"name": "Night Shift"})
        rows = [
            {"trackTaskAssignee": {"assigneeType": "PREVIOUS_TASK_COMPLETER"}},
            {
                "daysAfterRule": "LAST_TASK",
                "trackTaskAssignee": {"assigneeType": "PREVIOUS_TASK_COMPLETER"},
            },
            {
                "trackTaskAssignee": {
                    "assigneeType": "TEAM",
                    "team": {"name": "night shift"},
                }
            },
            {"trackTaskAssignee": {"assigneeType": "TEAM", "team": {"name": "Day"}}},
            {"trackTaskAssignee": {"assigneeType": "ORACLE"}},
            {"trackTaskAssignee": 12},
        ]
        result = self.bring(self.make_definition(1, *rows))
        lines = self.get_created(result).line_ids
        self.assertEqual(
            lines.mapped("responsible_type"),
            ["owner", "previous", "team", "owner", "owner", "owner"],
        )
        self.assertEqual(lines.responsible_team_id, team)
        for words, reason in zip(
            (
                "type of assignee is unknown: ORACLE",
                "type of assignee is unknown: 12",
                "no sales team “Day”",
            ),
            [r for r in self.get_reasons(result) if "previous task" not in r],
            strict=True,
        ):
            self.assertIn(words, reason)

    def test_projects_and_cases(self):
        patched = patch.object(
            self.registry["track.template"], "_get_case_models", lambda self: []
        )
        for rule in ("PROJECT", "KASE", "CASE"):
            definition = self.make_definition(rule, captureRule=rule)
            with patched:
                result = self.bring(definition)
            self.assertFalse(self.get_created(result).res_model_ids)
            self.assertIn("no counterpart", self.get_reasons(result)[-1])
            self.get_created(result).unlink()
            with patched:
                result = self.bring(definition, case_model="crm.lead")
            models = self.get_created(result).res_model_ids.mapped("model")
            self.assertEqual(models, ["crm.lead"])
            self.get_created(result).unlink()
        for name in ("no.model", "res.country", 7, ["crm.lead"]):
            with self.assertRaisesRegex(UserError, "cannot have tracks"):
                self.bring(definition, case_model=name)

    def test_no_server_action_is_created(self):
        before = self.env["ir.actions.server"].search_count([])
        action = {"action": "server_action", "server_action_id": 1}
        templates = self.get_created(
            self.bring(self.make_definition(1, action, tag="X", **action))
        )
        self.assertEqual(self.env["ir.actions.server"].search_count([]), before)
        self.assertFalse(templates.line_ids.server_action_id)
        self.assertEqual(templates.line_ids.mapped("action"), ["update", "activity"])

    def test_only_those_who_may_create_templates(self):
        for user in (self.seller_all, self.employee, self.portal):
            for source in ("capsule", "activity_types", "plans", "none"):
                with self.assertRaises(AccessError):
                    self.Template.with_user(user).import_definitions(source, "{")

    def test_a_template_of_another_company_is_not_told(self):
        definition = self.make_definition(1, "Call")
        template = self.get_created(self.bring(definition))
        template.sudo().write({"company_id": self.company_2.id, "name": "Secret"})
        result = self.bring(definition)
        mine = self.get_created(result)
        self.assertNotEqual(mine, template)
        self.assertNotIn("Secret", str(result))
        self.assertEqual(self.bring(definition)["unchanged"][0]["id"], mine.id)

    @tagged_test(QUERIES)
    def test_500_definitions(self):
        def make(count, start):
            return [
                self.make_definition(
                    number,
                    {"category": {"name": "Call"}},
                    {"daysAfterRule": "LAST_TASK", "daysAfter": 1},
                    tag="Moved, Kept",
                )
                for number in range(start, start + count)
            ]

        self.bring(*make(1, 1))
        few = self.count_queries(lambda: self.bring(*make(5, 1000)))
        many = make(500, 2000)
        more = self.count_queries(lambda: self.bring(*many))
        self.assertLess(more, few + 30)
        self.assertEqual(self.Template.search_count([("name", "like", "Track 2")]), 500)
        again = self.count_queries(lambda: self.bring(*many))
        self.assertLess(again, 40)
        plain = [{**each, "tag": None, "id": each["id"] + 5000} for each in many]
        self.assertLess(self.count_queries(lambda: self.bring(*plain)), 100)
