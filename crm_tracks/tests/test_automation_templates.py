from datetime import datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged, users

from ..tools.field_values import prepare_value
from .common import QUERIES
from .test_automation import AutomationCase


@tagged("post_install", "-at_install")
class TestAutomationTemplates(AutomationCase):
    """Invalid automated tasks are refused when the template is saved."""

    def assertRefused(self, message, *lines, **values):
        with self.assertRaisesRegex(ValidationError, message), self.cr.savepoint():
            self.make_automated(*lines, **values)

    def test_what_it_needs_has_to_be_named(self):
        for action, target in (
            ("email", "E-mail Template"),
            ("server_action", "Server Action"),
            ("track", "Template to Start"),
        ):
            with self.subTest(action=action):
                self.assertRefused(
                    f"“{target}” is empty in task 1 of “Sales follow-through”",
                    {"action": action},
                )
        self.assertRefused("Select the field to set", {"action": "update"})

    def test_it_works_on_one_kind_of_record(self):
        partner_model = self.env["ir.model"]._get("res.partner")
        both = [Command.set([self.lead_model.id, partner_model.id])]
        email = {"action": "email", "mail_template_id": self.mail_template.id}
        for line in (
            email,
            {"action": "server_action", "server_action_id": self.server_action.id},
            self.make_update(("name", "New")),
        ):
            for models in (both, []):
                self.assertRefused(
                    "needs exactly one model", line, res_model_ids=models
                )
        template = self.make_automated(email)
        with self.assertRaisesRegex(
            ValidationError, "does not apply to the records of"
        ):
            template.res_model_ids = partner_model

    def test_what_it_needs_fits_the_records(self):
        on_partners = {
            "res_model_ids": [Command.link(self.env["ir.model"]._get_id("res.partner"))]
        }
        self.assertRefused(
            "e-mail template “Welcome” does not apply to the records",
            {"action": "email", "mail_template_id": self.mail_template.id},
            **on_partners,
        )
        self.assertRefused(
            "server action “Double the revenue” does not apply to the records",
            {"action": "server_action", "server_action_id": self.server_action.id},
            **on_partners,
        )
        self.assertRefused(
            "“stage_id” of Contact cannot be set",
            self.make_update(("stage_id", 1)),
            **on_partners,
        )

    def test_a_task_is_offered_the_tracks_that_it_may_start(self):
        following = self.make_template({"summary": "A"}, name="Following")
        others = self.make_template(
            {"summary": "A"},
            name="Contacts",
            res_model_ids=[Command.link(self.env["ir.model"]._get_id("res.partner"))],
        )
        with Form(self.env["track.template"].with_user(self.manager)) as form:
            form.name = "Starting"
            form.res_model_ids.add(self.lead_model)
            with form.line_ids.new() as line:
                line.action = "track"
                offered = line.startable_template_ids.ids
                line.next_template_id = following
        self.assertIn(following.id, offered)
        self.assertNotIn(others.id, offered)
        template = form.record
        self.assertNotIn(template, template.line_ids.startable_template_ids)

    def test_values_are_checked(self):
        for field, value, message in (
            ("priority", "9", "“9” is not a value of “Priority”"),
            ("stage_id", "0", "The value for “Stage” no longer exists"),
            ("stage_id", "Won", "“Won” is not a value of “Stage”"),
            ("stage_id", "", "Enter a value for “Stage”"),
            ("probability", "high", "“high” is not a value"),
            ("active", "perhaps", "“perhaps” is not a value"),
            ("date_deadline", "tomorrow", "“tomorrow” is not a value"),
            ("date_deadline", "99999999999", "is not a value"),
        ):
            with self.subTest(field=field, value=value):
                self.assertRefused(message, self.make_update((field, value)))
        for field in ("create_date", "activity_ids", "nothing", "meeting_display_date"):
            with self.subTest(field=field):
                self.assertRefused(
                    "cannot be set by a task|sets a field",
                    self.make_update((field, "1")),
                )
        self.assertRefused("has only one value", self.make_update(("name", "x", "add")))

    def test_a_date_is_days_after_the_task_runs(self):
        template = self.make_automated(self.make_update(("date_deadline", "-1")))
        [lead], _run = self.start(template)
        self.company.resource_calendar_id.tz = "Asia/Tokyo"
        with self.at("2026-03-04 20:00:00"):  # the fifth, in Tokyo
            self.run_cron()
            moment = prepare_value(
                self.env["calendar.event"], "start", "set", "2", "Asia/Tokyo"
            )
        self.assertEqual(lead.date_deadline.isoformat(), "2026-03-04")
        # the beginning of the seventh, in Tokyo
        self.assertEqual(str(moment), "2026-03-06 15:00:00")

    def test_a_ring_of_tracks_is_refused(self):
        first = self.make_template({"summary": "A"}, name="First")
        second = self.make_template(
            {"action": "track", "next_template_id": first.id}, name="Second"
        )
        third = self.make_template(
            {"action": "track", "next_template_id": second.id}, name="Third"
        )
        for started, ring in (
            (first, "First → First"),
            (second, "First → Second → First"),
            (third, "First → Third → Second → First"),
        ):
            with (
                self.subTest(ring=ring),
                self.assertRaisesRegex(ValidationError, f"without end: {ring}"),
                self.cr.savepoint(),
            ):
                first.write(
                    {
                        "line_ids": [
                            Command.create(
                                {"action": "track", "next_template_id": started.id}
                            )
                        ]
                    }
                )

    def test_a_track_that_cannot_start_there_is_refused(self):
        partner_model = self.env["ir.model"]._get("res.partner")
        for values, message in (
            ({"res_model_ids": [Command.link(partner_model.id)]}, "does not apply"),
            ({"company_id": self.company_2.id}, "belongs to another company"),
            ({"direction": "end"}, "counts back from an end date"),
        ):
            following = self.make_template(
                {"summary": "A", "delay_from": values.get("direction", "start")},
                name="Following",
                **values,
            )
            self.assertRefused(
                f"“Following.*{message}",
                {"action": "track", "next_template_id": following.id},
            )

    @users("tracks_manager")
    def test_server_actions_are_chosen_by_settings_administrators(self):
        template = self.make_automated({"summary": "Call"}).with_user(self.env.user)
        with (
            self.assertRaisesRegex(AccessError, "settings administrators"),
            self.cr.savepoint(),
        ):
            template.write(
                {
                    "line_ids": [
                        Command.create(
                            {
                                "action": "server_action",
                                "server_action_id": self.server_action.id,
                            }
                        )
                    ]
                }
            )
        with_code = self.make_automated(
            {"action": "server_action", "server_action_id": self.server_action.id}
        ).with_user(self.env.user)
        # an existing task can be read, moved and renamed, but not copied
        self.assertEqual(with_code.line_ids.action_text, "Action: Double the revenue")
        with Form(with_code) as form:
            form.name = "With code"
            with form.line_ids.edit(0) as line:
                line.summary = "Twice"
        self.assertEqual(with_code.line_ids.summary, "Twice")
        with self.assertRaises(AccessError):
            with_code.copy()

    def test_an_author_sets_only_fields_that_they_may_write(self):
        users_model = self.env["ir.model"]._get("res.partner")
        values = {
            "name": "Partners",
            "res_model_ids": [Command.link(users_model.id)],
            "line_ids": [Command.create(self.make_update(("comment", "Hello")))],
        }
        as_manager = self.env["track.template"].with_user(self.manager)
        as_manager.create(values)  # sales managers may change contacts
        company_only = self.make_user(
            "outsider", "base.group_user,crm_tracks.group_track_manager"
        )
        with self.assertRaisesRegex(
            ValidationError, "You do not have permission to change “Notes”"
        ):
            self.env["track.template"].with_user(company_only).create(values)
        # nor by changing the models of the template
        employee_fields = self.make_template(
            self.make_update(("active", "false")),
            res_model_ids=[Command.link(self.lead_model.id)],
        )
        with self.assertRaisesRegex(
            ValidationError, "You do not have permission to change"
        ):
            employee_fields.with_user(company_only).res_model_ids = users_model

    def test_what_an_update_sets_goes_along_by_external_ids(self):
        template = self.make_automated(
            self.make_update(("tag_ids", self.tag.id, "add"), ("priority", 2))
        )
        tag_row, priority_row = template.line_ids.update_ids
        self.assertEqual(tag_row.value_external_id, str(self.tag.id))
        [[xml_id]] = tag_row.export_data(["value_external_id"])["datas"]
        self.assertEqual(tag_row.value_external_id, xml_id)
        self.assertEqual(self.env.ref(xml_id), self.tag)
        self.assertEqual(priority_row.value_external_id, "2")
        other = self.env["crm.tag"].create({"name": "Another tag"})
        tag_row.value = str(other.id)
        tag_row.value_external_id = xml_id
        self.assertEqual(tag_row.value, str(self.tag.id))
        with self.assertRaisesRegex(
            UserError, "is not an external ID of a value for “Tags”"
        ):
            tag_row.value_external_id = "crm.stage_lead1"
        with self.assertRaisesRegex(UserError, "“tag” is not an external ID"):
            tag_row.value_external_id = "tag"

    def test_a_track_keeps_its_own_copy(self):
        template = self.make_automated(self.make_update(("priority", 1)))
        [lead], run = self.start(template)
        template.line_ids.update_ids.value = "3"
        template.unlink()
        self.run_cron()
        self.assertEqual(lead.priority, "1")
        self.assertEqual(run.state, "done")

    def test_a_copy_and_a_template_of_a_track_do_the_same(self):
        template = self.make_automated(
            self.make_update(("priority", 1), ("tag_ids", self.tag.id, "add")),
            {"action": "email", "mail_template_id": self.mail_template.id},
        )
        _leads, run = self.start(template)
        made = self.env["track.template"].browse(
            run.with_user(self.manager).action_make_template()["res_id"]
        )
        for other in (template.copy(), made):
            self.assertEqual(other.line_ids.mapped("action"), ["update", "email"])
            self.assertEqual(
                other.line_ids[0]._get_settings(), template.line_ids[0]._get_settings()
            )
            self.assertEqual(other.line_ids[1].mail_template_id, self.mail_template)

    def test_it_is_called_after_what_it_does(self):
        template = self.make_automated(
            self.make_update(
                ("stage_id", self.stage.id), ("tag_ids", self.tag.id, "add")
            ),
            {"action": "email", "mail_template_id": self.mail_template.id},
            {
                "action": "email",
                "mail_template_id": self.mail_template.id,
                "summary": "Say hello",
            },
        )
        self.assertEqual(
            template.line_ids.mapped("display_name"),
            [
                "Stage: Automated, Tags: + Followed through",
                "E-mail: Welcome",
                "Say hello",
            ],
        )

    @users("tracks_seller")
    def test_the_dialog_shows_it_as_done_by_itself(self):
        template = self.make_automated(self.make_update(("priority", 1)))
        [lead] = self.make_leads().with_user(self.env.user)
        wizard = self.env["track.apply"].create(
            {"res_model": "crm.lead", "res_ids": lead.ids, "template_id": template.id}
        )
        [row] = wizard.preview
        self.assertTrue(row["automated"])
        self.assertEqual(row["assignee"], "Automated")
        self.assertFalse(row["user_id"])
        wizard.start_date = "2026-02-24"
        self.assertIn("Too late to run automatically", wizard.preview[0]["warnings"])


