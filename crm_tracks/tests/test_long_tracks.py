from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.tests import Form, tagged, users

from .common import QUERIES, TracksCase, tagged_test

# How many tasks the large template has.
MANY = 200
MONTHS = 60


@tagged("post_install", "-at_install")
class TestLongTracks(TracksCase):
    """Templates of hundreds of tasks, and tracks that last for years."""

    def _make_chain_of_years(self):
        """A template with a task each month, for five years."""
        return self.make_template(
            *(
                {
                    "summary": f"Month {number}",
                    "delay_from": "previous" if number else "start",
                    "delay_count": 1 if number else 0,
                    "delay_unit": "months",
                }
                for number in range(MONTHS)
            ),
            name="Five years",
        )

    def _make_large(self, count, **values):
        return self.make_template(
            *(
                {"summary": f"Task {number}", "delay_count": number}
                for number in range(count)
            ),
            name=f"{count} tasks",
            **values,
        )

    @users("tracks_seller")
    def test_a_track_of_five_years_is_worked_through_month_by_month(self):
        lead = self.make_leads().with_env(self.env)
        run = lead.tracks_apply(self._make_chain_of_years())
        expected, days = self.TODAY, []
        for number in range(MONTHS):
            with self.at(f"{expected} 10:00:00"):
                task = run.line_ids.filtered(lambda task: task.state == "open")
                self.assertEqual(task.summary, f"Month {number}")
                self.assertEqual(task.date_deadline, expected)
                days.append(task.date_deadline)
                self.tick(run, task.summary)
            expected += relativedelta(months=1)
        self.assertEqual(days[-1], self.TODAY + relativedelta(months=MONTHS - 1))
        self.assertEqual(run.state, "done")
        self.assertEqual(run.progress, 100)

    @users("tracks_seller")
    def test_the_cron_begins_the_tasks_of_five_years_one_after_the_other(self):
        lead = self.make_leads().with_env(self.env)
        template = self.make_template(
            *(
                {
                    "summary": f"Month {number}",
                    "delay_count": number,
                    "delay_unit": "months",
                }
                for number in range(MONTHS)
            ),
            activity_creation="ahead",
            ahead_days=0,
        )
        run = lead.tracks_apply(template)
        for number in (1, 12, MONTHS - 1):
            day = self.TODAY + relativedelta(months=number)
            with self.at(f"{day - timedelta(days=1)} 10:00:00"):
                self.run_cron()
                self.assertEqual(self.get_task(run, f"Month {number}").state, "planned")
            with self.at(f"{day} 10:00:00"):
                self.run_cron()
                self.assertActivityFollows(self.get_task(run, f"Month {number}"))
        opened = run.line_ids.filtered(lambda task: task.state == "open")
        self.assertEqual(len(opened), MONTHS)

    @users("tracks_seller")
    def test_two_hundred_tasks_are_applied_moved_and_shown(self):
        lead = self.make_leads().with_env(self.env)
        run = lead.tracks_apply(self._make_large(MANY))
        self.assertEqual(len(run.line_ids), MANY)
        self.assertEqual(len(lead.activity_ids), MANY)
        data = self.env["track.run"].get_tab_data("crm.lead", lead.id)
        self.assertEqual(
            [task["label"] for task in data["runs"][0]["tasks"]],
            [f"Task {number}" for number in range(MANY)],
        )
        run.start_date = self.TODAY + timedelta(days=7)
        last = run.line_ids.sorted()[-1]
        self.assertEqual(last.date_deadline, self.TODAY + timedelta(days=MANY + 6))

    @users("tracks_manager")
    def test_a_template_of_two_hundred_tasks_is_saved_in_its_form(self):
        template = self._make_large(MANY).with_env(self.env)
        with Form(template) as form:
            form.name = "Large"
            with form.line_ids.edit(MANY - 1) as line:
                line.summary = "The last one"
        self.assertEqual(template.line_ids.sorted()[-1].summary, "The last one")
        self.assertEqual(len(template.line_ids), MANY)

    @tagged_test(QUERIES)
    @users("tracks_seller")
    def test_two_hundred_tasks_cost_hardly_more_queries_than_ten(self):
        few, many = self._make_large(10), self._make_large(MANY)
        leads = self.make_leads(3).with_env(self.env)
        leads[2].tracks_apply(few)  # fills the caches
        self.env.flush_all()

        def apply(lead, template):
            lead.tracks_apply(template)
            self.env.flush_all()

        of_few = self.count_queries(lambda: apply(leads[0], few))
        of_many = self.count_queries(lambda: apply(leads[1], many))
        # rows are inserted, and read, by the hundred
        self.assertLessEqual(of_many - of_few, MANY // 100 * 4)
