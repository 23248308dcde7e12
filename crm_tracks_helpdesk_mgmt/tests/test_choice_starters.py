from odoo import SUPERUSER_ID
from odoo.tests import tagged

from .common import HelpdeskCase

MAIL = """Return-Path: <customer@example.com>
To: {to}
Message-ID: <{id}@example.com>
Date: Wed, 04 Mar 2026 10:00:00 +0000
From: {author}
Subject: Printer on fire
Content-Type: text/plain; charset=utf-8

It burns.
"""


@tagged("post_install", "-at_install")
class TestChoiceStarters(HelpdeskCase):
    """The starter of a track that a team selects, for each origin of the ticket.

    Only an active internal user who may change the ticket is its starter; otherwise the
    owner of the ticket is, or else a Tracks administrator.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first_level.track_template_ids = cls.template
        cls.administrator = cls.env["track.run"]._get_administrator(cls.company)

    def make_in_sudo(self, user, **values):
        """Create a ticket as the portal's form and the mail gateway do: in sudo."""
        return (
            self.env["helpdesk.ticket"]
            .with_user(user)
            .sudo()
            .create(
                {
                    "name": "Printer on fire",
                    "description": "It burns.",
                    "team_id": self.first_level.id,
                    "user_id": False,
                    **values,
                }
            )
            .with_env(self.env)
        )

    def assertStarter(self, ticket, starter, assignee=None):
        track = self.assertStarted(ticket, self.template)
        self.assertEqual(track.user_id, starter)
        self.assertEqual(
            self.get_task(track, "Answer").user_id, assignee or track.user_id
        )
        return track

    def test_a_customer_s_ticket_is_started_by_its_owner(self):
        ticket = self.make_in_sudo(self.portal, user_id=self.agent.id)
        self.assertStarter(ticket, self.agent)

    def test_without_an_owner_a_tracks_administrator_stands_in(self):
        self.assertTrue(self.administrator)
        for user in (
            self.portal,
            self.env.ref("base.public_user"),
            self.env["res.users"].browse(SUPERUSER_ID),
        ):
            with self.subTest(user=user.login):
                self.assertStarter(self.make_in_sudo(user), self.administrator)

    def test_an_owner_who_is_gone_does_not_stand_in(self):
        ticket = self.make_in_sudo(self.portal, team_id=False)
        ticket.user_id = self.agent
        ticket.sudo().track_run_ids.unlink()
        self.assertEqual(ticket.team_id, self.first_level)
        ticket.team_id = self.second_level
        self.cr.execute(
            "UPDATE res_users SET active = FALSE WHERE id = %s", [self.agent.id]
        )
        self.env.invalidate_all()
        ticket.with_user(SUPERUSER_ID).write(
            {"team_id": self.first_level.id, "user_id": self.agent.id}
        )
        self.assertStarter(ticket, self.administrator)

    def test_a_colleague_without_rights_on_tickets_is_no_starter(self):
        ticket = self.make_in_sudo(self.employee, user_id=self.agent.id)
        self.assertFalse(ticket.with_user(self.employee).has_access("write"))
        self.assertStarter(ticket, self.agent)

    def test_an_agent_is_the_starter_whoever_owns_the_ticket(self):
        ticket = self.make_ticket(self.agent_2)
        self.assertStarter(ticket, self.agent_2, assignee=self.agent)

    def test_the_owner_of_a_customer_s_ticket_is_told_once(self):
        self.cr.flush()
        last = self.env["mail.message"].search([], order="id desc", limit=1)
        self.make_in_sudo(self.portal, user_id=self.agent.id)
        self.cr.flush()
        messages = self.env["mail.message"].search(
            [("id", ">", last.id), ("message_type", "=", "user_notification")]
        )
        self.assertEqual(messages.notified_partner_ids, self.agent.partner_id)
        self.assertIn("assigned to you", messages.subject)

    def test_nothing_is_written_in_the_customer_s_name(self):
        ticket = self.make_in_sudo(self.portal)
        notes = ticket.message_ids.filtered(lambda message: "Track" in message.body)
        self.assertEqual(notes.author_id, self.env.ref("base.partner_root"))
        self.assertTrue(notes.subtype_id.internal)

    def process_mail(self, author):
        self.env["mail.thread"].message_process(
            "helpdesk.ticket",
            MAIL.format(to="nobody@tracks.example", id=f"{author}-mail", author=author),
            custom_values={"team_id": self.first_level.id, "user_id": False},
        )
        return self.env["helpdesk.ticket"].search([], order="id desc", limit=1)

    def test_a_mail_of_a_customer_starts_it(self):
        ticket = self.process_mail("customer@example.com")
        self.assertEqual(ticket.name, "Printer on fire")
        self.assertStarter(ticket, self.administrator)

    def test_a_mail_of_a_portal_user_starts_it(self):
        ticket = self.process_mail(self.portal.email)
        self.assertStarter(ticket, self.administrator)

    def test_what_prevents_it_does_not_lose_the_mail(self):
        self.template.active = False
        ticket = self.process_mail("customer@example.com")
        self.assertStarted(ticket)
        self.assertIn("is archived", "".join(self.get_notes(ticket)))

    def test_a_ticket_of_another_company_is_that_company_s(self):
        agent = self.make_user(
            "agent_abroad",
            "helpdesk_mgmt.group_helpdesk_user",
            company_id=self.company_2.id,
            company_ids=[(6, 0, self.company_2.ids)],
        )
        team = self.env["helpdesk.ticket.team"].create(
            {
                "name": "Abroad",
                "company_id": self.company_2.id,
                "user_ids": [(6, 0, agent.ids)],
                "track_template_ids": [(6, 0, self.template.ids)],
            }
        )
        ticket = self.make_in_sudo(self.portal, team_id=team.id, user_id=agent.id)
        self.assertEqual(ticket.company_id, self.company_2)
        track = self.assertStarter(ticket, agent)
        self.assertEqual(track.company_id, self.company_2)
        domain = [("id", "=", track.id)]
        self.assertFalse(self.env["track.run"].with_user(self.agent).search(domain))
