from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_updates import UpdateCase


class UndoCase(UpdateCase):
    """Updates that are undone, after other things happened."""

    LATER = "2026-03-05 09:00:00"

    def get_values(self, run=None):
        self.env.invalidate_all()
        names = [
            "summary",
            "state",
            "sequence",
            "date_deadline",
            "date_planned",
            "delay_count",
            "condition",
            "condition_waits",
            "user_id",
        ]
        tasks = (run or self.track).sudo().line_ids.sorted()
        return [[task[name] for name in names] for task in tasks]

    def undo(self, update, user=None):
        update.with_user(user or self.manager).action_undo()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestUpdatesUndone(UndoCase):
    """Undo brings back what was there, whatever the update has caused."""

    def make_planned(self):
        """A track of which Call is done, and Write is planned for 24 March."""
        self.template.write({"activity_creation": "ahead", "ahead_days": 1})
        self.write_.delay_count = 20
        track = self.apply(self.make_leads())
        self.tick(track, "Call", self.seller)
        self.assertEqual(self.get_task(track, "Write").state, "planned")
        return track

    def test_a_task_that_came_before_a_planned_one_leaves_its_date(self):
        track = self.make_planned()
        before = self.get_values(track)
        self.add_line("Think", 2)
        self.write_.sequence = 3
        self.meet.sequence = 4
        with self.at(self.LATER):
            update = self.update(track)
            self.assertEqual(self.get_task(track, "Write").state, "waiting")
            self.undo(update)
        self.assertEqual(self.get_values(track), before)

    def test_a_planned_task_that_began_is_planned_again(self):
        track = self.make_planned()
        before = self.get_values(track)
        self.template.activity_creation = "at_once"
        update = self.update(track)
        activity = self.get_task(track, "Write").activity_id
        self.assertTrue(activity)
        self.undo(update)
        self.assertFalse(activity.exists())
        self.assertEqual(self.get_values(track), before)

    def test_a_planned_task_that_was_edited_before_is_planned_again(self):
        track = self.make_planned()
        task = self.get_task(track, "Write")
        task.with_user(self.seller).date_deadline = "2026-03-26"
        before = self.get_values(track)
        self.template.activity_creation = "at_once"
        update = self.update(track)
        self.assertEqual(task.state, "open")
        self.undo(update)
        self.assertEqual(self.get_values(track), before)

    def test_a_waiting_condition_comes_back(self):
        line = self.add_waiting_line()
        lead = self.make_leads()
        track = self.apply(lead)
        task = self.get_task(track, "Rich")
        self.assertTrue(task.condition_waits)
        before = self.get_values(track)
        line.unlink()
        update = self.update(track)
        lead.with_user(self.seller).expected_revenue = 5
        self.undo(update)
        self.assertEqual(self.get_values(track), before)
        lead.with_user(self.seller).expected_revenue = 500
        self.assertActivityFollows(self.get_task(track, "Rich"))

    def test_two_updates_undone_first_to_last(self):
        self.add_line("One", 10)
        first = self.update()
        self.add_line("Two", 11)
        second = self.update()
        self.undo(first)
        self.assertEqual(self.get_summaries(), ["Call", "Write", "Meet", "Two"])
        self.undo(second)
        self.assertEqual(self.get_summaries(), ["Call", "Write", "Meet"])

    def test_two_updates_undone_last_to_first(self):
        before = self.get_values()
        one = self.add_line("One", 10)
        self.meet.summary = "Lunch"
        first = self.update()
        one.unlink()
        self.meet.unlink()
        second = self.update()
        self.assertEqual(self.get_summaries(), ["Call", "Write"])
        self.undo(second)
        self.assertEqual(self.get_summaries(), ["Call", "Write", "Lunch", "One"])
        self.undo(first)
        self.assertEqual(self.get_values(), before)

    def test_an_undo_that_was_refused_can_be_repeated(self):
        self.add_automated_line()
        update = self.update()
        self.track.with_user(self.seller_all).action_take_over()
        self.undo(update)
        self.assertIn("Mark", self.get_summaries())
        self.assertIn("Take the track over first", update.left_out_ids.reason)
        self.track.with_user(self.manager).action_take_over()
        self.undo(update)
        self.assertNotIn("Mark", self.get_summaries())
        self.assertFalse(update.left_out_ids)

    def test_the_hour_of_automated_tasks(self):
        self.template.res_model_ids = self.env["ir.model"]._get("crm.lead")
        self.template.run_hour = 12
        self.add_line(
            "Mark",
            10,
            action="update",
            delay_from="start",
            delay_count=0,
            update_ids=[Command.create({"field_name": "priority", "value": "2"})],
        )
        track = self.apply(self.make_leads())
        task = self.get_task(track, "Mark")
        self.assertEqual(str(task.date_hour), "2026-03-04 11:00:00")
        self.template.run_hour = 20
        update = self.update(track)
        self.run_cron()
        self.assertEqual(str(task.date_hour), "2026-03-04 19:00:00")
        self.undo(update)
        with self.at("2026-03-04 11:30:00"):
            self.run_cron()
        self.assertEqual(task.state, "done")

    def test_another_date_field(self):
        self.template.write(
            {
                "res_model_ids": self.env["ir.model"]._get("crm.lead").ids,
                "date_field": "date_deadline",
            }
        )
        self.write_.delay_from = "start"
        lead = self.make_leads(date_deadline="2026-04-01")
        track = self.apply(lead)
        self.assertEqual(str(track.start_date), "2026-04-01")
        before = self.get_values(track)
        self.template.date_field = "date_open"
        lead.date_open = "2026-05-04 10:00:00"
        update = self.update(track)
        self.assertEqual(str(track.start_date), "2026-05-04")
        self.undo(update)
        self.assertEqual(str(track.start_date), "2026-04-01")
        self.assertEqual(track.date_field, "date_deadline")
        self.assertTrue(track.date_linked)
        self.assertEqual(self.get_values(track), before)
        self.template.date_field = False
        update = self.update(track)
        self.assertFalse(track.date_linked)
        self.undo(update)
        self.assertTrue(track.date_linked)
        lead.date_deadline = "2026-04-02"
        self.assertEqual(str(track.start_date), "2026-04-02")

    def test_tracks_that_were_released_are_on_hold_again(self):
        self.lead.action_set_lost()
        self.template.on_close = "continue"
        update = self.update()
        self.assertFalse(self.track.held)
        self.undo(update)
        self.assertTrue(self.track.held)
        self.assertTrue(self.get_task(self.track, "Call").activity_id.muted)
        self.lead.action_unarchive()
        self.assertFalse(self.track.held)

    def test_what_users_did_since_stays(self):
        """Done, edited and moved tasks of the update stay, with what they look like."""
        for number, summary in enumerate(("One", "Two", "Three", "Four"), start=10):
            self.add_line(summary, number)
        self.write_.summary = "Write a letter"
        update = self.update()
        tasks = {
            name: self.get_task(self.track, name)
            for name in ("Write a letter", "One", "Two", "Three", "Four")
        }
        tasks["Write a letter"].with_user(self.seller).action_done()
        tasks["One"].with_user(self.seller).action_done()
        tasks["Two"].with_user(self.seller).note = "<p>Mine</p>"
        order = self.track.sudo().line_ids.sorted()
        order = order - tasks["Four"]
        position = order.ids.index(tasks["Three"].id)
        ids = [*order.ids[:position], tasks["Four"].id, *order.ids[position:]]
        tasks["Four"].browse(ids).with_user(self.seller).web_resequence({})
        self.undo(update)
        self.assertEqual(
            set(self.get_summaries()),
            {"Call", "Write a letter", "Meet", "One", "Two", "Four"},
        )
        note = self.lead.message_ids.filtered(
            lambda message: "was undone" in (message.body or "")
        )
        for name in ("Write a letter", "One", "Two", "Four"):
            self.assertIn(name, note.body)
        self.assertNotIn("Three", note.body)

    def test_a_changed_task_that_began_since_stays_open(self):
        self.write_.summary = "Write a letter"
        update = self.update()
        self.tick(self.track, "Call", self.seller)
        task = self.get_task(self.track, "Write a letter")
        self.undo(update)
        self.assertActivityFollows(task)
        self.assertEqual(task.summary, "Write a letter")

    def test_records_that_were_closed_and_reopened(self):
        before = self.get_values()
        self.add_line("Sign", 10)
        self.meet.delay_count = 9
        update = self.update()
        self.lead.with_user(self.manager).action_set_lost()
        self.assertEqual(self.update().line_ids.state, "unchanged")
        self.lead.with_user(self.manager).action_unarchive()
        self.undo(update)
        self.assertEqual(self.get_values(), before)
        self.assertActivityFollows(self.get_task(self.track, "Call"))

    def test_records_that_are_closed(self):
        self.add_line("Now", 1, delay_from="start", delay_count=0)
        update = self.update()
        self.lead.with_user(self.manager).action_set_lost()
        self.undo(update)
        self.assertEqual(self.get_summaries(), ["Call", "Write", "Meet"])
        self.assertTrue(self.track.held)
        self.assertTrue(self.get_task(self.track, "Call").activity_id.muted)

    def test_tracks_that_are_paused(self):
        self.track.with_user(self.manager).action_pause()
        before = self.get_values()
        self.add_line("Now", 1, delay_from="start", delay_count=0)
        self.write_.unlink()
        update = self.update()
        self.undo(update)
        self.assertEqual(self.get_values(), before)
        self.track.with_user(self.manager).action_resume()
        self.assertActivityFollows(self.get_task(self.track, "Call"))

    def test_tracks_that_have_ended_stay_as_they_are(self):
        self.add_line("Sign", 10)
        update = self.update()
        self.track.with_user(self.manager).action_stop()
        self.undo(update)
        self.assertIn("has ended", update.left_out_ids.reason)
        self.assertEqual(update.summary_text, "1 updated")

    def test_tracks_that_start_in_future(self):
        self.template.write({"activity_creation": "ahead", "ahead_days": 1})
        self.write_.write({"delay_from": "start", "delay_count": 3})
        track = (
            self.make_leads()
            .with_user(self.manager)
            .tracks_apply(self.template.id, start_date="2026-06-01")
        )
        before = self.get_values(track)
        self.write_.delay_count = 5
        self.add_line("Ring", 2, delay_from="start", delay_count=4)
        self.write_.sequence = 3
        self.meet.sequence = 4
        update = self.update(track)
        self.assertTasks(
            track,
            [
                ("Call", "planned", "2026-06-01"),
                ("Ring", "planned", "2026-06-05"),
                ("Write", "planned", "2026-06-06"),
                ("Meet", "waiting", None),
            ],
        )
        self.undo(update)
        self.assertEqual(self.get_values(track), before)

    def test_another_goal(self):
        self.template.res_model_ids = self.env["ir.model"]._get("crm.lead")
        lead = self.make_leads(expected_revenue=10)
        track = self.apply(lead)
        self.template.goal = "[('expected_revenue', '>', 100)]"
        update = self.update(track)
        self.assertEqual(track.state, "running")
        self.undo(update)
        self.assertFalse(track.sudo().goal)
        lead.with_user(self.seller).expected_revenue = 500
        self.assertEqual(track.state, "running")
        self.update(track)
        self.assertEqual(track.state, "done")
        self.assertTrue(track.goal_reached)

    def test_records_that_were_merged(self):
        before = self.get_values()
        self.add_line("Sign", 10)
        self.write_.unlink()
        update = self.update()
        other = self.make_leads(company_id=self.company.id)
        (self.lead + other).with_user(self.manager).merge_opportunity()
        self.undo(update)
        self.assertEqual(self.get_values(), before)

    def test_templates_and_types_that_were_deleted(self):
        kind = self.env["mail.activity.type"].create({"name": "Strange"})
        self.write_.activity_type_id = kind
        track = self.apply(self.make_leads())
        self.write_.unlink()
        update = self.update(track)
        kind.unlink()
        self.template.unlink()
        self.undo(update)
        self.assertEqual(self.get_summaries(track), ["Call", "Write", "Meet"])

    def test_administrators_who_are_none_any_more(self):
        self.add_line("Sign", 10)
        update = self.update()
        self.manager.write(
            {"group_ids": [Command.set(self.env.ref("base.group_user").ids)]}
        )
        with self.assertRaises(AccessError):
            self.undo(update)

    def test_files_and_messages_are_not_lost(self):
        """Undo does not withdraw an activity to which something was attached."""
        self.add_line("Now", 1, delay_from="start", delay_count=0)
        update = self.update()
        activity = self.get_task(self.track, "Now").activity_id
        activity.attachment_ids = self.env["ir.attachment"].create({"name": "x.txt"})
        self.undo(update)
        self.assertTrue(activity.exists())
        self.assertIn("Now", self.get_summaries())
