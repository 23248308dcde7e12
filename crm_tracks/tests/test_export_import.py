from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_automation import AutomationCase

# What a template is, as Odoo's own export names it (docs/other_systems.md).
COLUMNS = [
    "id",
    "name",
    "direction",
    "res_model_names",
    "date_field",
    "activity_creation",
    "ahead_days",
    "one_per_record",
    "on_close",
    "on_reopen",
    "on_reply",
    "remind_days",
    "escalate_days",
    "escalate_to",
    "escalate_user_id/id",
    "escalate_how",
    "day_off",
    "absence",
    "late_days",
    "on_late",
    "run_hour",
    "repeat_every",
    "repeat_unit",
    "next_template_ids/id",
    "line_ids/id",
    "line_ids/sequence",
    "line_ids/summary",
    "line_ids/note",
    "line_ids/action",
    "line_ids/activity_type_id/id",
    "line_ids/delay_count",
    "line_ids/delay_unit",
    "line_ids/delay_from",
    "line_ids/responsible_type",
    "line_ids/responsible_id/id",
    "line_ids/responsible_field",
    "line_ids/responsible_role_id/id",
    "line_ids/responsible_team_id/id",
    "line_ids/require_feedback",
    "line_ids/required_fields",
    "line_ids/mail_template_id/id",
    "line_ids/server_action_id/id",
    "line_ids/next_template_id/id",
    "line_ids/update_ids/id",
    "line_ids/update_ids/field_name",
    "line_ids/update_ids/operation",
    "line_ids/update_ids/value_external_id",
    "line_ids/outcome_ids/id",
    "line_ids/outcome_ids/sequence",
    "line_ids/outcome_ids/name",
    "line_ids/outcome_ids/effect",
    "line_ids/outcome_ids/delay_count",
    "line_ids/outcome_ids/delay_unit",
    "line_ids/outcome_ids/again_max",
    "line_ids/outcome_ids/target_number",
]


