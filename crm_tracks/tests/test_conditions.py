from datetime import date
from unittest.mock import patch

from markupsafe import escape

from odoo import Command
from odoo.tests import tagged

from .common import TracksCase


class ConditionCase(TracksCase):
    """Templates for opportunities, whose tasks have conditions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead_model = cls.env["ir.model"]._get("crm.lead")

    @classmethod
    def make_conditional(cls, *tasks, **values):
        """A template for opportunities, written by a sales manager."""
        values.setdefault("res_model_ids", [Command.set(cls.lead_model.ids)])
        template = cls.make_template(**values)
        template.line_ids = [
            Command.create({"sequence": number, **task})
            for number, task in enumerate(tasks, start=1)
        ]
        return template

    @classmethod
    def make_call_and_offer(cls, otherwise, condition="[('priority', '=', '3')]"):
        """A call, two days later an offer with this condition, and a thank-you."""
        return cls.make_conditional(
            {"summary": "Call"},
            {
                "summary": "Offer",
                "delay_from": "previous",
                "delay_count": 2,
                "condition": condition,
                "condition_else": otherwise,
            },
            {"summary": "Thank", "delay_from": "previous", "delay_count": 1},
        )

    def start(self, template, user=None, **values):
        lead = self.make_leads(1, **values)
        return lead, lead.with_user(user or self.seller).tracks_apply(template).sudo()


@tagged("post_install", "-at_install")
class TestConditions(ConditionCase):
    def test_a_task_whose_condition_is_met_begins_on_its_day_and_not_before(self):
        lead, run = self.start(self.make_call_and_offer("skip"), priority="3")
        self.tick(run, "Call")
        offer = self.get_task(run, "Offer")
        self.assertEqual(offer.state, "planned")
        self.assertEqual(offer.date_planned, date(2026, 3, 6))
        self.assertFalse(offer.activity_id)
        with self.at("2026-03-05 10:00:00"):
            self.run_cron()
            self.assertEqual(offer.state, "planned")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
        self.assertActivityFollows(offer)
        self.assertEqual(offer.date_deadline, date(2026, 3, 6))

    def test_a_condition_that_is_not_met_skips_the_task_and_passes_the_turn_on(self):
        _lead, run = self.start(self.make_call_and_offer("skip"))
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
            self.assertTasks(
                run,
                [
                    ("Call", "done", "2026-03-04"),
                    ("Offer", "skipped", "2026-03-06"),
                    ("Thank", "open", "2026-03-07"),
                ],
            )
        offer = self.get_task(run, "Offer")
        self.assertEqual(offer.skip_reason, "The condition was not met")

    def test_skipping_is_what_happens_when_nothing_else_was_selected(self):
        _lead, run = self.start(self.make_call_and_offer(False))
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
        self.assertEqual(self.get_task(run, "Offer").state, "skipped")

    def test_a_condition_that_is_not_met_ends_the_track_which_is_done(self):
        _lead, run = self.start(self.make_call_and_offer("end"))
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
        self.assertEqual(run.state, "done")
        offer, thank = self.get_task(run, "Offer"), self.get_task(run, "Thank")
        self.assertEqual((offer.state, thank.state), ("skipped", "skipped"))
        self.assertEqual(thank.skipped_by_id, offer)
        self.assertIn("Offer", thank.skip_reason)

    def test_a_task_that_begins_with_the_one_that_ends_the_track_is_skipped(self):
        template = self.make_conditional(
            {
                "summary": "Offer",
                "condition": "[('priority', '=', '3')]",
                "condition_else": "end",
            },
            {"summary": "Meet"},
        )
        _lead, run = self.start(template)
        self.assertEqual(run.state, "done")
        self.assertEqual(run.line_ids.mapped("state"), ["skipped", "skipped"])
        self.assertFalse(run.line_ids.activity_id)
        self.get_task(run, "Offer").with_user(self.seller).action_reopen()
        self.assertEqual(run.line_ids.mapped("state"), ["open", "open"])

    def test_after_a_merge_the_surviving_record_is_looked_at(self):
        lead, run = self.start(self.make_call_and_offer("wait"))
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
            survivor = self.make_leads(1, priority="3")
            self.env["track.run"].sudo()._merge_into(lead, survivor)
        self.assertEqual(self.get_task(run, "Offer").state, "open")

    def test_a_task_that_waits_keeps_its_turn_and_costs_the_cron_nothing(self):
        _lead, run = self.start(self.make_call_and_offer("wait"))
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
            offer = self.get_task(run, "Offer")
            self.assertEqual(offer.state, "planned")
            self.assertTrue(offer.condition_waits)
            self.assertFalse(offer.date_planned)
            self.assertEqual(self.get_task(run, "Thank").state, "waiting")
            with patch.object(type(offer), "_cron_begin_batch") as begin:
                self.run_cron()
            begin.assert_not_called()

    def test_the_write_that_makes_it_true_opens_the_task_which_is_due_that_day(self):
        lead, run = self.start(self.make_call_and_offer("wait"))
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
        offer = self.get_task(run, "Offer")
        with self.at("2026-03-20 10:00:00"):
            lead.with_user(self.seller).write({"priority": "2"})
            self.assertEqual(offer.state, "planned")
            lead.with_user(self.seller).write({"priority": "3"})
            self.assertActivityFollows(offer)
            self.assertEqual(offer.date_deadline, date(2026, 3, 20))
            self.assertFalse(offer.condition_waits)
            self.assertFalse(offer.is_late)

    def test_a_date_set_by_hand_stays_when_the_condition_is_met_later(self):
        lead, run = self.start(self.make_call_and_offer("wait"))
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
            offer = self.get_task(run, "Offer")
            offer.with_user(self.seller).date_deadline = "2026-03-05"
        with self.at("2026-03-20 10:00:00"):
            lead.with_user(self.seller).priority = "3"
        self.assertEqual(offer.state, "open")
        self.assertEqual(offer.date_deadline, date(2026, 3, 5))

    def test_a_task_that_is_moved_behind_today_waits_for_its_day_again(self):
        lead, run = self.start(self.make_call_and_offer("wait"))
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
            offer = self.get_task(run, "Offer")
            offer.with_user(self.seller).date_deadline = "2026-03-16"
            self.assertFalse(offer.condition_waits)
            lead.with_user(self.seller).priority = "3"
            self.assertEqual(offer.state, "planned")
            self.assertEqual(offer.date_planned, date(2026, 3, 16))
        with self.at("2026-03-16 10:00:00"):
            self.run_cron()
        self.assertEqual(offer.state, "open")

    def test_the_sweep_notices_what_no_write_told(self):
        lead, run = self.start(self.make_call_and_offer("wait"))
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
            self.env.flush_all()
            query = "UPDATE crm_lead SET priority = '3' WHERE id = %s"
            self.env.cr.execute(query, [lead.id])
            self.env.invalidate_all()
        with self.at("2026-03-06 12:00:00"):
            self.run_cron()
        self.assertEqual(self.get_task(run, "Offer").state, "open")

    def test_a_stored_computed_field_opens_the_task_at_once(self):
        condition = "[('date_last_stage_update', '>', '2026-03-10')]"
        template = self.make_call_and_offer("wait", condition)
        lead, run = self.start(template)
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
        offer = self.get_task(run, "Offer")
        self.assertTrue(offer.condition_waits)
        stage = self.env["crm.stage"].create({"name": "Further"})
        with self.at("2026-03-12 10:00:00"):
            lead.with_user(self.seller).stage_id = stage
            self.assertEqual(offer.state, "open")

    def test_a_field_computed_from_another_record_opens_the_task_with_the_commit(self):
        # the e-mail of an opportunity is computed from its contact
        partner = self.env["res.partner"].create({"name": "Azure"})
        template = self.make_call_and_offer("wait", "[('email_from', '!=', False)]")
        _lead, run = self.start(template, partner_id=partner.id)
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
            offer = self.get_task(run, "Offer")
            self.assertTrue(offer.condition_waits)
            partner.email = "azure@example.com"
            self.env.cr.flush()
        self.assertEqual(offer.state, "open")

    def test_relative_days_count_from_the_day_of_the_companys_schedule(self):
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        template = self.make_conditional(
            {
                "summary": "Call",
                "condition": "[('date_deadline', '<=', 'today')]",
                "condition_else": "wait",
            }
        )
        # 10:00 in UTC is 23:00 of the same day in Auckland
        _lead, run = self.start(template, date_deadline="2026-03-05")
        self.assertTrue(self.get_task(run, "Call").condition_waits)
        with self.at("2026-03-04 12:00:00"):  # 1:00 of the next day there
            run.sudo()._look_again()
        self.assertEqual(self.get_task(run, "Call").state, "open")

    def test_conditions_along_paths_and_in_subdomains_are_evaluated(self):
        tag = self.env["crm.tag"].create({"name": "Big"})
        for condition in (
            "[('partner_id.country_id.code', '=', 'BE')]",
            f"[('tag_ids', 'any', [('id', '=', {tag.id})])]",
            "['|', ('priority', '=', '3'), ('name', 'ilike', 'nothing')]",
        ):
            with self.subTest(condition=condition):
                template = self.make_conditional(
                    {
                        "summary": "Call",
                        "condition": condition,
                        "condition_else": "wait",
                    }
                )
                lead, run = self.start(template)
                self.assertTrue(self.get_task(run, "Call").condition_waits)
                partner = self.env["res.partner"].create(
                    {"name": "Belgian", "country_id": self.env.ref("base.be").id}
                )
                lead.with_user(self.seller).write(
                    {
                        "partner_id": partner.id,
                        "tag_ids": [Command.link(tag.id)],
                        "priority": "3",
                    }
                )
                self.assertEqual(self.get_task(run, "Call").state, "open")

    def test_a_quiet_track_looks_at_no_condition_until_it_wakes(self):
        lead, run = self.start(self.make_call_and_offer("wait"))
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
            run.with_user(self.seller).action_pause()
            lead.with_user(self.seller).priority = "3"
            offer = self.get_task(run, "Offer")
            self.assertEqual(offer.state, "planned")
            run.with_user(self.seller).action_resume()
        self.assertEqual(offer.state, "open")

    def test_ticking_and_skipping_ask_no_condition(self):
        _lead, run = self.start(self.make_call_and_offer("wait"))
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
            offer = self.get_task(run, "Offer")
            offer.with_user(self.seller).action_done()
        self.assertEqual(offer.state, "done")
        self.assertFalse(offer.condition_waits)
        self.assertEqual(self.get_task(run, "Thank").state, "open")

    def test_a_task_that_is_reopened_by_hand_begins_whatever_its_condition(self):
        _lead, run = self.start(self.make_call_and_offer("skip"))
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
            offer = self.get_task(run, "Offer")
            self.assertEqual(offer.state, "skipped")
            offer.with_user(self.seller).action_reopen()
            self.run_cron()
        self.assertEqual(offer.state, "open")
        self.assertEqual(self.get_task(run, "Thank").state, "waiting")

    def test_reopening_takes_back_what_a_condition_skipped_after_it(self):
        _lead, run = self.start(self.make_call_and_offer("skip"))
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
            self.get_task(run, "Call").with_user(self.seller).action_reopen()
        self.assertEqual(
            [(task.summary, task.state) for task in run.line_ids.sorted()],
            [("Call", "open"), ("Offer", "waiting"), ("Thank", "waiting")],
        )

    def test_500_tasks_that_conditions_skip_in_a_row_end_the_track(self):
        template = self.make_conditional(
            {"summary": "Call"},
            *(
                {
                    "summary": f"Task {number}",
                    "delay_from": "previous",
                    "condition": "[('priority', '=', '3')]",
                }
                for number in range(499)
            ),
        )
        _lead, run = self.start(template)
        self.tick(run, "Call")
        self.assertEqual(run.state, "done")

    def test_what_cannot_be_evaluated_any_more_is_failed(self):
        template = self.make_call_and_offer("wait")
        _lead, run = self.start(template)
        self.env.flush_all()
        query = "UPDATE track_run_line SET condition = %s WHERE summary = 'Offer'"
        self.env.cr.execute(query, ["[('x_gone', '=', 1)]"])
        self.env.invalidate_all()
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
        offer = self.get_task(run, "Offer")
        self.assertEqual(offer.state, "failed")
        self.assertNotIn("x_gone", offer.error)
        self.assertTrue(offer.date_retry)

    def test_an_automated_task_runs_only_if_its_condition_is_met(self):
        template = self.make_conditional(
            {"summary": "Call"},
            {
                "action": "update",
                "delay_from": "previous",
                "condition": "[('priority', '=', '3')]",
                "condition_else": "wait",
                "update_ids": [
                    Command.create({"field_name": "referred", "value": "Ada"})
                ],
            },
        )
        lead, run = self.start(template)
        self.tick(run, "Call")
        self.run_cron()
        self.assertFalse(lead.referred)
        with self.at("2026-04-20 10:00:00"):
            lead.with_user(self.seller).priority = "3"
            self.run_cron()
        self.assertEqual(lead.referred, "Ada")
        self.assertEqual(run.state, "done")

    def test_a_running_track_keeps_its_own_copy_of_the_condition(self):
        template = self.make_call_and_offer("skip")
        _lead, run = self.start(template)
        template.line_ids.condition = False
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
        self.assertEqual(self.get_task(run, "Offer").state, "skipped")

    def test_tasks_and_templates_say_their_condition_in_words(self):
        stage = self.env["crm.stage"].create({"name": "Signed"})
        template = self.make_call_and_offer(
            "wait", f"[('stage_id', '=', {stage.id}), ('expected_revenue', '>', 1000)]"
        )
        text = "Waits until Stage is Signed and Expected Revenue > 1000"
        offer = template.line_ids.sorted()[1]
        self.assertIn(escape(text), offer.with_user(self.seller).sentence)
        _lead, run = self.start(template)
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
        task = self.get_task(run, "Offer").with_user(self.seller)
        self.assertEqual(task.due_text, text)

    def test_a_field_with_several_records_contains_them(self):
        tags = self.env["crm.tag"].create([{"name": "Signed"}, {"name": "Paid"}])
        for condition, text in (
            (f"[('tag_ids', 'in', {tags.ids})]", "Tags contains Signed or Paid"),
            (f"[('tag_ids', '=', {tags[0].id})]", "Tags contains Signed"),
            (f"[('tag_ids', '!=', {tags[0].id})]", "Tags does not contain Signed"),
            (f"[('tag_ids', 'not in', {tags[1].ids})]", "Tags does not contain Paid"),
            ("[('tag_ids', '=', False)]", "Tags is not set"),
        ):
            template = self.make_call_and_offer("wait", condition)
            offer = template.line_ids.sorted()[1].with_user(self.seller)
            self.assertEqual(offer._get_condition_text(), f"Waits until {text}")

    def test_the_reason_names_fields_only_to_people_who_may_read_them(self):
        field = self.env["crm.lead"]._fields["referred"]
        template = self.make_call_and_offer("skip", "[('referred', '=', 'Ada')]")
        _lead, run = self.start(template)
        self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
        offer = self.get_task(run, "Offer").with_user(self.seller)
        self.assertIn("Referred By is Ada", offer.due_text)
        self.patch(field, "groups", "base.group_system")
        offer.invalidate_recordset()
        self.assertEqual(offer.due_text, "The condition was not met")
        self.assertEqual(
            offer._get_option_texts(), ["Only if its condition is met, else skipped"]
        )
        self.assertNotIn(
            "Referred", template.with_user(self.seller).line_ids.sorted()[1].sentence
        )

    def test_people_read_no_condition_of_a_track(self):
        _lead, run = self.start(self.make_call_and_offer("skip"))
        task = self.get_task(run, "Offer")
        for user in (self.seller, self.manager):
            self.assertFalse(
                task.with_user(user)._has_field_access(
                    task._fields["condition"], "read"
                )
            )
