from odoo.tests import Form, tagged

from odoo.addons.crm_tracks_helpdesk_mgmt.tests.common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestMerging(HelpdeskCase):
    """Tracks move to the ticket into which their tickets are merged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo lets only administrators move the messages of the merged tickets
        cls.merger = cls.make_user(
            "merger", "helpdesk_mgmt.group_helpdesk_manager,base.group_system"
        )
        cls.first_level.user_ids += cls.agent_2
        cls.target, cls.second, cls.third = (
            cls.make_ticket(name=name) for name in ("First", "Second", "Third")
        )
        cls.tickets = cls.target + cls.second + cls.third

    def start(self, ticket, template=None, user=None):
        """Start a track on a ticket, as the agent by default."""
        return ticket.with_user(user or self.agent).tracks_apply(
            template or self.template
        )

    def merge(self, new_name=None):
        """Merge the three tickets in the dialog, into the first or into a new one.

        :return: the resulting ticket
        """
        self.env.flush_all()
        self.env.invalidate_all()
        dialog = Form(
            self.env["helpdesk.ticket.merge"]
            .with_user(self.merger)
            .with_context(active_model=self.tickets._name, active_ids=self.tickets.ids)
        )
        if new_name:
            dialog.create_new_ticket = True
            dialog.dst_ticket_name = new_name
        else:
            dialog.dst_ticket_id = self.target
        action = dialog.save().merge_tickets()
        return self.env[action["res_model"]].browse(action["res_id"])

    def assertMoved(self, runs, target):
        """All of these tracks are on this ticket, with all of their activities."""
        self.assertEqual(set(runs.mapped("res_id")), {target.id})
        activities = runs.line_ids.activity_id
        self.assertTrue(activities)
        self.assertEqual(set(activities.mapped("res_id")), {target.id})
        for ticket in self.tickets - target:
            self.assertFalse(ticket.active)
            self.assertFalse(ticket.track_run_ids)
            self.assertFalse(ticket.with_context(active_test=False).activity_ids)

    def test_tracks_in_every_state_continue_on_the_resulting_ticket(self):
        open_, finished, muted = (
            self.start(ticket).sudo()
            for ticket in (self.second, self.second, self.third)
        )
        for summary in ("Answer", "Solve"):
            self.tick(finished, summary)
        self.tick(muted, "Answer")
        self.third.stage_id = self.stage_done
        task = self.get_task(muted, "Solve")
        self.assertTrue(muted.held and task.activity_id.muted)
        self.assertEqual(finished.state, "done")

        self.assertEqual(self.merge(), self.target)

        self.assertMoved(open_ + finished + muted, self.target)
        # the resulting ticket is open, so what was inactive is active again
        self.assertFalse(muted.held)
        self.assertActivityFollows(task)
        self.assertEqual(finished.state, "done")
        self.assertFalse(any(finished.line_ids.activity_id.mapped("active")))
        self.assertEqual(self.get_task(open_, "Solve").state, "waiting")
        self.tick(open_, "Answer")
        solve = self.get_task(open_, "Solve")
        self.assertActivityFollows(solve)
        self.assertEqual(self.target.activity_ids, task.activity_id + solve.activity_id)

    def test_a_template_that_runs_twice_is_noted(self):
        runs = self.start(self.target).sudo() + self.start(self.second).sudo()
        self.merge()
        self.assertMoved(runs, self.target)
        self.assertEqual(runs.mapped("state"), ["running", "running"])
        notes = [note for note in self.get_notes(self.target) if "runs twice" in note]
        self.assertEqual(len(notes), 1)

    def test_tasks_of_another_user_stay_with_that_user(self):
        other = self.make_chain("Check", "Report", name="Check-up")
        other.line_ids.write(
            {"responsible_type": "user", "responsible_id": self.agent_2.id}
        )
        run = self.start(self.third, other, self.agent_2).sudo()
        self.merge()
        self.assertMoved(run, self.target)
        self.assertEqual(run.user_id, self.agent_2)
        task = self.get_task(run, "Check")
        self.assertEqual(task.user_id, self.agent_2)
        self.assertActivityFollows(task)
        self.tick(run, "Check")
        self.assertEqual(self.get_task(run, "Report").user_id, self.agent_2)

    def test_tracks_move_to_the_company_of_the_resulting_ticket(self):
        (self.agent + self.merger).company_ids += self.company_2
        self.third.write(
            {"team_id": False, "company_id": self.company_2.id, "user_id": False}
        )
        runs = (self.start(self.second) + self.start(self.third)).sudo()
        self.assertEqual(runs.mapped("company_id"), self.company + self.company_2)
        self.merge()
        self.assertMoved(runs, self.target)
        self.assertEqual(runs.company_id, self.company)

    def test_on_a_closed_ticket_what_is_active_stays_active(self):
        active, inactive = (
            self.start(ticket).sudo() for ticket in (self.second, self.third)
        )
        plain = self.second.activity_schedule(
            "mail.mail_activity_data_todo", summary="Plain", user_id=self.agent.id
        )
        self.tickets[::2].stage_id = self.stage_done
        self.merge()
        self.assertMoved(active + inactive, self.target)
        self.assertEqual((active + inactive).mapped("record_closed"), [True, True])
        self.assertEqual((active + inactive).mapped("held"), [False, True])
        answer, muted = (
            self.get_task(run, "Answer").activity_id for run in (active, inactive)
        )
        self.assertTrue(muted.muted)
        self.assertEqual(self.target.activity_ids, answer + plain)
        self.target.with_user(self.agent).stage_id = self.stage_progress
        self.assertFalse(active.held or inactive.held)
        self.assertEqual(self.target.activity_ids, answer + muted + plain)

    def test_a_new_ticket_takes_the_tracks_of_all(self):
        runs = self.env["track.run"].sudo()
        for ticket in self.tickets:
            runs += self.start(ticket).sudo()
        ticket = self.merge(new_name="All of them")
        self.assertEqual(ticket.name, "All of them")
        self.assertMoved(runs, ticket)

    def test_tickets_without_tracks_are_merged_as_before(self):
        plain = self.second.activity_schedule(
            "mail.mail_activity_data_todo", summary="Plain", user_id=self.agent.id
        )
        self.merge()
        self.assertEqual(self.target.activity_ids, plain)
        self.assertFalse(self.target.track_run_ids)
        self.assertFalse(self.second.active)
