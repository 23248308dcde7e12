from odoo.exceptions import AccessError
from odoo.tests import tagged, users

from .common import QUERIES, tagged_test
from .test_access import AccessCase


@tagged("post_install", "-at_install")
class TestWorklist(AccessCase):
    """Working through tasks opens the records of the tasks that are left, late ones
    first."""

    def start(self, *days, template=None, **values):
        """Open tasks of the seller with these due dates, each on a lead of its own."""
        leads = self.make_leads(len(days), **values)
        runs = leads.with_user(self.manager).tracks_apply(template or self.template)
        tasks = runs.sudo().line_ids.filtered(lambda task: task.summary == "Call")
        for task, day in zip(tasks, days, strict=True):
            task.with_user(self.manager).date_deadline = day
        return tasks

    def work_through(self, tasks, **context):
        """The parameters of the action, as a user gets them from the list."""
        action = tasks.with_env(self.env).with_context(**context).action_work_through()
        self.assertEqual(action["tag"], "crm_tracks.work_through")
        return action["params"]

    def get_mine(self):
        return [("user_id", "=", self.env.uid), ("state", "=", "open")]

    @users("tracks_seller")
    def test_late_tasks_come_first_then_by_date(self):
        tasks = self.start("2026-03-10", "2026-03-01", "2026-03-04")
        params = self.work_through(tasks)
        expected = tasks[1] + tasks[2] + tasks[0]
        self.assertEqual(params["task_ids"], expected.ids)
        self.assertEqual(
            [entry["id"] for entry in params["entries"]],
            expected.run_id.mapped("res_id"),
        )
        late, today, later = (entry["tasks"][0] for entry in params["entries"])
        self.assertEqual((late["due"], late["late"]), ("3 days late", True))
        self.assertEqual((today["due"], today["late"]), ("Today", False))
        self.assertEqual(later["due"], "In 6 days")
        self.assertFalse(params["message"])

    @users("tracks_seller")
    def test_a_record_with_two_tasks_appears_once(self):
        first, second = self.start("2026-03-03", "2026-03-05")
        lead = self.env["crm.lead"].browse(first.run_id.res_id)
        other = lead.tracks_apply(self.template, name="Other").sudo().line_ids[0]
        params = self.work_through(first + second + other)
        self.assertEqual(
            [[task["id"] for task in entry["tasks"]] for entry in params["entries"]],
            [[first.id, other.id], [second.id]],
        )
        entry = params["entries"][0]
        self.assertEqual((entry["model"], entry["id"]), ("crm.lead", lead.id))
        self.assertEqual(entry["name"], "Opportunity 1")
        self.assertTrue(entry["on_form"])

    @users("tracks_seller")
    def test_records_of_several_models_are_in_one_order(self):
        lead_task = self.start("2026-03-05")
        partner = self.env["res.partner"].sudo().create({"name": "A partner"})
        run = partner.with_user(self.manager).tracks_apply(self.template)
        task = run.sudo().line_ids[0]
        task.with_user(self.manager).write(
            {"user_id": self.seller.id, "date_deadline": "2026-03-02"}
        )
        params = self.work_through(lead_task + task)
        self.assertEqual(
            [(entry["model"], entry["name"]) for entry in params["entries"]],
            [("res.partner", "A partner"), ("crm.lead", "Opportunity 1")],
        )

    @users("tracks_seller")
    def test_without_a_selection_the_tasks_of_the_list_are_taken(self):
        mine = self.start("2026-03-02", "2026-03-03")
        nothing = self.env["track.run.line"]
        domain = [("id", "in", mine[:1].ids)]
        params = self.work_through(nothing, active_domain=domain)
        self.assertEqual(params["task_ids"], mine[:1].ids)

    @users("tracks_seller")
    def test_without_a_list_the_tasks_of_the_user_are_taken(self):
        mine = self.start("2026-03-02")
        other = self.start("2026-03-01")
        other.with_user(self.manager).user_id = self.seller_2
        ids = self.work_through(self.env["track.run.line"])["task_ids"]
        self.assertIn(mine.id, ids)
        self.assertNotIn(other.id, ids)

    @users("tracks_seller")
    def test_only_open_and_failed_tasks_count_and_no_inactive_ones(self):
        tasks = self.start(*["2026-03-02"] * 5)
        done, skipped, paused, failed, left = tasks
        waiting = left.run_id.line_ids[1]
        done.activity_id.action_feedback()
        skipped.action_skip()
        paused.run_id.with_user(self.manager).action_pause()
        failed.write({"state": "failed", "error": "No assignee"})
        params = self.work_through(tasks + waiting)
        self.assertEqual(params["task_ids"], (failed + left).ids)
        self.assertEqual(params["entries"][0]["tasks"][0]["due"], "Failed")

    @users("tracks_seller")
    def test_if_nothing_is_left_a_message_says_so(self):
        task = self.start("2026-03-02")
        task.action_skip()
        action = task.with_env(self.env).action_work_through()
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("No open tasks", action["params"]["message"])
        nothing = self.env["track.run.line"].with_context(active_domain=[(0, "=", 1)])
        self.assertEqual(nothing.action_work_through()["tag"], "display_notification")

    @users("tracks_seller")
    def test_of_very_many_tasks_the_first_ones_are_taken(self):
        tasks = self.start("2026-03-03", "2026-03-01", "2026-03-02")
        self.patch(self.registry["track.run.line"], "_WORKLIST_LIMIT", 2)
        params = self.work_through(tasks)
        self.assertEqual(params["task_ids"], (tasks[1] + tasks[2]).ids)
        self.assertEqual(params["message"], "These are the first 2 tasks.")

    @users("tracks_seller")
    def test_what_is_left_of_the_tasks_is_read_again(self):
        tasks = self.start(*["2026-03-02"] * 4)
        moved, reassigned, done, removed = tasks.with_env(self.env)
        moved.date_deadline = "2026-03-20"
        reassigned.user_id = self.seller_2
        done.action_done()
        removed.unlink()
        entries = (tasks.with_env(self.env)).get_worklist()
        self.assertEqual(
            [
                (task["id"], task["left"], task["date"], task["user_id"])
                for entry in entries
                for task in entry["tasks"]
            ],
            [
                (moved.id, True, "2026-03-20", self.seller.id),
                (reassigned.id, True, "2026-03-02", self.seller_2.id),
                (done.id, False, "2026-03-02", self.seller.id),
            ],
        )
        self.assertEqual(entries[2]["tasks"][0]["due"], "Done")

    def test_tasks_of_records_that_one_may_not_read_are_left_out(self):
        tasks = self.all_runs.line_ids.filtered(lambda task: task.summary == "Call")
        for user, kinds in self.matrix:
            expected = {self.leads[kind].id for kind in kinds}
            entries = self.as_user(tasks, user).get_worklist()
            self.assertEqual({entry["id"] for entry in entries}, expected)
            action = self.as_user(tasks, user).action_work_through()
            found = action["params"].get("entries", [])
            self.assertEqual({entry["id"] for entry in found}, expected)
            # a list that names everything, too
            nothing = self.as_user(tasks.browse(), user)
            domain = [("id", "in", tasks.ids)]
            action = nothing.with_context(active_domain=domain).action_work_through()
            found = action["params"].get("entries", [])
            self.assertEqual({entry["id"] for entry in found}, expected)

    def test_users_without_access_to_tasks_are_refused(self):
        tasks = self.runs["own"].line_ids
        for records in (tasks, tasks.browse()):
            with self.assertRaises(AccessError):
                self.as_user(records, self.portal).action_work_through()
            with self.assertRaises(AccessError):
                self.as_user(records, self.portal).get_worklist()

    @tagged_test(QUERIES)
    def test_the_queries_do_not_grow_with_the_tasks(self):
        few = self.start(*["2026-03-02"] * 3).with_user(self.seller)
        many = self.start(*["2026-03-02"] * 12).with_user(self.seller)
        self.count_queries(lambda: few.action_work_through())
        self.assertEqual(
            self.count_queries(lambda: many.action_work_through()),
            self.count_queries(lambda: few.action_work_through()),
        )
        self.assertEqual(
            self.count_queries(lambda: many.get_worklist()),
            self.count_queries(lambda: few.get_worklist()),
        )
