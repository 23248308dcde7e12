from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TracksCase

CRON_LOGGER = "odoo.addons.crm_tracks.models.automation.cron"


class AutomationCase(TracksCase):
    """Templates for opportunities with automated tasks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead_model = cls.env["ir.model"]._get("crm.lead")
        cls.tag = cls.env["crm.tag"].create({"name": "Followed through"})
        cls.stage = cls.env["crm.stage"].create({"name": "Automated"})
        cls.mail_template = cls.env["mail.template"].create(
            {
                "name": "Welcome",
                "model_id": cls.lead_model.id,
                "subject": "Welcome, {{ object.partner_name }}",
                "body_html": "<p>Good to have you.</p>",
                "email_to": "{{ object.email_from }}",
                "auto_delete": True,
            }
        )
        cls.server_action = cls.env["ir.actions.server"].create(
            {
                "name": "Double the revenue",
                "model_id": cls.lead_model.id,
                "state": "code",
                "code": "for lead in records:\n"
                "    lead.write({'expected_revenue': lead.expected_revenue * 2,"
                " 'description': env.user.login + str(env.su)})",
            }
        )

    @classmethod
    def make_automated(cls, *lines, **values):
        """A template for opportunities with these tasks."""
        values.setdefault("res_model_ids", [Command.link(cls.lead_model.id)])
        return cls.make_template(*lines, **values)

    @classmethod
    def make_update(cls, *settings, **values):
        """A task that sets these fields: (field, value[, operation])."""
        return {
            "action": "update",
            "update_ids": [
                Command.create(
                    {
                        "field_name": name,
                        "value": str(value),
                        "operation": how[0] if how else "set",
                    }
                )
                for name, value, *how in settings
            ],
            **values,
        }

    def start(self, template, count=1, user=None, **values):
        """Start a template on opportunities of the seller, as this user."""
        values.setdefault("email_from", "customer@example.com")
        user = user or self.seller
        leads = self.make_leads(count, user=self.seller, **values).with_user(user)
        return leads, leads.tracks_apply(template)


@tagged("post_install", "-at_install")
class TestAutomation(AutomationCase):
    """Automated tasks: execution, dates and results."""

    def test_an_update_sets_fields_a_stage_and_tags(self):
        template = self.make_automated(
            self.make_update(
                ("stage_id", self.stage.id),
                ("tag_ids", self.tag.id, "add"),
                ("priority", 3),
                ("probability", "12.5"),
                ("date_deadline", 7),
                ("description", "", "clear"),
            )
        )
        leads, runs = self.start(template, 2, description="Old")
        self.assertTasks(
            runs[0],
            [(False, "planned", "2026-03-04")],
        )
        self.run_cron()
        self.assertEqual(runs.line_ids.mapped("error"), [False, False])
        for lead in leads:
            self.assertEqual(lead.stage_id, self.stage)
            self.assertEqual(lead.tag_ids, self.tag)
            self.assertEqual(lead.priority, "3")
            self.assertEqual(lead.probability, 12.5)
            self.assertEqual(lead.date_deadline.isoformat(), "2026-03-11")
            self.assertFalse(lead.description)
        self.assertEqual(runs.mapped("state"), ["done", "done"])
        task = runs[0].line_ids
        self.assertEqual(task.done_user_id, self.seller)
        self.assertIn("Stage: New → Automated", task.result_text)
        self.assertFalse(task.activity_id)

    def test_the_result_of_the_last_task_and_the_end_of_its_track_are_one_note(self):
        template = self.make_automated(
            {"action": "email", "mail_template_id": self.mail_template.id}
        )
        leads, runs = self.start(template, 2)
        before = leads.message_ids
        self.run_cron()
        self.assertEqual(runs.mapped("state"), ["done", "done"])
        for lead in leads:
            _email, note = (lead.message_ids - before).sorted("id")
            result, end = note.body.split("</p>")[:2]
            self.assertIn("Sent to customer@example.com", result)
            self.assertIn("is done", end)

    def test_an_email_is_queued_to_the_records_people_and_stays_in_the_chatter(self):
        template = self.make_automated(
            {"action": "email", "mail_template_id": self.mail_template.id}
        )
        leads, runs = self.start(template, 2)
        self.run_cron()
        mails = self.env["mail.mail"].search([("res_id", "in", leads.ids)])
        self.assertEqual(mails.mapped("email_to"), ["customer@example.com"] * 2)
        self.assertEqual(mails.mapped("state"), ["outgoing", "outgoing"])
        self.assertEqual(mails.author_id, self.seller.partner_id)
        task = runs[0].line_ids
        self.assertEqual(task.state, "done")
        self.assertEqual(task.result_text, "Sent to customer@example.com")
        message = self.env["mail.message"].browse(task.sudo().result["message"])
        self.assertIn(message, leads[0].message_ids)
        self.assertEqual(
            task.action_open_result()["url"], f"/mail/message/{message.id}"
        )
        mails.unlink()  # as after sending
        self.assertTrue(message.exists())

    @mute_logger(CRON_LOGGER)
    def test_an_email_to_nobody_fails_with_a_reason(self):
        template = self.make_automated(
            {"action": "email", "mail_template_id": self.mail_template.id}
        )
        leads, runs = self.start(template, 2)
        leads[0].email_from = False
        self.run_cron()
        self.assertEqual(runs.line_ids.mapped("state"), ["failed", "done"])
        self.assertEqual(
            runs[0].line_ids.error,
            "The e-mail for “Opportunity 1” has no recipient. Enter an e-mail address "
            "or skip the task.",
        )
        self.assertEqual(
            self.env["mail.mail"].search_count([("res_id", "in", leads.ids)]), 1
        )

    @mute_logger(CRON_LOGGER)
    def test_an_email_to_what_is_no_address_or_without_a_word_fails(self):
        template = self.make_automated(
            {"action": "email", "mail_template_id": self.mail_template.id}
        )
        _leads, run = self.start(template, email_from="not an address")
        self.run_cron()
        self.assertIn("has no recipient", run.line_ids.error)
        self.mail_template.write({"subject": False, "body_html": False})
        _leads, run = self.start(template)
        self.run_cron()
        self.assertIn("The e-mail would be empty", run.line_ids.error)

    def test_a_server_action_runs_as_the_starter_and_not_in_sudo(self):
        template = self.make_automated(
            {"action": "server_action", "server_action_id": self.server_action.id}
        )
        leads, runs = self.start(template, 2, expected_revenue=100)
        self.run_cron()
        self.assertEqual(leads.mapped("expected_revenue"), [200, 200])
        self.assertIn("tracks_sellerFalse", leads[0].description)
        self.assertEqual(runs.mapped("state"), ["done", "done"])

    def test_a_track_starts_another_track_as_its_starter(self):
        following = self.make_template({"summary": "Then"}, name="Following")
        template = self.make_automated(
            {"action": "track", "next_template_id": following.id}
        )
        leads, runs = self.start(template, 2)
        self.run_cron()
        for lead, run in zip(leads, runs, strict=True):
            started = lead.track_run_ids - run
            self.assertEqual(started.template_id, following)
            self.assertEqual(started.user_id, self.seller)
            self.assertActivityFollows(started.line_ids)
            self.assertEqual(run.line_ids.result_text, "Created “Following”")
            self.assertEqual(run.line_ids.action_open_result()["res_id"], started.id)

    def test_a_track_started_by_an_end_date_track_ends_on_the_same_day(self):
        end = {"delay_from": "end", "delay_count": 1}
        following = self.make_template(
            {"summary": "Then", **end}, name="Following", direction="end"
        )
        template = self.make_automated(
            {"action": "track", "next_template_id": following.id, **end},
            direction="end",
        )
        [lead] = self.make_leads().with_user(self.seller)
        run = lead.tracks_apply(template, end_date="2026-03-05")
        self.run_cron()
        started = lead.track_run_ids - run
        self.assertEqual(started.end_date.isoformat(), "2026-03-05")

    def test_they_run_on_their_day_and_the_next_task_follows(self):
        template = self.make_automated(
            self.make_update(("priority", 1), delay_count=2, summary="Mark it"),
            {"summary": "Call", "delay_from": "previous", "delay_count": 1},
            activity_creation="ahead",
            ahead_days=30,
        )
        [lead], run = self.start(template)
        self.run_cron()
        self.assertEqual(lead.priority, "0")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
            self.assertEqual(lead.priority, "1")
            self.assertTasks(
                run,
                [("Mark it", "done", "2026-03-06"), ("Call", "open", "2026-03-07")],
            )

    def test_the_cron_is_woken_when_one_is_due(self):
        due = self.make_automated(self.make_update(("priority", 1)))
        later = self.make_automated(self.make_update(("priority", 1), delay_count=1))
        cron = self.env.ref("crm_tracks.ir_cron_tracks")
        Trigger = self.env["ir.cron.trigger"]
        before = Trigger.search_count([("cron_id", "=", cron.id)])
        self.start(later)
        self.cr.flush()
        self.assertEqual(Trigger.search_count([("cron_id", "=", cron.id)]), before)
        self.start(due, 2)
        self.cr.flush()
        self.assertEqual(Trigger.search_count([("cron_id", "=", cron.id)]), before + 1)

    def test_a_quiet_track_runs_nothing_until_it_wakes(self):
        template = self.make_automated(self.make_update(("priority", 1)))
        [lead], run = self.start(template)
        run.action_pause()
        self.run_cron()
        self.assertEqual(lead.priority, "0")
        with self.assertRaisesRegex(UserError, "on hold"):
            run.line_ids.action_run_now()
        run.action_resume()
        lead.action_set_lost()
        self.run_cron()
        self.assertEqual(lead.priority, "0")
        lead.action_unarchive()
        self.run_cron()
        self.assertEqual(lead.priority, "1")

    def test_later_than_seven_days_it_fails_and_asks(self):
        template = self.make_automated(self.make_update(("priority", 1)))
        [on_the_edge], edge = self.start(template)
        edge.start_date = "2026-03-05"
        [lead], run = self.start(template)
        with self.at("2026-03-12 10:00:00"):
            self.run_cron()
            self.assertEqual(on_the_edge.priority, "1")
            self.assertEqual(lead.priority, "0")
            self.assertEqual(run.line_ids.state, "failed")
            self.assertEqual(
                run.line_ids.error,
                "More than 7 days late, so it was not run. Run it now or skip it.",
            )
            self.assertFalse(run.line_ids.date_retry)
            asked = lead.activity_ids
            self.assertEqual(asked.user_id, self.seller)
            # and the user is not asked again
            run.action_pause()
            run.action_resume()
            self.run_cron()
            self.assertEqual(lead.activity_ids, asked)
            run.line_ids.action_run_now()
            self.assertEqual(lead.priority, "1")

    def test_run_now_and_skip(self):
        template = self.make_automated(
            self.make_update(("priority", 1), delay_count=5, summary="Mark it"),
            self.make_update(
                ("priority", 2), delay_from="previous", delay_count=5, summary="Again"
            ),
            {"summary": "Call", "delay_from": "previous"},
        )
        [lead], run = self.start(template)
        with self.assertRaisesRegex(UserError, "“Mark it” is automated"):
            self.get_task(run, "Mark it").with_user(self.seller).action_done()
        self.get_task(run, "Mark it").with_user(self.seller).action_run_now()
        self.assertEqual(lead.priority, "1")
        self.get_task(run, "Again").with_user(self.seller).action_skip()
        self.assertTasks(
            run,
            [
                ("Mark it", "done", "2026-03-09"),
                ("Again", "skipped", "2026-03-09"),
                ("Call", "open", "2026-03-04"),
            ],
        )
        with self.assertRaisesRegex(UserError, "“Call” is not automated"):
            self.get_task(run, "Call").with_user(self.seller).action_run_now()
        with self.assertRaisesRegex(UserError, "cannot be reopened"):
            self.get_task(run, "Mark it").with_user(self.seller).action_reopen()

    def test_what_a_person_runs_says_what_is_wrong_and_changes_nothing(self):
        template = self.make_automated(
            {"action": "email", "mail_template_id": self.mail_template.id}
        )
        _leads, run = self.start(template, email_from=False)
        with (
            self.assertRaisesRegex(UserError, "has no recipient"),
            self.cr.savepoint(),
        ):
            run.line_ids.action_run_now()
        self.env.invalidate_all()
        self.assertEqual(run.line_ids.state, "planned")

    def test_it_counts_as_done_by_nobody_where_the_next_goes_to_the_previous_doer(self):
        template = self.make_automated(
            {"summary": "Call"},
            self.make_update(("priority", 1), delay_from="previous"),
            {
                "summary": "Write",
                "delay_from": "previous",
                "responsible_type": "previous",
            },
        )
        _leads, run = self.start(template)
        self.tick(run, "Call", user=self.seller_all)
        self.run_cron()
        self.assertEqual(self.get_task(run, "Write").user_id, self.seller_all)

    def test_a_closing_by_a_task_holds_what_follows(self):
        won = self.env["crm.stage"].create({"name": "Won by a track", "is_won": True})
        template = self.make_automated(
            self.make_update(("stage_id", won.id), summary="Win"),
            {"summary": "Call", "delay_from": "previous"},
        )
        _leads, run = self.start(template)
        self.run_cron()
        self.assertFalse(run.line_ids[0].error)
        self.assertTrue(run.held)
        self.assertTasks(
            run, [("Win", "done", "2026-03-04"), ("Call", "waiting", None)]
        )

    def test_a_server_action_may_delete_the_record(self):
        self.server_action.code = "records.unlink()"
        template = self.make_automated(
            {"action": "server_action", "server_action_id": self.server_action.id}
        )
        leads, runs = self.start(template, user=self.manager)
        self.run_cron()
        self.assertFalse(leads.exists())
        self.assertFalse(runs.exists())

    def test_two_of_them_on_one_record_both_run(self):
        template = self.make_automated(
            {"action": "email", "mail_template_id": self.mail_template.id}
        )
        [lead], run = self.start(template)
        again = lead.tracks_apply(template)
        self.run_cron()
        self.assertEqual((run + again).mapped("state"), ["done", "done"])
        self.assertEqual(
            self.env["mail.mail"].search_count([("res_id", "=", lead.id)]), 2
        )
