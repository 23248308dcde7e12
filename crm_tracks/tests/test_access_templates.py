from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_access import AccessCase


@tagged("post_install", "-at_install")
class TestTemplateAccess(AccessCase):
    """The users who may write templates and apply them, by company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.settings = cls.make_user("settings", "base.group_system")
        cls.tracks_manager = cls.make_user(
            "tracks_manager", "crm_tracks.group_track_manager"
        )
        cls.administrators = cls.manager + cls.settings + cls.tracks_manager
        cls.users = cls.seller + cls.seller_all + cls.employee + cls.seller_company_2
        cls.template_2 = cls.make_chain(
            "Call", name="Second company's", company_id=cls.company_2.id
        )

    def test_sales_managers_and_settings_administrators_manage_tracks(self):
        for users, expected in ((self.administrators, True), (self.users, False)):
            for user in users:
                with self.subTest(user=user.name):
                    self.assertEqual(
                        user.has_group("crm_tracks.group_track_manager"), expected
                    )

    def test_only_administrators_write_templates_and_their_tasks(self):
        for users, allowed in ((self.administrators, True), (self.users, False)):
            for user in users:
                for name, change in self.get_template_changes(user).items():
                    with self.subTest(user=user.name, change=name):
                        if allowed:
                            change()
                            continue
                        with self.assertRaises(AccessError):
                            change()

    def get_template_changes(self, user):
        """Each way to change a template, as this user: a function without arguments."""
        template = self.make_chain("Call", "Write")
        Template = self.as_user(template.browse(), user)
        Line = Template.env["track.line"]
        line_vals = {"template_id": template.id, "summary": "New", "sequence": 9}
        return {
            "create": lambda: Template.create({"name": "New"}),
            "copy": lambda: template.with_user(user).copy(),
            "write": lambda: template.with_user(user).write({"name": "Renamed"}),
            "archive": lambda: template.with_user(user).action_archive(),
            "create a task": lambda: Line.create(line_vals),
            "write a task": lambda: template.line_ids[1]
            .with_user(user)
            .write({"delay_count": 5}),
            "delete a task": lambda: template.line_ids[1].with_user(user).unlink(),
            "delete": lambda: template.with_user(user).unlink(),
        }

    def test_which_models_a_template_is_for_is_read_by_administrators_only(self):
        self.template.res_model_ids = self.env["ir.model"]._get("crm.lead")
        for user in self.administrators:
            template = self.as_user(self.template, user)
            self.assertEqual(template.res_model_ids.model, "crm.lead")
            with self.subTest(user=user.name):
                self.assertEqual(
                    template.res_model_ids.has_access("write"), user == self.settings
                )
        for user in self.users:
            template = self.as_user(self.template, user)
            self.assertNotIn("res_model_ids", template.fields_get())
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                template.read(["res_model_ids"])
            with self.assertRaises(AccessError):
                template.search([("res_model_ids.model", "=", "crm.lead")])
            self.assertFalse(template.env["ir.model"].has_access("read"))
        # but they may apply the template
        lead = self.as_user(self.leads["own"], self.seller)
        offered = lead.env["track.template"]._search_applicable(lead)
        self.assertIn(self.template, offered)
        self.assertTrue(lead.tracks_apply(self.template))

    def test_every_internal_user_applies_templates(self):
        user = self.make_user("contacts", "base.group_user,base.group_partner_manager")
        partner = self.env["res.partner"].create({"name": "A partner"})
        run = self.as_user(partner, user).tracks_apply(self.template)
        self.assertEqual(run.user_id, user)
        self.assertEqual(run.line_ids[0].state, "open")
        for user in self.users:
            template = self.as_user(self.template, user)
            with self.subTest(user=user.name):
                self.assertEqual(template.name, "Sales follow-through")
                self.assertEqual(
                    template.line_ids.mapped("summary"), ["Call", "Write", "Visit"]
                )

    def test_templates_of_another_company_are_out_of_sight(self):
        for user in (self.seller, self.seller_all, self.manager):
            with self.subTest(user=user.name):
                lead = self.as_user(self.leads["own"], user)
                template = self.template_2.with_user(user)
                self.assertFalse(template.search([("id", "=", template.id)]))
                self.assertNotIn(template, template._search_applicable(lead))
                self.assertIn(self.template, template._search_applicable(lead))
                for read in (
                    lambda template=template: template.read(["name"]),
                    lambda template=template: template.line_ids.read(["summary"]),
                    lambda template=template: template.check_access("write"),
                ):
                    template.invalidate_recordset()
                    with self.assertRaises(AccessError):
                        read()

    def test_templates_of_another_company_are_not_applied(self):
        before = self.env["track.run"].search_count([])
        for user in (self.seller, self.seller_all, self.manager):
            for kind in ("own", "foreign"):
                lead = self.as_user(self.leads[kind], user)
                with self.subTest(user=user.name, lead=kind):
                    with self.assertRaises(AccessError):
                        lead.tracks_apply(self.template_2.id)
                    with self.assertRaises(AccessError):
                        self.make_wizard(lead, self.template_2).action_apply()
        # nor with access to both companies
        self.manager.company_ids += self.company_2
        lead = self.as_user(self.leads["own"], self.manager).with_context(
            allowed_company_ids=(self.company + self.company_2).ids
        )
        offered = lead.env["track.template"]._search_applicable(lead)
        self.assertIn(self.template, offered)
        self.assertNotIn(self.template_2, offered)
        with self.assertRaisesRegex(UserError, "Own lead.*another company"):
            lead.tracks_apply(self.template_2.id)
        self.assertEqual(self.env["track.run"].search_count([]), before)

    def test_nothing_is_written_into_a_foreign_company(self):
        """Every way is refused, as creating a template there is."""
        template = self.make_chain("Call", "Write", company_id=self.company.id)
        line = template.line_ids[0]
        update = self.make_update_line()
        foreign = {"company_id": self.company_2.id}
        user = self.manager
        Template = self.as_user(self.env["track.template"], user)
        for name, change in {
            "create": lambda: Template.create({"name": "New", **foreign}),
            "write": lambda: self.as_user(template, user).write(foreign),
            "save": lambda: self.as_user(template, user).web_save(foreign, {}),
            "copy": lambda: self.as_user(template, user).copy(foreign),
            "move a task": lambda: self.as_user(line, user).write(
                {"template_id": self.template_2.id}
            ),
            "create a task": lambda: self.as_user(line, user).create(
                {"template_id": self.template_2.id, "summary": "New"}
            ),
            "link a task": lambda: self.as_user(template, user).write(
                {"line_ids": [Command.link(self.template_2.line_ids.id)]}
            ),
            "move a field": lambda: self.as_user(update, user).write(
                {"line_id": self.template_2.line_ids.id}
            ),
        }.items():
            with self.subTest(change=name), self.assertRaises(AccessError):
                with self.cr.savepoint():
                    change()
        self.env.invalidate_all()
        self.assertEqual(template.company_id, self.company)
        self.assertEqual(template.line_ids[0], line)
        # they may change templates of their own companies, and shared ones
        self.as_user(template, user).write({"company_id": False})
        self.as_user(template, user).write({"company_id": self.company.id})

    def test_an_import_writes_nothing_into_a_foreign_company(self):
        template = self.make_chain("Call", company_id=self.company.id)
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": "test.template", "record": template}]
        )
        result = self.as_user(template, self.manager).load(
            ["id", "company_id/.id"], [["test.template", str(self.company_2.id)]]
        )
        self.assertFalse(result["ids"])
        self.env.invalidate_all()
        self.assertEqual(template.company_id, self.company)

    def make_update_line(self):
        """A field that a task of a template for opportunities sets."""
        template = self.make_template(
            {
                "action": "update",
                "update_ids": [Command.create({"field_name": "name", "value": "New"})],
            },
            res_model_ids=[Command.link(self.env["ir.model"]._get_id("crm.lead"))],
        )
        return template.line_ids.update_ids

    def make_wizard(self, leads, template):
        return leads.env["track.apply"].create(
            {
                "res_model": leads._name,
                "res_ids": leads.ids,
                "template_id": template.id,
                "start_date": date(2026, 3, 4),
            }
        )

    def test_the_dialog_offers_the_templates_of_the_record_s_company(self):
        wizard = self.make_wizard(
            self.as_user(self.leads["own"], self.seller), self.template
        )
        self.assertIn(self.template, wizard.available_template_ids)
        self.assertNotIn(self.template_2, wizard.available_template_ids)
        wizard = self.make_wizard(
            self.as_user(self.leads["foreign"], self.seller_company_2), self.template
        )
        self.assertIn(self.template_2, wizard.available_template_ids)

    def test_the_dialog_leaves_out_others_records_without_naming_them(self):
        leads = self.leads["own"] + self.leads["other"] + self.leads["foreign"]
        wizard = self.make_wizard(self.as_user(leads, self.seller), self.template)
        self.assertEqual(wizard.record_names, "Own lead")
        self.assertEqual(wizard.applicable_count, 1)
        message = wizard.action_apply()["params"]["message"]
        for text in (wizard.warning, message):
            self.assertIn(
                "Left out: 2 records "
                "(You do not have permission to change this record).",
                text,
            )
            self.assertNotIn("Other lead", text)
            self.assertNotIn("Foreign lead", text)
        self.env.invalidate_all()
        counts = [len(self.leads[kind].track_run_ids) for kind in self.leads]
        self.assertEqual(counts, [2, 1, 1])

    def test_a_template_counts_only_the_tracks_that_one_may_see(self):
        for user, kinds in self.matrix:
            with self.subTest(user=user.name):
                template = self.as_user(self.template, user)
                self.assertEqual(template.running_count, len(kinds))
                self.assertEqual(len(template.run_ids), len(kinds))

    def test_somebody_else_s_count_of_a_template_is_not_shown(self):
        self.assertEqual(self.template.sudo().running_count, len(self.leads))
        template = self.template.with_user(self.employee)
        self.assertEqual(template.running_count, 0)


@tagged("post_install", "-at_install")
class TestForeignAssignee(AccessCase):
    """An assignee without access to the record can complete the activity."""

    def setUp(self):
        super().setUp()
        template = self.make_template(
            {
                "summary": "Check the credit",
                "responsible_type": "user",
                "responsible_id": self.employee.id,
            },
            {"summary": "Secret call", "delay_count": 2, "delay_from": "previous"},
        )
        self.lead = self.leads["own"]
        self.track = self.as_user(self.lead, self.seller).tracks_apply(
            template, name="Secret deal"
        )

    def test_their_feedback_assigns_the_next_task_to_its_owner(self):
        self.assertFalse(self.as_user(self.lead, self.employee).has_access("read"))
        self.env.invalidate_all()
        self.tick(self.track, "Check the credit", user=self.employee, feedback="Sound")
        task = self.get_task(self.track, "Check the credit")
        self.assertEqual(task.done_user_id, self.employee)
        self.assertEqual(task.activity_id.feedback, "Sound")
        self.assertTasks(
            self.track,
            [
                ("Check the credit", "done", "2026-03-04"),
                ("Secret call", "open", "2026-03-06"),
            ],
        )
        following = self.get_task(self.track, "Secret call")
        self.assertActivityFollows(following)
        self.assertEqual(following.user_id, self.seller)
        self.assertSeesNothing(self.employee, following.activity_id)

    def test_they_see_nothing_of_the_track_while_their_task_is_open(self):
        activity = self.get_task(self.track, "Check the credit").activity_id
        self.assertEqual(
            self.as_user(activity, self.employee).read(["summary"])[0]["summary"],
            "Check the credit",
        )
        self.assertSeesNothing(self.employee, None)
        task = activity.track_run_line_id
        for change in (
            lambda: self.as_user(task, self.employee).action_done(),
            lambda: self.as_user(task, self.employee).write({"summary": "x"}),
            lambda: self.as_user(self.track, self.employee).action_stop(),
        ):
            with self.assertRaises(AccessError):
                change()

    def assertSeesNothing(self, user, following):
        run, tasks = self.track, self.track.sudo().line_ids
        for records in (run, tasks):
            records = self.as_user(records, user)
            self.assertFalse(records.search([("id", "in", records.ids)]))
            with self.assertRaises(AccessError):
                records.read(["display_name"])
        Activity = self.as_user(self.env["mail.activity"], user)
        domain = [("track_run_line_id.run_id.name", "=", "Secret deal")]
        Activity = Activity.with_context(active_test=False)
        self.assertFalse(Activity.search(domain))
        own = Activity.search([("user_id", "=", user.id)])
        self.assertEqual(len(own), 1)
        with self.assertRaises(AccessError):
            own.track_run_line_id.run_id.read(["name"])
        if following:
            with self.assertRaises(AccessError):
                self.as_user(following, user).read(["summary"])
