from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .test_automation import AutomationCase


@tagged("post_install", "-at_install")
class TestAutomationSight(AutomationCase):
    """The users who can read the content and the results of automated tasks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(
            patch.object(
                cls.env["crm.lead"]._fields["function"],
                "groups",
                "sales_team.group_sale_manager",
            )
        )

    def run_on_closed_field(self, **values):
        """A task runs that sets a field with restricted access."""
        template = self.make_automated(
            self.make_update(("function", "4321"), ("priority", 1), **values)
        )
        [lead], run = self.start(template, user=self.manager)
        self.run_cron()
        self.assertEqual(lead.sudo().function, "4321")
        return template, lead, run

    def test_a_field_that_the_reader_may_not_read_is_not_shown(self):
        template, _lead, run = self.run_on_closed_field()
        for user, is_shown in ((self.manager, True), (self.seller, False)):
            task = run.line_ids.with_user(user)
            self.assertEqual("4321" in task.result_text, is_shown)
            self.assertEqual("4321" in task.action_text, is_shown)
            self.assertEqual("4321" in task.display_name, is_shown)
            line = template.line_ids.with_user(user)
            self.assertEqual("4321" in line.action_text, is_shown)
            self.assertIn("Priority: ", task.action_text)

    def test_an_author_reads_no_value_of_a_field_that_they_may_not_read(self):
        template = self.make_automated(self.make_update(("function", "4321")))
        author = self.env.ref("crm_tracks.group_track_manager")
        self.seller.group_ids |= author
        updates = template.line_ids.update_ids
        for user, value in ((self.manager, "4321"), (self.seller, False)):
            update = updates.with_user(user)
            self.assertEqual(update.read(["value"])[0]["value"], value)
            self.assertEqual(update.value_external_id, value)
            with self.assertRaises(AccessError):
                update.read(["stored_value"])
            with self.assertRaises(AccessError):
                update.search([("stored_value", "=", "4321")])
        # nothing is lost by what they save beside it
        template.with_user(self.seller).name = "Renamed"
        copied = template.copy()
        self.assertEqual(updates.with_user(self.manager).value, "4321")
        self.assertEqual(
            copied.line_ids.update_ids.with_user(self.manager).value, "4321"
        )

    def test_a_value_is_not_read_by_copying_or_by_another_field(self):
        template = self.make_automated(self.make_update(("function", "4321")))
        update = template.line_ids.update_ids
        default = {
            name: 1 for name in ("line_id", "sequence", "field_name", "operation")
        }
        self.seller_2.group_ids |= self.env.ref("crm_tracks.group_track_manager")
        for user in (self.seller, self.seller_2, self.portal):
            for values in ({}, default):
                try:
                    copied = update.with_user(user).copy_data(dict(values))
                except AccessError:
                    continue
                self.assertNotIn("4321", str(copied), user.name)
        author = update.with_user(self.seller_2)
        spec = {"value": {}, "text": {}, "field_name": {}}
        typed = author.onchange({"field_name": "name"}, ["field_name"], spec)
        self.assertNotIn("4321", str(typed))
        with self.assertRaises(ValidationError), self.cr.savepoint():
            author.field_name = "name"  # it comes without a value
        author.write({"field_name": "name", "value": "New"})
        self.assertEqual(author.value, "New")

    def test_the_tab_shows_each_reader_what_they_may_read(self):
        _template, lead, _run = self.run_on_closed_field(summary="Set it")
        for user, is_shown in ((self.manager, True), (self.seller, False)):
            tracks = self.env["track.run"].with_user(user)
            tab = tracks.get_tab_data("crm.lead", lead.id)
            [task] = tab["runs"][0]["tasks"]
            self.assertEqual("4321" in task["result"], is_shown)
            self.assertIn("Priority", task["result"])
            # the result of an update names the same fields and values
            self.assertEqual(task["action_text"], "")

    def test_what_a_person_runs_is_noted_without_closed_fields_too(self):
        template = self.make_automated(
            self.make_update(("function", "4321"), ("priority", 1), delay_count=2)
        )
        [lead], run = self.start(template, user=self.manager)
        run.line_ids.with_user(self.manager).action_run_now()
        notes = " ".join(lead.sudo().message_ids.mapped("body"))
        self.assertIn("Completed ahead of turn", notes)
        self.assertNotIn("4321", notes)

    def test_the_chatter_is_for_everybody_and_tells_no_closed_field(self):
        _template, lead, _run = self.run_on_closed_field()
        notes = " ".join(lead.sudo().message_ids.mapped("body"))
        self.assertIn("Priority", notes)
        self.assertNotIn("4321", notes)

    def test_what_is_kept_for_the_engine_cannot_be_read_over_rpc(self):
        _template, _lead, run = self.run_on_closed_field()
        for user in (self.seller, self.manager):
            task = run.line_ids.with_user(user)
            for name in ("result", "settings"):
                with self.assertRaises(AccessError):
                    task.read([name])
                self.assertNotIn(name, task.fields_get())
                with self.assertRaises(AccessError):
                    task.search_count([(name, "!=", False)])

    def test_an_author_names_only_records_that_they_may_read(self):
        partner = self.env["res.partner"].create(
            {"name": "Hidden partner", "company_id": self.company_2.id}
        )
        line = self.make_update(("partner_id", partner.id))
        with self.assertRaisesRegex(
            ValidationError, "You do not have permission to read the value of “Contact”"
        ):
            self.make_automated(line).with_user(self.manager).copy()
        # a value selected by another user is not named without read access
        template = self.make_automated(line)
        self.assertNotIn(
            "Hidden", template.line_ids.with_user(self.manager).action_text
        )
        update = template.line_ids.update_ids
        self.assertNotIn("Hidden", update.with_user(self.manager).text)
        self.assertIn("Hidden partner", update.text)

    def test_whoever_takes_over_is_named_as_they_are_called(self):
        boss = self.make_user(
            "boss", "sales_team.group_sale_manager", name="100% <b>Boss</b>"
        )
        template = self.make_automated(self.make_update(("priority", 1)))
        [lead], run = self.start(template)
        run.with_user(boss).action_take_over()
        self.assertIn(
            "100% &lt;b&gt;Boss&lt;/b&gt; took over track", lead.message_ids[0].body
        )


@tagged("post_install", "-at_install")
class TestAutomationWords(AutomationCase):
    """The language of the results and errors of the cron."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.seller.lang = "fr_FR"

    def assertFrench(self, text, source, *args):
        self.assertIn(self.env(context={"lang": "fr_FR"})._(source, *args), text)

    def test_the_cron_speaks_the_starters_language(self):
        late = self.make_automated(self.make_update(("priority", 1)), name="Late")
        broken = self.make_automated(
            {"action": "email", "mail_template_id": self.mail_template.id}
        )
        done = self.make_automated(self.make_update(("priority", 1)), name="Done")
        [late_lead], late_run = self.start(late)
        late_run.start_date = "2026-02-02"
        [broken_lead], broken_run = self.start(broken, email_from=False)
        [lead], _run = self.start(done)
        with self.assertNoLogs(
            "odoo.addons.crm_tracks.models.automation.cron", "WARNING"
        ):
            self.run_cron()
        source = "More than %s days late, so it was not run. Run it now or skip it."
        self.assertFrench(late_run.line_ids.error, source, 7)
        self.assertFrench(
            broken_run.line_ids.error,
            "The e-mail for “%s” has no recipient. Enter an e-mail address or skip the "
            "task.",
            broken_lead.display_name,
        )
        bodies = " ".join(lead.message_ids.mapped("body"))
        self.assertFrench(bodies, "Track %s is done.", "<b>Done</b>")
        self.assertNotIn("is done", bodies)
        self.assertFrench(
            late_lead.activity_ids.summary,
            "Failed: %s",
            late_run.line_ids.with_context(lang="fr_FR").display_name,
        )

    def test_whoever_runs_a_task_reads_their_own_language(self):
        template = self.make_automated(self.make_update(("priority", 1)))
        [lead], run = self.start(template)
        self.seller.sudo().action_archive()
        with self.assertRaisesRegex(
            UserError, "can no longer be assigned tasks. Take over the track"
        ):
            run.line_ids.with_user(self.manager).with_context(
                lang="en_US"
            ).action_run_now()
        self.assertEqual(lead.sudo().priority, "0")
