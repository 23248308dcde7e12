from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_server_actions import ServerActionsCase


@tagged("post_install", "-at_install")
class TestServerActionsRights(ServerActionsCase):
    """The rights of server actions; an obstacle does not fail the action."""

    def test_in_sudo_the_person_has_no_more_rights_than_their_own(self):
        other = self.make_leads(user=self.seller_2)
        action = self.make_action()
        self.run_action(action, self.lead + other, sudo=True)
        self.assertEqual(self.lead.track_run_ids.user_id, self.seller)
        self.assertFalse(other.track_run_ids)
        self.assertIn(
            "Seller does not have permission to change this record",
            self.get_notes(other)[0],
        )
        self.assertIn(
            f"{other.name}: Seller does not have permission", self.get_log(action)[0]
        )

    def test_the_note_is_by_odoobot(self):
        other = self.make_leads(user=self.seller_2)
        self.run_action(self.make_action(), other, sudo=True)
        note = other.message_ids[0]
        self.assertEqual(note.author_id, self.env.ref("base.partner_root"))
        self.assertFalse(note.notified_partner_ids)

    def test_for_odoobot_a_portal_user_and_the_public_the_owner_acts(self):
        for user in (self.env.ref("base.user_root"), self.portal, self.public):
            with self.subTest(user.name):
                lead = self.make_leads()
                self.run_action(
                    self.make_action(track_user_id=self.manager.id), lead, user, True
                )
                self.assertEqual(lead.track_run_ids.user_id, self.seller)

    def test_without_an_owner_the_user_named_acts(self):
        for owner in (self.env["res.users"], self.portal):
            with self.subTest(owner.name):
                self.lead.user_id = owner
                self.lead.track_run_ids.sudo().action_stop()
                self.run_action(
                    self.make_action(track_user_id=self.manager.id),
                    self.lead,
                    self.public,
                    sudo=True,
                )
                self.assertEqual(self.lead.track_run_ids[0].user_id, self.manager)

    def test_without_anybody_nothing_starts(self):
        self.lead.user_id = False
        action = self.make_action()
        self.run_action(action, self.lead, self.public, sudo=True)
        self.assertFalse(self.lead.track_run_ids)
        self.assertIn(
            "No user is set whose permissions apply", self.get_notes(self.lead)[0]
        )
        self.assertIn("No user is set whose permissions apply", self.get_log(action)[0])

    def test_the_user_named_has_no_more_rights_than_their_own(self):
        self.lead.user_id = False
        action = self.make_action(track_user_id=self.employee.id)
        self.run_action(action, self.lead, self.public, sudo=True)
        self.assertFalse(self.lead.track_run_ids)
        self.assertIn(
            "Employee does not have permission to change this record",
            self.get_notes(self.lead)[0],
        )

    def test_a_user_named_who_has_left_does_not_act(self):
        self.lead.user_id = False
        action = self.make_action(track_user_id=self.manager.id)
        self.manager.active = False
        self.run_action(action, self.lead, self.public, sudo=True)
        self.assertFalse(self.lead.track_run_ids)

    def test_whoever_stands_in_acts_in_the_company_of_the_record(self):
        self.seller.write(
            {"company_ids": [Command.link(self.company_2.id)]},
        )
        self.lead.company_id = self.company_2
        self.run_action(
            self.make_action().with_context(allowed_company_ids=self.company.ids),
            self.lead,
            self.env.ref("base.user_root"),
        )
        self.assertEqual(self.lead.track_run_ids.company_id, self.company_2)

    def test_a_template_archived_since_fails_nothing(self):
        action = self.make_action()
        self.template.active = False
        self.run_action(action, self.lead, sudo=True)
        self.assertFalse(self.lead.track_run_ids)
        self.assertIn("is archived", self.get_notes(self.lead)[0])
        self.assertIn("is archived", action.track_problem)

    def test_a_template_deleted_since_fails_nothing(self):
        action = self.make_action()
        self.template.unlink()
        self.run_action(action, self.lead, sudo=True)
        self.assertIn("track template was deleted", self.get_log(action)[0])
        self.assertIn("A track did not start", self.get_notes(self.lead)[0])

    def test_a_template_of_another_company_is_not_named(self):
        action = self.make_action()
        self.template.company_id = self.company_2
        self.lead.company_id = self.company
        self.run_action(action, self.lead, sudo=True)
        self.assertFalse(self.lead.track_run_ids)
        self.assertIn("A track did not start", self.get_notes(self.lead)[0])
        self.assertIn("does not have access to this template", self.get_log(action)[0])

    def test_what_raises_is_taken_back_and_the_other_records_go_on(self):
        broken = self.leads[1]
        create = type(self.env["mail.activity"]).create

        def fail(activities, vals_list):
            if any(vals["res_id"] == broken.id for vals in vals_list):
                raise ZeroDivisionError("out of order")
            return create(activities, vals_list)

        action = self.make_action()
        with (
            patch.object(type(self.env["mail.activity"]), "create", fail),
            mute_logger("odoo.addons.crm_tracks.models.automation.start_stop"),
        ):
            self.run_action(action, self.leads)
        self.assertEqual([len(lead.track_run_ids) for lead in self.leads], [1, 0, 1])
        self.assertIn("An unexpected error occurred", self.get_notes(broken)[0])

    def test_what_is_in_the_way_of_many_is_said_once(self):
        leads = self.make_leads(12)
        action = self.make_action()
        self.template.active = False
        result = self.run_action(action, leads)
        self.assertEqual(len(self.get_log(action)), 1)
        for text in (self.get_log(action)[0], result["params"]["message"]):
            self.assertEqual(text.count("is archived"), 1)
            self.assertIn("Opportunity 10 and 2 more", text)
        for lead in leads:
            self.assertIn("is archived", self.get_notes(lead)[0])

    def test_problems_are_shown_on_the_action_and_not_those_of_others(self):
        action, other = self.make_action(), self.make_action()
        self.lead.user_id = False
        self.run_action(action, self.lead, self.public, sudo=True)
        action.invalidate_recordset()
        self.assertIn("No user is set whose permissions apply", action.track_problem)
        self.assertFalse(other.track_problem)
        opened = action.action_open_track_log()
        self.assertEqual(
            self.env[opened["res_model"]].search(opened["domain"]).mapped("message"),
            [action.track_problem],
        )

    def test_somebody_who_may_not_stop_tracks_stops_none(self):
        run = self.lead.with_user(self.seller).tracks_apply(self.template)
        action = self.make_action(state="track_stop")
        self.run_action(action, self.leads, self.seller_2, sudo=True)
        self.assertEqual(run.state, "running")
        self.assertIn(
            "does not have permission to change this record",
            self.get_notes(self.lead)[0],
        )
        self.assertEqual(len(self.get_log(action)[0].splitlines()), 1)

    def test_the_menu_names_no_record_that_the_person_cannot_read(self):
        partner = self.env["res.partner"].create({"name": "Secret Customer"})
        self.lead.partner_id = partner
        action = self.make_action(track_target_field_id="partner_id")
        self.env["ir.rule"].create(
            {
                "name": "Hidden",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {partner.id})]",
            }
        )
        result = self.run_action(action, self.lead)
        self.assertNotIn("Secret", result["params"]["message"])
        # nor does the log, which contains the message for this user
        [logged] = self.get_log(action)
        self.assertIn(
            "You do not have permission to read the record in “Contact”", logged
        )


