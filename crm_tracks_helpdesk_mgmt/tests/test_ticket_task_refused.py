from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import TicketTaskCase

CRON_LOGGER = "odoo.addons.crm_tracks.models.automation.cron"


@tagged("post_install", "-at_install")
class TestTicketTaskRefused(TicketTaskCase):
    """Invalid tasks that create tickets are refused; later obstacles let them fail."""

    def assertRefused(self, message, *lines, **values):
        with self.assertRaisesRegex(ValidationError, message), self.cr.savepoint():
            self.make_ticket_template(*lines, **values)

    def test_a_ticket_needs_a_team_and_a_priority(self):
        self.assertRefused(
            "“Team” is empty in task 1 of “Offboarding”. Select a value.",
            {"action": "ticket"},
        )
        self.assertRefused(
            "Task 1 of “Offboarding” creates a ticket. Select its priority",
            self.make_ticket_task(ticket_priority=False),
        )

    def test_team_category_and_template_are_of_one_company(self):
        abroad = self.env["helpdesk.ticket.team"].create(
            {"name": "Abroad", "company_id": self.company_2.id}
        )
        foreign = self.env["helpdesk.ticket.category"].create(
            {"name": "Foreign", "company_id": self.company_2.id}
        )
        team_of_others = self.make_ticket_task(ticket_team_id=abroad.id)
        category_of_others = self.make_ticket_task(ticket_category_id=foreign.id)
        self.assertRefused(
            "team “Abroad” belongs to another company than “Offboarding”",
            team_of_others,
            company_id=self.company.id,
        )
        self.first_level.company_id = self.company
        self.assertRefused(
            "category of .* belongs to another company", category_of_others
        )
        template = self.make_ticket_template(team_of_others)
        with self.assertRaisesRegex(ValidationError, "belongs to another company"):
            template.company_id = self.company
        template.company_id = self.company_2

    @mute_logger(CRON_LOGGER)
    def test_a_record_of_another_company_than_the_team_fails_with_a_reason(self):
        self.first_level.company_id = self.company
        self.starter.company_ids += self.company_2
        self.customers[1].company_id = self.company_2
        runs = self.start(self.make_ticket_template(), self.customers)
        self.run_cron()
        tasks = runs.sudo().line_ids
        self.assertEqual(tasks.mapped("state"), ["done", "failed"])
        self.assertEqual(
            tasks[1].error,
            "The team of the ticket belongs to another company than the record. "
            "Skip the task.",
        )

    # ------------------------------------------------------------------
    # Records that were deleted later
    # ------------------------------------------------------------------

    @mute_logger(CRON_LOGGER)
    def test_a_deleted_team_fails_that_task_only_and_the_template_says_so(self):
        template = self.make_ticket_template(
            self.make_ticket_task(), {"summary": "Call"}
        )
        run = self.start(template, self.customers[0]).sudo()
        self.assertFalse(template.missing_hint)
        self.first_level.unlink()
        self.assertIn("“Ticket for (deleted)”", template.missing_hint)
        self.run_cron()
        self.assertEqual(run.line_ids.mapped("state"), ["failed", "open"])
        self.assertEqual(
            run.line_ids[0].error, "The Team of this task was deleted. Skip the task."
        )
        template.line_ids[1].summary = "Ring"  # the template can still be edited

    @mute_logger(CRON_LOGGER)
    def test_a_deleted_category_fails_that_task_only_and_the_template_says_so(self):
        template = self.make_ticket_template(
            self.make_ticket_task(ticket_category_id=self.category.id),
            self.make_ticket_task(ticket_title="Without one"),
        )
        run = self.start(template, self.customers[0]).sudo()
        self.category.unlink()
        self.assertIn(
            "The ticket category of these tasks was deleted", template.missing_hint
        )
        self.assertNotIn("Without one", template.missing_hint)
        self.run_cron()
        self.assertEqual(run.line_ids.mapped("state"), ["failed", "done"])
        self.assertEqual(
            run.line_ids[0].error,
            "The category of the ticket was deleted. Skip the task.",
        )
        # tracks that start later fail as well, until the template is corrected
        later = self.start(template, self.customers[1]).sudo()
        self.run_cron()
        self.assertEqual(later.line_ids.mapped("state"), ["failed", "done"])

    def test_one_may_do_without_the_deleted_category(self):
        template = self.make_ticket_template(
            self.make_ticket_task(ticket_category_id=self.category.id)
        )
        self.category.unlink()
        with Form(template) as form:
            with form.line_ids.edit(0) as line:
                line.ticket_category_chosen = False
        self.assertFalse(template.missing_hint)
        self.assertTrue(self.run_tickets(template, self.customers[0]))

    @mute_logger(CRON_LOGGER)
    def test_an_archived_team_fails_with_a_reason(self):
        run = self.start(self.make_ticket_template(), self.customers[0]).sudo()
        self.first_level.active = False
        self.run_cron()
        self.assertIn(
            "“First level” is archived, so nobody would see", run.line_ids.error
        )

    def test_a_team_for_which_a_template_creates_tickets_is_not_deleted(self):
        self.make_ticket_template()
        team = self.first_level.with_user(self.helpdesk_manager)
        with (
            self.assertRaisesRegex(UserError, "Automated tasks of “Offboarding” need"),
            self.cr.savepoint(),
        ):
            team.unlink()
        self.assertTrue(team.exists())

    # ------------------------------------------------------------------
    # Loops
    # ------------------------------------------------------------------

    def test_a_template_that_its_ticket_would_start_again_is_refused(self):
        template = self.make_ticket_template()
        ring = "without end: Offboarding → Offboarding"
        for choice in (self.first_level, self.category):
            template.line_ids.ticket_category_id = self.category
            with (
                self.assertRaisesRegex(ValidationError, ring),
                self.cr.savepoint(),
            ):
                choice.with_user(self.helpdesk_manager).track_template_ids = template
        template.line_ids.write(
            {"ticket_team_id": self.second_level.id, "ticket_category_id": False}
        )
        self.first_level.track_template_ids = template
        with self.assertRaisesRegex(ValidationError, ring), self.cr.savepoint():
            template.line_ids.ticket_team_id = self.first_level
        # starting another track is not a loop
        self.second_level.track_template_ids = self.template
        # unless that track leads back to the first one
        with self.assertRaisesRegex(
            ValidationError, "Support query → Offboarding → Support query"
        ):
            self.template.line_ids = [
                Command.create({"action": "track", "next_template_id": template.id})
            ]

    def make_ring(self, template, team):
        """A choice that cannot be saved, written by SQL."""
        field = team._fields["track_template_ids"]
        self.cr.execute(
            f"INSERT INTO {field.relation} ({field.column1}, {field.column2}) "
            "VALUES (%s, %s)",
            [team.id, template.id],
        )
        self.env.invalidate_all()

    def test_a_ring_that_was_not_refused_ends_with_a_note(self):
        template = self.make_ticket_template()
        self.make_ring(template, self.first_level)
        ticket = self.run_tickets(template, self.customers[0])
        self.assertEqual(ticket.team_id, self.first_level)
        self.assertStarted(ticket)
        [note] = [note for note in self.get_notes(ticket) if "did not start" in note]
        self.assertIn("and the tracks would create tickets without end", note)
        # nor when a user moves the ticket there
        ticket.with_user(self.agent).team_id = self.second_level
        ticket.with_user(self.agent).team_id = self.first_level
        self.assertStarted(ticket)
        # nor through an automation rule
        outcome = ticket.with_user(self.agent)._tracks_start_automatically(template)
        self.assertFalse(outcome.runs)
        self.assertStarted(ticket)
        # the track starts on other tickets, and a user may start it on any ticket
        self.assertStarted(self.make_ticket(), template)
        self.start(template, ticket)
        self.assertStarted(ticket, template)

    def test_a_ring_over_two_templates_ends_as_well(self):
        first = self.make_ticket_template(name="First")
        second = self.make_ticket_template(
            self.make_ticket_task(ticket_team_id=self.second_level.id), name="Second"
        )
        self.make_ring(second, self.first_level)
        self.make_ring(first, self.second_level)
        ticket = self.run_tickets(first, self.customers[0])
        self.assertStarted(ticket, second)
        for _time in range(3):
            self.run_cron()
        next_one = ticket.track_run_ids.line_ids.ticket_id
        self.assertEqual(next_one.team_id, self.second_level)
        self.assertStarted(next_one)
        self.assertEqual(
            next_one._tracks_get_makers(), {next_one.id: (second + first).ids}
        )

    def test_a_ring_that_no_template_shows_ends_after_some_generations(self):
        """“Support query” starts another track, which creates the ticket."""
        replace = self.make_ticket_template(name="Replace")
        starter = self.make_ticket_template({"summary": "Look"}, name="Starter")
        starter.line_ids = [
            Command.create({"action": "track", "next_template_id": replace.id})
        ]
        self.make_ring(starter, self.first_level)
        with patch.object(
            type(self.env["helpdesk.ticket"]), "_TRACKS_MAX_GENERATIONS", 3
        ):
            self.start(starter, self.customers[0])
            for _time in range(12):
                self.run_cron()
        made = self.env["helpdesk.ticket"].search(
            [("partner_id", "=", self.customers[0].id)], order="id"
        )
        self.assertEqual(len(made), 3)
        self.assertTrue(made[1].track_run_ids)
        self.assertFalse(made[2].track_run_ids)

    def test_a_key_in_the_context_changes_nothing(self):
        self.first_level.track_template_ids = self.template
        for key in ("x", 7, [self.template.id], [{}], (self.template.id,)):
            ticket = self.make_ticket().with_context(crm_tracks_made_by=key)
            ticket.track_run_ids.with_user(self.agent).action_stop()
            with self.subTest(key=key):
                mine = ticket.with_user(self.agent)
                mine.team_id = self.second_level
                mine.team_id = self.first_level
                self.assertEqual(len(ticket.track_run_ids), 2)
