from datetime import date
from unittest.mock import patch

import psycopg2

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_tracks.tests.common import QUERIES, TracksCase, tagged_test


@tagged("post_install", "-at_install")
class TestRules(TracksCase):
    """Automation rules that start and stop tracks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call")
        cls.stage = cls.env.ref("crm.stage_lead2")
        cls.model = cls.env["ir.model"]._get("crm.lead")

    def make_rule(self, trigger="on_stage_set", action=None, **values):
        """A rule on opportunities, created in one step as in its form."""
        if trigger == "on_stage_set":
            values["trg_field_ref"] = self.stage.id
        return self.env["base.automation"].create(
            {
                "name": "Rule",
                "model_id": self.model.id,
                "trigger": trigger,
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "By itself",
                            "model_id": self.model.id,
                            "state": "track_apply",
                            "track_template_id": self.template.id,
                            **(action or {}),
                        }
                    )
                ],
                **values,
            }
        )

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

    def test_it_starts_as_whoever_triggered_it(self):
        self.make_rule()
        lead = self.make_leads()
        lead.with_user(self.seller).stage_id = self.stage
        self.assertEqual(lead.track_run_ids.user_id, self.seller)

    def test_what_is_in_the_way_does_not_fail_the_write(self):
        rule = self.make_rule()
        self.template.active = False
        lead = self.make_leads()
        lead.with_user(self.seller).write({"stage_id": self.stage.id, "name": "New"})
        self.assertEqual((lead.stage_id, lead.name), (self.stage, "New"))
        self.assertFalse(lead.track_run_ids)
        self.assertIn("is archived", lead.message_ids[0].preview)
        self.assertIn("is archived", rule.action_server_ids.track_problem)

    def test_what_breaks_does_not_fail_the_write(self):
        self.make_rule()
        leads = self.make_leads(3)
        create = type(self.env["mail.activity"]).create

        def fail(activities, vals_list):
            if any(vals["res_id"] == leads[1].id for vals in vals_list):
                # leaves the transaction aborted, unless a savepoint is rolled back
                self.env.cr.execute("SELECT 1 / 0")
            return create(activities, vals_list)

        with (
            patch.object(type(self.env["mail.activity"]), "create", fail),
            mute_logger(
                "odoo.addons.crm_tracks.models.automation.start_stop", "odoo.sql_db"
            ),
        ):
            leads.with_user(self.seller).stage_id = self.stage
        self.assertEqual(leads.stage_id, self.stage)
        self.assertEqual([len(lead.track_run_ids) for lead in leads], [1, 0, 1])
        self.assertIn("did not start", leads[1].message_ids[0].preview)

    def test_a_conflict_is_raised_so_that_odoo_tries_again(self):
        self.make_rule()
        lead = self.make_leads()
        broken = patch.object(
            type(self.env["mail.activity"]),
            "create",
            side_effect=psycopg2.errors.SerializationFailure,
        )
        with broken, self.assertRaises(psycopg2.OperationalError):
            lead.with_user(self.seller).stage_id = self.stage

    def test_record_by_record_is_one_message_for_each_person(self):
        self.make_rule()
        leads = self.make_leads(4) + self.make_leads(3, user=self.seller_2)
        told = self.collect_told(
            lambda: leads.with_user(self.manager).write({"stage_id": self.stage.id})
        )
        self.assertEqual(told, ["Seller", "Seller 2"])
        self.assertEqual(len(leads.track_run_ids), 7)

    @tagged_test(QUERIES)
    def test_what_one_more_record_costs_stays_the_same(self):
        self.make_rule()

        def count(number):
            leads = self.make_leads(number).with_user(self.seller)
            return self.count_queries(lambda: leads.write({"stage_id": self.stage.id}))

        count(1)
        few, more, many = count(5), count(15), count(25)
        self.assertAlmostEqual(many - more, more - few, delta=10)
        self.assertLess((many - few) / 20, 25)

    def test_a_rule_stops_tracks(self):
        runs = self.make_leads(2).with_user(self.seller).tracks_apply(self.template)
        self.make_rule(
            action={"state": "track_stop", "track_stop_reason": "Not needed any more."}
        )
        lead = self.env["crm.lead"].browse(runs[0].res_id)
        lead.with_user(self.seller).stage_id = self.stage
        self.assertEqual(runs.mapped("state"), ["stopped", "running"])
        self.assertEqual(runs[0].stop_reason, "Not needed any more.")

    def test_a_rule_that_moves_a_task_moves_its_activity(self):
        model = self.env["ir.model"]._get("track.run.line")
        run = self.make_leads().with_user(self.seller).tracks_apply(self.template)
        self.env["base.automation"].create(
            {
                "name": "Renamed tasks are for next week",
                "model_id": model.id,
                "trigger": "on_write",
                "filter_domain": "[('summary', '=', 'Next week')]",
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "Move it",
                            "model_id": model.id,
                            "state": "object_write",
                            "update_path": "date_deadline",
                            "value": "2026-03-11",
                        }
                    )
                ],
            }
        )
        task = self.get_task(run, "Write")
        task.with_user(self.seller).summary = "Next week"
        self.assertEqual(task.date_deadline, date(2026, 3, 11))
        self.assertActivityFollows(task)

    # ------------------------------------------------------------------
    # On behalf of
    # ------------------------------------------------------------------

    def test_where_nobody_is_there_somebody_is_named(self):
        day = self.env["ir.model.fields"]._get("crm.lead", "date_deadline")
        for trigger in (
            "on_time",
            "on_time_created",
            "on_time_updated",
            "on_message_received",
            "on_message_sent",
            "on_webhook",
        ):
            values = {"trg_date_id": day.id} if trigger == "on_time" else {}
            with self.subTest(trigger):
                with self.assertRaises(ValidationError), self.cr.savepoint():
                    self.make_rule(trigger, **values)
                self.make_rule(
                    trigger, action={"track_user_id": self.manager.id}, **values
                )

    def test_the_sentence_says_what_to_do(self):
        with self.assertRaisesRegex(ValidationError, "On Behalf Of"):
            self.make_rule("on_time_created")

    def test_neither_the_rule_nor_the_action_can_do_without_later(self):
        rule = self.make_rule()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            rule.trigger = "on_time_created"
        rule.action_server_ids.track_user_id = self.manager
        rule.trigger = "on_time_created"
        with self.assertRaises(ValidationError), self.cr.savepoint():
            rule.action_server_ids.track_user_id = False

    def test_nor_an_action_within_several(self):
        children = [
            Command.create(
                {
                    "name": "By itself",
                    "model_id": self.model.id,
                    "state": "track_apply",
                    "track_template_id": self.template.id,
                }
            )
        ]
        with self.assertRaises(ValidationError):
            self.make_rule(
                "on_time_created",
                action={
                    "state": "multi",
                    "track_template_id": False,
                    "child_ids": children,
                },
            )

    def test_a_customer_who_writes_starts_it_as_the_owner(self):
        self.make_rule("on_message_received", action={"track_user_id": self.manager.id})
        leads = self.make_leads(2)
        leads[1].user_id = False
        customer = self.portal.partner_id
        for lead in leads:
            lead.with_user(self.env.ref("base.public_user")).sudo().message_post(
                body="Any news?",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=customer.id,
            )
        self.assertEqual(leads[0].track_run_ids.user_id, self.seller)
        self.assertEqual(leads[1].track_run_ids.user_id, self.manager)
