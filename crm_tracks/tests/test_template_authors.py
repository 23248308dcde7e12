from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.deferral import deferring
from .test_automation import CRON_LOGGER, AutomationCase


class AuthorCase(AutomationCase):
    """An author who may write templates and leads, but not contacts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner_model = cls.env["ir.model"]._get("res.partner")
        cls.author = cls.make_user(
            "author", "base.group_user,crm_tracks.group_track_manager"
        )
        # for contacts and leads; created by an administrator, because the author may
        # not
        cls.template = cls.make_automated(cls.make_update(("active", "false")))
        cls.partner = cls.env["res.partner"].create({"name": "A contact"})

    def make_partner_template(self, *lines, **values):
        return self.make_template(
            *lines, res_model_ids=[Command.link(self.partner_model.id)], **values
        )

    def assertRefused(
        self, change, message="You do not have permission to change “Active” of Contact"
    ):
        with self.assertRaisesRegex(ValidationError, message), self.cr.savepoint():
            change()


@tagged("post_install", "-at_install")
class TestTemplateAuthors(AuthorCase):
    """A task can only set fields that the user who saved it may write."""

    def test_another_model_is_refused_by_ids_and_by_names(self):
        template = self.template.with_user(self.author)
        for vals in (
            {"res_model_ids": [Command.set(self.partner_model.ids)]},
            {"res_model_names": "res.partner"},
            {"res_model_names": " res.partner ,"},
            {"name": "Renamed", "line_ids": [], "res_model_names": "res.partner"},
        ):
            with self.subTest(vals=vals):
                self.assertRefused(lambda vals=vals: template.write(vals))

    def test_another_model_is_refused_by_an_import(self):
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": "test.authors", "record": self.template}]
        )
        result = (
            self.env["track.template"]
            .with_user(self.author)
            .load(["id", "res_model_names"], [["test.authors", "res.partner"]])
        )
        self.assertFalse(result["ids"])
        self.assertIn(
            "You do not have permission to change “Active”",
            result["messages"][0]["message"],
        )

    def test_another_model_is_refused_in_the_form(self):
        Template = self.env["track.template"].with_user(self.author)
        spec = {"res_model_names": {}, "res_model_ids": {"fields": {}}}
        template = Template.browse(self.template.id)
        template.onchange({"res_model_names": "res.partner"}, ["res_model_names"], spec)
        self.assertRefused(
            lambda: template.web_save({"res_model_names": "res.partner"}, spec)
        )

    def test_a_new_template_is_refused_by_names_and_ids(self):
        Template = self.env["track.template"].with_user(self.author)
        line = Command.create(self.make_update(("active", "false")))
        for vals in (
            {"line_ids": [line], "res_model_names": "res.partner"},
            {
                "line_ids": [line],
                "res_model_ids": [Command.set(self.partner_model.ids)],
            },
        ):
            self.assertRefused(lambda vals=vals: Template.create({"name": "A", **vals}))

    def test_a_task_that_is_moved_to_another_template_is_refused(self):
        other = self.make_partner_template({"summary": "Call"})
        line = self.template.line_ids.with_user(self.author)
        self.assertRefused(lambda: line.write({"template_id": other.id}))
        self.assertRefused(
            lambda: other.with_user(self.author).write(
                {"line_ids": [Command.link(line.id)]}
            )
        )

    def test_a_field_that_is_moved_to_another_task_is_refused(self):
        other = self.make_partner_template(self.make_update(("comment", "Hello")))
        update = self.template.line_ids.update_ids.with_user(self.author)
        self.assertRefused(lambda: update.write({"line_id": other.line_ids.id}))

    def test_a_copy_and_a_template_made_of_a_track_are_refused(self):
        template = self.make_partner_template(self.make_update(("active", "false")))
        self.assertRefused(lambda: template.with_user(self.author).copy())
        run = self.partner.with_user(self.manager).tracks_apply(template)
        self.assertRefused(lambda: run.with_user(self.author).action_make_template())

    def test_values_of_computed_fields_do_not_stand_in_for_the_model(self):
        template = self.make_partner_template(self.make_update(("comment", "Hello")))
        line = template.line_ids.with_user(self.author)
        update = line.update_ids
        for change in (
            lambda: update.write({"model_name": "crm.lead", "field_name": "active"}),
            lambda: line.write(
                {
                    "target_model": "crm.lead",
                    "update_ids": [Command.update(update.id, {"field_name": "active"})],
                }
            ),
            lambda: template.with_user(self.author).write(
                {
                    "line_ids": [
                        Command.update(
                            line.id,
                            {
                                "target_model": "crm.lead",
                                "update_ids": [
                                    Command.create(
                                        {"field_name": "active", "value": "false"}
                                    )
                                ],
                            },
                        )
                    ]
                }
            ),
        ):
            self.assertRefused(
                change, "You do not have permission to change|not a value of"
            )

    def test_what_was_allowed_is_written_by_nobody(self):
        update = self.template.line_ids.update_ids
        self.assertEqual(update.sudo().allowed_model, "crm.lead")
        update = update.with_user(self.manager)
        with self.assertRaises(AccessError):
            update.write({"allowed_model": "res.partner"})
        with self.assertRaises(AccessError):
            update.create(
                {
                    "line_id": update.line_id.id,
                    "field_name": "active",
                    "allowed_model": "res.partner",
                }
            )
        with self.assertRaises(AccessError):
            update.read(["allowed_model"])
        with self.assertRaises(AccessError):
            update.with_context(default_allowed_model="res.partner").create(
                {"line_id": update.line_id.id, "field_name": "name", "value": "New"}
            )

    def test_a_value_keeps_its_meaning_on_another_model(self):
        tag = self.env["project.tags"].search([], limit=1) or self.env[
            "project.tags"
        ].create({"name": "Of projects"})
        same_id = self.env["crm.tag"].browse(tag.id)
        if not same_id.exists():
            self.env.cr.execute(
                'INSERT INTO crm_tag (id, name) VALUES (%s, \'{"en_US": "Same"}\')',
                [tag.id],
            )
        template = self.make_automated(self.make_update(("tag_ids", tag.id, "add")))
        words = "“Tags” in “Sales follow-through” was selected for another model"
        project_model = self.env["ir.model"]._get("project.task")
        for vals in (
            {"res_model_names": "project.task"},
            {"res_model_ids": [Command.set(project_model.ids)]},
        ):
            self.assertRefused(lambda vals=vals: template.write(vals), words)
        # a value selected again belongs to the new model
        template.write(
            {
                "res_model_names": "project.task",
                "line_ids": [
                    Command.update(
                        template.line_ids.id,
                        {
                            "update_ids": [
                                Command.update(
                                    template.line_ids.update_ids.id,
                                    {"value": str(tag.id)},
                                )
                            ]
                        },
                    )
                ],
            }
        )
        self.assertEqual(template.line_ids._get_settings()[0]["model"], "project.task")

    def test_a_save_is_judged_by_its_end(self):
        """The values contain the task for the new model before the model itself."""
        template = self.make_automated(self.make_update(("priority", "1")))
        update = template.line_ids.update_ids
        template.with_user(self.manager).write(
            {
                "line_ids": [
                    Command.update(
                        template.line_ids.id,
                        {
                            "update_ids": [
                                Command.update(
                                    update.id,
                                    {"field_name": "comment", "value": "Hello"},
                                )
                            ]
                        },
                    )
                ],
                "res_model_ids": [Command.set(self.partner_model.ids)],
            }
        )
        self.assertEqual(update.sudo().allowed_model, "res.partner")

    def test_a_save_is_judged_for_whoever_made_each_change(self):
        """Changes in sudo within a save are not attributed to the author."""
        line = self.template.line_ids.with_user(self.author)
        other = self.make_partner_template({"summary": "Call"})
        with self.assertRaisesRegex(
            ValidationError, "You do not have permission to change “Active”"
        ):
            with self.cr.savepoint(), deferring(other):
                line.sudo().write({"template_id": other.id})
                line.sudo(False).write({"template_id": other.id})
        with deferring(other):
            line.sudo().write({"template_id": other.id})
        self.assertEqual(line.template_id, other)

    def test_a_template_of_a_track_is_for_the_records_of_that_track(self):
        """The template may apply to another model now, with another meaning."""
        tagging = self.make_automated(self.make_update(("tag_ids", self.tag.id, "add")))
        [lead], run = self.start(tagging)
        tagging.line_ids.update_ids.unlink()
        tagging.write(
            {
                "line_ids": [
                    Command.update(
                        tagging.line_ids.id, {"action": "activity", "summary": "Call"}
                    )
                ],
                "res_model_ids": [Command.set(self.partner_model.ids)],
            }
        )
        action = run.with_user(self.manager).action_make_template()
        made = self.env["track.template"].browse(action["res_id"])
        self.assertEqual(made.res_model_ids.model, lead._name)
        self.assertEqual(made.line_ids._get_settings()[0]["model"], lead._name)

    def test_the_same_models_written_again_ask_for_no_rights(self):
        template = self.make_partner_template(self.make_update(("active", "false")))
        template.with_user(self.author).write(
            {"name": "Renamed", "res_model_names": "res.partner"}
        )
        self.assertEqual(template.name, "Renamed")

    def test_no_context_leaves_the_checks_out(self):
        template = self.template.with_user(self.author).with_context(
            install_mode=True,
            crm_tracks_skip=True,
        )
        self.assertRefused(lambda: template.write({"res_model_names": "res.partner"}))

    def test_a_savepoint_within_a_save_leaves_the_checks_out_of_nothing(self):
        template = self.make_chain("Call", "Write")
        call, write = template.line_ids
        with deferring(template):
            with self.cr.savepoint():  # runs and clears the precommit hooks
                call.write({"delay_from": "previous", "sequence": 9})
            with self.cr.savepoint():
                write.write({"delay_from": "start"})
        self.assertEqual(template.line_ids.sorted(), write + call)


@tagged("post_install", "-at_install")
class TestAllowedWhenItRuns(AuthorCase):
    """Tracks do not set fields that the author was not allowed to set."""

    def point_at_partners(self):
        """Change the model by SQL."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE track_template_ir_model_rel SET model_id = %s"
            " WHERE template_id = %s",
            [self.partner_model.id, self.template.id],
        )
        self.env.invalidate_all()

    @mute_logger(CRON_LOGGER)
    def test_a_field_is_set_only_on_the_model_it_was_allowed_for(self):
        self.point_at_partners()
        run = self.partner.with_user(self.manager).tracks_apply(self.template)
        self.run_cron()
        self.assertEqual(run.line_ids.state, "failed")
        self.assertEqual(
            run.line_ids.error,
            "“Active: no” was not defined for Contact, so it cannot set fields "
            "there. Skip the task.",
        )
        self.assertTrue(self.partner.active)
        with self.assertRaisesRegex(UserError, "was not defined for"):
            run.line_ids.with_user(self.manager).action_run_now()

    @mute_logger(CRON_LOGGER)
    def test_a_template_without_models_sets_nothing(self):
        self.template.sudo().write({"active": True})
        self.env.cr.execute(
            "DELETE FROM track_template_ir_model_rel WHERE template_id = %s",
            [self.template.id],
        )
        self.env.invalidate_all()
        run = self.partner.with_user(self.manager).tracks_apply(self.template)
        self.run_cron()
        self.assertEqual(run.line_ids.state, "failed")
        self.assertTrue(self.partner.active)

    def test_what_was_allowed_runs(self):
        [lead], run = self.start(self.template)
        self.run_cron()
        self.assertEqual(run.line_ids.state, "done")
        self.assertFalse(lead.active)

    @mute_logger(CRON_LOGGER)
    def test_a_setting_that_names_no_model_sets_nothing(self):
        """As stored in the database by other hands than those of the checks."""
        [lead], run = self.start(self.template)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE track_run_line SET settings = %s WHERE id = %s",
            [
                '[{"field": "active", "operation": "set", "value": "false"}]',
                run.line_ids.id,
            ],
        )
        self.env.invalidate_all()
        self.run_cron()
        self.assertEqual(run.line_ids.state, "failed")
        self.assertIn("was not defined for", run.line_ids.error)
        self.assertTrue(lead.active)
