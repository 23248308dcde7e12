from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_tracks.models.run.start import TrackRun
from odoo.addons.crm_tracks.tests.common import QUERIES, tagged_test

from .common import HelpdeskCase

STARTING_LOGGER = "odoo.addons.crm_tracks.models.automation.start_stop"


@tagged("post_install", "-at_install")
class TestChoice(HelpdeskCase):
    """A team or category starts its tracks once, and never prevents other work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.make_chain("Check", name="Warranty")
        cls.first_level.track_template_ids = cls.template
        cls.category.track_template_ids = cls.other

    # ------------------------------------------------------------------
    # Where it starts
    # ------------------------------------------------------------------

    def test_a_ticket_created_in_the_team_starts_its_track(self):
        track = self.assertStarted(self.make_ticket(), self.template)
        self.assertEqual(track.user_id, self.agent)
        self.assertEqual(self.get_task(track, "Answer").user_id, self.agent)
        self.assertActivityFollows(self.get_task(track, "Answer"))

    def test_a_ticket_in_the_category_starts_its_track(self):
        ticket = self.make_ticket(team_id=False, category_id=self.category.id)
        self.assertStarted(ticket, self.other)
        ticket = self.make_ticket(category_id=self.category.id)
        self.assertStarted(ticket, self.other, self.template)

    def test_without_a_choice_nothing_starts(self):
        ticket = self.make_ticket(team_id=self.second_level.id, user_id=False)
        self.assertStarted(ticket)

    def test_a_ticket_moved_there_starts_it(self):
        ticket = self.make_ticket(team_id=self.second_level.id)
        self.assertStarted(ticket)
        ticket.with_user(self.agent).team_id = self.first_level
        self.assertStarted(ticket, self.template)
        ticket.with_user(self.agent).category_id = self.category
        self.assertStarted(ticket, self.template, self.other)

    def test_a_team_that_follows_the_assigned_user_starts_it(self):
        ticket = self.make_ticket(team_id=self.second_level.id, user_id=False)
        ticket.with_user(self.agent).team_id = False
        self.assertStarted(ticket)
        ticket.with_user(self.agent).user_id = self.agent
        self.assertEqual(ticket.team_id, self.first_level)
        self.assertStarted(ticket, self.template)

    def test_several_tickets_at_once_are_one_batch(self):
        tickets = self.make_ticket(team_id=self.second_level.id)
        tickets += self.make_ticket(team_id=self.second_level.id)
        calls = []
        start = TrackRun._start

        def counted(runs, template, records, *args, **kwargs):
            calls.append(len(records))
            return start(runs, template, records, *args, **kwargs)

        with patch.object(TrackRun, "_start", counted):
            tickets.with_user(self.agent).write({"team_id": self.first_level.id})
        self.assertEqual(calls, [2])
        for ticket in tickets:
            self.assertStarted(ticket, self.template)

    @tagged_test(QUERIES)
    def test_the_queries_of_a_start_do_not_grow_with_the_tickets(self):
        def move(count):
            tickets = self.env["helpdesk.ticket"].union(
                *(
                    self.make_ticket(team_id=self.second_level.id)
                    for _number in range(count)
                )
            )
            return self.count_queries(
                lambda: tickets.write({"team_id": self.first_level.id})
            )

        move(1)
        # one query for each ticket is the OCA's own: it searches the stages of the team
        self.assertLessEqual(move(11) - move(1), 10)

    # ------------------------------------------------------------------
    # Once, not twice
    # ------------------------------------------------------------------

    def test_what_team_and_category_both_choose_starts_once(self):
        self.category.track_template_ids = self.template
        ticket = self.make_ticket(category_id=self.category.id)
        self.assertStarted(ticket, self.template)

    def test_what_runs_already_does_not_start_again(self):
        ticket = self.make_ticket()
        notes = self.get_notes(ticket)
        ticket.with_user(self.agent).team_id = self.second_level
        ticket.with_user(self.agent).team_id = self.first_level
        track = self.assertStarted(ticket, self.template)
        self.assertEqual(self.get_notes(ticket), notes)
        track.with_user(self.agent).action_pause()
        ticket.with_user(self.agent).team_id = self.second_level
        ticket.with_user(self.agent).team_id = self.first_level
        self.assertStarted(ticket, self.template)

    def test_once_it_has_ended_a_ticket_that_comes_back_starts_it_again(self):
        ticket = self.make_ticket()
        ticket.track_run_ids.with_user(self.agent).action_stop()
        ticket.with_user(self.agent).team_id = self.second_level
        ticket.with_user(self.agent).team_id = self.first_level
        self.assertEqual(
            sorted(ticket.track_run_ids.mapped("state")), ["running", "stopped"]
        )

    def test_writing_the_same_team_or_another_user_starts_nothing(self):
        ticket = self.make_ticket()
        ticket.track_run_ids.with_user(self.agent).action_stop()
        self.first_level.user_ids += self.agent_2
        ticket.with_user(self.agent).write({"team_id": self.first_level.id})
        ticket.with_user(self.agent).write({"user_id": self.agent_2.id})
        self.assertEqual(ticket.track_run_ids.mapped("state"), ["stopped"])

    def test_a_copy_is_a_ticket_of_its_own(self):
        ticket = self.make_ticket(category_id=self.category.id)
        # helpdesk_mgmt_sale copies quotations, which an agent could not read
        self.agent.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        copy = ticket.with_user(self.agent).copy()
        self.assertStarted(copy, self.template, self.other)
        self.assertStarted(ticket, self.template, self.other)

    def test_a_choice_made_later_changes_only_the_tickets_that_come(self):
        ticket = self.make_ticket(team_id=self.second_level.id)
        self.second_level.track_template_ids = self.other
        self.assertStarted(ticket)

    def test_the_context_key_leaves_it_out(self):
        for key in ("crm_tracks_skip", "mail_activity_automation_skip"):
            Ticket = self.env["helpdesk.ticket"].with_context(**{key: True})
            ticket = Ticket.create(
                {
                    "name": "Imported",
                    "description": "-",
                    "team_id": self.first_level.id,
                }
            )
            self.assertStarted(ticket)

    def test_the_context_of_a_call_leaves_nothing_out(self):
        """RPC clients can set contexts; the key is only honoured in sudo."""
        for key in ("crm_tracks_skip", "mail_activity_automation_skip"):
            Ticket = self.env["helpdesk.ticket"].with_user(self.agent)
            Ticket = Ticket.with_context(**{key: True})
            vals = {"name": "Query", "description": "-"}
            ticket = Ticket.create({**vals, "team_id": self.first_level.id})
            self.assertStarted(ticket, self.template)
            ticket = Ticket.create({**vals, "team_id": self.second_level.id})
            ticket.team_id = self.first_level
            self.assertStarted(ticket, self.template)
            ticket = Ticket.sudo().create({**vals, "team_id": self.first_level.id})
            self.assertStarted(ticket)

    # ------------------------------------------------------------------
    # What prevents it
    # ------------------------------------------------------------------

    def assertNoted(self, ticket, reason, name="“Support query”"):
        self.assertStarted(ticket)
        [note] = [note for note in self.get_notes(ticket) if "did not start" in note]
        self.assertIn(f"{name} did not start", note)
        self.assertIn(reason, note)
        message = ticket.message_ids.filtered(
            lambda message: "did not start" in message.body
        )
        self.assertTrue(message.subtype_id.internal)
        self.assertEqual(message.author_id, self.env.ref("base.partner_root"))

    def test_an_archived_template_is_noted(self):
        self.template.active = False
        self.assertNoted(self.make_ticket(), "is archived")

    def test_a_template_for_other_models_is_noted(self):
        self.template.res_model_ids = self.env["ir.model"]._get("crm.lead")
        self.assertNoted(self.make_ticket(), "does not apply to")

    def test_a_template_without_tasks_is_noted(self):
        self.template.line_ids.unlink()
        self.assertNoted(self.make_ticket(), "has no tasks")

    def test_a_template_of_another_company_is_noted_without_its_name(self):
        self.template.company_id = self.company_2
        self.assertNoted(
            self.make_ticket(),
            "Agent does not have access to this template",
            name="A track",
        )
        in_sudo = self.make_ticket(self.env.ref("base.user_root"))
        self.assertNoted(in_sudo, "belongs to another company", name="A track")

    def test_a_closed_ticket_is_noted(self):
        ticket = self.make_ticket(stage_id=self.stage_done.id)
        self.assertNoted(ticket, "The ticket is closed")

    def test_one_that_is_in_the_way_stops_no_other(self):
        tickets = self.make_ticket(team_id=self.second_level.id)
        tickets += self.make_ticket(team_id=self.second_level.id)
        tickets[0].stage_id = self.stage_done
        tickets.with_user(self.agent).write({"team_id": self.first_level.id})
        self.assertNoted(tickets[0], "The ticket is closed")
        self.assertStarted(tickets[1], self.template)

    def test_whatever_goes_wrong_the_ticket_is_saved(self):
        def broken(runs, *args, **kwargs):
            runs.env.cr.execute("SELECT 1 / 0")

        with (
            patch.object(TrackRun, "_start", broken),
            mute_logger(STARTING_LOGGER, "odoo.sql_db"),
        ):
            ticket = self.make_ticket(name="Saved all the same")
            moved = self.make_ticket(team_id=self.second_level.id)
            moved.with_user(self.agent).team_id = self.first_level
        for saved in (ticket, moved):
            self.assertNoted(saved, "An unexpected error occurred")
        self.assertEqual(ticket.name, "Saved all the same")
        self.assertEqual(moved.team_id, self.first_level)

    def test_one_that_is_broken_keeps_only_itself(self):
        tickets = self.make_ticket(team_id=self.second_level.id)
        tickets += self.make_ticket(team_id=self.second_level.id)
        start = TrackRun._start

        def broken(runs, template, records, *args, **kwargs):
            if tickets[0] in records:
                raise ValueError
            return start(runs, template, records, *args, **kwargs)

        with patch.object(TrackRun, "_start", broken), mute_logger(STARTING_LOGGER):
            tickets.with_user(self.agent).write({"team_id": self.first_level.id})
        self.assertNoted(tickets[0], "An unexpected error occurred")
        self.assertStarted(tickets[1], self.template)

    # ------------------------------------------------------------------
    # What can be chosen
    # ------------------------------------------------------------------

    def test_only_what_a_ticket_can_start_is_offered(self):
        backwards = self.make_template(
            {"summary": "Prepare", "delay_from": "end"}, direction="end", name="Back"
        )
        leads = self.make_chain("Call", name="Leads")
        leads.res_model_ids = self.env["ir.model"]._get("crm.lead")
        tickets = self.make_chain("Call", name="Tickets")
        tickets.res_model_ids = self.env["ir.model"]._get("helpdesk.ticket")
        foreign = self.make_chain("Call", name="Foreign", company_id=self.company_2.id)
        own = self.make_chain("Call", name="Own", company_id=self.company.id)
        empty = self.make_template(name="Empty")
        for choice in (self.first_level, self.category):
            offered = choice.with_user(
                self.helpdesk_manager
            ).available_track_template_ids
            self.assertLessEqual(self.template + tickets + own, offered)
            self.assertFalse(offered & (backwards + leads + foreign + empty))

    def test_what_it_cannot_start_is_refused(self):
        backwards = self.make_template(
            {"summary": "Prepare", "delay_from": "end"}, direction="end", name="Back"
        )
        leads = self.make_chain("Call", name="Leads")
        leads.res_model_ids = self.env["ir.model"]._get("crm.lead")
        foreign = self.make_chain("Call", name="Foreign", company_id=self.company_2.id)
        for template, reason in (
            (backwards, "“Back …” counts back from an end date"),
            (leads, "“Leads” does not apply to tickets"),
            (foreign, "“Foreign” belongs to Second Company"),
        ):
            for choice in (self.first_level, self.category):
                with self.subTest(template=template.name, choice=choice.name):
                    with self.assertRaisesRegex(ValidationError, reason):
                        choice.track_template_ids = template

    def test_a_branch_chooses_those_of_its_parents(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        of_parent = self.make_chain("Call", name="Parent's", company_id=self.company.id)
        of_branch = self.make_chain("Call", name="Branch's", company_id=branch.id)
        with self.assertRaisesRegex(ValidationError, "belongs to Branch"):
            self.first_level.track_template_ids = of_branch
        self.first_level.track_template_ids = False
        self.first_level.company_id = branch
        offered = self.first_level.available_track_template_ids
        self.assertLessEqual(of_parent + of_branch, offered)
        self.first_level.track_template_ids = of_parent + of_branch

    def test_what_the_manager_cannot_read_is_refused_without_its_name(self):
        foreign = self.make_chain("Call", name="Foreign", company_id=self.company_2.id)
        for choice in (self.first_level, self.category):
            with self.assertRaises(AccessError) as caught:
                choice.with_user(self.helpdesk_manager).write(
                    {"track_template_ids": [Command.link(foreign.id)]}
                )
            self.assertNotIn("Foreign", str(caught.exception))
            self.assertNotIn("Second Company", str(caught.exception))

    def test_a_helpdesk_manager_chooses_on_the_forms(self):
        self.assertFalse(
            self.helpdesk_manager.has_group("crm_tracks.group_track_manager")
        )
        for choice in (self.second_level, self.category):
            with Form(choice.with_user(self.helpdesk_manager)) as form:
                form.track_template_ids.add(self.template)
            self.assertIn(self.template, choice.track_template_ids)

    def test_a_manager_of_no_template_may_still_edit_a_team_with_a_choice(self):
        team = self.first_level.with_user(self.helpdesk_manager)
        with Form(team) as form:
            form.name = "Front office"
        self.assertEqual(self.first_level.track_template_ids, self.template)
