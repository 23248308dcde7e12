from itertools import product

from lxml import etree

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged, users

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestTemplateRows(TracksCase):
    """The rows in which the tasks of a template are written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.role = cls.env["res.role"].create({"name": "Back Office"})
        cls.team = cls.env["crm.team"].create({"name": "Inbound"})

    def open_form(self, template=None):
        return Form((template or self.env["track.template"]).with_user(self.env.user))

    # ------------------------------------------------------------------
    # What can be selected
    # ------------------------------------------------------------------

    @users("tracks_manager")
    def test_what_is_offered_is_what_is_not_refused(self):
        fields_ = self.env["track.line"]._fields
        lead = self.env["ir.model"].sudo()._get("crm.lead")
        bases = (("start", "start"), ("end", "end"))
        for (direction, base), models in product(bases, (lead, lead.browse())):
            for index in range(2):
                for name, offered in (
                    ("delay_from", "possible_delay_from"),
                    ("responsible_type", "possible_responsible"),
                ):
                    rows = [{"summary": "A"}, {"summary": "B"}]
                    template = self.make_template(
                        *({"delay_from": base, **row} for row in rows),
                        direction=direction,
                        res_model_ids=models.ids,
                    )
                    line = template.with_user(self.env.user).line_ids[index]
                    accepted = [
                        value
                        for value in fields_[name].get_values(self.env)
                        if self.is_accepted(line, name, value)
                    ]
                    with self.subTest(
                        direction=direction, index=index, name=name, models=models
                    ):
                        self.assertEqual(line[offered], accepted)

    def is_accepted(self, line, name, value):
        more = {
            "user": {"responsible_id": self.seller.id},
            "field": {"responsible_field": "user_id"},
            "role": {"responsible_role_id": self.role.id},
            "team": {"responsible_team_id": self.team.id},
        }
        vals = {name: value, **more.get(value, {})}
        try:
            with self.env.cr.savepoint():
                line.write(vals)
                self.env.flush_all()
                raise ZeroDivisionError
        except ValidationError:
            return False
        except ZeroDivisionError:
            return True

    @users("tracks_manager")
    def test_the_offer_follows_the_direction_and_the_order(self):
        form = self.open_form(self.make_chain("Call", "Write"))
        with form.line_ids.edit(1) as line:
            self.assertEqual(line.possible_delay_from, ["start", "previous"])
            self.assertIn("previous", line.possible_responsible)
        form.direction = "end"
        with form.line_ids.edit(1) as line:
            self.assertEqual(line.possible_delay_from, ["end"])
            self.assertNotIn("previous", line.possible_responsible)
        form.direction = "start"
        form.line_ids.remove(0)
        with form.line_ids.edit(0) as line:
            self.assertEqual(line.possible_delay_from, ["start"])
            self.assertNotIn("previous", line.possible_responsible)

    @users("tracks_manager")
    def test_a_field_is_offered_once_the_template_applies_to_one_model(self):
        form = self.open_form(self.make_chain("Call"))
        with form.line_ids.edit(0) as line:
            self.assertNotIn("field", line.possible_responsible)
        for name, is_offered in (("crm.lead", True), ("res.partner", False)):
            form.res_model_ids.add(self.env["ir.model"].sudo()._get(name))
            with form.line_ids.edit(0) as line:
                offered = "field" in line.possible_responsible
                self.assertEqual(offered, is_offered)

    @users("tracks_manager")
    def test_an_onchange_tells_every_row_what_it_shows_now(self):
        template = self.make_chain("Call", "Write", "File").with_user(self.env.user)
        first, *others = template.line_ids
        shown = dict.fromkeys(template._SHOWN_OF_TASKS, {})
        result = template.onchange(
            {"line_ids": [Command.delete(first.id)]},
            ["line_ids"],
            {"line_ids": {"fields": {"sequence": {}, **shown}}},
        )
        values = {
            id_: vals for code, id_, vals in result["value"]["line_ids"] if code == 1
        }
        self.assertEqual(values[others[0].id]["possible_delay_from"], ["start"])
        self.assertEqual(
            values[others[1].id]["possible_delay_from"], ["start", "previous"]
        )
        self.assertIn("after <em>Write</em>", values[others[1].id]["due_text"])

    # ------------------------------------------------------------------
    # A new row
    # ------------------------------------------------------------------

    @users("tracks_manager")
    def test_a_new_task_comes_last_a_day_after_the_previous_one(self):
        form = self.open_form()
        form.name = "Ours"
        for number in range(3):
            with form.line_ids.new() as line:
                line.summary = f"Task {number}"
        tasks = form.save().line_ids
        self.assertEqual(
            [(task.summary, task.delay_count, task.delay_from) for task in tasks],
            [
                ("Task 0", 0, "start"),
                ("Task 1", 1, "previous"),
                ("Task 2", 1, "previous"),
            ],
        )
        self.assertEqual(set(tasks.mapped("delay_unit")), {"days"})
        self.assertEqual(len(set(tasks.mapped("sequence"))), 3)

    @users("tracks_manager")
    def test_a_new_task_comes_after_tasks_with_a_higher_sequence(self):
        template = self.make_template({"summary": "Late", "sequence": 70})
        with self.open_form(template) as form, form.line_ids.new() as line:
            line.summary = "Later"
            self.assertEqual(line.possible_delay_from, ["start", "previous"])
            self.assertEqual(line.sentence, "1 day after <em>Late</em> · Later · owner")
        self.assertEqual(template.line_ids.mapped("summary"), ["Late", "Later"])

    @users("tracks_manager")
    def test_a_template_that_counts_in_weekdays_goes_on_so(self):
        template = self.make_template(
            {"summary": "Call", "delay_unit": "weekdays"},
        )
        with self.open_form(template) as form:
            with form.line_ids.new() as line:
                self.assertEqual((line.delay_count, line.delay_unit), (1, "weekdays"))
                line.summary = "Write"
                line.delay_unit = "weeks"
            with form.line_ids.new() as line:
                self.assertEqual((line.delay_count, line.delay_unit), (1, "days"))
                line.summary = "File"

    @users("tracks_manager")
    def test_a_new_task_that_counts_back_is_due_a_day_before_the_end(self):
        form = self.open_form()
        form.name = "Ours"
        form.direction = "end"
        with form.line_ids.new() as line:
            line.summary = "Welcome"
            self.assertEqual((line.delay_count, line.delay_from), (1, "end"))
        form.save()

    def test_calls_of_other_programs_get_no_proposals(self):
        template = self.make_chain("Call")
        line = self.env["track.line"].create(
            {"template_id": template.id, "summary": "Write"}
        )
        self.assertEqual((line.delay_count, line.delay_from), (0, "start"))

    @users("tracks_manager")
    def test_a_new_task_has_no_words_until_its_author_writes_some(self):
        self.type_todo.sudo().summary = "To-Do"
        self.type_call.sudo().summary = "Ring"
        form = self.open_form()
        with form.line_ids.new() as line:
            self.assertEqual(line.activity_type_id, self.type_todo)
            self.assertFalse(line.summary)
            line.activity_type_id = self.type_call
            self.assertEqual(line.summary, "Ring")
            line.activity_type_id = self.type_todo
            self.assertEqual(line.summary, "To-Do")

    # ------------------------------------------------------------------
    # The view
    # ------------------------------------------------------------------

    def get_tasks_node(self, user=None):
        templates = self.env["track.template"].with_user(user or self.manager)
        arch = etree.fromstring(templates.get_view(view_type="form")["arch"])
        return arch.find(".//field[@name='line_ids']")

    def test_the_form_of_a_task_is_part_of_the_form_of_the_template(self):
        node = self.get_tasks_node()
        self.assertEqual(node.get("widget"), "track_tasks")
        self.assertEqual([child.tag for child in node], ["list", "kanban", "form"])
        form = node.find("form")
        for name in ("note", "condition", "outcome_ids", "require_feedback", "action"):
            self.assertIsNotNone(form.find(f".//field[@name='{name}']"), name)

    def test_the_details_have_all_fields_that_the_row_does_not_have(self):
        node = self.get_tasks_node()
        in_row = {field.get("name") for field in node.find("list").iter("field")}
        hidden = {
            field.get("name")
            for marked in node.find("form").xpath(
                ".//*[contains(@class, 'o_track_in_row')]"
            )
            for field in marked.iter("field")
        }
        self.assertLessEqual(hidden - {"sentence"}, in_row)

    def test_another_addon_extends_the_form_of_a_task_in_its_own_view(self):
        self.env["ir.ui.view"].create(
            {
                "name": "track.line.form.test",
                "model": "track.line",
                "inherit_id": self.env.ref("crm_tracks.track_line_view_form").id,
                "arch": "<field name='note' position='after'>"
                "<field name='number'/></field>",
            }
        )
        form = self.get_tasks_node().find("form")
        self.assertIsNotNone(form.find(".//field[@name='number']"))

    def test_a_form_that_is_named_for_the_template_is_not_that_of_its_tasks(self):
        templates = self.env["track.template"].with_context(
            form_view_ref="crm_tracks.track_template_view_form"
        )
        arch = etree.fromstring(templates.get_view(view_type="form")["arch"])
        form = arch.find(".//field[@name='line_ids']/form")
        self.assertIsNotNone(form.find(".//field[@name='note']"))

    def test_readers_do_not_get_what_only_administrators_see(self):
        form = self.get_tasks_node(self.seller).find("form")
        self.assertIsNotNone(form.find(".//field[@name='note']"))
        self.assertIsNone(form.find(".//field[@name='condition']"))

    # ------------------------------------------------------------------
    # The texts of a row
    # ------------------------------------------------------------------

    @users("tracks_manager")
    def test_a_row_is_read_as_task_type_due_date_and_responsible(self):
        template = self.make_template(
            {"summary": "Call", "activity_type_id": self.type_call.id},
            {
                "summary": "Write",
                "delay_from": "previous",
                "delay_count": 2,
                "responsible_type": "previous",
                "require_feedback": True,
            },
            {"action": "track", "next_template_id": self.make_chain("A").id},
        ).with_user(self.env.user)
        call, write, start = template.line_ids
        self.assertEqual(call.task_text, "Call")
        self.assertEqual(call.type_text, self.type_call.name)
        self.assertEqual(call.due_text, "Day 0")
        self.assertEqual(call.responsible_text, "owner")
        self.assertEqual(
            write.task_text, 'Write<div class="small text-muted">needs a note</div>'
        )
        self.assertEqual(write.due_text, "2 days after <em>Call</em>")
        self.assertEqual(write.responsible_text, "same user as <em>Call</em>")
        self.assertEqual(start.type_text, "Start another track")
        self.assertEqual(start.responsible_text, "automated")

    @users("tracks_manager")
    def test_markup_in_a_row_is_text(self):
        self.seller.sudo().name = "<b>Sam</b>"
        template = self.make_template(
            {"summary": "<i>Call</i>"},
            {
                "summary": "<u>Write</u>",
                "delay_from": "previous",
                "responsible_type": "user",
                "responsible_id": self.seller.id,
            },
        ).with_user(self.env.user)
        self.env["track.line.outcome"].create(
            {"line_id": template.line_ids[1].id, "name": "<s>Reached</s>"}
        )
        line = template.line_ids[1]
        for name in ("task_text", "due_text", "responsible_text", "sentence"):
            self.assertNotRegex(str(line[name]), "<[biuqs]>", name)
        self.assertIn("&lt;u&gt;Write", line.task_text)
        self.assertIn("&lt;s&gt;Reached", line.task_text)
        self.assertIn("&lt;i&gt;Call", line.due_text)
        self.assertEqual(line.responsible_text, "&lt;b&gt;Sam&lt;/b&gt;")
