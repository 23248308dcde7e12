from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_automation import CRON_LOGGER, AutomationCase


@tagged("post_install", "-at_install")
class TestAutomationHardships(AutomationCase):
    """Automated tasks under unusual conditions."""

    def email(self, **values):
        return {
            "action": "email",
            "mail_template_id": self.mail_template.id,
            **values,
        }

    @mute_logger(CRON_LOGGER)
    def test_what_was_made_for_other_records_since_is_not_used(self):
        partner_model = self.env["ir.model"]._get("res.partner")
        template = self.make_automated(
            self.email(),
            {"action": "server_action", "server_action_id": self.server_action.id},
        )
        [lead], run = self.start(template)
        self.mail_template.write(
            {
                "model_id": partner_model.id,
                "subject": "Welcome",
                "email_to": "{{ object.email }}",
            }
        )
        self.server_action.model_id = partner_model
        # a user with the same id as the opportunity
        partner = self.env["res.partner"].browse(lead.id)
        if not partner.exists():
            self.env.cr.execute(
                "INSERT INTO res_partner (id, name, email, active, autopost_bills)"
                " VALUES (%s, 'Uninvolved', 'uninvolved@example.com', TRUE, 'ask')"
                if "autopost_bills" in partner._fields
                else "INSERT INTO res_partner (id, name, email, active)"
                " VALUES (%s, 'Uninvolved', 'uninvolved@example.com', TRUE)",
                [lead.id],
            )
        mails = self.env["mail.mail"].search_count([])
        self.run_cron()
        self.assertEqual(run.line_ids.mapped("state"), ["failed", "failed"])
        self.assertEqual(
            run.line_ids.mapped("error"),
            [
                "The E-mail Template of this task no longer applies to this record. "
                "Correct it or skip the task.",
                "The Server Action of this task no longer applies to this record. "
                "Correct it or skip the task.",
            ],
        )
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_an_email_goes_to_a_contact_without_a_name(self):
        company = self.env["res.partner"].create({"name": "Azure", "is_company": True})
        invoicing = self.env["res.partner"].create(
            {"parent_id": company.id, "type": "invoice", "email": "money@example.com"}
        )
        self.mail_template.write(
            {"email_to": False, "partner_to": "{{ object.partner_id.id }}"}
        )
        _leads, run = self.start(self.make_automated(self.email()))
        run._get_records()[run].partner_id = invoicing
        self.run_cron()
        self.assertFalse(run.line_ids.error)
        self.assertIn("Azure", run.line_ids.result_text)

    def test_a_record_can_be_given_to_somebody_else_out_of_ones_sight(self):
        template = self.make_automated(
            self.make_update(("user_id", self.seller_2.id), ("priority", 1)),
            {"summary": "Call", "delay_from": "previous"},
        )
        leads, runs = self.start(template, 3)
        self.run_cron()
        self.assertEqual(runs.sudo().line_ids.mapped("error"), [False] * 6)
        self.assertEqual(leads.sudo().user_id, self.seller_2)
        self.assertFalse(leads[0].has_access("read"))
        self.assertEqual(self.get_task(runs[0], "Call").user_id, self.seller_2)
        self.assertIn("Seller → Seller 2", runs[0].sudo().line_ids[0].result_text)

    def test_what_closes_the_record_holds_what_would_have_run_beside_it(self):
        won = self.env["crm.stage"].create({"name": "Won by a track", "is_won": True})
        closing = self.make_automated(
            self.make_update(("stage_id", won.id), summary="Win")
        )
        other = self.make_automated(
            self.make_update(("priority", 3), summary="Mark it")
        )
        [lead], closing_run = self.start(closing)
        other_run = lead.tracks_apply(other)
        self.run_cron()
        self.assertEqual(closing_run.state, "done")
        self.assertTrue(other_run.held)
        self.assertEqual(other_run.line_ids.state, "planned")
        self.assertEqual(lead.priority, "0")
        lead.stage_id = self.stage
        self.run_cron()
        self.assertEqual(lead.priority, "3")

    def test_on_one_day_they_run_in_the_order_of_the_track(self):
        template = self.make_automated(
            self.make_update(("name", "Renamed"), summary="First"),
            self.email(summary="Second"),
            self.make_update(("priority", 3), summary="Third"),
        )
        self.mail_template.subject = "{{ object.name }}, {{ object.priority }}"
        leads, runs = self.start(template, 3)
        self.run_cron()
        self.assertEqual(runs.mapped("state"), ["done"] * 3)
        mails = self.env["mail.mail"].search([("res_id", "in", leads.ids)])
        self.assertEqual(mails.mapped("subject"), ["Renamed, 0"] * 3)

    @mute_logger(CRON_LOGGER, "odoo.sql_db")
    def test_what_the_database_refuses_fails_in_words(self):
        template = self.make_automated(self.make_update(("probability", "150")))
        leads, runs = self.start(template, 2)
        self.run_cron()
        self.assertEqual(runs.line_ids.mapped("state"), ["failed", "failed"])
        self.assertEqual(
            runs[0].line_ids.error,
            "The probability of closing the deal should be between 0% and 100%!",
        )
        self.assertNotIn(150, leads.mapped("probability"))

    @mute_logger(CRON_LOGGER)
    def test_a_failure_without_words_is_called_by_its_name(self):
        following = self.make_template({"summary": "Then"}, name="Following")
        template = self.make_automated(
            {"action": "track", "next_template_id": following.id}
        )
        _leads, run = self.start(template)
        for raised, error in (
            (UserError(""), "UserError('')"),
            (
                AccessError(""),
                "Seller, who started this track, does not have permission for this "
                "task ()",
            ),
        ):
            run.sudo().line_ids.write({"state": "planned", "attempts": 0})
            with patch.object(type(run.line_ids), "_execute_track", side_effect=raised):
                self.run_cron()
            self.assertEqual(run.line_ids.state, "failed")
            self.assertIn(error, run.line_ids.error)

    def test_values_that_cannot_be_stored_are_refused(self):
        for settings, message in (
            ([("name", "", "clear")], "“Opportunity” cannot be empty"),
            ([("name", " ")], "“Opportunity” cannot be empty"),
            ([("probability", "nan")], "“nan” is not a value of “Probability”"),
            ([("expected_revenue", "inf")], "“inf” is not a value"),
            ([("color", "99999999999")], "“99999999999” is not a value"),
            ([("stage_id", "99999999999")], "“99999999999” is not a value"),
        ):
            with (
                self.subTest(settings=settings),
                self.assertRaisesRegex(ValidationError, message),
                self.cr.savepoint(),
            ):
                self.make_automated(self.make_update(*settings))

    def test_tasks_that_agree_in_all_that_they_do_go_together(self):
        other = self.mail_template.copy({"name": "Other"})
        template = self.make_automated(
            self.email(), self.email(mail_template_id=other.id)
        )
        _leads, runs = self.start(template, 3)
        groups = runs.line_ids._group_for_execution()
        self.assertEqual([len(group) for group in groups], [3, 3])
        self.assertEqual(
            [group.mail_template_id for group in groups], [self.mail_template, other]
        )
        # an addon defines in one place which fields say what its action does
        actions = runs.line_ids._get_actions()
        email = actions["email"]._replace(fields=("summary",))
        with patch.object(
            type(runs.line_ids),
            "_get_actions",
            lambda self: {**actions, "email": email},
        ):
            runs[0].line_ids.filtered(
                lambda task: task.mail_template_id == other
            ).sudo().summary = "Another"
            sizes = [len(group) for group in runs.line_ids._group_for_execution()]
        self.assertEqual(sorted(sizes), [1, 2, 3])

    def test_a_paused_track_is_left_alone_by_who_runs_others(self):
        template = self.make_automated(self.make_update(("priority", 1)))
        leads, runs = self.start(template, 2)
        runs[0].action_pause()
        with self.assertRaisesRegex(UserError, "is on hold"):
            runs.line_ids.action_run_now()
        self.assertEqual(leads.mapped("priority"), ["0", "0"])

    def test_a_template_for_two_kinds_of_record_hides_no_forbidden_field(self):
        """Also not through an action that does not check the field."""
        author = self.make_user(
            "author", "base.group_user,crm_tracks.group_track_manager"
        )
        partners = self.env["ir.model"]._get("res.partner")
        template = (
            self.env["track.template"]
            .with_user(author)
            .create(
                {
                    "name": "Two",
                    "res_model_ids": [Command.set([self.lead_model.id, partners.id])],
                    "line_ids": [
                        Command.create(
                            {
                                **self.make_update(("comment", "Hello")),
                                "action": "activity",
                                "summary": "Harmless",
                            }
                        )
                    ],
                }
            )
        )
        with self.assertRaisesRegex(
            ValidationError, "You do not have permission to change “Notes”"
        ):
            template.write(
                {
                    "res_model_ids": [Command.set(partners.ids)],
                    "line_ids": [
                        Command.update(template.line_ids.id, {"action": "update"})
                    ],
                }
            )
