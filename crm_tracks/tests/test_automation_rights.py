from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .test_automation import AutomationCase

CRON_LOGGER = "odoo.addons.crm_tracks.models.automation.cron"


@tagged("post_install", "-at_install")
class TestAutomationRights(AutomationCase):
    """Automated tasks run with the rights of the starter."""

    def run_on_others_lead(self, template):
        """Start a template as a user with access to all leads, who then loses it."""
        leads, run = self.start(template, user=self.seller_all)
        self.seller_all.group_ids = self.env.ref("sales_team.group_sale_salesman")
        return leads, run

    @mute_logger(CRON_LOGGER)
    def test_a_starter_who_lost_the_right_fails_with_that_reason(self):
        template = self.make_automated(self.make_update(("priority", 1)))
        [lead], run = self.run_on_others_lead(template)
        self.run_cron()
        self.assertEqual(lead.sudo().priority, "0")
        task = run.sudo().line_ids
        self.assertEqual(task.state, "failed")
        self.assertIn(
            "Seller All, who started this track, does not have permission for this "
            "task",
            task.error,
        )
        self.assertTrue(task.date_retry)

    @mute_logger(CRON_LOGGER, "odoo.addons.base.models.ir_actions")
    def test_each_action_asks_for_the_starters_rights(self):
        following = self.make_template({"summary": "Then"}, name="Following")
        for line in (
            {"action": "email", "mail_template_id": self.mail_template.id},
            {"action": "server_action", "server_action_id": self.server_action.id},
            {"action": "track", "next_template_id": following.id},
        ):
            with self.subTest(action=line["action"]):
                self.seller_all.group_ids = self.env.ref(
                    "sales_team.group_sale_salesman_all_leads"
                )
                [lead], run = self.run_on_others_lead(self.make_automated(line))
                self.run_cron()
                self.assertEqual(run.sudo().line_ids.state, "failed")
                self.assertIn("Seller All, who", run.sudo().line_ids.error)
                self.assertIn(
                    "does not have permission for this task", run.sudo().line_ids.error
                )
                self.assertEqual(lead.sudo().track_run_ids, run.sudo())

    @mute_logger(CRON_LOGGER)
    def test_a_starter_who_has_left_fails_and_take_over_makes_another_the_starter(self):
        template = self.make_automated(self.make_update(("priority", 1)))
        [lead], run = self.start(template, user=self.seller_all)
        self.seller_all.action_archive()
        self.run_cron()
        task = run.sudo().line_ids
        self.assertEqual(
            task.error,
            "Seller All, who started this track, can no longer be assigned tasks. Take "
            "over the track.",
        )
        run.with_user(self.seller).action_take_over()
        self.assertEqual(run.sudo().user_id, self.seller)
        self.run_cron()
        self.assertEqual(lead.sudo().priority, "1")
        self.assertEqual(task.done_user_id, self.seller)

    def test_only_who_may_write_the_record_takes_over_or_runs(self):
        template = self.make_automated(self.make_update(("priority", 1)))
        _leads, run = self.start(template)
        for action in ("action_run_now", "action_take_over"):
            with self.assertRaises(AccessError):
                getattr(run.line_ids.with_user(self.seller_2), action)()
        with self.assertRaises(AccessError):
            run.with_user(self.seller_2).action_take_over()
        self.assertEqual(run.user_id, self.seller)

    def test_odoobot_never_is_the_starter(self):
        template = self.make_automated(
            {"action": "server_action", "server_action_id": self.server_action.id}
        )
        [lead] = self.make_leads(email_from="x@example.com")
        run = lead.with_user(self.env.ref("base.user_root")).tracks_apply(template)
        self.assertEqual(run.user_id, self.seller)
        with self.assertRaisesRegex(UserError, "cannot be assigned"):
            run.with_user(self.env.ref("base.user_root")).action_take_over()
        self.run_cron()
        self.assertIn("tracks_sellerFalse", lead.description)

    @mute_logger(CRON_LOGGER)
    def test_a_starter_outside_of_the_company_fails(self):
        template = self.make_automated(self.make_update(("priority", 1)))
        leads, run = self.start(template, user=self.seller_all)
        leads.sudo().write({"company_id": self.company_2.id, "user_id": False})
        self.run_cron()
        self.assertIn(
            "does not have access to Second Company", run.sudo().line_ids.error
        )

    @users("tracks_seller")
    def test_what_an_automated_task_does_cannot_be_added_or_edited_by_hand(self):
        template = self.make_automated(self.make_update(("priority", 1), delay_count=1))
        [lead], run = self.start(template)
        task = run.line_ids
        for vals in (
            {"action": "server_action"},
            {"settings": [{"field": "priority", "operation": "set", "value": "3"}]},
            {"server_action_id": self.server_action.id},
            {"mail_template_id": self.mail_template.id},
            {"next_template_id": template.id},
            {"result": {}},
        ):
            with self.assertRaises(AccessError):
                task.write(vals)
            with self.assertRaises(AccessError):
                self.env["track.run.line"].create(
                    {"run_id": run.id, "summary": "Mine", **vals}
                )
        with self.assertRaisesRegex(UserError, "it has no assignee"):
            task.write({"user_id": self.env.uid})
        task.write({"date_deadline": "2026-03-20"})
        self.run_cron()
        self.assertEqual(lead.priority, "0")
        with self.at("2026-03-20 10:00:00"):
            self.run_cron()
        self.assertEqual(lead.priority, "1")

    def test_an_automated_task_is_handed_to_nobody(self):
        template = self.make_automated(
            self.make_update(("priority", 1), delay_count=1), {"summary": "Call"}
        )
        _leads, run = self.start(template)
        run.action_reassign(self.seller_all)
        self.assertEqual(run.line_ids.mapped("user_id"), self.seller_all)
        self.assertFalse(run.line_ids[0].user_id)
