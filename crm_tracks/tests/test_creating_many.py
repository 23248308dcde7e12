from itertools import count
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged, users

from ..models.insert import TrackInsertMixin
from .common import TracksCase
from .test_automation import AutomationCase

# What differs between any two records.
_OWN = {"id", "create_date", "write_date", "display_name", "run_id", "line_ids"}
# What else differs between any two messages.
_OF_MESSAGE = {"message_id", "mail_message_id", "mail_ids", "res_id"}


class ReadingStored:
    """Reads what is stored of new records."""

    def read_stored(self, records, left_out=()):
        """All stored values, and those that are cached must equal the stored ones."""
        names = [
            name
            for name, field in records._fields.items()
            if field.store and name not in _OWN.union(left_out)
        ]
        cached = records.read(names, load=None)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(cached, records.read(names, load=None))
        for vals in cached:
            del vals["id"]
        return cached


@tagged("post_install", "-at_install")
class TestCreatingMany(ReadingStored, TracksCase):
    """Tracks, tasks and activities created together equal those of Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_template(
            {
                "summary": "Write",
                "note": "<p>Be brief</p>",
                "activity_type_id": cls.type_todo.id,
            },
            {"summary": "Call", "delay_from": "previous", "delay_count": 2},
            {"summary": "Meet", "responsible_type": "starter", "delay_count": 5},
        )

    def _get_results(self, leads):
        """The values of the new tracks, tasks and activities of these opportunities."""
        runs = leads.with_user(self.seller).tracks_apply(self.template).sudo()
        tasks = runs.line_ids
        activities = tasks.activity_ids
        results = []
        for records in (runs, tasks, activities):
            for vals in self.read_stored(records):
                vals.pop("track_run_line_id", None)
                vals.pop("activity_ids", None)
                vals.pop("res_name", None)
                if "res_id" in vals:
                    vals["res_id"] = leads.ids.index(vals["res_id"])
                results.append(vals)
        return results

    def test_what_is_created_together_equals_what_odoo_creates(self):
        together = self._get_results(self.make_leads(3))
        with patch.object(
            TrackInsertMixin, "_are_created_together", lambda self, rows: False
        ):
            one_by_one = self._get_results(self.make_leads(3))
        self.assertEqual(len(together), 3 + 9 + 6)
        self.assertEqual(together, one_by_one)

    def test_a_known_list_of_activities_gets_the_new_ones(self):
        leads = self.make_leads(2)
        self.assertFalse(leads.activity_ids)  # known from now on
        runs = leads.with_user(self.seller).tracks_apply(self.template).sudo()
        opened = runs.line_ids.filtered(lambda task: task.state == "open")
        self.assertEqual(leads.activity_ids, opened.activity_ids)
        self.assertEqual(len(opened), 4)

    def test_automation_rules_see_each_task(self):
        if "base.automation" not in self.env:
            self.skipTest("base_automation is not installed")
        model = self.env["ir.model"]._get("track.run.line")
        self.env["base.automation"].create(
            {
                "name": "Mark new tasks",
                "model_id": model.id,
                "trigger": "on_create_or_write",
                "filter_domain": "[('summary', '=', 'Meet')]",
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "Mark",
                            "model_id": model.id,
                            "state": "code",
                            "code": "for task in records:\n"
                            "    lead = env['crm.lead'].browse(task.run_id.res_id)\n"
                            "    lead.write({'description': 'Seen'})",
                        }
                    )
                ],
            }
        )
        leads = self.make_leads(2)
        leads.with_user(self.seller).tracks_apply(self.template)
        self.assertEqual(
            leads.mapped("description"), ["<p>Seen</p>"] * 2, "the rule did not run"
        )

    def test_defaults_that_differ_are_found_for_each_activity(self):
        """For example the numbers of a sequence, which another addon may give."""
        numbers = count(1)
        default_get = self.registry["mail.activity"].default_get

        def numbered(activities, names):
            values = default_get(activities, names)
            if "feedback" not in names:
                return values
            return {**values, "feedback": f"Number {next(numbers)}"}

        self.patch(self.registry["mail.activity"], "default_get", numbered)
        runs = self.make_leads(3).with_user(self.seller).tracks_apply(self.template)
        activities = runs.sudo().line_ids.activity_ids
        self.assertEqual(
            sorted(activities.mapped("feedback")),
            [f"Number {number}" for number in range(1, 7)],
        )

    @users("tracks_seller")
    def test_the_default_of_a_user_is_found_for_all_activities(self):
        self.env["ir.default"].sudo().set(
            "mail.activity", "feedback", "Briefly", user_id=self.env.uid
        )
        default_get = self.registry["mail.activity"].default_get
        asked = []

        def noted(activities, names):
            asked.append(names)
            return default_get(activities, names)

        self.patch(self.registry["mail.activity"], "default_get", noted)
        runs = self.make_leads(9).with_env(self.env).tracks_apply(self.template)
        activities = runs.sudo().line_ids.activity_ids
        self.assertEqual(activities.mapped("feedback"), ["Briefly"] * 18)
        self.assertLessEqual(len(asked), 4, "of two kinds, two each")

    @users("tracks_seller")
    def test_activities_without_a_task_are_left_to_odoo(self):
        leads = self.make_leads(3).with_env(self.env)
        with patch.object(TrackInsertMixin, "_insert_rows") as insert:
            activities = self.env["mail.activity"].create(
                [
                    {
                        "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                        "res_id": lead.id,
                        "summary": "Plain",
                    }
                    for lead in leads
                ]
            )
        self.assertEqual(leads.activity_ids, activities)
        insert.assert_not_called()

    def test_a_note_is_sanitized_as_odoo_does(self):
        self.template.line_ids[0].note = "<p onclick='x()'>Hi</p><script>y()</script>"
        runs = self.make_leads(2).with_user(self.seller).tracks_apply(self.template)
        notes = runs.sudo().line_ids.filtered(lambda task: task.summary == "Write")
        for note in [*notes.mapped("note"), *notes.activity_ids.mapped("note")]:
            self.assertIn("Hi", note)
            self.assertNotIn("script", note)
            self.assertNotIn("onclick", note)


@tagged("post_install", "-at_install")
class TestCreatingManyMessages(ReadingStored, AutomationCase):
    """The notes and e-mails of tracks equal those of Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {"name": "Cora", "email": "cora@example.com"}
        )
        cls.mail_template.write(
            {
                "partner_to": "{{ object.partner_id.id }}",
                "email_to": False,
                "body_html": "<p onclick='x()'>Hi <t t-out='object.name'/></p>",
                "attachment_ids": [
                    Command.create({"name": "Terms.txt", "raw": b"No terms."})
                ],
            }
        )
        cls.template = cls.make_automated(
            {"action": "email", "mail_template_id": cls.mail_template.id}
        )

    def _get_results(self):
        """The values of the e-mails and messages of a run of the cron."""
        leads, runs = self.start(self.template, 3, partner_id=self.customer.id)
        before = leads.message_ids
        self.run_cron()
        self.assertEqual(runs.mapped("state"), ["done"] * 3)
        mails = self.env["mail.mail"].search([("res_id", "in", leads.ids)], order="id")
        messages = (leads.message_ids - before).sorted("id")
        self.assertEqual((len(mails), len(messages)), (3, 6))
        self.assertEqual(mails.recipient_ids, self.customer)
        self.assertEqual(mails.attachment_ids, self.mail_template.attachment_ids)
        results = []
        for records in (mails, messages):
            results += self.read_stored(records.sudo(), _OF_MESSAGE)
        return results

    def test_what_is_created_together_equals_what_odoo_creates(self):
        inserted = set()
        insert_rows = TrackInsertMixin._insert_rows

        def insert(records, *args):
            inserted.add(records._name)
            return insert_rows(records, *args)

        with patch.object(TrackInsertMixin, "_insert_rows", insert):
            together = self._get_results()
        self.assertLessEqual({"mail.mail", "mail.message"}, inserted)
        with patch.object(
            TrackInsertMixin, "_are_created_together", lambda self, rows: False
        ):
            one_by_one = self._get_results()
        self.assertEqual(together, one_by_one)

    def test_messages_without_a_track_are_left_to_odoo(self):
        leads = self.make_leads(3, email_from="customer@example.com")
        with patch.object(TrackInsertMixin, "_insert_rows") as insert:
            leads._message_log_batch(dict.fromkeys(leads.ids, "A note"))
            self.mail_template.send_mail_batch(leads.ids)
        insert.assert_not_called()
