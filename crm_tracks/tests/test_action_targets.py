from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged, users

from .test_automation import AutomationCase


@tagged("post_install", "-at_install")
class TestActionTargets(AutomationCase):
    """What automated tasks need is not deleted while they need it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = cls.env["res.users"].create(
            {
                "name": "Ada Administrator",
                "login": "ada",
                "group_ids": [
                    Command.link(cls.env.ref("base.group_system").id),
                    Command.link(cls.env.ref("crm_tracks.group_track_manager").id),
                ],
            }
        )
        cls.next_template = cls.make_template({"summary": "Meet"}, name="Renewal")
        cls.targets = {
            "email": cls.mail_template,
            "server_action": cls.server_action,
            "track": cls.next_template,
        }
        names = {"email": "mail_template_id", "track": "next_template_id"}
        cls.lines = [
            {"action": action, names.get(action, "server_action_id"): target.id}
            for action, target in cls.targets.items()
        ]

    def assertNotDeleted(self, message):
        for target in self.targets.values():
            target = target.with_env(self.env)
            with (
                self.subTest(target=target._name),
                self.assertRaisesRegex(
                    UserError, message.format(name=target.display_name)
                ),
                self.cr.savepoint(),
            ):
                target.unlink()
            self.assertTrue(target.exists())

    @users("ada")
    def test_what_templates_need_is_not_deleted(self):
        self.make_automated(*self.lines)
        self.make_automated(*self.lines, name="Second")
        self.assertNotDeleted(
            "Automated tasks of “Sales follow-through”, “Second” need “{name}”. Change "
            "or delete these tasks first."
        )

    @users("ada")
    def test_nor_what_archived_templates_need(self):
        self.make_automated(*self.lines, active=False)
        self.assertNotDeleted("Automated tasks of “Sales follow-through” need")

    @users("ada")
    def test_nor_what_a_track_that_has_not_ended_needs(self):
        template = self.make_automated({"summary": "Call"}, *self.lines)
        _leads, run = self.start(template)
        template.line_ids[1:].unlink()
        self.assertNotDeleted(
            "Tracks that have not ended need “{name}”. Skip the tasks that need it, or "
            "wait until these tracks end."
        )
        run.action_stop()
        for target in self.targets.values():
            target.with_env(self.env).unlink()
            self.assertFalse(target.exists())

    @users("ada")
    def test_a_task_that_does_something_else_now_needs_it_no_more(self):
        template = self.make_automated(*self.lines)
        template.line_ids.write({"action": "activity", "summary": "Call"})
        for target in self.targets.values():
            target.with_env(self.env).unlink()
            self.assertFalse(target.exists())

    @users("ada")
    def test_templates_that_start_one_another_are_deleted_together(self):
        both = self.next_template + self.make_automated(
            {"action": "track", "next_template_id": self.next_template.id}
        )
        both.with_env(self.env).unlink()
        self.assertFalse(both.exists())

    def test_uninstalling_an_addon_deletes_its_own(self):
        template = self.make_automated(*self.lines)
        self.mail_template.unlink()
        self.assertIn("E-mail: (deleted)", template.missing_hint)
