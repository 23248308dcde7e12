from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from odoo.addons.crm_tracks.tests.common import QUERIES, tagged_test

from .common import TicketTaskCase

CRON_LOGGER = "odoo.addons.crm_tracks.models.automation.cron"


@tagged("post_install", "-at_install")
class TestTicketTask(TicketTaskCase):
    """Automated tasks that create tickets."""

    def test_a_ticket_is_made_as_the_task_says_for_the_record_s_customer(self):
        template = self.make_ticket_template(
            self.make_ticket_task(
                ticket_category_id=self.category.id,
                ticket_title="Close the accounts",
                ticket_description="<p>All of <b>them</b>.</p>",
                ticket_priority="3",
            )
        )
        tickets = self.run_tickets(template, self.customers)
        self.assertEqual(len(tickets), 2)
        for ticket, customer in zip(tickets, self.customers, strict=True):
            self.assertEqual(ticket.partner_id, customer)
            self.assertEqual(ticket.partner_name, customer.name)
            self.assertEqual(ticket.partner_email, customer.email)
            self.assertEqual(ticket.team_id, self.first_level)
            self.assertEqual(ticket.category_id, self.category)
            self.assertEqual(ticket.name, "Close the accounts")
            self.assertEqual(ticket.description, "<p>All of <b>them</b>.</p>")
            self.assertEqual(ticket.priority, "3")
            self.assertFalse(ticket.user_id)
            self.assertEqual(ticket.create_uid, self.starter)
        self.assertEqual(
            self.customers.track_run_ids.sudo().mapped("state"), ["done", "done"]
        )

    def test_the_timeline_links_to_the_ticket_and_the_ticket_back(self):
        customer = self.customers[0]
        ticket = self.run_tickets(self.make_ticket_template(), customer)
        task = customer.track_run_ids.line_ids.with_user(self.starter)
        self.assertEqual(task._get_icon(), "fa-life-ring")
        self.assertEqual(task.result_text, f"Created “{ticket.display_name}”")
        opened = task.action_open_result()
        self.assertEqual(opened["res_model"], "helpdesk.ticket")
        self.assertEqual(opened["res_id"], ticket.id)
        self.assertIn(
            f"Created “{ticket.display_name}”",
            "".join(customer.message_ids.mapped("body")),
        )
        [note] = [note for note in self.get_notes(ticket) if "Created by track" in note]
        self.assertIn("Offboarding", note)
        self.assertIn(f'data-oe-id="{customer.id}"', note)
        mine = ticket.with_user(self.starter)
        self.assertEqual(mine.track_maker_ids, task)
        self.assertEqual(mine.track_maker_name, "Harbour Bakery")
        back = mine.action_open_track_maker()
        self.assertEqual(back["res_model"], "res.partner")
        self.assertEqual(back["res_id"], customer.id)

    def test_the_ticket_shows_nothing_of_a_record_that_its_reader_may_not_see(self):
        [lead] = self.make_leads(user=self.starter)
        ticket = self.run_tickets(self.make_ticket_template(), lead)
        mine = ticket.with_user(self.agent)
        self.assertTrue(mine.name)
        self.assertFalse(mine.track_maker_name)
        self.assertFalse(mine.track_maker_ids)
        with self.assertRaisesRegex(UserError, "No track created this ticket"):
            mine.action_open_track_maker()

    def test_all_of_a_batch_are_one_create(self):
        calls = []
        Ticket = type(self.env["helpdesk.ticket"])
        create = Ticket.create

        def counted(tickets, vals_list):
            calls.append(len(vals_list))
            return create(tickets, vals_list)

        with patch.object(Ticket, "create", counted):
            self.run_tickets(self.make_ticket_template(), self.customers)
        self.assertEqual(calls, [2])

    def test_tasks_that_say_something_else_make_another_ticket(self):
        template = self.make_ticket_template(
            self.make_ticket_task(ticket_title="First", ticket_priority="0"),
            self.make_ticket_task(
                ticket_title="Second",
                ticket_team_id=self.second_level.id,
                delay_from="previous",
            ),
        )
        runs = self.start(template, self.customers)
        self.run_cron()
        self.run_cron()
        tickets = runs.sudo().line_ids.ticket_id
        self.assertEqual(
            sorted(tickets.mapped("name")), ["First", "First", "Second", "Second"]
        )
        for ticket in tickets:
            is_first = ticket.name == "First"
            self.assertEqual(ticket.priority, "0" if is_first else "1")
            self.assertEqual(
                ticket.team_id, self.first_level if is_first else self.second_level
            )

    # ------------------------------------------------------------------
    # The customer, and default values
    # ------------------------------------------------------------------

    def test_the_customer_of_an_opportunity_is_its_partner_or_its_contact(self):
        leads = self.make_leads(3, user=self.starter)
        leads[0].partner_id = self.customers[0]
        leads[1].write(
            {"contact_name": "Ann", "partner_name": "Inc", "email_from": "a@x.example"}
        )
        leads[2].partner_name = "Inc"
        tickets = self.run_tickets(self.make_ticket_template(), leads)
        self.assertEqual(
            [
                (ticket.partner_id.id, ticket.partner_name, ticket.partner_email)
                for ticket in tickets
            ],
            [
                (self.customers[0].id, "Harbour Bakery", "office@bakery.example"),
                (False, "Ann", "a@x.example"),
                (False, "Inc", False),
            ],
        )

    def test_the_customer_of_a_ticket_is_the_customer_of_the_next(self):
        known = self.make_ticket(partner_id=self.customers[0].id)
        unknown = self.make_ticket(partner_name="Bob", partner_email="bob@example.com")
        template = self.make_ticket_template()
        self.assertEqual(
            self.run_tickets(template, known).partner_id, self.customers[0]
        )
        made = self.run_tickets(template, unknown)
        self.assertEqual(made.partner_name, "Bob")
        self.assertEqual(made.partner_email, "bob@example.com")

    def test_without_a_title_it_is_called_as_the_task_or_else_as_the_record(self):
        called = self.run_tickets(
            self.make_ticket_template(
                self.make_ticket_task(summary="Return <keys>", ticket_title=" ")
            ),
            self.customers[0],
        )
        nameless = self.run_tickets(self.make_ticket_template(), self.customers[0])
        self.assertEqual(called.name, "Return <keys>")
        self.assertEqual(called.description, "<p>Return &lt;keys&gt;</p>")
        self.assertEqual(nameless.name, "Harbour Bakery")
        self.assertEqual(nameless.description, "<p>Harbour Bakery</p>")

    def test_placeholders_in_the_name_of_the_task_are_filled(self):
        ticket = self.run_tickets(
            self.make_ticket_template(
                self.make_ticket_task(summary="Visit {customer}", ticket_title=" ")
            ),
            self.customers[0],
        )
        self.assertEqual(ticket.name, "Visit Harbour Bakery")

    def test_the_customer_reads_nothing_of_the_track_on_the_ticket(self):
        self.portal.partner_id.name = "Portal Customer"
        ticket = self.run_tickets(
            self.make_ticket_template(name="Secret track"), self.portal.partner_id
        )
        mine = ticket.with_user(self.portal)
        for text in (mine.name, mine.description, mine.display_name):
            self.assertNotIn("Secret", text)
        notes = ticket.message_ids.filtered(lambda note: "Secret" in note.body)
        self.assertTrue(notes)
        self.assertTrue(all(notes.subtype_id.mapped("internal")))

    # ------------------------------------------------------------------
    # Whose rights
    # ------------------------------------------------------------------

    @mute_logger(CRON_LOGGER)
    def test_a_starter_without_rights_on_tickets_fails_and_somebody_takes_over(self):
        run = self.start(
            self.make_ticket_template(), self.customers[0], user=self.seller
        )
        self.run_cron()
        task = run.sudo().line_ids
        self.assertEqual(task.state, "failed")
        self.assertIn(
            "Seller, who started this track, does not have permission", task.error
        )
        self.assertFalse(task.ticket_id)
        run.with_user(self.starter).action_take_over()
        self.run_cron()
        self.assertEqual(task.ticket_id.create_uid, self.starter)

    @users("tracks_starter")
    def test_people_neither_link_nor_edit_what_a_ticket_task_keeps(self):
        template = self.make_ticket_template(self.make_ticket_task(delay_count=1))
        run = self.start(template, self.customers[0], user=self.env.user)
        ticket = self.make_ticket().with_user(self.env.user)
        task = run.line_ids
        for vals in (
            {"ticket_id": ticket.id},
            {"ticket_team_id": self.second_level.id},
            {"ticket_category_id": self.category.id},
            {"ticket_category_chosen": True},
            {"ticket_title": "Mine"},
            {"ticket_description": "Mine"},
            {"ticket_priority": "3"},
        ):
            with self.subTest(vals=vals):
                with self.assertRaises(AccessError):
                    task.write(vals)
                with self.assertRaises(AccessError):
                    task.create({"run_id": run.id, "summary": "Mine", **vals})
        for command in (Command.link(task.id), Command.set(task.ids)):
            with self.assertRaises(AccessError):
                ticket.write({"track_maker_ids": [command]})
        self.assertFalse(ticket.track_maker_ids)

    # ------------------------------------------------------------------
    # Copies
    # ------------------------------------------------------------------

    def test_a_track_a_copy_and_a_template_of_a_track_say_the_same(self):
        template = self.make_ticket_template(
            self.make_ticket_task(
                ticket_category_id=self.category.id,
                ticket_title="Close",
                ticket_description="<p>All</p>",
                ticket_priority="2",
                delay_count=1,
            )
        )
        run = self.start(template, self.customers[0])
        made = self.env["track.template"].browse(
            run.with_user(self.manager).action_make_template()["res_id"]
        )
        for task in (
            run.sudo().line_ids,
            made.line_ids,
            template.copy().line_ids,
        ):
            with self.subTest(model=task._name):
                self.assertEqual(task.action, "ticket")
                self.assertEqual(task.ticket_team_id, self.first_level)
                self.assertEqual(task.ticket_category_id, self.category)
                self.assertEqual(task.ticket_title, "Close")
                self.assertEqual(task.ticket_description, "<p>All</p>")
                self.assertEqual(task.ticket_priority, "2")
                self.assertEqual(task.display_name, "Ticket for First level: Close")

    def test_a_tracks_administrator_makes_such_a_task_in_the_form(self):
        with Form(self.env["track.template"].with_user(self.manager)) as form:
            form.name = "Offboarding"
            with form.line_ids.new() as line:
                line.action = "ticket"
                self.assertIn("Create a ticket", str(line.sentence))
                line.ticket_team_id = self.first_level
                line.ticket_title = "Close the accounts"
        task = form.record.line_ids
        self.assertEqual(task.ticket_priority, "1")
        self.assertEqual(task.action_text, "Ticket for First level: Close the accounts")
        self.assertIn("automated", str(task.sentence))

    def test_without_the_addon_the_tasks_are_for_people(self):
        template = self.make_ticket_template(
            self.make_ticket_task(ticket_title="Close {this}")
        )
        done = self.customers[0]
        self.run_tickets(template, done)
        waiting = self.start(template, self.customers[1]).sudo()
        selections = self.env["ir.model.fields.selection"].search(
            [("field_id.name", "=", "action"), ("value", "=", "ticket")]
        )
        self.assertLessEqual(
            {"track.line", "track.run.line"}, set(selections.field_id.mapped("model"))
        )
        for selection in selections:  # as uninstalling does
            selection._process_ondelete()
        label = "Ticket for First level: Close {this}"
        for task in (template.line_ids, done.track_run_ids.line_ids):
            self.assertEqual((task.action, task.summary), ("activity", label))
        self.assertTasks(done.track_run_ids, [(label, "done", "2026-03-04")])
        self.assertActivityFollows(self.get_task(waiting, label))

    @tagged_test(QUERIES)
    def test_the_queries_for_each_ticket_stay_flat(self):
        template = self.make_ticket_template(
            self.make_ticket_task(ticket_title="Close")
        )

        def count(number):
            partners = self.env["res.partner"].create(
                [{"name": f"Customer {place}"} for place in range(number)]
            )
            self.start(template, partners)
            return self.count_queries(self.run_cron)

        def count_bare(number):
            vals = {"name": "Close", "description": "-", "user_id": False}
            vals["team_id"] = self.first_level.id
            Ticket = self.env(user=self.starter.id, context={})["helpdesk.ticket"]
            return self.count_queries(
                lambda: Ticket.create([{**vals} for _place in range(number)])
            )

        def count_each(function):
            function(10)
            return (function(60) - function(10)) / 50

        # what each ticket needs: its number, stage, followers and a message
        self.assertLessEqual(count_each(count), count_each(count_bare) + 0.5)
