from odoo import Command
from odoo.tests import Form, tagged, users

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestTemplateForm(TracksCase):
    """Default values and hints of the template form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.type_call.summary = "Ring"
        cls.type_call.default_note = "<p>Be kind</p>"
        cls.type_mail = cls.env.ref("mail.mail_activity_data_email")
        cls.type_mail.summary = "Write"
        cls.type_mail.default_note = False

    def open_form(self, template=None):
        return Form((template or self.env["track.template"]).with_user(self.env.user))

    @users("tracks_manager")
    def test_another_type_brings_its_own_words(self):
        form = self.open_form()
        form.name = "Ours"
        with form.line_ids.new() as line:
            line.activity_type_id = self.type_call
            self.assertEqual(line.summary, "Ring")
            self.assertEqual(line.note, "<p>Be kind</p>")
            line.activity_type_id = self.type_mail
            self.assertEqual(line.summary, "Write")
            self.assertFalse(line.note)
            line.activity_type_id = self.type_todo
            self.assertEqual(line.summary or "", self.type_todo.summary or "")

    @users("tracks_manager")
    def test_another_type_leaves_what_somebody_wrote(self):
        form = self.open_form()
        with form.line_ids.new() as line:
            line.activity_type_id = self.type_call
            line.summary = "Ring twice"
            line.note = "<p>Ask for Ada</p>"
            line.activity_type_id = self.type_mail
            self.assertEqual(line.summary, "Ring twice")
            self.assertEqual(line.note, "<p>Ask for Ada</p>")

    @users("tracks_manager")
    def test_another_type_of_a_running_tracks_task_brings_its_words_too(self):
        template = self.make_template(
            {"summary": "Before"},
            {"activity_type_id": self.type_call.id, "delay_from": "previous"},
        )
        run = self.make_leads(user=self.manager).tracks_apply(template)
        waiting = run.line_ids[1].with_user(self.env.user)
        with Form(waiting) as form:
            self.assertEqual(form.summary, "Ring")
            form.activity_type_id = self.type_mail
            self.assertEqual(form.summary, "Write")

    @users("tracks_manager")
    def test_a_new_task_waits_for_the_previous_one_with_each_save_and_new(self):
        form = self.open_form()
        form.name = "Ours"
        for number, expected in enumerate(("start", "previous", "previous")):
            with form.line_ids.new() as line:
                self.assertEqual(line.delay_from, expected)
                line.summary = f"Task {number}"
        self.assertEqual(
            form.save().line_ids.mapped("delay_from"), ["start", "previous", "previous"]
        )

    @users("tracks_manager")
    def test_a_new_task_of_a_template_that_counts_back_does_so(self):
        form = self.open_form()
        form.name = "Ours"
        form.direction = "end"
        for number in range(2):
            with form.line_ids.new() as line:
                self.assertEqual(line.delay_from, "end")
                line.summary = f"Task {number}"
        form.save()

    @users("tracks_manager")
    def test_a_direction_switched_forth_and_back_changes_nothing(self):
        template = self.make_template(
            {"summary": "Call"},
            {
                "summary": "Write",
                "delay_from": "previous",
                "responsible_type": "previous",
            },
        )
        with self.open_form(template) as form:
            form.direction = "end"
            self.assertEqual(
                [form.line_ids.edit(index).delay_from for index in range(2)],
                ["end", "end"],
            )
            form.direction = "start"
            with form.line_ids.edit(1) as line:
                self.assertEqual(line.delay_from, "previous")
                self.assertEqual(line.responsible_type, "previous")
                self.assertIn("Same day as", line.sentence)
        self.assertEqual(template.line_ids.mapped("delay_from"), ["start", "previous"])
        self.assertEqual(template.line_ids[1].responsible_type, "previous")

    @users("tracks_manager")
    def test_the_rows_agree_with_the_form_when_the_direction_is_switched(self):
        """The onchange returns all changed fields of a row."""
        template = self.make_chain("Call", "Write").with_user(self.env.user)
        with self.open_form(template) as form:
            form.direction = "end"
        self.assertEqual(template.line_ids.mapped("delay_from"), ["end", "end"])
        self.assertEqual(
            template.line_ids[1].sentence, "2 days before the end · Write · owner"
        )

    @users("tracks_manager")
    def test_a_task_being_typed_in_is_incomplete_and_not_deleted(self):
        template = self.make_template(
            {"summary": "Call"},
            res_model_ids=[Command.link(self.env["ir.model"]._get_id("crm.lead"))],
        )
        typed_in = self.env["track.template"].new(
            {
                "line_ids": [
                    Command.create({"summary": "Welcome", "action": "email"}),
                ]
            },
            origin=template,
        )
        self.assertEqual(
            typed_in.missing_hint,
            "Incomplete tasks: “Welcome”. Select the records that they need, or delete "
            "the tasks.",
        )
        self.assertNotIn("deleted", typed_in.line_ids[-1].action_text)

    @users("tracks_manager")
    def test_a_stored_task_whose_record_was_deleted_says_so(self):
        mail = (
            self.env["mail.template"]
            .sudo()
            .create(
                {"name": "Hello", "model_id": self.env["ir.model"]._get_id("crm.lead")}
            )
        )
        template = self.make_template(
            {"action": "email", "mail_template_id": mail.id},
            res_model_ids=[Command.link(self.env["ir.model"]._get_id("crm.lead"))],
        )
        mail.unlink()
        self.assertIn(
            "Tasks that need a deleted record will fail: “E-mail: (deleted)”",
            template.missing_hint,
        )
        # the user selects another type of task
        line = template.line_ids
        typed_in = line.new({"action": "track"}, origin=line)
        self.assertNotIn("deleted", typed_in.action_text)