@tagged("post_install", "-at_install", QUERIES)
class TestAutomationQueries(AutomationCase):
    """The queries of a cron run with many automated tasks."""

    def setUp(self):
        super().setUp()
        # As for a transaction that began after the common cache was filled: the one of
        # a test is older, and would read in each of its commits what others keep.
        runs = type(self.env["track.run"])
        self.patch(runs, "_get_start_of_cache", lambda _runs: datetime(2000, 1, 1))

    def count(self, template, count):
        self.start(template, count)
        return self.count_queries(self.run_cron)

    def test_the_queries_for_each_record_stay_flat(self):
        following = self.make_template({"summary": "Then"}, name="Following")
        code = {"action": "server_action", "server_action_id": self.server_action.id}
        for line, bound in (
            (self.make_update(("priority", 1)), 0),
            # Odoo renders fifty e-mails at a time
            ({"action": "email", "mail_template_id": self.mail_template.id}, 0.2),
            ({"action": "track", "next_template_id": following.id}, 0),
            # each task has its own transaction
            (code, 50),
        ):
            with self.subTest(action=line["action"]):
                template = self.make_automated(line)
                self.count(template, 10)  # fill the caches
                few, many = self.count(template, 10), self.count(template, 60)
                self.assertLessEqual((many - few) / 50, bound)
