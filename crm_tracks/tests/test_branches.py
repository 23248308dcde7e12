from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestBranches(TracksCase):
    """Templates of a company apply to its branches, but not the other way round."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch, cls.branch_2 = cls.env["res.company"].create(
            [
                {"name": "Branch", "parent_id": cls.company.id},
                {"name": "Other Branch", "parent_id": cls.company.id},
            ]
        )
        cls.branch_seller = cls.make_branch_user(
            "branch_seller", "sales_team.group_sale_salesman"
        )
        cls.branch_manager = cls.make_branch_user(
            "branch_manager", "sales_team.group_sale_manager"
        )
        cls.of_parent, cls.of_branch, cls.of_branch_2, cls.of_company_2 = (
            cls.make_chain("Call", "Write", name=company.name, company_id=company.id)
            for company in (cls.company, cls.branch, cls.branch_2, cls.company_2)
        )
        cls.of_all = cls.make_chain("Call", name="All")
        cls.own = cls.of_parent + cls.of_branch + cls.of_branch_2 + cls.of_company_2
        cls.own += cls.of_all
        cls.lead = cls.make_leads(user=cls.branch_seller, company_id=cls.branch.id)

    @classmethod
    def make_branch_user(cls, login, groups):
        return cls.make_user(
            login,
            groups,
            company_id=cls.branch.id,
            company_ids=[Command.set(cls.branch.ids)],
        )

    def as_user(self, records, user):
        return records.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )

    def test_a_branch_is_offered_those_of_its_parents(self):
        for user in (self.branch_seller, self.branch_manager):
            lead = self.as_user(self.lead, user)
            Template = lead.env["track.template"]
            expected = self.of_parent + self.of_branch + self.of_all
            with self.subTest(user=user.name):
                self.assertEqual(Template.search([]) & self.own, expected)
                offered = Template._search_applicable(lead) & self.own
                self.assertEqual(offered, expected)
                wizard = lead.env["track.apply"].create(
                    {
                        "res_model": "crm.lead",
                        "res_ids": lead.ids,
                        "template_id": self.of_parent.id,
                    }
                )
                self.assertIn(self.of_parent, wizard.available_template_ids)
                self.assertNotIn(self.of_branch_2, wizard.available_template_ids)
                self.assertEqual(wizard.applicable_count, 1)
                wizard.action_apply()
        self.assertEqual(self.lead.track_run_ids.template_id, self.of_parent)
        self.assertEqual(self.lead.track_run_ids.company_id, self.branch)

    def test_a_branch_uses_those_of_its_parents_and_no_others(self):
        lead = self.as_user(self.lead, self.branch_seller)
        for template in (self.of_parent, self.of_branch, self.of_all):
            self.assertTrue(lead.tracks_apply(template.id))
        for template in (self.of_branch_2, self.of_company_2):
            with self.assertRaises(AccessError):
                lead.tracks_apply(template.id)

    def test_a_parent_does_not_use_those_of_its_branches(self):
        self.manager.company_ids += self.branch
        lead = self.make_leads().with_user(self.manager)
        lead = lead.with_context(allowed_company_ids=(self.company + self.branch).ids)
        lead.sudo().company_id = self.company
        offered = lead.env["track.template"]._search_applicable(lead)
        self.assertEqual(offered & self.own, self.of_parent + self.of_all)
        with self.assertRaisesRegex(UserError, "another company than the template"):
            lead.tracks_apply(self.of_branch)

    def test_a_branch_does_not_change_those_of_its_parents(self):
        line = self.of_parent.line_ids[0]
        for change in (
            lambda: self.as_user(self.of_parent, self.branch_manager).write(
                {"name": "Ours"}
            ),
            lambda: self.as_user(self.of_parent, self.branch_manager).unlink(),
            lambda: self.as_user(line, self.branch_manager).write({"summary": "Ours"}),
            lambda: self.as_user(self.of_branch, self.branch_manager).write(
                {"company_id": self.company.id}
            ),
            lambda: self.as_user(line, self.branch_manager).create(
                {"template_id": self.of_parent.id, "summary": "Ours"}
            ),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                change()
            self.env.invalidate_all()
        copy = self.as_user(self.of_parent, self.branch_manager).copy(
            {"company_id": self.branch.id}
        )
        self.assertEqual(copy.line_ids.mapped("summary"), ["Call", "Write"])
        run = self.as_user(self.lead, self.branch_manager).tracks_apply(self.of_parent)
        action = run.action_make_template()
        made = copy.browse(action["res_id"])
        self.assertEqual(made.company_id, self.branch)

    def test_a_task_starts_those_of_a_parent(self):
        line = self.of_branch.line_ids[1]
        line.write({"action": "track", "next_template_id": self.of_parent.id})
        with self.assertRaisesRegex(UserError, "belongs to another company"):
            self.of_parent.line_ids[1].write(
                {"action": "track", "next_template_id": self.of_branch_2.id}
            )
        run = self.as_user(self.lead, self.branch_seller).tracks_apply(self.of_branch)
        self.tick(run, "Call", user=self.branch_seller)
        with self.at("2026-03-06 10:00:00"):
            self.run_cron()
        self.assertEqual(
            self.lead.track_run_ids.template_id, self.of_branch + self.of_parent
        )

    def test_an_automatic_start_names_those_of_a_parent(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Start",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "track_apply",
                "track_template_id": self.of_parent.id,
                "track_when_running": "add",
            }
        )
        lead = self.as_user(self.lead, self.branch_seller)
        action.with_env(lead.env).with_context(
            active_model="crm.lead", active_ids=lead.ids
        ).run()
        self.assertEqual(self.lead.track_run_ids.template_id, self.of_parent)
