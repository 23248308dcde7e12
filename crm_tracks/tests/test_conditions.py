from datetime import date
from unittest.mock import patch

from markupsafe import escape

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import QUERIES, TracksCase


class ConditionCase(TracksCase):
    """Templates for opportunities, whose tasks have conditions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead_model = cls.env["ir.model"]._get("crm.lead")

    def make_conditional(self, *tasks, **values):
        """A template for opportunities, written by a sales manager."""
        values.setdefault("res_model_ids", [Command.set(self.lead_model.ids)])
        template = self.make_template(**values)
        template.line_ids = [
            Command.create({"sequence": number, **task})
            for number, task in enumerate(tasks, start=1)
        ]
        return template

    def make_call_and_offer(self, otherwise, condition="[('priority', '=', '3')]"):
        """A call, two days later an offer with this condition, and a thank-you."""
        return self.make_conditional(
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


@tagged("post_install", "-at_install")
class TestGoals(ConditionCase):
    def make_with_goal(self, goal="[('priority', '=', '3')]"):
        return self.make_conditional(
            {"summary": "Call"},
            {"summary": "Offer", "delay_from": "previous", "delay_count": 2},
            goal=goal,
        )

    def test_a_write_that_reaches_the_goal_ends_the_track(self):
        lead, run = self.start(self.make_with_goal())
        call = self.get_task(run, "Call")
        activity = call.activity_id
        lead.with_user(self.seller).priority = "3"
        self.assertEqual(run.state, "done")
        self.assertTrue(run.goal_reached)
        self.assertEqual(set(run.line_ids.mapped("skip_reason")), {"Goal reached"})
        self.assertFalse(activity.exists())

    def test_a_goal_reached_before_the_start_ends_the_track_before_a_task_opens(self):
        _lead, run = self.start(self.make_with_goal(), priority="3")
        self.assertEqual(run.state, "done")
        self.assertTrue(run.goal_reached)
        self.assertFalse(run.line_ids.activity_id)

    def test_a_goal_is_looked_at_before_a_task_opens(self):
        lead, run = self.start(self.make_with_goal())
        self.env.flush_all()
        query = "UPDATE crm_lead SET priority = '3' WHERE id = %s"
        self.env.cr.execute(query, [lead.id])
        self.env.invalidate_all()
        self.tick(run, "Call")
        self.assertTrue(run.goal_reached)
        self.assertEqual(self.get_task(run, "Offer").state, "skipped")

    def test_winning_a_lead_reaches_the_goal_before_it_holds_the_track(self):
        lead, run = self.start(self.make_with_goal("[('stage_id.is_won', '=', True)]"))
        lead.with_user(self.seller).action_set_won()
        self.assertEqual(run.state, "done")
        self.assertTrue(run.goal_reached)
        self.assertFalse(run.held)

    def test_a_quiet_track_is_asked_for_its_goal_when_it_wakes(self):
        lead, run = self.start(self.make_with_goal())
        run.with_user(self.seller).action_pause()
        lead.with_user(self.seller).priority = "3"
        self.assertFalse(run.goal_reached)
        run.with_user(self.seller).action_resume()
        self.assertTrue(run.goal_reached)
        self.assertEqual(run.state, "done")

    def test_a_task_reopened_after_the_goal_was_reached_stays_open(self):
        lead, run = self.start(self.make_with_goal())
        lead.with_user(self.seller).priority = "3"
        call = self.get_task(run, "Call")
        call.with_user(self.seller).action_reopen()
        self.assertEqual(call.state, "open")
        self.assertEqual(run.state, "running")
        self.assertFalse(run.goal_reached)

    def test_the_sweep_notices_a_goal(self):
        lead, run = self.start(self.make_with_goal())
        self.env.flush_all()
        query = "UPDATE crm_lead SET priority = '3' WHERE id = %s"
        self.env.cr.execute(query, [lead.id])
        self.env.invalidate_all()
        self.run_cron()
        self.assertTrue(run.goal_reached)

    def test_a_goal_that_is_broken_fails_the_task_and_no_write(self):
        lead, run = self.start(self.make_with_goal())
        self.env.flush_all()
        query = "UPDATE track_run SET goal = %s WHERE id = %s"
        self.env.cr.execute(query, ["[('x_gone', '=', 1)]", run.id])
        self.env.invalidate_all()
        lead.with_user(self.seller).priority = "3"
        self.assertEqual(lead.priority, "3")
        self.tick(run, "Call")
        self.assertEqual(self.get_task(run, "Call").state, "done")
        self.assertEqual(self.get_task(run, "Offer").state, "failed")

    def test_template_and_track_say_the_goal_in_words(self):
        template = self.make_with_goal("[('priority', '=', '3')]")
        _lead, run = self.start(template)
        for record in (template, run):
            text = record.with_user(self.seller).options_text
            self.assertEqual(text, "Ends when: Priority is Very High")

    def test_the_overview_counts_goals_and_tasks_that_wait(self):
        template = self.make_call_and_offer("wait")
        template.goal = "[('referred', '=', 'Ada')]"
        leads = self.make_leads(3)
        runs = leads.with_user(self.manager).tracks_apply(template).sudo()
        leads[0].with_user(self.manager).referred = "Ada"
        for run in runs[1:]:
            self.tick(run, "Call")
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
            runs[2].with_user(self.manager).action_pause()  # on hold, it does not wait
            figures = template.with_user(self.manager)
            figures.invalidate_recordset()
            self.assertEqual(figures.stat_done, 1)
            self.assertEqual(figures.stat_goals, 1)
            self.assertEqual(figures.stat_waiting, 1)
            self.assertEqual(figures.line_ids.sorted()[1].stat_waiting, 1)
            for action, record in (
                (figures.action_view_goals(), runs[0]),
                (figures.action_view_waiting(), self.get_task(runs[1], "Offer")),
            ):
                found = self.env[action["res_model"]].with_user(self.manager)
                self.assertEqual(found.search(action["domain"]).ids, record.ids)


@tagged("post_install", "-at_install")
class TestConditionAuthors(ConditionCase):
    """What a condition may contain is checked when it is saved, as its author."""

    def assertRefused(self, condition, words, models=None):
        template = self.make_conditional({"summary": "Call"})
        if models is not None:
            template.res_model_ids = models
        template = template.with_user(self.manager)
        for record, name in ((template.line_ids, "condition"), (template, "goal")):
            with (
                self.subTest(field=name),
                self.assertRaisesRegex(ValidationError, words),
                self.env.cr.savepoint(),
            ):
                record[name] = condition

    def test_a_text_that_is_no_literal_is_refused(self):
        for text in (
            "[('user_id', '=', uid)]",
            "[('create_date', '<', context_today())]",
            "no domain",
            "{}",
            "[(1, '=', 1)]",
            "[('priority', 'is', 1)]",
            "[('priority',",
            "[('tag_ids', 'any!', [('id', '=', 1)])]",
            "[('tag_ids', 'any', 5)]",
            "[('date_deadline', '<', 'some day')]",
        ):
            with self.subTest(text=text):
                self.assertRefused(text, "cannot be evaluated")

    def test_a_field_that_is_gone_is_refused_by_its_name(self):
        self.assertRefused("[('x_gone', '=', 1)]", "“x_gone”")
        self.assertRefused("[('partner_id.x_gone', '=', 1)]", "“x_gone”")
        self.assertRefused("[('tag_ids', 'any', [('x_gone', '=', 1)])]", "“x_gone”")

    def test_a_condition_needs_exactly_one_model(self):
        both = self.lead_model + self.env["ir.model"]._get("res.partner")
        self.assertRefused("[('name', '=', 'a')]", "exactly one model", both)
        self.assertRefused("[('name', '=', 'a')]", "exactly one model", both[:0])

    def test_a_field_that_its_author_may_not_read_is_refused(self):
        hidden = self.env["res.users"]._fields["login"]
        self.patch(hidden, "groups", "base.group_system")
        for condition in (
            "[('user_id.login', '=', 'a')]",
            "[('user_id', 'any', [('login', '=', 'a')])]",
            "['|', ('name', '=', 'b'), ('user_id.login', '=', 'a')]",
        ):
            with self.subTest(condition=condition):
                self.assertRefused(condition, "permission to read “Login”")

    def test_a_model_that_its_author_may_not_read_is_refused(self):
        # an opportunity's activities lead to models of which managers read none
        condition = "[('message_ids.mail_server_id.name', '=', 'a')]"
        self.assertRefused(condition, "permission to read")

    def test_another_model_of_the_template_is_checked_with_its_condition(self):
        template = self.make_call_and_offer("skip").with_user(self.manager)
        with self.assertRaisesRegex(ValidationError, "“priority”"):
            template.res_model_ids = self.env["ir.model"]._get("res.partner")

    def test_an_empty_domain_is_no_condition(self):
        template = self.make_call_and_offer("skip").with_user(self.manager)
        template.line_ids.condition = "[]"
        self.assertEqual(template.line_ids.mapped("condition"), [False] * 3)
        template.goal = "[]"
        self.assertFalse(template.goal)

    def test_a_template_of_a_track_has_its_conditions(self):
        template = self.make_call_and_offer("wait")
        template.goal = "[('priority', '=', '3')]"
        _lead, run = self.start(template)
        action = run.with_user(self.manager).action_make_template()
        copy = self.env["track.template"].browse(action["res_id"])
        self.assertEqual(copy.goal, template.goal)
        self.assertEqual(
            copy.line_ids.sorted().mapped("condition"),
            template.line_ids.sorted().mapped("condition"),
        )
        self.assertEqual(copy.line_ids.sorted()[1].condition_else, "wait")


@tagged("post_install", "-at_install", QUERIES)
class TestConditionQueries(ConditionCase):
    def make_waiting(self, count):
        template = self.make_conditional(
            {
                "summary": "Offer",
                "condition": "[('priority', '=', '3')]",
                "condition_else": "wait",
            }
        )
        leads = self.make_leads(count)
        runs = leads.tracks_apply(template)
        self.assertEqual(set(runs.line_ids.mapped("condition_waits")), {True})
        return leads

    def test_a_write_on_leads_whose_tasks_wait_costs_the_same_for_10_and_for_100(self):
        counts = []
        for number in (10, 10, 100):
            leads = self.make_waiting(number).with_user(self.manager)
            write = lambda leads=leads: leads.write({"priority": "2"})  # noqa: E731
            counts.append(self.count_queries(write))
        self.assertLessEqual(counts[2], counts[1] + 3)

    def test_a_write_of_another_field_costs_no_query_more(self):
        leads = self.make_waiting(10)
        others = self.make_leads(10)
        others.tracks_apply(self.make_template({"summary": "Call"}))
        counts = [
            self.count_queries(lambda each=each: each.write({"referred": "Ada"}))
            for each in (others, others, leads)
        ]
        self.assertEqual(counts[2], counts[1])

    def test_the_cron_evaluates_a_condition_once_per_batch(self):
        counts = []
        for number in (10, 10, 100):
            template = self.make_conditional(
                {
                    "summary": "Offer",
                    "delay_count": 1,
                    "condition": "[('priority', '=', '3')]",
                    "condition_else": "wait",
                }
            )
            runs = self.make_leads(number).tracks_apply(template)
            with self.at("2026-03-05 10:00:00"):
                tasks = self.env["track.run.line"].sudo().browse(runs.line_ids.ids)
                counts.append(self.count_queries(tasks._begin_due))
                self.assertEqual(set(tasks.mapped("condition_waits")), {True})
        self.assertLessEqual(counts[2], counts[1] + 3)
