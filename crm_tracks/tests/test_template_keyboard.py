from odoo.tests import tagged

from .common import PatientHttpCase
from .test_clicks import read_table
from .typist import SHIFT, Typist

LIST = ".o_field_widget[name=line_ids]"
PLAN = ".o_field_widget[name=template_ids]"
EDITED = f"{LIST} .o_selected_row"


@tagged("post_install", "-at_install")
class TestTemplateKeyboard(PatientHttpCase):
    """A template is written by keyboard, in a real browser."""

    # clicks and keys for a template of five tasks, without the texts
    MOST = 25
    ACTION = "write a template (a plan) of five tasks"

    def setUp(self):
        super().setUp()
        self.author = self.make_person(
            "sales_team.group_sale_manager", login="tracks_author", name="Ada Author"
        )
        meeting = self.env.ref("mail.mail_activity_data_meeting")
        # without a summary, which plans would propose
        meeting.write({"name": "Meeting", "summary": False})
        self.typist = Typist(self, self.PATIENCE)

    def run_typist(self, path, wait, steps):
        """Do these steps on a page, as the author."""
        browser = self.typist.browser
        with self.allow_requests(browser=browser):
            self.authenticate("tracks_author", "tracks_author", browser=browser)
            self.env.cr.flush()
            self.env.cr.clear()
            self.typist.open(path, wait)
            steps()
            self.typist.leave()
            self._wait_remaining_requests()
        self.env.invalidate_all()

    def be_in(self, number, name):
        """Wait until a field of the row with this number has the focus."""
        self.typist.focus_is_in(
            f"{LIST} .o_data_row:nth-child({number}).o_selected_row td[name={name}]"
        )

    def write_five_tasks(self):
        typist = self.typist
        typist.click(".o_list_button_add")
        typist.focus_is_in(".o_field_widget[name=name]")
        typist.type("Five tasks")
        typist.click(f"{LIST} .o_field_x2many_list_row_add a")

        self.be_in(1, "summary")
        typist.type("Call the customer")
        typist.press("Enter")

        self.be_in(2, "summary")
        typist.type("Send the offer")
        typist.press("Tab", times=2)
        self.be_in(2, "delay_count")
        typist.type("2")
        typist.press("Tab")
        self.be_in(2, "delay_unit")
        typist.press("w")  # weekdays
        typist.press("Enter")

        self.be_in(3, "summary")
        typist.type("Ask for an answer")
        typist.press("Tab", times=2)
        self.be_in(3, "delay_count")
        typist.type("5")
        typist.press("Enter")

        self.be_in(4, "summary")
        typist.type("Arrange a meeting")
        typist.press("Tab")
        self.be_in(4, "activity_type_id")
        typist.type("Meet")
        typist.wait_for(
            "document.querySelector('.o-autocomplete .ui-state-active')"
            "?.textContent.trim() === 'Meeting'",
            "the type is proposed",
        )
        typist.press("Tab")
        self.be_in(4, "delay_count")
        typist.press("Enter")

        self.be_in(5, "summary")
        typist.type("Review")
        typist.press("Tab", times=5)
        self.be_in(5, "responsible_type")
        typist.press("u")  # user starting the track
        typist.press("Enter")

        # the row that Enter began is not saved as a task
        self.be_in(6, "summary")
        typist.click(".o_form_button_save")
        typist.see(".o_form_saved")
        self.dialogs = typist.evaluate("window.openedDialogs")

    def test_five_tasks_take_at_most_25_clicks_and_keys_and_no_dialog(self):
        self.run_typist(
            "/odoo/track-templates", ".o_list_button_add", self.write_five_tasks
        )
        template = self.env["track.template"].search([("name", "=", "Five tasks")])
        self.assertEqual(
            [
                (
                    line.summary,
                    line.activity_type_id.name,
                    line.delay_count,
                    line.delay_unit,
                    line.delay_from,
                    line.responsible_type,
                )
                for line in template.line_ids
            ],
            [
                ("Call the customer", "To-Do", 0, "days", "start", "owner"),
                ("Send the offer", "To-Do", 2, "weekdays", "previous", "owner"),
                ("Ask for an answer", "To-Do", 5, "weekdays", "previous", "owner"),
                ("Arrange a meeting", "Meeting", 1, "weekdays", "previous", "owner"),
                ("Review", "To-Do", 1, "weekdays", "previous", "starter"),
            ],
        )
        self.assertEqual(self.dialogs, 0)
        self.assertLessEqual(self.typist.count, self.MOST)
        self.assertEqual(self.typist.count, read_table()[self.ACTION][1])

    def write_five_tasks_of_a_plan(self):
        """The same, as far as a plan can: with the types, the delays and the users."""
        typist = self.typist
        typist.focus_is_in(".o_field_widget[name=name]")
        typist.type("Five tasks")
        typist.click(f"{PLAN} .o_field_x2many_list_row_add a")
        for number, (summary, kind, count, unit) in enumerate(
            [
                ("Call the customer", "", "0", ""),
                ("Send the offer", "", "2", ""),
                ("Ask for an answer", "", "5", ""),
                ("Arrange a meeting", "Meet", "1", ""),
                ("Review", "", "1", "w"),
            ],
            start=1,
        ):
            row = f"{PLAN} .o_data_row:nth-child({number}).o_selected_row"
            typist.focus_is_in(f"{row} td[name=activity_type_id]")
            if kind:
                typist.type(kind)
                typist.wait_for(
                    "document.querySelector('.o-autocomplete .ui-state-active')"
                    "?.textContent.trim() === 'Meeting'",
                    "the type is proposed",
                )
            typist.press("Tab")
            typist.focus_is_in(f"{row} td[name=summary]")
            typist.type(summary)
            typist.press("Tab", times=2)
            typist.focus_is_in(f"{row} td[name=delay_count]")
            typist.type(count)
            if unit:
                typist.press("Tab")
                typist.focus_is_in(f"{row} td[name=delay_unit]")
                typist.press(unit)
            if number < 5:
                typist.press("Enter")
        typist.click(".o_form_button_save")
        typist.see(".o_form_saved")

    def test_a_plan_of_odoo_s_takes_as_documented(self):
        if "mail.activity.team" in self.env:
            self.skipTest("The OCA's activity teams are one more field of each task.")
        self.run_typist(
            "/odoo/action-crm.mail_activity_plan_action_lead/new",
            PLAN,
            self.write_five_tasks_of_a_plan,
        )
        plan = self.env["mail.activity.plan"].search([("name", "=", "Five tasks")])
        self.assertEqual(
            plan.template_ids.mapped("summary"),
            [
                "Call the customer",
                "Send the offer",
                "Ask for an answer",
                "Arrange a meeting",
                "Review",
            ],
        )
        self.assertEqual(plan.template_ids.mapped("delay_count"), [0, 2, 5, 1, 1])
        ours, odoo = read_table()[self.ACTION][1:]
        self.assertEqual(self.typist.count, odoo)
        self.assertLessEqual(ours, odoo)

    def check_looks(self):
        """While somebody writes in them, details look like a form, not like a cell."""
        looks = self.typist.evaluate(
            """(() => {
                const cell = document.querySelector(".o_track_details > td");
                const color = getComputedStyle(cell).backgroundColor;
                const form = getComputedStyle(cell.querySelector(".o_form_renderer"));
                return {
                    wrapped: form.whiteSpace === "normal",
                    plain: color === form.backgroundColor,
                };
            })()"""
        )
        self.assertEqual(looks, {"wrapped": True, "plain": True})

    def test_the_details_of_a_task_are_written_by_keyboard_too(self):
        template = self.env["track.template"].create(
            {"name": "One task", "line_ids": [(0, 0, {"summary": "Call"})]}
        )
        typist = self.typist

        def steps():
            typist.click(f"{LIST} td[name=responsible_text]")
            self.be_in(1, "responsible_type")
            typist.press("Tab")
            typist.focus_is_in(f"{EDITED} .o_track_task_toggle")
            typist.press("Enter")
            typist.focus_is_in(f"{LIST} .o_track_details [name=action]")
            self.check_looks()
            typist.press("Tab", modifiers=SHIFT)
            typist.focus_is_in(f"{EDITED} .o_track_task_toggle")
            # past the action, and past the team if activities can have one
            has_team = "activity_team_id" in template.line_ids._fields
            typist.press("Tab", times=3 if has_team else 2)
            typist.focus_is_in(f"{LIST} .o_track_details [name=note]")
            typist.type("Be kind")
            # Tab is a part of the text
            typist.press("Escape")
            typist.focus_is_in(f"{EDITED} .o_track_task_toggle")
            typist.wait_for(
                "!document.querySelector('.o_track_details')", "the details fold in"
            )
            typist.click(".o_form_button_save")
            typist.see(".o_form_saved")

        self.run_typist(f"/odoo/track-templates/{template.id}", LIST, steps)
        self.assertIn("Be kind", template.line_ids.note)
