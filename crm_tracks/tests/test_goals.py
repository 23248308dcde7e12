from odoo.tests import tagged

from .test_conditions import ConditionCase


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
