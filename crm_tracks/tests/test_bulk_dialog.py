from datetime import date

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import QUERIES, tagged_test
from .test_bulk import BulkCase


@tagged("post_install", "-at_install")
class TestBulkDialog(BulkCase):
    """The dialog says beforehand how many tasks it changes, and which not and why."""

    def open_form(self, operation, tasks, user=None):
        """The dialog for these tasks, as a user opens it from the list."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"crm_tracks.track_bulk_{operation}_action"
        )
        self.assertEqual(action["target"], "new")
        self.env.flush_all()
        return Form(
            self.env["track.bulk"]
            .with_user(user or self.seller)
            .with_context(
                default_operation=operation,
                active_model="track.run.line",
                active_ids=tasks.ids,
            )
        )

    def apply(self, form):
        action = form.save().action_apply()
        self.assertEqual(action["tag"], "display_notification")
        params = action["params"]
        self.assertEqual(params["next"], {"type": "ir.actions.act_window_close"})
        return params

    def test_the_actions_open_the_dialog_of_their_operation(self):
        for operation in ("skip", "move", "reassign"):
            action = self.env.ref(f"crm_tracks.track_bulk_{operation}_action")
            self.assertIn(f'"default_operation": "{operation}"', action.context)

    def test_it_counts_what_is_done_and_names_the_others_beforehand(self):
        tasks = self.start(3).filtered(lambda task: task.state == "open")
        tasks[1].action_skip()
        form = self.open_form("skip", tasks)
        self.assertEqual(form.possible_count, 2)
        self.assertEqual(form.left_out_count, 1)
        self.assertEqual(form.count_text, "2 of 3")
        self.assertEqual(
            form.left_out,
            "Opportunity 2: “Call” is already finished. Select an unfinished task.",
        )
        form.reason = "No budget"
        params = self.apply(form)
        self.assertEqual(
            params["message"],
            "2 tasks were skipped. 1 task was left out. Opportunity 2: “Call” is "
            "already finished. Select an unfinished task.",
        )
        self.assertEqual((params["type"], params["sticky"]), ("warning", True))
        self.assertEqual((tasks - tasks[1]).mapped("skip_reason"), ["No budget"] * 2)

    def test_if_all_is_done_it_says_only_that(self):
        tasks = self.start(2).filtered(lambda task: task.state == "open")
        form = self.open_form("move", tasks)
        self.assertFalse(form.left_out)
        self.assertEqual(form.count_text, "2")
        form.date_deadline = "2026-03-12"
        params = self.apply(form)
        self.assertEqual(params["message"], "2 tasks were moved.")
        self.assertEqual((params["type"], params["sticky"]), ("success", False))
        self.assertEqual(set(tasks.mapped("date_deadline")), {date(2026, 3, 12)})
        form = self.open_form("reassign", tasks[0])
        form.user_id = self.seller_2
        text = "1 task was assigned to Seller 2."
        self.assertEqual(self.apply(form)["message"], text)
        self.assertEqual(tasks[0].user_id, self.seller_2)

    def test_what_is_left_out_depends_on_how_the_tasks_are_moved(self):
        tasks = self.start()[:2]
        form = self.open_form("move", tasks)
        self.assertEqual(form.left_out_count, 0)
        form.move_by = "days"
        self.assertEqual(form.possible_count, 1)
        self.assertIn("“Write” has no due date yet", form.left_out)
        form.days = 10
        self.apply(form)
        self.assertEqual(tasks[0].date_deadline, date(2026, 3, 14))

    def test_without_a_task_that_can_be_changed_it_refuses_with_the_reason(self):
        task = self.start(template=self.automated)
        form = self.open_form("reassign", task)
        self.assertEqual(form.possible_count, 0)
        form.user_id = self.seller_2
        with self.assertRaisesRegex(UserError, "Opportunity 1: “Send the offer” is"):
            form.save().action_apply()
        wizard = self.open_form("skip", task.browse()).save()
        with self.assertRaisesRegex(UserError, "No task is selected"):
            wizard.action_apply()

    def test_of_many_that_are_left_out_the_first_are_named(self):
        tasks = self.start(30).filtered(lambda task: task.state == "open")
        tasks[2:].action_skip()
        form = self.open_form("skip", tasks)
        lines = form.left_out.split("\n")
        self.assertEqual(len(lines), 9)
        self.assertEqual(lines[-1], "And 20 more.")
        message = self.apply(form)["message"]
        self.assertEqual(message.count("is already finished"), 3)
        self.assertIn("28 tasks were left out.", message)
        self.assertTrue(message.endswith("And 25 more."))

    def test_a_task_is_named_also_where_the_reason_is_its_track(self):
        tasks = self.start()
        tasks.run_id.action_stop()
        self.assertEqual(
            self.open_form("skip", tasks[1]).left_out,
            "Opportunity 1, “Write”: “Sales follow-through” has ended. Its tasks can "
            "no longer be changed.",
        )

    def test_unfinished_tasks_that_are_left_out_are_named_first(self):
        tasks = self.start(3).filtered(lambda task: task.state == "open")
        self.make_meeting(tasks[2])
        tasks[0].activity_id.action_feedback()
        form = self.open_form("move", tasks)
        form.date_deadline = "2026-03-20"
        self.assertEqual(form.count_text, "1 of 3")
        first, second = form.left_out.split("\n")
        self.assertIn("is the date of its meeting", first)
        self.assertIn("is finished", second)
        self.assertIn(f"{first} {second}", self.apply(form)["message"])

    def test_names_are_shown_as_they_are(self):
        tasks = self.start(name="<b>Deal</b> %s")[:2]
        tasks[0].with_user(self.manager).summary = "<i>Call</i> %(x)s"
        tasks[0].action_skip()
        form = self.open_form("skip", tasks)
        text = "<b>Deal</b> %s: “<i>Call</i> %(x)s” is already finished."
        self.assertIn(text, form.left_out)
        self.assertIn(text, self.apply(form)["message"])

    def test_the_list_of_records_of_another_model_selects_no_tasks(self):
        tasks = self.start()
        wizard = (
            self.env["track.bulk"]
            .with_user(self.seller)
            .with_context(active_model="crm.lead", active_ids=tasks.ids)
            .new({})
        )
        self.assertFalse(wizard.task_ids)

    def test_hidden_tasks_in_a_context_or_an_onchange_tell_nothing(self):
        hidden = self.runs["foreign"].line_ids
        for user in (self.seller, self.manager, self.employee):
            self.env.invalidate_all()
            Bulk = self.env["track.bulk"].with_user(user)
            context = {"active_model": "track.run.line", "active_ids": hidden.ids}
            spec = {"left_out": {}, "possible_count": {}, "task_ids": {"fields": {}}}
            values = Bulk.with_context(**context).onchange({}, [], spec)["value"]
            self.assertNotIn("Foreign", str(values))
            self.assertFalse(values.get("possible_count"))
            for commands in (
                [Command.set(hidden.ids)],
                [Command.link(hidden.ids[0])],
            ):
                with self.assertRaises(AccessError) as caught:
                    Bulk.onchange({"task_ids": commands}, ["task_ids"], spec)
                self.assertNotIn("Foreign", str(caught.exception))
                with self.assertRaises(AccessError):
                    Bulk.create({"task_ids": commands})

    def test_a_portal_user_has_no_dialog(self):
        with self.assertRaises(AccessError):
            self.env["track.bulk"].with_user(self.portal).create({})

    def test_the_lists_of_tasks_have_the_buttons(self):
        for kind in ("list", "kanban"):
            arch = (
                self.env["track.run.line"]
                .with_user(self.seller)
                .get_view(view_type=kind)["arch"]
            )
            buttons = etree.fromstring(arch).xpath("//header/button")
            self.assertEqual(
                [button.get("string") for button in buttons],
                ["Work Through", "Skip", "Move", "Reassign"],
            )
            self.assertEqual(buttons[0].get("display"), "always")

    @tagged_test(QUERIES)
    def test_the_preview_costs_no_queries_a_task(self):
        few = self.start(2).filtered(lambda task: task.state == "open")
        many = self.start(12).filtered(lambda task: task.state == "open")

        def count(tasks, operation):
            wizard = self.env["track.bulk"].with_user(self.seller)
            wizard = wizard.create({"operation": operation, "task_ids": tasks.ids})
            return self.count_queries(lambda: wizard.left_out)

        for operation in ("skip", "move", "reassign"):
            count(few, operation)
            self.assertEqual(count(many, operation), count(few, operation), operation)
