from odoo.tests import Form, tagged

from .common import HelpdeskCase


@tagged("post_install", "-at_install")
class TestTicket(HelpdeskCase):
    """The closing conditions, the owner and the form of tickets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.make_ticket()
        cls.track = cls.ticket.with_user(cls.agent).tracks_apply(cls.template)
        cls.plain = cls.ticket.activity_schedule(
            "mail.mail_activity_data_todo", summary="Plain", user_id=cls.agent.id
        )
        cls.open = cls.track.sudo().line_ids.activity_id + cls.plain
        cls.env.flush_all()

    def assertClosed(self):
        self.assertTrue(self.track.held and self.track.record_closed)
        self.assertEqual(self.open.mapped("muted"), [True, True])
        self.assertEqual(self.open.mapped("active"), [False, False])
        self.assertFalse(self.ticket.activity_ids)

    def assertOpen(self):
        self.assertFalse(self.track.held or self.track.record_closed)
        self.assertEqual(self.open.mapped("muted"), [False, False])
        self.assertEqual(self.open.mapped("active"), [True, True])
        self.assertEqual(self.ticket.activity_ids, self.open)

    def test_the_owner_is_the_assigned_user(self):
        task = self.get_task(self.track, "Answer")
        self.assertEqual(task.user_id, self.agent)
        self.assertActivityFollows(task)

    def test_another_assigned_user_takes_the_tasks_over(self):
        self.first_level.user_ids += self.agent_2
        self.ticket.with_user(self.agent).user_id = self.agent_2
        task = self.get_task(self.track, "Answer")
        self.assertEqual(task.user_id, self.agent_2)
        self.assertActivityFollows(task)
        self.assertEqual(self.plain.user_id, self.agent)

    def test_an_emptied_user_by_another_team_changes_nothing(self):
        # the OCA's compute removes users who are not members of the team
        self.ticket.with_user(self.agent).team_id = self.second_level
        self.assertFalse(self.ticket.user_id)
        self.assertEqual(self.get_task(self.track, "Answer").user_id, self.agent)

    def test_a_closing_stage_closes_and_another_reopens(self):
        ticket = self.ticket.with_user(self.agent)
        ticket.stage_id = self.stage_done
        self.assertClosed()
        ticket.stage_id = self.stage_progress
        self.assertOpen()

    def test_the_archive_closes(self):
        self.ticket.with_user(self.agent).action_archive()
        self.assertClosed()
        self.ticket.with_user(self.agent).action_unarchive()
        self.assertOpen()

    def test_from_closed_to_closed_is_neither(self):
        self.ticket.stage_id = self.stage_done
        self.plain.action_unarchive()
        self.ticket.action_archive()
        self.assertTrue(self.plain.active)
        self.ticket.stage_id = self.stage_new
        self.assertTrue(self.track.held)
        self.ticket.action_unarchive()
        self.assertOpen()

    def make_closing_team(self, **values):
        """A team with a closing stage only, so all of its tickets are closed."""
        team = self.env["helpdesk.ticket.team"].create({"name": "Archive", **values})
        stages = self.env["helpdesk.ticket.stage"].search([("team_ids", "=", False)])
        stages.team_ids = self.first_level + self.second_level
        self.env["helpdesk.ticket.stage"].create(
            {"name": "Filed", "closed": True, "team_ids": team.ids}
        )
        return team

    def test_a_stage_computed_from_the_team_closes(self):
        team = self.make_closing_team()
        self.ticket.with_user(self.agent).team_id = team
        self.assertTrue(self.ticket.closed)
        self.assertClosed()
        self.ticket.with_user(self.agent).team_id = self.first_level
        self.assertOpen()

    def test_a_stage_computed_from_the_team_of_the_user_closes(self):
        keeper = self.make_user("keeper", "helpdesk_mgmt.group_helpdesk_user")
        self.make_closing_team(user_ids=keeper.ids)
        self.ticket.write({"team_id": False, "user_id": False})
        self.assertOpen()
        self.ticket.with_user(self.agent).user_id = keeper
        self.assertEqual(self.ticket.team_id.name, "Archive")
        self.assertTrue(self.track.held)
        self.assertEqual(self.open.mapped("muted"), [True, True])

    def test_a_stage_that_becomes_a_closing_one_closes_its_tickets(self):
        self.ticket.stage_id = self.stage_progress
        stage = self.stage_progress.with_user(self.helpdesk_manager)
        stage.closed = True
        self.assertClosed()
        stage.closed = False
        self.assertOpen()

    def test_an_archived_ticket_of_such_a_stage_stays_closed(self):
        self.ticket.write({"stage_id": self.stage_progress.id, "active": False})
        self.stage_progress.closed = True
        self.stage_progress.closed = False
        self.assertClosed()

    def test_the_wizard_of_duplicates_closes(self):
        other = self.make_ticket()
        self.env["helpdesk.ticket.duplicate.wizard"].with_user(self.agent).create(
            {
                "ticket_id": self.ticket.id,
                "duplicate_of_id": other.id,
                "target_stage_id": self.stage_done.id,
            }
        ).action_confirm()
        self.assertClosed()

    def test_an_import_closes(self):
        result = (
            self.env["helpdesk.ticket"]
            .with_user(self.helpdesk_manager)
            .load([".id", "stage_id/.id"], [[self.ticket.id, self.stage_done.id]])
        )
        self.assertFalse(result["messages"])
        self.assertClosed()

    def test_without_a_track_a_closing_mutes_too(self):
        ticket = self.make_ticket()
        activity = ticket.activity_schedule(
            "mail.mail_activity_data_todo", summary="Alone", user_id=self.agent.id
        )
        ticket.with_user(self.agent).stage_id = self.stage_done
        self.assertTrue(activity.muted)
        ticket.with_user(self.agent).stage_id = self.stage_new
        self.assertTrue(activity.active)
        self.assertFalse(activity.muted)

    def test_several_tickets_close_at_once(self):
        others = self.make_ticket() + self.make_ticket(stage_id=self.stage_done.id)
        tracks = others.with_user(self.agent).tracks_apply(self.template)
        tickets = self.ticket + others
        tickets.with_user(self.agent).write({"stage_id": self.stage_done.id})
        self.assertClosed()
        # the last one was already closed: tracks applied to it continue
        self.assertEqual(tracks.mapped("held"), [True, False])

    def test_a_closed_ticket_says_on_its_tab_what_is_inactive(self):
        self.ticket.stage_id = self.stage_done
        data = (
            self.env["track.run"]
            .with_user(self.agent)
            .get_tab_data("helpdesk.ticket", self.ticket.id)
        )
        self.assertIn("on hold. This record was closed", data["runs"][0]["hold_text"])

    def test_the_form_has_the_tab(self):
        Ticket = self.env["helpdesk.ticket"].with_user(self.agent)
        arch = Ticket.get_view(view_type="form")["arch"]
        self.assertIn('widget="tracks"', arch)
        with Form(self.ticket.with_user(self.agent)) as form:
            form.priority = "3"
        self.assertOpen()

    def test_the_action_menu_of_tickets_applies_a_track(self):
        actions = (
            self.env["ir.actions.actions"]
            .with_user(self.agent)
            .get_bindings("helpdesk.ticket")["action"]
        )
        action = self.env.ref("crm_tracks_helpdesk_mgmt.track_apply_ticket_action")
        self.assertIn(action.id, [binding["id"] for binding in actions])
        wizard = Form(
            self.env["track.apply"]
            .with_user(self.agent)
            .with_context(active_model="helpdesk.ticket", active_ids=self.ticket.ids)
        )
        wizard.template_id = self.make_chain("Follow up", name="Second track")
        wizard.save().action_apply()
        self.assertEqual(len(self.ticket.track_run_ids), 2)
