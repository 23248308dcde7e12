from datetime import datetime
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .test_reminders import LateCase


@tagged("post_install", "-at_install")
class TestEscalation(LateCase):
    """Late tasks are brought to another user, who is told of them or gets them."""

    def escalate(self, moment="2026-03-11 10:00:00", **values):
        """A track whose task is escalated after five working days.

        :return: (the track, the notifications of the run at that moment)
        """
        run = self.start(escalate_days=5, **values)
        self.assertFalse(self.run_at("2026-03-10 10:00:00"))
        return run, self.run_at(moment)

    def test_the_leader_of_the_team_is_told_once(self):
        run, [message] = self.escalate()
        self.assertEqual(message.notified_partner_ids, self.leader.partner_id)
        self.assertIn("These tasks of other users are late:", message.body)
        self.assertIn("Assigned to: Seller", message.body)
        task = self.get_task(run, "Call")
        self.assertEqual(task.user_id, self.seller)
        self.assertIn("Seller All was notified", self.get_notes(run))
        self.assertFalse(self.run_at("2026-03-20 10:00:00"), "once")

    def test_the_task_is_given_as_by_hand(self):
        run, [message] = self.escalate(escalate_how="give", escalate_to="leader")
        task = self.get_task(run, "Call")
        self.assertActivityFollows(task)
        self.assertEqual(task.user_id, self.leader)
        self.assertTrue(task.user_manual)
        self.assertEqual(message.notified_partner_ids, self.leader.partner_id)
        self.assertIn("These late tasks were assigned to you:", message.body)
        self.assertIn("Until now assigned to: Seller", message.body)
        self.assertIn("reassigned from Seller to Seller All", self.get_notes(run))
        # it stays when the owner changes
        self.get_lead(run).user_id = self.seller_2
        self.assertEqual(task.user_id, self.leader)
        self.assertEqual(self.get_task(run, "Write").user_id, self.seller_2)
        self.assertFalse(self.run_at("2026-03-20 10:00:00"), "once")

    def test_a_task_that_was_given_is_escalated_again_for_another_due_date(self):
        run = self.start(remind_days=2, escalate_days=5, escalate_how="give")
        self.assertTrue(self.run_at("2026-03-06 10:00:00"))
        self.assertTrue(self.run_at("2026-03-11 10:00:00"))
        task = self.get_task(run, "Call")
        with self.at("2026-03-11 12:00:00"):
            task.with_user(self.leader).date_deadline = "2026-03-12"
        [message] = self.run_at("2026-03-16 10:00:00")
        self.assertEqual(message.notified_partner_ids, self.leader.partner_id)
        self.run_at("2026-03-19 10:00:00")
        self.assertNotEqual(task.user_id, self.leader, "never to the assignee")

    def test_a_specific_user_comes_first(self):
        run, [message] = self.escalate(
            escalate_to="user", escalate_user_id=self.manager.id
        )
        self.assertEqual(message.notified_partner_ids, self.manager.partner_id)
        self.assertIn("Manager was notified", self.get_notes(run))

    def test_who_cannot_see_the_record_is_passed_over(self):
        for user in (self.employee, self.seller_2):
            run, [message] = self.escalate(
                escalate_to="user", escalate_user_id=user.id, escalate_how="give"
            )
            self.assertEqual(message.notified_partner_ids, self.leader.partner_id)
            self.assertEqual(self.get_task(run, "Call").user_id, self.leader)

    def test_who_cannot_be_assigned_is_passed_over(self):
        self.manager.active = False
        for user in (self.manager, self.portal):
            _run, [message] = self.escalate(
                escalate_to="user", escalate_user_id=user.id
            )
            self.assertEqual(message.notified_partner_ids, self.leader.partner_id)

    def test_who_does_not_work_in_the_company_is_passed_over(self):
        self.leader.write(
            {
                "company_ids": [Command.set(self.company_2.ids)],
                "company_id": self.company_2.id,
            }
        )
        self.get_administrator().company_ids = [Command.link(self.company.id)]
        run, [message] = self.escalate(escalate_how="give")
        self.assertEqual(self.get_task(run, "Call").user_id, self.get_administrator())
        self.assertEqual(
            message.notified_partner_ids, self.get_administrator().partner_id
        )

    def get_administrator(self):
        return self.env["track.run"]._get_administrator(self.company)

    def test_a_record_without_a_team_uses_the_team_of_the_assignee(self):
        self.team.member_ids = [Command.link(self.seller.id)]
        run = self.start(escalate_days=1)
        self.get_lead(run).team_id = False
        [message] = self.run_at("2026-03-05 10:00:00")
        self.assertEqual(message.notified_partner_ids, self.leader.partner_id)

    def test_without_any_team_an_administrator_is_told(self):
        self.team.user_id = False
        self.env["crm.team.member"].search([("user_id", "=", self.seller.id)]).unlink()
        _run, [message] = self.escalate()
        self.assertEqual(
            message.notified_partner_ids, self.get_administrator().partner_id
        )

    def test_a_model_without_teams_uses_the_team_of_the_assignee(self):
        self.team.member_ids = [Command.link(self.seller.id)]
        template = self.make_late(escalate_days=1)
        partner = self.env["res.partner"].create(
            {"name": "Ada", "user_id": self.seller.id}
        )
        partner.with_user(self.seller).tracks_apply(template)
        [message] = self.run_at("2026-03-05 10:00:00")
        self.assertEqual(message.notified_partner_ids, self.leader.partner_id)
        self.assertEqual(message.model, "res.partner")

    def test_if_there_is_nobody_it_is_settled_in_silence(self):
        self.team.user_id = False
        run = self.start(escalate_days=5)
        with patch.object(
            type(self.env["track.run"]),
            "_get_administrator",
            lambda *args: self.env["res.users"],
        ):
            self.assertFalse(self.run_at("2026-03-11 10:00:00"))
        task = self.get_task(run, "Call")
        self.assertTrue(task.date_escalated)
        self.assertFalse(task.date_attention)
        self.assertNotIn("late", self.get_notes(run))

    def test_days_on_which_the_assignee_is_away_do_not_count(self):
        run = self.start(escalate_days=5, remind_days=2)
        self.seller.write(
            {
                "out_of_office_from": datetime(2026, 3, 9, 6),
                "out_of_office_to": datetime(2026, 3, 10, 18),
            }
        )
        self.assertTrue(self.run_at("2026-03-06 10:00:00"), "reminded")
        self.assertFalse(self.run_at("2026-03-12 10:00:00"))
        self.assertTrue(self.run_at("2026-03-13 10:00:00"))
        self.assertTrue(self.get_task(run, "Call").date_escalated)

    def test_reminded_first_and_escalated_later(self):
        run = self.start(remind_days=2, escalate_days=5)
        [reminder] = self.run_at("2026-03-06 10:00:00")
        self.assertEqual(reminder.notified_partner_ids, self.seller.partner_id)
        [escalation] = self.run_at("2026-03-11 10:00:00")
        self.assertEqual(escalation.notified_partner_ids, self.leader.partner_id)
        self.assertFalse(self.get_task(run, "Call").date_attention)

    def test_a_cron_that_stood_still_does_both_but_reminds_of_nothing_given(self):
        self.start(remind_days=2, escalate_days=5)
        given = self.start(remind_days=2, escalate_days=5, escalate_how="give")
        messages = self.run_at("2026-03-20 10:00:00")
        self.assertEqual(len(messages), 2)
        by_user = {message.notified_partner_ids: message for message in messages}
        self.assertEqual(by_user[self.seller.partner_id].body.count("<li>"), 1)
        body = by_user[self.leader.partner_id].body
        self.assertEqual(body.count("<li>"), 2)
        self.assertEqual(self.get_task(given, "Call").user_id, self.leader)

    def test_a_user_gets_one_message_about_everything(self):
        own = self.start(user=self.leader, remind_days=2)
        told = self.start(escalate_days=2)
        given = self.start(escalate_days=2, escalate_how="give", user=self.seller_2)
        self.patch(type(self.env["track.run"]), "_CRON_BATCH", 1)
        [message] = self.run_at("2026-03-06 10:00:00")
        self.assertEqual(message.notified_partner_ids, self.leader.partner_id)
        self.assertEqual(message.subject, "3 late tasks")
        for run in own + told + given:
            self.assertIn(f"track_run_id={run.id}", message.body)
        positions = [
            message.body.index(text)
            for text in ("were assigned to you", "of yours", "of other users")
        ]
        self.assertEqual(positions, sorted(positions))

    def test_markup_in_names_is_escaped(self):
        template = self.make_template(
            {"summary": "<b>Call</b>"}, escalate_days=1, escalate_how="give"
        )
        run = self.start(template=template)
        self.leader.name = "<i>Leader</i>"
        [message] = self.run_at("2026-03-05 10:00:00")
        self.assertNotIn("<b>Call</b>", self.get_notes(run))
        self.assertNotIn("<i>Leader</i>", self.get_notes(run))
        self.assertNotIn("<b>Call</b></b>", message.body)

    def test_the_leader_can_work_on_what_was_given(self):
        run, _message = self.escalate(escalate_how="give")
        self.tick(run, "Call", user=self.leader)
        self.assertEqual(self.get_task(run, "Call").done_user_id, self.leader)