@tagged("post_install", "-at_install")
class TestServerActionsMessages(ServerActionsCase):
    """Messages about tracks that start automatically."""

    def collect_told(self, act):
        """The number of messages to each user at the end of the transaction."""
        self.cr.flush()
        before = self.env["mail.message"].search([])
        act()
        self.cr.flush()
        messages = (self.env["mail.message"].search([]) - before).filtered(
            lambda message: message.message_type == "user_notification"
        )
        return sorted(message.notified_partner_ids.name for message in messages)

    def test_one_message_for_many_records(self):
        action = self.make_action()
        told = self.collect_told(
            lambda: self.run_action(action, self.leads, self.manager)
        )
        self.assertEqual(told, ["Seller"])

    def test_record_by_record_is_still_one_message(self):
        action = self.make_action()

        def act():
            for lead in self.leads:
                self.run_action(action, lead, self.manager, sudo=True)

        self.assertEqual(self.collect_told(act), ["Seller"])

    def test_the_person_is_not_told_of_what_they_did(self):
        action = self.make_action()
        told = self.collect_told(
            lambda: self.run_action(action, self.leads, self.seller, sudo=True)
        )
        self.assertEqual(told, [])

    def test_an_owner_who_only_lends_their_rights_is_told(self):
        leads = self.leads + self.make_leads(2, user=self.seller_2)
        action = self.make_action()
        odoobot = self.env.ref("base.user_root")
        told = self.collect_told(lambda: self.run_action(action, leads, odoobot))
        self.assertEqual(told, ["Seller", "Seller 2"])
