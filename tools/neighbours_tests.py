"""Tests of what users do with ours and a neighbour together, for tools/neighbours.sh.

Those of neighbours that are not installed are skipped.
"""

from unittest import SkipTest

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.crm_tracks.tests.common import TracksCase


class NeighbourCase(TracksCase):
    NEIGHBOUR = None  # the name of a module

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env["ir.module.module"]._get(cls.NEIGHBOUR).state == "installed":
            cls.tearDownClass()
            raise SkipTest(f"{cls.NEIGHBOUR} is not installed")

    def start(self, *lines, **values):
        """A track on an opportunity of the seller."""
        template = self.make_template(*(lines or [{"summary": "Call"}]), **values)
        return self.make_leads().with_user(self.seller).tracks_apply(template).sudo()


@tagged("post_install", "-at_install")
class TestActivityTeams(NeighbourCase):
    NEIGHBOUR = "mail_activity_team"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team, cls.other_team = cls.env["mail.activity.team"].create(
            [
                {
                    "name": name,
                    "user_id": leader.id,
                    "member_ids": [(6, 0, leader.ids)],
                }
                for name, leader in (("Sales", cls.seller), ("Else", cls.seller_2))
            ]
        )

    def test_the_team_of_an_activity_follows_the_assignee_of_its_task(self):
        task = self.start().line_ids
        self.assertActivityFollows(task)
        self.assertEqual(task.activity_id.team_id, self.team)
        for user, team in (
            (self.seller_2, self.other_team),
            (self.seller_all, self.env["mail.activity.team"]),
        ):
            task.with_user(self.manager).user_id = user
            self.assertActivityFollows(task)
            self.assertEqual(task.activity_id.team_id, team)

    def test_the_default_team_of_a_type_does_not_replace_the_assignee(self):
        self.type_call.default_team_id = self.other_team
        task = self.start({"activity_type_id": self.type_call.id}).line_ids
        self.assertEqual(task.user_id, self.seller)
        self.assertActivityFollows(task)

    def test_another_team_on_the_activity_changes_the_assignee_of_the_task(self):
        task = self.start().line_ids
        with Form(task.activity_id) as form:
            form.team_id = self.other_team
        self.assertEqual(task.user_id, self.seller_2)
        self.assertActivityFollows(task)

    def test_an_activity_of_a_track_always_has_an_assignee(self):
        task = self.start().line_ids
        with self.assertRaises(UserError):
            task.activity_id.write({"user_id": False, "team_id": self.other_team.id})


@tagged("post_install", "-at_install")
class TestReminders(NeighbourCase):
    NEIGHBOUR = "mail_activity_reminder"

    def test_inactive_activities_are_not_reminded_of(self):
        self.type_call.reminders = "0"
        task = self.start(
            {"activity_type_id": self.type_call.id, "delay_count": 1}
        ).line_ids
        lead = self.env["crm.lead"].browse(task.run_id.res_id)
        with self.at("2026-03-05 10:00:00"):
            lead.action_set_lost()
            self.assertTrue(task.is_muted)
            activities = self.env["mail.activity"]
            self.assertNotIn(task.activity_ids, activities._get_activities_to_remind())
            lead.action_unarchive()
            self.assertIn(task.activity_id, activities._get_activities_to_remind())


@tagged("post_install", "-at_install")
class TestQueue(NeighbourCase):
    NEIGHBOUR = "queue_job"

    def test_a_job_applies_a_template(self):
        # imported here, because it may not be installed
        from odoo.addons.queue_job.tests.common import trap_jobs

        template = self.make_template({"summary": "Call"})
        leads = self.make_leads(2).with_user(self.seller)
        with trap_jobs() as trap:
            leads.with_delay().tracks_apply(template, start_date=self.TODAY)
            self.assertFalse(leads.track_run_ids)
            trap.perform_enqueued_jobs()
        for run in leads.sudo().track_run_ids:
            self.assertTasks(run, [("Call", "open", "2026-03-04")])
        self.assertEqual(len(leads.track_run_ids), 2)


@tagged("post_install", "-at_install")
class TestWinning(NeighbourCase):
    NEIGHBOUR = "crm_won_restrict_per_stage"

    def test_an_automated_task_says_why_the_lead_may_not_be_won(self):
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        update = {"field_name": "stage_id", "value": str(won.id)}
        run = self.start(
            {"action": "update", "update_ids": [(0, 0, update)]},
            res_model_ids=[(6, 0, self.env["ir.model"]._get("crm.lead").ids)],
        )
        lead = self.env["crm.lead"].browse(run.res_id)
        lead.stage_id.show_won_button = False
        self.run_cron()
        self.assertIn("can't change to this stage", run.line_ids.error)
        self.assertFalse(lead.stage_id.is_won)
        lead.stage_id.show_won_button = True
        run.line_ids.action_run_now()
        self.assertTrue(lead.stage_id.is_won)


@tagged("post_install", "-at_install")
class TestInactiveTickets(NeighbourCase):
    NEIGHBOUR = "helpdesk_ticket_close_inactive"

    def test_closing_an_inactive_ticket_closes_its_tracks(self):
        stages = self.env["helpdesk.ticket.stage"].create(
            [{"name": "Waiting"}, {"name": "Forgotten", "closed": True}]
        )
        team = self.env["helpdesk.ticket.team"].create(
            {
                "name": "Team",
                "close_inactive_tickets": True,
                "inactive_tickets_day_limit_closing": 14,
                "ticket_stage_ids": [(6, 0, stages[0].ids)],
                "closing_ticket_stage": stages[1].id,
            }
        )
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Printer",
                "description": "On fire",
                "team_id": team.id,
                "stage_id": stages[0].id,
                "last_stage_update": "2026-02-01 10:00:00",
                "user_id": self.env.ref("base.user_admin").id,
            }
        )
        task = ticket.tracks_apply(self.make_template({"summary": "Call"})).line_ids
        self.assertFalse(task.is_muted)
        team.close_team_inactive_tickets()
        self.assertEqual(ticket.stage_id, stages[1])
        self.assertTrue(task.is_muted)


@tagged("post_install", "-at_install")
class TestClaims(NeighbourCase):
    NEIGHBOUR = "crm_claim"

    def test_claims_have_tracks(self):
        claim = self.env["crm.claim"].create(
            {"name": "Broken", "user_id": self.seller.id}
        )
        template = self.make_template({"summary": "Call"})
        task = claim.with_user(self.manager).tracks_apply(template).sudo().line_ids
        self.assertActivityFollows(task)
        self.assertEqual(task.user_id, self.seller)
        claim.active = False
        self.assertTrue(task.is_muted)
