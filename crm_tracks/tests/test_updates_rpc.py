import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .test_updates import UpdateCase


@tagged("post_install", "-at_install")
class TestUpdatesByPrograms(UpdateCase):
    """What programs can call, and what they can forge, with the rights of a user."""

    def rpc(self, user, model, method, *args, **kwargs):
        self.env.flush_all()
        env = self.env(user=user.id, su=False, context={})
        return call_kw(env[model], method, list(args), kwargs)

    def get_forged_line(self):
        """The values of a track of an update, whose undo would create a task."""
        backup = dict.fromkeys(("options", "course", "changed", "moved"), {})
        backup |= dict.fromkeys(("added", "unbegun", "edited"), [])
        task = {"sequence": 99, "state": "waiting", "summary": "Forged"}
        backup |= {"automated": False, "removed": {"1": task}}
        return {"run_id": self.track.id, "state": "done", "backup": backup}

    def test_the_defaults_of_a_context_forge_nothing(self):
        line = self.get_forged_line()
        context = {
            "default_line_ids": [(0, 0, line)],
            "default_backup": line["backup"],
            "default_date_updated": "2999-01-01 00:00:00",
            "default_in_background": True,
        }
        ids = self.track.ids
        name = "action_update_from_template"
        action = self.rpc(self.manager, "track.run", name, ids, context=context)
        self.assertNothingForged(action)

    def test_the_defaults_of_a_user_forge_nothing(self):
        line = self.get_forged_line()
        defaults = self.env["ir.default"].with_user(self.manager)
        update, line_model = "track.run.update", "track.run.update.line"
        defaults.set(update, "date_updated", "2999-01-01 00:00:00", user_id=True)
        defaults.set(update, "line_ids", [(0, 0, line)], user_id=True)
        defaults.set(update, "in_background", True, user_id=True)
        for name in ("backup", "reason"):
            defaults.sudo().create(
                {
                    "field_id": self.env["ir.model.fields"]._get(line_model, name).id,
                    "json_value": json.dumps(line["backup"]),
                    "user_id": self.manager.id,
                }
            )
        name = "action_update_from_template"
        self.assertNothingForged(
            self.rpc(self.manager, "track.run", name, self.track.ids)
        )

    def assertNothingForged(self, action):
        """The result has one line, of which nothing can be undone, until tomorrow."""
        update = self.env["track.run.update"].browse(action["res_id"])
        self.assertEqual(update.line_ids.mapped("state"), ["unchanged"])
        self.assertFalse(update.line_ids.sudo().backup)
        self.assertFalse(update.left_out_ids)
        self.assertEqual(str(update.date_updated), "2026-03-04 10:00:00")
        self.assertFalse(update.in_background)

    def test_a_track_that_is_named_twice_is_updated_once(self):
        self.add_line("Sign", 10)
        action = self.rpc(
            self.manager,
            "track.run",
            "action_update_from_template",
            self.track.ids * 2,
        )
        update = self.env["track.run.update"].browse(action["res_id"])
        self.assertEqual(len(update.line_ids), 1)

    def test_no_track_is_refused(self):
        for ids in ([], [0x7FFFFFFE]):
            with self.assertRaises(UserError):
                self.rpc(self.manager, "track.run", "action_update_from_template", ids)

    def test_salespeople_call_nothing(self):
        self.add_line("Sign", 10)
        update = self.update()
        line = update.line_ids
        calls = [
            ("track.run", "action_update_from_template", self.track.ids),
            ("track.run", "action_open_update", self.track.ids),
            ("track.template", "action_open_updates", self.template.ids),
            ("track.template", "action_open_last_update", self.template.ids),
            ("track.run.update", "action_undo", update.ids),
            ("track.run.update", "read", update.ids),
            ("track.run.update", "search", []),
            ("track.run.update", "create", [{"user_id": self.seller.id}]),
            ("track.run.update", "write", update.ids, {"user_id": self.seller.id}),
            ("track.run.update", "unlink", update.ids),
            ("track.run.update.line", "read", line.ids),
            ("track.run.update.line", "search", []),
            ("track.run.update.line", "write", line.ids, {"state": "queued"}),
            ("track.run", "read", self.track.ids, ["update_comparison"]),
            ("track.run", "read", self.track.ids, ["removed_line_refs"]),
        ]
        for model, method, *args in calls:
            with self.subTest(f"{model}.{method}"), self.assertRaises(AccessError):
                self.rpc(self.seller, model, method, *args)

    def test_backups_are_read_and_forged_by_nobody(self):
        self.write_.unlink()
        line = self.update().line_ids
        admin = self.env.ref("base.user_admin")
        groups = "sales_team.group_sale_manager", "base.group_allow_export"
        for user in (self.manager, admin):
            user.group_ids = [Command.link(self.env.ref(name).id) for name in groups]
        for user in (self.manager, admin):
            for method, *args in (
                ("read", line.ids, ["backup"]),
                ("search", [("backup", "!=", False)]),
                ("search_read", [], ["backup"]),
                ("web_read", line.ids, {"backup": {}}),
                ("export_data", line.ids, ["backup"]),
                ("read_group", [], ["backup"], ["backup"]),
                ("formatted_read_group", [], ["backup"]),
                ("write", line.ids, {"backup": {}}),
                ("web_save", line.ids, {"backup": {}}, {}),
                ("create", [{"run_id": self.track.id, "backup": {}}]),
                ("copy", line.ids),
            ):
                with self.subTest(method), self.assertRaises(AccessError):
                    self.rpc(user, "track.run.update.line", method, *args)

    def test_updates_of_others_are_out_of_reach(self):
        self.write_.unlink()
        update = self.update()
        other = self.make_user("manager_2", "sales_team.group_sale_manager")
        for method in ("action_undo", "read"):
            with self.subTest(method), self.assertRaises(AccessError):
                self.rpc(other, "track.run.update", method, update.ids)
        self.assertFalse(self.rpc(other, "track.run.update", "search", []))
        self.assertFalse(self.rpc(other, "track.run.update.line", "search", []))
        with self.assertRaises(UserError):
            self.rpc(
                other, "track.template", "action_open_last_update", self.template.ids
            )

    def test_an_administrator_of_another_company_changes_nothing(self):
        other = self.make_user(
            "manager_of_2",
            "sales_team.group_sale_manager",
            company_id=self.company_2.id,
            company_ids=[Command.set(self.company_2.ids)],
        )
        self.add_line("Sign", 10)
        for context in ({}, {"allowed_company_ids": self.company.ids}):
            for method, *args in (
                ("action_update_from_template",),
                ("web_read", {"update_comparison": {}, "update_added": {}}),
            ):
                with self.subTest(method), self.assertRaises(AccessError):
                    self.rpc(
                        other,
                        "track.run",
                        method,
                        self.track.ids,
                        *args,
                        context=context,
                    )
        self.assertEqual(self.get_summaries(), ["Call", "Write", "Meet"])