@tagged("post_install", "-at_install")
class TestExportImport(AutomationCase):
    """Templates can be copied to another database by Odoo's export and import."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": "test.tag", "record": cls.tag},
                {"xml_id": "test.stage", "record": cls.stage},
                {"xml_id": "test.mail_template", "record": cls.mail_template},
                {"xml_id": "test.server_action", "record": cls.server_action},
                {"xml_id": "test.seller", "record": cls.seller},
            ]
        )

    def get_content(self, template):
        """The content of a template, independent of ids."""
        return (
            template.name,
            template._prepare_option_vals(),
            template.sudo().res_model_ids.mapped("model"),
            [
                (
                    line.display_name,
                    line.note,
                    line.activity_type_id,
                    line._get_delay_text(),
                    line.responsible_type,
                    line.responsible_id,
                    line._get_target(),
                    line._get_settings(),
                    line.require_feedback,
                    line.required_fields,
                    line.responsible_field,
                    line.responsible_role_id,
                    line.responsible_team_id,
                )
                for line in line_sorted(template)
            ],
        )

    def test_a_template_with_every_kind_of_task_survives(self):
        following = self.make_template({"summary": "Then"}, name="Following")
        template = self.make_automated(
            {
                "summary": "Call",
                "note": "<p>Ask for the <b>budget</b></p>",
                "activity_type_id": self.type_call.id,
                "responsible_type": "user",
                "responsible_id": self.seller.id,
                "delay_count": 2,
                "delay_unit": "weekdays",
                "require_feedback": True,
                "required_fields": "date_deadline,partner_id",
            },
            {"action": "email", "mail_template_id": self.mail_template.id},
            self.make_update(
                ("tag_ids", self.tag.id, "add"),
                ("stage_id", self.stage.id),
                ("priority", "2"),
                ("description", "", "clear"),
            ),
            {"action": "server_action", "server_action_id": self.server_action.id},
            {
                "action": "track",
                "next_template_id": following.id,
                "delay_from": "previous",
            },
            activity_creation="ahead",
            ahead_days=3,
            one_per_record=True,
            on_close="continue",
            day_off="after",
            date_field="date_deadline",
            on_reopen="shift",
            on_reply="stop",
            remind_days=2,
            escalate_days=5,
            escalate_to="user",
            escalate_user_id=self.seller.id,
            escalate_how="give",
            late_days=0,
            on_late="skip",
            run_hour=8,
            repeat_every=2,
            repeat_unit="weeks",
            next_template_ids=[Command.link(following.id)],
        )
        both = following + template
        contents = [self.get_content(each) for each in both]
        rows = both.export_data(COLUMNS)["datas"]
        ids = [row[0] for row in rows if row[0]]
        self.assertEqual(len(ids), 2)
        # the other database only has the shared records
        both.unlink()
        result = self.env["track.template"].load(COLUMNS, to_import(rows))
        self.assertEqual(result["messages"], [])
        made = self.env["track.template"].browse(result["ids"])
        self.assertEqual(
            [each.get_external_id()[each.id] for each in made], ids, "known again"
        )
        for each, (name, direction, models, lines) in zip(made, contents, strict=True):
            content = self.get_content(each)
            self.assertEqual(content[:3], (name, direction, models))
            for new, old in zip(content[3], lines, strict=True):
                if old[6] == following:  # deleted and created again
                    old, new = old[:6] + old[7:], new[:6] + new[7:]
                self.assertEqual(new, old)
        self.assertEqual(made[1].line_ids.next_template_id, made[0])
        self.assertEqual(made[1].next_template_ids, made[0])
        # importing again creates no duplicates
        again = self.env["track.template"].load(COLUMNS, to_import(rows))
        self.assertEqual(again["ids"], made.ids)
        self.assertEqual(len(made[1].line_ids), 5)
        self.assertEqual(len(made[1].line_ids.update_ids), 4)

    def test_who_does_the_tasks_survives(self):
        role = self.env["res.role"].create({"name": "Back Office"})
        team = self.env["crm.team"].create({"name": "Inbound"})
        self.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": "test.role", "record": role},
                {"xml_id": "test.team", "record": team},
            ]
        )
        template = self.make_automated(
            *(
                {"summary": kind, "responsible_type": kind, name: value}
                for kind, name, value in (
                    ("field", "responsible_field", "team_id.user_id"),
                    ("role", "responsible_role_id", role.id),
                    ("team", "responsible_team_id", team.id),
                )
            ),
            absence="stand_in",
        )
        content = self.get_content(template)
        rows = template.export_data(COLUMNS)["datas"]
        template.unlink()
        result = self.env["track.template"].load(COLUMNS, to_import(rows))
        self.assertEqual(result["messages"], [])
        made = self.env["track.template"].browse(result["ids"])
        self.assertEqual(self.get_content(made), content)

    def test_a_template_that_could_not_be_saved_is_refused_with_the_same_words(self):
        result = self.env["track.template"].load(
            ["id", "name", "line_ids/id", "line_ids/summary", "line_ids/delay_from"],
            [["test.wrong", "Wrong", "test.wrong_1", "Wait", "previous"]],
        )
        self.assertFalse(result["ids"])
        self.assertIn(
            "has no previous task to wait for", result["messages"][0]["message"]
        )
        result = self.env["track.template"].load(
            [
                "id",
                "name",
                "res_model_ids/id",
                "line_ids/action",
                "line_ids/update_ids/field_name",
                "line_ids/update_ids/value_external_id",
            ],
            [
                [
                    "test.wrong",
                    "Wrong",
                    "crm.model_crm_lead",
                    "update",
                    "tag_ids",
                    "test.nothing",
                ]
            ],
        )
        self.assertFalse(result["ids"])
        self.assertIn("is not an external ID", result["messages"][0]["message"])

    def test_models_are_named_as_in_every_database(self):
        template = self.make_template(
            {"summary": "Call"},
            res_model_ids=[
                Command.set(
                    [
                        self.lead_model.id,
                        self.env["ir.model"]._get_id("res.partner"),
                    ]
                )
            ],
        ).with_user(self.manager)
        self.assertEqual(template.res_model_names, "crm.lead,res.partner")
        template.res_model_names = "res.partner"
        self.assertEqual(template.res_model_ids.mapped("model"), ["res.partner"])
        template.res_model_names = ""
        self.assertFalse(template.res_model_ids)
        with self.assertRaisesRegex(UserError, "“no.model” is not an installed model"):
            template.res_model_names = "no.model"

    def test_an_external_id_that_came_from_another_database_is_left_alone(self):
        unnamed, imported = self.env["crm.tag"].create(
            [{"name": "Nowhere named"}, {"name": "Imported"}]
        )
        # in the other database the record has the id of another one here
        foreign = f"__export__.crm_tag_{unnamed.id}"
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": foreign, "record": imported}]
        )
        template = self.make_automated(self.make_update(("tag_ids", unnamed.id, "add")))
        update = template.line_ids.update_ids
        [[xml_id]] = update.export_data(["value_external_id"])["datas"]
        self.assertEqual(self.env.ref(xml_id), unnamed)
        self.assertEqual(self.env.ref(foreign), imported)

    def test_a_tracks_administrator_exports_and_imports(self):
        template = self.make_automated(
            self.make_update(("tag_ids", self.tag.id, "add")),
            {"summary": "Call", "delay_from": "previous"},
        )
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        template = template.with_user(self.manager)
        rows = template.export_data(COLUMNS)["datas"]
        template.unlink()
        result = template.load(COLUMNS, to_import(rows))
        self.assertEqual(result["messages"], [])
        made = template.browse(result["ids"])
        self.assertEqual(made.line_ids.update_ids.value, str(self.tag.id))


def line_sorted(template):
    return template.line_ids.sorted()


def to_import(rows):
    """Exported rows as in a file, where every value is text."""
    return [
        ["" if value is False or value is None else str(value) for value in row]
        for row in rows
    ]
