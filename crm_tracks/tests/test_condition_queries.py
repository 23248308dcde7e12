from odoo.tests import tagged

from .common import QUERIES
from .test_conditions import ConditionCase


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
