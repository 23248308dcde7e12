from odoo import Command
from odoo.tests import tagged

from .common import TicketTaskCase


@tagged("post_install", "-at_install")
class TestLoops(TicketTaskCase):
    """Teams whose tracks move tickets to each other do not loop."""

    def make_moving_template(self, name, team):
        """A template with an automated task that moves the ticket to this team."""
        return self.make_template(
            {
                "action": "update",
                "update_ids": [
                    Command.create({"field_name": "team_id", "value": str(team.id)})
                ],
            },
            name=name,
            res_model_ids=self.env["ir.model"]._get("helpdesk.ticket").ids,
        )

    def test_two_teams_whose_tracks_move_the_ticket_to_each_other_end(self):
        both = [Command.set((self.agent + self.agent_2).ids)]
        (self.first_level + self.second_level).write({"user_ids": both})
        to_second = self.make_moving_template("To the second", self.second_level)
        to_first = self.make_moving_template("To the first", self.first_level)
        self.first_level.track_template_ids = to_second
        self.second_level.track_template_ids = to_first
        ticket = self.make_ticket()
        for day in range(4, 9):
            with self.at(f"2026-03-{day:02} 12:00:00"):
                for _time in range(4):
                    self.run_cron()
        runs = self.assertStarted(ticket, to_second, to_first)
        self.assertEqual(sorted(runs.mapped("generation")), [0, 1])
        self.assertEqual(set(runs.mapped("state")), {"done"})
        notes = [note for note in self.get_notes(ticket) if "without end" in note]
        self.assertEqual(len(notes), 1)
