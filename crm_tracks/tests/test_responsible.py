from odoo import Command
from odoo.tests import tagged

from .common import QUERIES, TracksCase, tagged_test


@tagged("post_install", "-at_install")
class TestResponsible(TracksCase):
    """The assignee of a task, the starter of a track, and their substitutes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the longest-serving Tracks administrator of the database and its company
        cls.stand_in = (
            cls.env.ref("crm_tracks.group_track_manager")
            .all_user_ids.filtered(
                lambda user: user.active and cls.company in user.company_ids
            )
            .sorted("id")[0]
        )

    def start(self, *lines, user=None, lead=None):
        template = self.make_template(*lines)
        lead = lead or self.make_leads()
        return lead.with_user(user or self.manager).tracks_apply(template)

    def assertAssigned(self, run, summary, user):
        task = self.get_task(run, summary)
        self.assertEqual(task.user_id, user)
        self.assertActivityFollows(task)

    def test_a_task_goes_to_the_record_s_owner_by_default(self):
        self.assertAssigned(self.start({"summary": "A"}), "A", self.seller)

    def test_a_task_goes_to_the_given_user_who_need_not_see_the_record(self):
        run = self.start(
            {
                "summary": "A",
                "responsible_type": "user",
                "responsible_id": self.employee.id,
            }
        )
        self.assertAssigned(run, "A", self.employee)

    def test_a_task_goes_to_whoever_started_the_track(self):
        run = self.start({"summary": "A", "responsible_type": "starter"})
        self.assertAssigned(run, "A", self.manager)

    def test_a_task_goes_to_whoever_completed_the_previous_one(self):
        run = self.start(
            {"summary": "A"},
            {"summary": "B", "delay_from": "previous", "responsible_type": "previous"},
            {"summary": "C", "delay_from": "previous", "responsible_type": "previous"},
        )
        self.tick(run, "A", user=self.seller_all)
        self.assertAssigned(run, "B", self.seller_all)
        # B was skipped, so the last user who completed a task before it is assigned
        self.get_task(run, "B").with_user(self.manager).action_skip()
        self.assertAssigned(run, "C", self.seller_all)

    def test_the_last_to_complete_counts_even_among_tasks_done_on_one_day(self):
        run = self.start(
            {"summary": "A"},
            {"summary": "B"},
            {"summary": "C"},
            {"summary": "D", "delay_from": "previous", "responsible_type": "previous"},
        )
        self.tick(run, "B", user=self.seller_all)
        self.tick(run, "A", user=self.seller)
        self.get_task(run, "C").with_user(self.manager).action_skip()
        self.assertAssigned(run, "D", self.seller)

    def test_previous_is_found_when_the_task_is_assigned_not_before(self):
        run = self.start(
            {"summary": "A"},
            {"summary": "B", "delay_from": "previous", "responsible_type": "previous"},
        )
        self.assertFalse(self.get_task(run, "B").user_id)
        self.env["crm.lead"].browse(run.res_id).user_id = self.seller_2
        self.tick(run, "A", user=self.seller_2)
        self.assertAssigned(run, "B", self.seller_2)

    def test_an_owner_of_the_day_gets_what_is_assigned_that_day(self):
        run = self.start({"summary": "A"}, {"summary": "B", "delay_from": "previous"})
        self.env["crm.lead"].browse(run.res_id).user_id = self.seller_2
        self.tick(run, "A", user=self.manager)
        self.assertAssigned(run, "B", self.seller_2)

    def test_whoever_is_missing_is_replaced_by_the_owner_the_starter_an_administrator(
        self,
    ):
        line = {
            "summary": "A",
            "responsible_type": "user",
            "responsible_id": self.employee.id,
        }
        template = self.make_template(line)
        leaver = self.make_user("leaver", "sales_team.group_sale_salesman")
        self.employee.active = False
        owned, without_owner, nobodys = self.make_leads(3)
        without_owner.user_id = False
        nobodys.user_id = leaver
        run = owned.with_user(self.seller_all).tracks_apply(template)
        self.assertAssigned(run, "A", self.seller)
        run = without_owner.with_user(self.seller_all).tracks_apply(template)
        self.assertAssigned(run, "A", self.seller_all)
        # owner and starter are archived when the next task starts
        chain = self.make_template(
            {
                "summary": "A",
                "responsible_type": "user",
                "responsible_id": self.seller_2.id,
            },
            {"summary": "B", "delay_from": "previous"},
        )
        run = nobodys.with_user(leaver).tracks_apply(chain)
        leaver.active = False
        self.tick(run, "A", user=self.seller_2)
        self.assertAssigned(run, "B", self.stand_in)

    def test_portal_users_and_odoobot_are_replaced(self):
        run = self.start(
            {
                "summary": "A",
                "responsible_type": "user",
                "responsible_id": self.employee.id,
            },
            {"summary": "B", "delay_from": "previous", "responsible_type": "previous"},
        )
        self.assertEqual(self.get_task(run, "A").user_id, self.employee)
        # completed by an automation, which is OdooBot
        self.get_task(run, "A").activity_id.with_user(
            self.env.ref("base.user_root")
        ).action_feedback()
        self.assertAssigned(run, "B", self.seller)
        task = self.get_task(run, "B")
        task.responsible_type = "user"
        for stranger in (self.portal, self.env.ref("base.user_root")):
            task.responsible_id = stranger
            self.assertEqual(task._get_assignees()[task][0], self.seller)

    def test_the_administrator_who_stands_in_is_one_of_the_record_s_company(self):
        manager_2 = self.make_user(
            "manager_2",
            "sales_team.group_sale_manager",
            company_id=self.company_2.id,
            company_ids=[Command.set(self.company_2.ids)],
        )
        Run = self.env["track.run"]
        self.assertEqual(Run._get_administrator(self.company_2), manager_2)
        self.assertEqual(Run._get_administrator(self.company), self.stand_in)
        self.assertTrue(self.stand_in.has_group("crm_tracks.group_track_manager"))

    def test_only_an_active_internal_user_starts_a_track(self):
        template = self.make_template({"summary": "A", "responsible_type": "starter"})
        owned, ownerless = self.make_leads(2)
        ownerless.user_id = False
        runs = (
            (owned + ownerless)
            .sudo()
            .with_user(self.env.ref("base.user_root"))
            .tracks_apply(template)
        )
        self.assertEqual(runs[0].user_id, self.seller)
        self.assertEqual(runs[1].user_id, self.stand_in)
        self.assertAssigned(runs[0], "A", self.seller)

    @tagged_test(QUERIES)
    def test_finding_assignees_costs_the_same_for_one_record_and_for_many(self):
        template = self.make_template(
            {"summary": "A"},
            {"summary": "B", "responsible_type": "starter"},
            {
                "summary": "C",
                "responsible_type": "user",
                "responsible_id": self.employee.id,
            },
        )
        counts = []
        for count in (2, 20):
            runs = self.make_leads(count).with_user(self.manager).tracks_apply(template)
            tasks = self.env["track.run.line"].browse(runs.sudo().line_ids.ids)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(len(tasks._get_assignees()), 3 * count)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
