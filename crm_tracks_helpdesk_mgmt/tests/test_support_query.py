from odoo import http
from odoo.tests import new_test_user, tagged

from odoo.addons.crm_tracks.tests.common import PatientHttpCase


@tagged("post_install", "-at_install")
class TestSupportQuery(PatientHttpCase):
    """A support query, from the customer's form on the portal until it is closed.

    ``helpdesk_mgmt`` keeps a solved ticket closed when the customer writes again: a
    user or an automation rule moves it back to an open stage.
    """

    WAITS = {"delay_from": "previous", "delay_count": 1}

    def setUp(self):
        super().setUp()
        self.customer = new_test_user(
            self.env,
            login="tracks_customer",
            password="tracks_customer",
            groups="base.group_portal",
            email="customer@tracks.example",
        )
        self.agent = new_test_user(
            self.env,
            login="tracks_agent",
            groups="helpdesk_mgmt.group_helpdesk_user",
            email="agent@tracks.example",
        )
        self.template = self.env["track.template"].create(
            {
                "name": "Support query",
                "line_ids": [
                    (0, 0, {"sequence": 1, "summary": "Answer"}),
                    (0, 0, {"sequence": 2, "summary": "Solve", **self.WAITS}),
                    (0, 0, {"sequence": 3, "summary": "Ask", **self.WAITS}),
                ],
            }
        )
        self.team = self.env["helpdesk.ticket.team"].create(
            {
                "name": "First level",
                "user_ids": [(6, 0, self.agent.ids)],
                "track_template_ids": [(6, 0, self.template.ids)],
            }
        )
        self.env.company.helpdesk_mgmt_portal_select_team = True
        self.stage_progress = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_stage_in_progress"
        )
        self.stage_done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")

    def submit(self):
        """The customer fills in the form of the portal."""
        self.authenticate("tracks_customer", "tracks_customer")
        response = self.url_open(
            "/submitted/ticket",
            data={
                "team": self.team.id,
                "csrf_token": http.Request.csrf_token(self),
                "subject": "Printer on fire",
                "description": "It burns.",
            },
        )
        self.assertEqual(response.status_code, 200)
        ticket = self.env["helpdesk.ticket"].search([], order="id desc", limit=1)
        self.assertEqual(ticket.team_id, self.team)
        return ticket

    def write_again(self, ticket):
        """The customer answers in the chatter of the portal's page."""
        self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "helpdesk.ticket",
                "thread_id": ticket.id,
                "post_data": {
                    "body": "It burns again.",
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                },
            },
        )
        [message] = ticket.message_ids.filtered(
            lambda message: "It burns again." in message.body
        )
        self.assertEqual(message.author_id, self.customer.partner_id)

    def get_task(self, ticket, summary):
        return ticket.track_run_ids.line_ids.filtered(
            lambda task: task.summary == summary
        )

    def tick(self, ticket, summary):
        activity = self.get_task(ticket, summary).activity_id
        self.assertTrue(activity.active)
        activity.with_user(self.agent).action_feedback()

    def get_list(self):
        """The activities in the agent's list."""
        mine = [("user_id", "=", self.agent.id)]
        return self.env["mail.activity"].with_user(self.agent).search(mine)

    def bring_to_solved(self):
        """A ticket from the portal that was answered, solved and closed.

        :return: the ticket and its muted activity
        """
        ticket = self.submit()
        track = ticket.track_run_ids
        self.assertEqual(track.template_id, self.template)
        self.assertTrue(track.user_id._is_internal())  # not the customer
        ticket.with_user(self.agent).assign_to_me()
        self.tick(ticket, "Answer")
        activity = self.get_task(ticket, "Solve").activity_id
        self.assertEqual(self.get_list(), activity)
        ticket.with_user(self.agent).stage_id = self.stage_done
        self.assertTrue(track.held)
        self.assertTrue(activity.muted)
        self.assertFalse(self.get_list())
        return ticket, activity

    def test_a_colleague_reopens_it_when_the_customer_writes_again(self):
        ticket, activity = self.bring_to_solved()
        self.write_again(ticket)
        self.assertTrue(ticket.closed)
        self.assertTrue(activity.muted)

        kept = activity.read(["summary", "date_deadline", "user_id"])
        ticket.with_user(self.agent).stage_id = self.stage_progress
        self.assertFalse(ticket.track_run_ids.held)
        self.assertEqual(self.get_list(), activity)
        self.assertEqual(activity.read(["summary", "date_deadline", "user_id"]), kept)

        self.tick(ticket, "Solve")
        self.tick(ticket, "Ask")
        ticket.with_user(self.agent).stage_id = self.stage_done
        self.assertEqual(ticket.track_run_ids.state, "done")
        self.assertEqual(
            ticket.track_run_ids.line_ids.mapped("state"), ["done", "done", "done"]
        )
        self.assertFalse(self.get_list())

    def test_an_automation_rule_reopens_it_when_the_customer_writes_again(self):
        if "base.automation" not in self.env:
            self.skipTest("base_automation is not installed")
        model = self.env["ir.model"]._get("helpdesk.ticket")
        rule = self.env["base.automation"].create(
            {
                "name": "The customer wrote again",
                "model_id": model.id,
                "trigger": "on_message_received",
                "filter_domain": "[('stage_id.closed', '=', True)]",
            }
        )
        rule.action_server_ids = self.env["ir.actions.server"].create(
            {
                "name": "Reopen",
                "model_id": model.id,
                "state": "object_write",
                "update_path": "stage_id",
                "resource_ref": f"helpdesk.ticket.stage,{self.stage_progress.id}",
                "usage": "base_automation",
            }
        )
        ticket, activity = self.bring_to_solved()
        self.write_again(ticket)
        self.assertEqual(ticket.stage_id, self.stage_progress)
        self.assertFalse(ticket.track_run_ids.held)
        self.assertEqual(self.get_list(), activity)
