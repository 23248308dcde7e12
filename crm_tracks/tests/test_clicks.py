import re
from pathlib import Path

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import PatientHttpCase
from .typist import Typist

TABLE = Path(__file__).parents[2] / "docs" / "clicks.md"
SELECTED = ".o_data_row.o_data_row_selected"
UNSELECTED = ".o_data_row:not(.o_data_row_selected)"
OTHER_DAY = ".o_date_item_cell:not(.o_out_of_range, .o_selected, .o_today)"
DIALOG = ".modal footer button"


def read_table():
    """The rows of the document: (first release, now, Odoo's way) by action."""
    rows = re.findall(
        r"^\| (.+?) \| (\d+) \| (\d+) \| (\d+) \|$", TABLE.read_text("utf-8"), re.M
    )
    return {row[0]: tuple(int(count) for count in row[1:]) for row in rows}


@tagged("post_install", "-at_install")
class TestClicks(PatientHttpCase):
    """The most frequent actions take no more clicks than Odoo's own way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = read_table()

    def setUp(self):
        super().setUp()
        self.user = self.make_person(
            "sales_team.group_sale_manager", login="tracks_clicks", name="Clara Clicks"
        )
        self.colleague = new_test_user(
            self.env, login="tracks_colleague", name="Carl Colleague"
        )
        self.lead, *self.others = self.env["crm.lead"].create(
            [
                {
                    "name": f"Clicked opportunity {number}",
                    "type": "opportunity",
                    "user_id": self.user.id,
                }
                for number in range(3)
            ]
        )
        self.template = self.make_chain("Call", "Write", name="Clicked track")
        self.plan = self.env["mail.activity.plan"].create(
            {
                "name": "Clicked plan",
                "res_model": "crm.lead",
                "template_ids": [
                    Command.create(
                        {
                            "activity_type_id": self.env.ref(
                                "mail.mail_activity_data_todo"
                            ).id,
                            "summary": "Call",
                        }
                    )
                ],
            }
        )
        self.typist = Typist(self, self.PATIENCE)

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def count(self, path, wait, steps):
        """How many clicks and keys the user needs for these steps on a page."""
        browser = self.typist.browser
        self.typist.count = 0
        with self.allow_requests(browser=browser):
            self.authenticate("tracks_clicks", "tracks_clicks", browser=browser)
            self.env.cr.flush()
            self.env.cr.clear()
            self.typist.open(path, wait)
            steps(self.typist)
            self.typist.leave()
            self._wait_remaining_requests()
        self.env.invalidate_all()
        return self.typist.count

    def count_on_form(self, steps, wait=".o-mail-Chatter"):
        return self.count(f"/odoo/crm.lead/{self.lead.id}", wait, steps)

    def count_on_list(self, steps):
        def select_and(typist):
            for number in (1, 2, 3):
                typist.click(f"{UNSELECTED} .o_list_record_selector", counts=False)
                typist.wait_for(
                    f"document.querySelectorAll('{SELECTED}').length === {number}",
                    f"{number} are selected",
                )
            steps(typist)

        self.env["crm.lead"].search(
            [("id", "not in", self.get_leads().ids)]
        ).active = False
        return self.count("/odoo/crm?view_type=list", ".o_data_row", select_and)

    def archive_others(self):
        mine = ("id", "in", self.get_leads().ids)
        self.env["crm.lead"].search(["!", mine]).active = False

    def get_leads(self):
        return self.lead.union(*self.others)

    def assertRow(self, action, ours, odoo):
        """The document has these figures, and ours is no more than Odoo's."""
        self.assertIn(action, self.table)
        self.assertEqual((ours, odoo), self.table[action][1:], action)
        self.assertLessEqual(ours, odoo)

    # ------------------------------------------------------------------
    # The actions
    # ------------------------------------------------------------------

    def test_applying(self):
        def apply(typist):
            typist.click("button[name=apply_track]")
            typist.click(".modal .o_track_template", "Clicked track")
            typist.see(".modal .o_track_preview_row")
            typist.click(DIALOG, "Apply")
            typist.see(".o_track_stepper")

        def plan(typist):
            typist.click(".o-mail-Chatter-activity:enabled")
            typist.click(".modal [name=plan_id] .o_selection_badge", "Clicked plan")
            typist.click(DIALOG, "Schedule")
            typist.see(".o-mail-Activity")

        odoo = self.count_on_form(plan)
        ours = self.count_on_form(apply)
        self.assertEqual(self.lead.activity_ids.mapped("summary"), ["Call", "Call"])
        self.assertEqual(self.lead.track_run_ids.template_id, self.template)
        self.assertRow(
            "apply a template (a plan) to the opportunity that is open", ours, odoo
        )

    def test_applying_to_several(self):
        def apply(typist):
            typist.click("button[name=action_tracks_apply]", "Apply a Track")
            typist.click(".modal .o_track_template", "Clicked track")
            typist.see(".modal .o_track_preview_row")
            typist.click(DIALOG, "Apply")
            typist.see(".o_notification")

        def plan(typist):
            # the column is hidden at first
            typist.click(".o_optional_columns_dropdown_toggle", counts=False)
            typist.click(".o_popover input[name=activity_ids]", counts=False)
            typist.click(".o_data_row_selected .o-mail-ActivityButton")
            typist.click(".o-mail-ActivityListPopover button", "Schedule")
            typist.click(".modal [name=plan_id] .o_selection_badge", "Clicked plan")
            typist.click(DIALOG, "Schedule")
            typist.wait_for("!document.querySelector('.modal')", "it is scheduled")

        odoo = self.count_on_list(plan)
        ours = self.count_on_list(apply)
        for lead in self.get_leads():
            self.assertEqual(lead.activity_ids.mapped("summary"), ["Call", "Call"])
            self.assertTrue(lead.track_run_ids)
        self.assertRow(
            "apply it to the opportunities that are selected in the list", ours, odoo
        )

    def start(self):
        """The lead with a track, and with an activity of Odoo's own."""
        run = self.lead.with_user(self.user).tracks_apply(self.template)
        activity = self.lead.activity_schedule(
            "mail.mail_activity_data_todo", summary="Plain", user_id=self.user.id
        )
        return run.line_ids[0], activity

    def test_completing(self):
        task, activity = self.start()

        def tick(typist):
            typist.click(".o_track_step.o_track_current")
            typist.see(".o_notification")

        def mark_done(typist):
            typist.click(".o-mail-Activity:last-child .o-mail-Activity-markDone")
            typist.click(".o-mail-ActivityMarkAsDone button[aria-label=Done]")
            typist.wait_for("!document.querySelector('.o-mail-Activity')", "it is done")

        ours = self.count_on_form(tick, wait=".o_track_step")
        self.assertEqual(task.state, "done")
        task.run_id.action_stop()
        odoo = self.count_on_form(mark_done, wait=".o-mail-Activity")
        self.assertFalse(activity.active)
        self.assertRow(
            "complete the current task of the opportunity that is open", ours, odoo
        )

    def test_working_through(self):
        runs = self.get_leads().with_user(self.user).tracks_apply(self.template)
        first = runs.line_ids.filtered(lambda task: task.state == "open")

        def work_through(typist):
            typist.click(".o_control_panel button", "Work Through")
            for number in (1, 2, 3):
                if number > 1:
                    typist.click(".o_work_bar button", "Next Task")
                typist.see_text(".o_work_bar_progress", f"{number} of 3")
                # the record before has another current task
                typist.click(".o_track_current[title^='Mark done: Call']")
                typist.see_text(".o_work_bar", "Next:" if number < 3 else "All tasks")

        tasks = "/odoo/action-crm_tracks.track_run_line_action"
        ours = self.count(tasks, ".o_data_row", work_through)
        self.assertEqual(first.mapped("state"), ["done"] * 3)

        runs.action_stop()
        activities = self.env["mail.activity"].union(
            *(
                lead.activity_schedule(
                    "mail.mail_activity_data_todo", user_id=self.user.id
                )
                for lead in self.get_leads()
            )
        )

        def open_and_mark_done(typist):
            typist.click(".o_data_row .o_data_cell[name=name]", "Clicked")
            for number in (1, 2, 3):
                if number > 1:
                    typist.click(".o_pager_next")
                typist.see_text(".o_pager", f"{number} / 3")
                typist.click(".o-mail-Activity-markDone")
                typist.click(".o-mail-ActivityMarkAsDone button[aria-label=Done]")
                typist.wait_for("!document.querySelector('.o-mail-Activity')", "done")

        self.archive_others()
        odoo = self.count("/odoo/crm?view_type=list", ".o_data_row", open_and_mark_done)
        self.assertFalse(any(activities.mapped("active")))
        self.assertRow("complete three tasks, from the list of them", ours, odoo)

    def test_moving(self):
        task, activity = self.start()
        before = task.date_deadline

        def move(typist):
            typist.click(".o_track_today")
            typist.click(".o_track_stepper button[name=date_deadline]")
            typist.click(OTHER_DAY)
            typist.wait_for(
                "!document.querySelector('.o_track_today').textContent.includes('Today')",
                "it is saved",
            )

        def edit(typist):
            typist.click(".o-mail-Activity-edit")
            typist.click(".modal [name=date_deadline] :is(input, button)")
            typist.click(OTHER_DAY)
            typist.click(DIALOG, "Save")
            typist.wait_for("!document.querySelector('.modal')", "it is saved")

        ours = self.count_on_form(move, wait=".o_track_step")
        self.assertNotEqual(task.date_deadline, before)
        task.run_id.action_stop()
        odoo = self.count_on_form(edit, wait=".o-mail-Activity")
        self.assertNotEqual(activity.date_deadline, before)
        self.assertRow("move its due date", ours, odoo)

    def test_assigning(self):
        task, activity = self.start()

        def assign(typist):
            typist.click(".o_track_today")
            typist.click(".o_track_stepper button[name=user_id]")
            typist.focus_is_in(".o_track_assignee_popover input")
            typist.type("Carl")
            typist.click(".o-autocomplete--dropdown-item", "Carl")
            typist.see_text(".o_track_today", "Carl")

        def edit(typist):
            typist.click(".o-mail-Activity-edit")
            typist.click(".modal [name=user_id] input")
            typist.type("Carl")
            typist.click(".o-autocomplete--dropdown-item", "Carl")
            typist.click(DIALOG, "Save")
            typist.wait_for("!document.querySelector('.modal')", "it is saved")

        ours = self.count_on_form(assign, wait=".o_track_step")
        self.assertEqual(task.user_id, self.colleague)
        task.run_id.action_stop()
        odoo = self.count_on_form(edit, wait=".o-mail-Activity")
        self.assertEqual(activity.user_id, self.colleague)
        self.assertRow("assign it to another user", ours, odoo)

    def test_skipping(self):
        task, activity = self.start()

        def cancel(typist):
            typist.click(".o-mail-Activity .btn-danger")
            typist.wait_for(
                "document.querySelectorAll('.o-mail-Activity').length === 1"
                " || !document.querySelector('.o-mail-Activity')",
                "it is cancelled",
            )

        activity.unlink()
        ours = self.count_on_form(cancel, wait=".o-mail-Activity")
        self.assertEqual(task.state, "skipped")
        task.run_id.action_stop()
        activity = self.start()[1]
        self.lead.track_run_ids.action_stop()
        odoo = self.count_on_form(cancel, wait=".o-mail-Activity")
        self.assertFalse(activity.exists())
        self.assertRow("skip it (cancel the activity)", ours, odoo)
