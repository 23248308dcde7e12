from odoo import Command
from odoo.tests import tagged

from .test_updates_undone import UndoCase


@tagged("post_install", "-at_install")
class TestUpdatesOfChanges(UndoCase):
    """What an update does after particular changes of a template."""

    def test_a_task_that_was_deleted_and_created_again_is_another_one(self):
        values = self.write_.copy_data()[0]
        self.write_.unlink()
        self.env["track.line"].create(values)
        old = self.get_task(self.track, "Write")
        run = self.track.with_user(self.manager)
        self.assertEqual((run.update_added, run.update_removed), ("Write",) * 2)
        self.update()
        self.assertFalse(old.exists())
        self.assertEqual(self.get_summaries(), ["Call", "Write", "Meet"])
        self.assertEqual(self.update().line_ids.state, "unchanged")

    def test_tasks_come_in_another_order(self):
        self.meet.sequence = 2
        self.write_.sequence = 3
        run = self.track.with_user(self.manager)
        self.assertEqual(run.update_changed, "order of the tasks")
        update = self.update()
        self.assertEqual(self.get_summaries(), ["Call", "Meet", "Write"])
        self.tick(self.track, "Call", self.seller)
        self.assertActivityFollows(self.get_task(self.track, "Meet"))
        self.undo(update)
        self.assertEqual(self.get_summaries(), ["Call", "Meet", "Write"])
        self.assertEqual(self.get_task(self.track, "Write").state, "waiting")

    def test_tracks_that_wait_for_an_answer(self):
        self.template.on_reply = "pause"
        self.update()
        self.lead.message_post(
            body="Yes",
            author_id=self.env["res.partner"].create({"name": "Customer"}).id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(self.track.state, "paused")
        self.template.on_reply = "stop"
        update = self.update()
        self.undo(update)
        self.assertEqual((self.track.state, self.track.on_reply), ("paused", "pause"))

    def test_zero_days_are_not_empty(self):
        self.template.late_days = 0
        self.update()
        self.assertIs(self.track.late_days, 0)
        self.template.late_days = False
        self.update()
        self.assertIs(self.track.late_days, False)

    def test_a_task_that_waited_for_its_condition_is_due_today(self):
        line = self.add_waiting_line()
        track = self.apply(self.make_leads())
        track2 = self.apply(self.make_leads(expected_revenue=10))
        with self.at("2026-03-10 10:00:00"):
            line.condition = "[('expected_revenue', '>', 5)]"
            self.update(track2)
            task = self.get_task(track2, "Rich")
            self.assertEqual(task.state, "open")
            self.assertEqual(str(task.date_deadline), "2026-03-10")
            line.condition = False
            self.update(track)
            task = self.get_task(track, "Rich")
            self.assertEqual(task.state, "open")
            self.assertEqual(str(task.date_deadline), "2026-03-10")

    def test_a_series_that_begins_or_ends_is_undone(self):
        before = self.get_values()
        self.template.write({"repeat_every": 1, "repeat_unit": "months"})
        begun = self.update()
        self.assertEqual(len(self.track.sudo().line_ids), 4)
        self.undo(begun)
        self.assertEqual(self.get_values(), before)
        self.assertFalse(self.track._is_recurring())
        self.update()
        recurring = self.get_values()
        self.template.write({"repeat_every": False, "repeat_unit": False})
        ended = self.update()
        self.assertEqual(self.get_values(), before)
        self.undo(ended)
        self.assertEqual(self.get_values(), recurring)
        self.assertEqual(self.track.sudo().line_ids.sorted()[-1].action, "repeat")

    def test_days_off_of_tracks_that_count_back_are_undone(self):
        template = self.make_template(
            {"summary": "Print", "delay_from": "end", "delay_count": 2},
            {"summary": "Sign", "delay_from": "end", "delay_count": 0},
            direction="end",
            activity_creation="ahead",
            ahead_days=1,
        )
        track = (
            self.make_leads()
            .with_user(self.manager)
            .tracks_apply(template.id, end_date="2026-06-16")
        )
        before = self.get_values(track)
        template.day_off = "before"
        update = self.update(track)
        self.assertEqual(str(self.get_task(track, "Print").date_deadline), "2026-06-12")
        self.undo(update)
        self.assertEqual(self.get_values(track), before)

    def test_outcomes_that_lead_to_removed_tasks_lead_there_again(self):
        self.write_.outcome_ids = [
            Command.create(
                {"name": "Yes", "effect": "goto", "target_line_id": self.meet.id}
            )
        ]
        track = self.apply(self.make_leads())
        self.meet.unlink()
        update = self.update(track)
        task = self.get_task(track, "Write")
        self.assertFalse(task.outcomes and task.outcomes[0]["target"])
        self.undo(update)
        meet = self.get_task(track, "Meet")
        self.assertEqual(task.outcomes[0]["target"], meet.id)

    def test_outcomes_of_an_earlier_update_lead_to_tasks_that_came_back(self):
        self.write_.outcome_ids = [
            Command.create(
                {"name": "Yes", "effect": "goto", "target_line_id": self.meet.id}
            )
        ]
        first = self.update()
        self.meet.unlink()
        self.undo(self.update())
        task = self.get_task(self.track, "Write")
        meet = self.get_task(self.track, "Meet")
        self.assertEqual(task.outcomes[0]["target"], meet.id)
        self.undo(first)
        self.assertFalse(task.outcomes)
