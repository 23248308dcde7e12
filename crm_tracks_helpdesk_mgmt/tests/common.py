from odoo import Command

from odoo.addons.crm_tracks.tests.common import TracksCase


class HelpdeskCase(TracksCase):
    """Two teams, three stages, and helpdesk users with real rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls.make_user("agent", "helpdesk_mgmt.group_helpdesk_user")
        cls.agent_2 = cls.make_user("agent_2", "helpdesk_mgmt.group_helpdesk_user")
        cls.helpdesk_manager = cls.make_user(
            "helpdesk_manager", "helpdesk_mgmt.group_helpdesk_manager"
        )
        cls.stage_new = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        cls.stage_progress = cls.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_stage_in_progress"
        )
        cls.stage_done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        Team = cls.env["helpdesk.ticket.team"]
        cls.first_level = Team.create(
            {"name": "First level", "user_ids": [Command.set(cls.agent.ids)]}
        )
        cls.second_level = Team.create(
            {"name": "Second level", "user_ids": [Command.set(cls.agent_2.ids)]}
        )
        cls.category = cls.env["helpdesk.ticket.category"].create({"name": "Printers"})
        cls.template = cls.make_chain("Answer", "Solve", name="Support query")

    @classmethod
    def make_ticket(cls, user=None, **values):
        """A ticket in the first level, created by ``user`` (default: the agent)."""
        return (
            cls.env["helpdesk.ticket"]
            .with_user(user or cls.agent)
            .create(
                {
                    "name": "Printer on fire",
                    "description": "It burns.",
                    "team_id": cls.first_level.id,
                    "user_id": cls.agent.id,
                    **values,
                }
            )
            .with_user(cls.env.user)
        )

    def get_notes(self, ticket):
        """The notes of a ticket as text, the latest first."""
        return [str(message.body) for message in ticket.message_ids.sorted("id")[::-1]]

    def assertStarted(self, ticket, *templates):
        """Exactly these templates run on the ticket."""
        runs = ticket.sudo().track_run_ids
        self.assertEqual(
            sorted(runs.template_id.mapped("name")),
            sorted(template.name for template in templates),
        )
        self.assertEqual(len(runs), len(templates))
        return runs


class TicketTaskCase(HelpdeskCase):
    """Templates whose tasks create tickets, and a user who may start them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.starter = cls.make_user(
            "starter",
            "helpdesk_mgmt.group_helpdesk_user,"
            "sales_team.group_sale_salesman_all_leads",
        )
        cls.partner_model = cls.env["ir.model"]._get("res.partner")
        cls.customers = cls.env["res.partner"].create(
            [
                {"name": "Harbour Bakery", "email": "office@bakery.example"},
                {"name": "Old Mill Press"},
            ]
        )

    @classmethod
    def make_ticket_task(cls, **values):
        """A task that creates a ticket for the first level."""
        return {"action": "ticket", "ticket_team_id": cls.first_level.id, **values}

    @classmethod
    def make_ticket_template(cls, *lines, **values):
        """A template that creates a ticket, for every model by default.

        :param lines: dicts of ``track.line`` values; by default one ticket
        """
        values.setdefault("name", "Offboarding")
        return cls.make_template(*(lines or [cls.make_ticket_task()]), **values)

    def start(self, template, records, user=None):
        """Start a template on these records, as this user."""
        return records.with_user(user or self.starter).tracks_apply(template)

    def run_tickets(self, template, records, user=None):
        """Start a template on these records, and let the cron create their tickets."""
        runs = self.start(template, records, user)
        self.run_cron()
        self.assertEqual(set(runs.sudo().line_ids.mapped("error")), {False})
        return runs.sudo().line_ids.ticket_id
