from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, users

from .common import QUERIES, TracksCase, tagged_test


class PeopleCase(TracksCase):
    """Templates whose tasks are for members of roles and teams, or users in fields."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.members = cls.env["res.users"].concat(
            *(
                cls.make_user(login, "sales_team.group_sale_salesman_all_leads")
                for login in ("member_1", "member_2", "member_3")
            )
        )
        cls.member_1, cls.member_2, cls.member_3 = cls.members
        cls.role = cls.env["res.role"].create(
            {"name": "Back Office", "user_ids": cls.members.ids}
        )
        cls.team = cls.env["crm.team"].create(
            {"name": "Inbound", "member_ids": cls.members.ids, "company_id": False}
        )

    @classmethod
    def make_for(cls, kind, *summaries, **values):
        """A template whose tasks are all for the role, the team or a field."""
        name, value = {
            "role": ("responsible_role_id", cls.role.id),
            "team": ("responsible_team_id", cls.team.id),
            "field": ("responsible_field", values.pop("field", "team_id.user_id")),
        }[kind]
        if kind == "field":
            values.setdefault("res_model_ids", cls.env["ir.model"]._get("crm.lead").ids)
        return cls.make_template(
            *(
                {"summary": summary, "responsible_type": kind, name: value}
                for summary in summaries or ("Call",)
            ),
            **values,
        )

    def start(self, template, leads=None, user=None):
        leads = leads or self.make_leads()
        runs = leads.with_user(user or self.manager).tracks_apply(template)
        return runs.sudo()

    def get_assignees(self, runs):
        tasks = runs.line_ids.sorted(lambda task: (task.run_id.id, task.sequence))
        return [task.user_id for task in tasks]

    def give_tasks(self, user, count):
        """Tracks with open tasks of this user."""
        template = self.make_template(
            {"summary": "Busy", "responsible_type": "user", "responsible_id": user.id}
        )
        return self.start(template, self.make_leads(count))


@tagged("post_install", "-at_install")
class TestPeople(PeopleCase):
    """Tasks of the members of roles and teams."""

    def test_a_task_goes_to_the_member_with_the_fewest_open_tasks(self):
        for kind in ("role", "team"):
            with self.subTest(kind):
                self.give_tasks(self.member_1, 2)
                self.give_tasks(self.member_2, 1)
                self.give_tasks(self.member_3, 2)
                run = self.start(self.make_for(kind))
                task = run.line_ids
                self.assertEqual(task.user_id, self.member_2)
                self.assertActivityFollows(task)
                self.assertFalse(task.follows_owner)
                self.give_tasks(self.member_2, 1)
                self.env["track.run.line"].search(
                    [("user_id", "in", self.members.ids)]
                ).run_id.action_stop()

    def test_of_several_the_one_with_the_lowest_id_is_assigned(self):
        for kind in ("role", "team"):
            run = self.start(self.make_for(kind))
            self.assertEqual(run.line_ids.user_id, self.member_1)
            run.action_stop()

    def test_tasks_on_hold_or_without_a_track_do_not_count(self):
        runs = self.give_tasks(self.member_1, 3)
        self.give_tasks(self.member_2, 1)
        self.give_tasks(self.member_3, 2)
        runs[0].action_pause()
        self.env["crm.lead"].browse(runs[1].res_id).action_set_lost()
        self.assertTrue(runs[1].held)
        runs[2].line_ids.activity_id.action_feedback()
        self.make_leads().activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.member_1.id
        )
        run = self.start(self.make_for("team"))
        self.assertEqual(run.line_ids.user_id, self.member_1)

    def test_tasks_count_on_while_they_are_assigned(self):
        self.give_tasks(self.member_3, 2)
        runs = self.start(self.make_for("team"), self.make_leads(7))
        m1, m2, m3 = self.members
        self.assertEqual(self.get_assignees(runs), [m1, m2, m1, m2, m1, m2, m3])

    def test_tasks_of_one_track_are_dealt_too(self):
        run = self.start(self.make_for("role", "A", "B", "C", "D"))
        self.assertEqual(self.get_assignees(run), [*self.members, self.member_1])

    def test_tasks_count_on_that_others_than_members_were_assigned_before(self):
        for_member_1 = {
            "summary": "A",
            "responsible_type": "user",
            "responsible_id": self.member_1.id,
        }
        for_team = {
            "summary": "B",
            "responsible_type": "team",
            "responsible_team_id": self.team.id,
        }
        run = self.start(self.make_template(for_member_1, for_team))
        self.assertEqual(self.get_assignees(run), [self.member_1, self.member_2])
        run.action_stop()
        template = self.make_template({"summary": "A"}, for_team)
        lead = self.make_leads()
        lead.user_id = self.member_1
        run = self.start(template, lead)
        self.assertEqual(self.get_assignees(run), [self.member_1, self.member_2])

    def test_the_member_is_chosen_when_the_task_begins(self):
        template = self.make_template(
            {"summary": "A"},
            {
                "summary": "B",
                "delay_from": "previous",
                "responsible_type": "team",
                "responsible_team_id": self.team.id,
            },
        )
        run = self.start(template)
        self.assertFalse(self.get_task(run, "B").user_id)
        self.give_tasks(self.member_1, 1)
        self.team.member_ids = self.member_1 + self.member_2
        self.tick(run, "A")
        self.assertEqual(self.get_task(run, "B").user_id, self.member_2)

    def test_later_changes_of_the_members_or_the_owner_change_nothing(self):
        lead = self.make_leads()
        run = self.start(self.make_for("team"), lead)
        self.team.member_ids = self.member_2
        lead.user_id = self.seller_2
        self.assertEqual(run.line_ids.user_id, self.member_1)

    def test_those_who_cannot_read_the_record_are_passed_over(self):
        self.role.user_ids = self.seller_2 + self.employee + self.member_3
        run = self.start(self.make_for("role"))  # of the seller
        self.assertEqual(run.line_ids.user_id, self.member_3)

    def test_those_who_do_not_work_in_the_company_are_passed_over(self):
        lead = self.make_leads()
        lead.sudo().write({"company_id": self.company_2.id, "user_id": False})
        both = self.member_2
        both.company_ids += self.company_2
        self.manager.company_ids += self.company_2
        run = self.start(self.make_for("role"), lead)
        self.assertEqual(run.company_id, self.company_2)
        self.assertEqual(run.line_ids.user_id, both)

    def test_they_are_passed_over_on_records_of_all_companies_too(self):
        """Each member can read such a record; its track has a company."""
        lead = self.make_leads()
        lead.sudo().write({"company_id": False, "user_id": False})
        self.manager.company_ids += self.company_2
        self.member_2.company_ids += self.company_2
        run = self.start(self.make_for("role"), lead.with_company(self.company_2))
        self.assertEqual(run.company_id, self.company_2)
        self.assertEqual(run.line_ids.user_id, self.member_2)

    def test_archived_and_portal_members_are_passed_over(self):
        self.role.user_ids += self.portal
        self.member_1.active = False
        self.member_2.write(
            {"group_ids": [(6, 0, self.env.ref("base.group_portal").ids)]}
        )
        run = self.start(self.make_for("role"))
        self.assertEqual(run.line_ids.user_id, self.member_3)

    def test_without_a_member_the_owner_then_the_starter_is_assigned(self):
        self.role.user_ids = self.employee
        lead = self.make_leads()
        run = self.start(self.make_for("role"), lead)
        self.assertEqual(run.line_ids.user_id, self.seller)
        self.assertTrue(run.line_ids.follows_owner)
        lead.user_id = self.seller_2
        self.assertEqual(run.line_ids.user_id, self.seller_2)
        self.team.member_ids = False
        nobodys = self.make_leads()
        nobodys.user_id = False
        run = self.start(self.make_for("team"), nobodys)
        self.assertEqual(run.line_ids.user_id, self.manager)

    def test_of_an_archived_or_deleted_team_nobody_is_assigned(self):
        for change in (lambda: self.team.action_archive(), lambda: self.team.unlink()):
            template = self.make_for("team")
            change()
            run = self.start(template)
            self.assertEqual(run.line_ids.user_id, self.seller)
            self.team.exists().action_unarchive()

    def test_a_deleted_role_is_a_hint_of_the_template_and_prevents_no_start(self):
        template = self.make_for("role")
        self.role.unlink()
        self.assertEqual(template.line_ids.responsible_type, "role")
        run = self.start(template)
        self.assertEqual(run.line_ids.user_id, self.seller)
        copied = run.with_user(self.manager).action_make_template()
        copied = self.env["track.template"].browse(copied["res_id"])
        self.assertEqual(copied.line_ids.responsible_type, "owner")

    def test_500_records_are_dealt_evenly_by_one_grouped_query(self):
        template = self.make_for("team")
        leads = self.make_leads(500)
        self.env.flush_all()
        with self.capture_grouped() as grouped:
            runs = self.start(template, leads)
        self.assertEqual(len(grouped), 1, grouped)
        counts = [
            len(runs.line_ids.filtered(lambda task, user=user: task.user_id == user))
            for user in self.members
        ]
        self.assertEqual(counts, [167, 167, 166])

    @tagged_test(QUERIES)
    def test_finding_members_costs_the_same_for_one_record_and_for_many(self):
        template = self.make_for("team", "A", "B", absence="stand_in")
        counts = []
        for count in (1, 2, 40):
            runs = self.start(template, self.make_leads(count))
            tasks = self.env["track.run.line"].sudo().browse(runs.line_ids.ids)
            counts.append(self.count_queries(tasks._get_assignees))
        # the first one reads the record rules, which stay in the cache
        self.assertEqual(counts[1], counts[2])

    @contextmanager
    def capture_grouped(self):
        """Collect the queries by which the tasks of users are counted."""
        Model = type(self.env["track.run.line"])
        original = Model._read_group
        calls = []

        def _read_group(model, domain, groupby=(), *args, **kwargs):
            if "user_id" in groupby:
                calls.append(domain)
            return original(model, domain, groupby, *args, **kwargs)

        with patch.object(Model, "_read_group", _read_group):
            yield calls


@tagged("post_install", "-at_install")
class TestPeopleFields(PeopleCase):
    """Tasks of the user in a field of the record."""

    def test_a_task_goes_to_the_user_in_a_field_of_what_the_record_leads_to(self):
        self.team.user_id = self.seller_2
        lead = self.make_leads(team_id=self.team.id)
        run = self.start(self.make_for("field"), lead)
        self.assertEqual(run.line_ids.user_id, self.seller_2)
        self.assertFalse(run.line_ids.follows_owner)
        # only the owner's tasks follow later changes
        self.team.user_id = self.member_1
        lead.user_id = self.seller_all
        self.assertEqual(run.line_ids.user_id, self.seller_2)

    def test_a_task_goes_to_the_user_in_a_field_of_the_record(self):
        run = self.start(self.make_for("field", field="create_uid"))
        self.assertEqual(run.line_ids.user_id, self.seller)  # instead of OdooBot
        lead = self.env["crm.lead"].with_user(self.seller_all).create({"name": "A"})
        run = self.start(self.make_for("field", field="create_uid"), lead)
        self.assertEqual(run.line_ids.user_id, self.seller_all)

    def test_an_empty_field_or_one_with_somebody_who_left_falls_to_the_owner(self):
        for leader in (self.env["res.users"], self.portal, self.employee):
            self.team.user_id = leader
            self.employee.active = leader != self.employee
            lead = self.make_leads(team_id=self.team.id)
            run = self.start(self.make_for("field"), lead)
            self.assertEqual(run.line_ids.user_id, self.seller)
            self.assertTrue(run.line_ids.follows_owner)

    def test_a_field_that_is_gone_falls_to_the_owner(self):
        template = self.make_for("field")
        self.env.cr.execute(
            "UPDATE track_line SET responsible_field = 'gone_id.user_id' WHERE id = %s",
            [template.line_ids.id],
        )
        self.env.invalidate_all()
        run = self.start(template)
        self.assertEqual(run.line_ids.user_id, self.seller)
        self.assertEqual(template.line_ids.responsible_text, "user in a field")

    @users("tracks_manager")
    def test_only_a_user_field_can_be_entered(self):
        for path in (
            "name",
            "team_id",
            "partner_id.country_id",
            "gone",
            "gone.user_id",
            "team_id.gone",
            "team_id.member_ids",
            "activity_ids.user_id",
            "team_id.company_id.create_uid",
            "user_id.company_id.write_uid",
            "user_id.",
            ".user_id",
            "__class__",
            "user_id.id",
        ):
            with self.subTest(path), self.assertRaises(ValidationError):
                self.make_for("field", field=path).with_env(self.env)

    @users("tracks_manager")
    def test_the_author_must_be_able_to_read_the_field_and_the_record_it_leads_to(self):
        template = self.make_for("field", field="user_id").with_env(self.env)
        line = template.line_ids
        self.patch(
            self.env.registry["crm.lead"]._fields["team_id"],
            "groups",
            "base.group_system",
        )
        with self.assertRaisesRegex(ValidationError, "do not have permission"):
            line.responsible_field = "team_id.user_id"

    @users("tracks_manager")
    def test_a_field_needs_exactly_one_model(self):
        with self.assertRaisesRegex(ValidationError, "exactly one model"):
            self.make_for("field", res_model_ids=[]).with_env(self.env)

    @users("tracks_manager")
    def test_what_says_more_must_be_entered(self):
        for kind, word in (("field", "field"), ("role", "role"), ("team", "team")):
            with (
                self.subTest(kind),
                self.assertRaisesRegex(ValidationError, f"Select the {word}"),
            ):
                self.env["track.template"].create(
                    {
                        "name": "T",
                        "res_model_ids": self.env["ir.model"]
                        .sudo()
                        ._get("crm.lead")
                        .ids,
                        "line_ids": [
                            (0, 0, {"summary": "A", "responsible_type": kind})
                        ],
                    }
                )

    @users("tracks_manager")
    def test_sentences_say_it(self):
        templates = [
            self.make_for("field"),
            self.make_for("field", field="user_id"),
            self.make_for("role"),
            self.make_for("team"),
        ]
        self.assertEqual(
            [t.with_env(self.env).line_ids.responsible_text for t in templates],
            [
                "user in “Sales Team ➜ Team Leader”",
                "user in “Salesperson”",
                "member of role “Back Office”",
                "member of team “Inbound”",
            ],
        )

    def test_a_team_of_another_company_is_not_named(self):
        self.team.sudo().member_ids = False
        self.team.sudo().company_id = self.company_2
        template = self.make_for("team").with_user(self.seller)
        self.assertEqual(template.line_ids.responsible_text, "member of a team")

    @users("tracks_manager")
    def test_a_team_of_another_company_cannot_be_named(self):
        self.team.sudo().member_ids = False
        self.team.sudo().company_id = self.company_2
        with self.assertRaises(AccessError):
            self.env["track.template"].create(
                {
                    "name": "T",
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "summary": "A",
                                "responsible_type": "team",
                                "responsible_team_id": self.team.id,
                            },
                        )
                    ],
                }
            )

    @users("tracks_seller")
    def test_users_edit_it_on_tasks_that_have_not_begun(self):
        template = self.make_chain("A", "B")
        run = self.make_leads().with_user(self.seller).tracks_apply(template)
        task = self.get_task(run, "B").with_env(self.env)
        task.write({"responsible_type": "role", "responsible_role_id": self.role.id})
        self.tick(run, "A")
        self.assertEqual(task.user_id, self.member_1)
        with self.assertRaises(UserError):
            task.responsible_type = "owner"

    @users("tracks_seller")
    def test_users_name_no_field_that_they_may_not_read(self):
        run = (
            self.make_leads()
            .with_user(self.seller)
            .tracks_apply(self.make_chain("A", "B"))
        )
        task = self.get_task(run, "B").with_env(self.env)
        self.patch(
            self.env.registry["crm.lead"]._fields["team_id"],
            "groups",
            "base.group_system",
        )
        values = {"responsible_type": "field", "responsible_field": "team_id.user_id"}
        with self.assertRaises(ValidationError):
            task.write(values)
        with self.assertRaises(ValidationError):
            task.create({"summary": "C", "run_id": run.id, **values})
        with self.assertRaises(ValidationError):
            task.write({**values, "responsible_field": "name"})
        with self.assertRaises(ValidationError):
            task.write({"responsible_type": "role"})

    def test_the_tab_and_the_dialog_name_a_hidden_field_s_user_to_nobody(self):
        template = self.make_for("field", activity_creation="ahead", ahead_days=1)
        template.line_ids.delay_count = 5
        self.team.user_id = self.seller_2
        lead = self.make_leads(team_id=self.team.id)
        preview = template.with_user(self.seller).preview("crm.lead", lead.id)
        self.assertEqual(preview[0]["assignee"], "Seller 2")
        self.start(template, lead)
        self.assertEqual(self.get_expected(lead), "Seller 2")
        self.patch(
            self.env.registry["crm.lead"]._fields["team_id"],
            "groups",
            "base.group_system",
        )
        preview = template.with_user(self.seller).preview("crm.lead", lead.id)
        hidden = "ser in a field with restricted access"
        self.assertEqual(preview[0]["assignee"], f"U{hidden}")
        self.assertFalse(preview[0]["user_id"])
        self.assertEqual(self.get_expected(lead), f"u{hidden}")

    def get_expected(self, lead):
        data = self.env["track.run"].with_user(self.seller)
        [run] = data.get_tab_data("crm.lead", lead.id)["runs"]
        return run["tasks"][0]["expected"]

    def test_the_tab_and_the_dialog_say_who_is_assigned(self):
        template = self.make_template(
            {"summary": "A"},
            {
                "summary": "B",
                "delay_from": "previous",
                "responsible_type": "team",
                "responsible_team_id": self.team.id,
            },
            {
                "summary": "C",
                "responsible_type": "team",
                "responsible_team_id": self.team.id,
            },
        )
        lead = self.make_leads()
        preview = template.with_user(self.seller_all).preview("crm.lead", lead.id)
        text = "ember of team “Inbound”"
        self.assertEqual(
            [row["assignee"] for row in preview],
            ["Seller (owner)", f"M{text}", "Member 1"],
        )
        self.start(template, lead)
        data = self.env["track.run"].with_user(self.seller)
        [run] = data.get_tab_data("crm.lead", lead.id)["runs"]
        self.assertEqual(
            [task["user"] and task["user"]["name"] for task in run["tasks"]],
            ["Seller", False, "Member 1"],
        )
        self.assertEqual(run["tasks"][1]["expected"], f"m{text}")
