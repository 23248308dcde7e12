from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import QUERIES, TracksCase, tagged_test


class UpdateCase(TracksCase):
    """A track of three tasks in a row, whose template changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Call", "Write", "Meet")
        cls.call, cls.write_, cls.meet = cls.template.line_ids.sorted()
        cls.lead = cls.make_leads(company_id=cls.company.id)
        cls.track = cls.apply(cls.lead)

    @classmethod
    def apply(cls, lead, template=None, user=None):
        lead = lead.with_user(user or cls.manager)
        return lead.tracks_apply((template or cls.template).id)

    def add_line(self, summary, sequence, **values):
        return self.env["track.line"].create(
            {
                "template_id": self.template.id,
                "summary": summary,
                "sequence": sequence,
                "delay_from": "previous",
                "delay_count": 2,
                **values,
            }
        )

    def add_automated_line(self):
        """A new task of the template that sets the priority of the opportunity."""
        self.template.res_model_ids = self.env["ir.model"]._get("crm.lead")
        return self.add_line(
            "Mark",
            10,
            action="update",
            update_ids=[Command.create({"field_name": "priority", "value": "2"})],
        )

    def add_waiting_line(self):
        """A new task of the template that waits until the opportunity is worth more."""
        self.template.res_model_ids = self.env["ir.model"]._get("crm.lead")
        return self.add_line(
            "Rich",
            10,
            delay_from="start",
            delay_count=0,
            condition="[('expected_revenue', '>', 100)]",
            condition_else="wait",
        )

    def update(self, runs=None, user=None):
        runs = self.track if runs is None else runs
        action = runs.with_user(user or self.manager).action_update_from_template()
        self.env.invalidate_all()
        return self.env["track.run.update"].browse(action["res_id"])

    def get_summaries(self, run=None):
        return (run or self.track).sudo().line_ids.sorted().mapped("summary")


@tagged("post_install", "-at_install")
class TestUpdates(UpdateCase):
    """What an update replaces in a running track, and what stays."""

    def test_what_has_not_begun_is_rewritten(self):
        self.write_.write({"summary": "Write a letter", "delay_count": 5})
        self.call.summary = "Ring up"
        update = self.update()
        self.assertEqual(self.get_summaries(), ["Call", "Write a letter", "Meet"])
        self.assertEqual(update.line_ids.state, "done")
        self.tick(self.track, "Call", self.seller)
        task = self.get_task(self.track, "Write a letter")
        self.assertEqual(str(task.date_deadline), "2026-03-09")

    def test_tasks_that_left_the_template_go(self):
        self.write_.unlink()
        self.update()
        self.assertEqual(self.get_summaries(), ["Call", "Meet"])

    def test_new_tasks_come_in_the_order_of_the_template(self):
        self.add_line("Offer", 2)
        self.meet.sequence = 9
        self.add_line("Sign", 10)
        self.update()
        self.assertEqual(
            self.get_summaries(), ["Call", "Write", "Offer", "Meet", "Sign"]
        )

    def test_new_tasks_come_behind_the_last_that_has_begun(self):
        self.tick(self.track, "Call", self.seller)
        self.add_line("Before", 0, delay_from="start")
        self.update()
        self.assertEqual(self.get_summaries(), ["Call", "Write", "Before", "Meet"])

    def test_what_users_edited_stays(self):
        write, meet = self.track.sudo().line_ids.sorted()[1:]
        write.with_user(self.seller).write({"delay_count": 7})
        meet.with_user(self.seller).write({"summary": "Meet for lunch"})
        self.write_.unlink()
        self.meet.summary = "Meet at the office"
        update = self.update()
        self.assertEqual(self.get_summaries(), ["Call", "Write", "Meet for lunch"])
        self.assertEqual(write.delay_count, 7)
        self.assertEqual(update.line_ids.state, "unchanged")

    def test_what_users_moved_stays(self):
        tasks = self.track.sudo().line_ids.sorted()
        (tasks[0] + tasks[2] + tasks[1]).with_user(self.seller).web_resequence({})
        self.assertEqual(self.get_summaries(), ["Call", "Meet", "Write"])
        moved = tasks.filtered("plan_manual")
        self.assertEqual(len(moved), 1)
        self.update()
        self.assertEqual(self.get_summaries(), ["Call", "Meet", "Write"])

    def test_added_tasks_stay_where_they_are(self):
        write = self.track.sudo().line_ids.sorted()[1]
        write.with_user(self.seller).action_add_below("Think")
        self.add_line("Offer", 2)
        self.meet.sequence = 9
        self.update()
        self.assertEqual(
            self.get_summaries(), ["Call", "Write", "Offer", "Think", "Meet"]
        )

    def test_tasks_that_users_removed_do_not_come_back(self):
        self.track.sudo().line_ids.sorted()[1].with_user(self.seller).unlink()
        self.update()
        self.assertEqual(self.get_summaries(), ["Call", "Meet"])

    def test_tasks_that_users_left_out_do_not_come(self):
        dialog = self.env["track.apply"].with_user(self.manager)
        lead = self.make_leads()
        choices = {str(self.write_.id): {"left_out": True}}
        dialog.create(
            {
                "res_model": "crm.lead",
                "res_ids": lead.ids,
                "template_id": self.template.id,
                "choices": choices,
            }
        ).action_apply()
        track = lead.track_run_ids
        self.assertEqual(self.get_summaries(track), ["Call", "Meet"])
        self.update(track)
        self.assertEqual(self.get_summaries(track), ["Call", "Meet"])

    def test_a_planned_task_whose_day_changed_is_dated_anew(self):
        self.template.activity_creation = "ahead"
        line = self.add_line("Plan", 10, delay_from="start", delay_count=20)
        track = self.apply(self.make_leads())
        task = self.get_task(track, "Plan")
        self.assertEqual(task.state, "planned")
        line.delay_count = 30
        self.update(track)
        self.assertEqual(str(task.date_deadline), "2026-04-03")
        self.assertEqual(str(task.date_planned), "2026-03-27")

    def test_a_new_task_behind_a_finished_one_counts_from_today(self):
        self.tick(self.track, "Call", self.seller)
        self.add_line("Think", 2)
        self.write_.sequence = 3
        self.meet.sequence = 4
        with self.at("2026-03-10 10:00:00"):
            self.update()
        self.assertEqual(self.get_summaries(), ["Call", "Write", "Think", "Meet"])
        with self.at("2026-03-11 10:00:00"):
            self.tick(self.track, "Write", self.seller)
        self.assertEqual(
            str(self.get_task(self.track, "Think").date_deadline), "2026-03-13"
        )

    def test_tracks_from_before_are_updated_by_the_link_to_the_template(self):
        tasks = self.track.sudo().line_ids.sorted()
        tasks[1].with_user(self.seller).unlink()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE track_run_line SET template_line_ref = NULL WHERE run_id = %s;"
            "UPDATE track_run SET removed_line_refs = NULL WHERE id = %s",
            [self.track.id] * 2,
        )
        self.env.invalidate_all()
        self.meet.summary = "Meet at the office"
        for _time in range(2):
            self.update()
            self.assertEqual(self.get_summaries(), ["Call", "Meet at the office"])

    def test_settings_come_along_but_not_direction_and_one_per_record(self):
        self.template.write(
            {"on_reply": "pause", "absence": "stand_in", "one_per_record": True}
        )
        self.update()
        self.assertEqual(self.track.on_reply, "pause")
        self.assertEqual(self.track.absence, "stand_in")
        self.assertFalse(self.track.one_per_record)

    def test_another_direction_is_refused(self):
        self.template.write(
            {
                "direction": "end",
                "line_ids": [
                    Command.update(line.id, {"delay_from": "end"})
                    for line in self.template.line_ids
                ],
            }
        )
        with self.assertRaisesRegex(UserError, "other direction"):
            self.update()

    def test_other_tracks_are_updated_nevertheless(self):
        other = self.apply(self.make_leads())
        other.with_user(self.manager).action_stop()
        self.add_line("Sign", 10)
        update = self.update(self.track + other)
        states = {line.run_id: line.state for line in update.line_ids}
        self.assertEqual(states, {self.track: "done", other: "left_out"})
        self.assertIn("has ended", update.left_out_ids.reason)

    def test_only_tracks_administrators_update(self):
        with self.assertRaises(AccessError):
            self.update(user=self.seller)

    def test_each_track_gets_one_note(self):
        self.write_.unlink()
        self.add_line("Sign", 10)
        before = self.lead.message_ids
        self.update()
        note = (self.lead.message_ids - before).body
        self.assertIn("was updated from its template", note)
        self.assertIn("Added: Sign", note)
        self.assertIn("Removed: Write", note)

    def test_automated_tasks_are_brought_only_by_the_starter(self):
        foreign = self.apply(self.make_leads(), user=self.seller)
        self.add_automated_line()
        update = self.update(self.track + foreign)
        self.assertEqual(len(self.track.sudo().line_ids), 4)
        self.assertEqual(len(foreign.sudo().line_ids), 3)
        self.assertIn("Take the track over first", update.left_out_ids.reason)

    def test_outcomes_go_to_tasks_of_the_track(self):
        self.write_.outcome_ids = [
            Command.create(
                {"name": "Yes", "effect": "goto", "target_line_id": self.meet.id}
            )
        ]
        self.update()
        task, meet = self.track.sudo().line_ids.sorted()[1:]
        self.assertEqual(task.outcomes[0]["target"], meet.id)
        self.assertEqual(self.update().line_ids.state, "unchanged")

    def test_a_new_task_whose_turn_has_come_begins(self):
        self.add_line("Now", 1, delay_from="start", delay_count=0)
        self.update()
        self.assertActivityFollows(self.get_task(self.track, "Now"))


@tagged("post_install", "-at_install")
class TestUpdateHardships(UpdateCase):
    """Tracks on hold, other companies, failing tracks, and programs that call."""

    def test_tracks_on_hold_are_updated_and_begin_nothing(self):
        self.track.with_user(self.manager).action_pause()
        self.add_line("Now", 1, delay_from="start", delay_count=0)
        self.update()
        task = self.get_task(self.track, "Now")
        self.assertEqual(task.state, "planned")
        self.track.with_user(self.manager).action_resume()
        self.assertActivityFollows(task)

    def test_tracks_that_go_on_after_closing_now_are_released(self):
        self.lead.action_set_lost()
        self.assertTrue(self.track.held)
        self.template.on_close = "continue"
        self.update()
        self.assertFalse(self.track.held)

    def test_a_template_of_another_company_does_not_update(self):
        self.template.company_id = self.company_2
        with self.assertRaises(UserError):
            self.update()
        self.assertEqual(self.get_summaries(), ["Call", "Write", "Meet"])

    def test_records_of_others_need_write_access(self):
        manager = self.make_user(
            "own_manager",
            "sales_team.group_sale_salesman,crm_tracks.group_track_manager",
        )
        with self.assertRaises(AccessError):
            self.update(user=manager)
        self.add_line("Sign", 10)
        self.lead.user_id = manager
        self.update(user=manager)
        self.assertIn("Sign", self.get_summaries())

    def test_a_track_that_fails_does_not_hold_up_others(self):
        other = self.apply(self.make_leads())
        self.add_line("Sign", 10)
        Run = type(self.env["track.run"])
        log, reason = Run._log, "No note today."

        def fail(runs, texts):
            if other in runs:
                raise UserError(reason)
            return log(runs, texts)

        self.patch(Run, "_log", fail)
        update = self.update(self.track + other)
        self.assertIn("Sign", self.get_summaries())
        self.assertNotIn("Sign", self.get_summaries(other))
        self.assertEqual(update.left_out_ids.reason, reason)

    def test_users_cannot_forge_updates(self):
        values = {"user_id": self.manager.id}
        for user in (self.manager, self.seller):
            with self.assertRaises(AccessError):
                self.env["track.run.update"].with_user(user).create(values)
        self.write_.unlink()
        update = self.update().with_user(self.manager)
        for call in (
            lambda: update.write({"user_id": self.seller.id}),
            lambda: update.line_ids.write({"state": "queued"}),
            lambda: update.line_ids.read(["backup"]),
            update.unlink,
        ):
            with self.assertRaises(AccessError):
                call()

    def test_old_updates_are_deleted(self):
        self.write_.unlink()
        update = self.update()
        self.env["track.run.update"]._gc_updates()
        self.assertTrue(update.exists())
        with self.at("2026-03-05 11:00:00"):
            self.env["track.run.update"]._gc_updates()
        self.assertFalse(update.exists())

    def test_files_in_notes_come_back_with_undo(self):
        file = self.env["ir.attachment"].create(
            {"name": "plan.png", "raw": b"x", "res_model": "track.line"}
        )
        self.write_.note = f'<img src="/web/image/{file.id}">'
        file.res_id = self.write_.id
        self.update()
        task = self.track.sudo().line_ids.sorted()[1]
        copy = self.env["ir.attachment"].search(
            [("res_model", "=", "track.run.line"), ("res_id", "=", task.id)]
        )
        self.assertIn(f"/web/image/{copy.id}", task.note)
        self.assertEqual(self.update().line_ids.state, "unchanged")
        self.write_.unlink()
        self.update().with_user(self.manager).action_undo()
        self.assertTrue(copy.exists())

    def test_a_track_that_repeats_now_gets_its_last_task(self):
        self.template.write({"repeat_every": 1, "repeat_unit": "months"})
        self.update()
        last = self.track.sudo().line_ids.sorted()[-1]
        self.assertEqual(last.action, "repeat")
        self.template.write({"repeat_every": 0, "repeat_unit": False})
        self.update()
        self.assertFalse(last.exists())

    @tagged_test(QUERIES)
    def test_the_number_of_tracks_adds_few_queries(self):
        tracks = self.track
        for lead in self.make_leads(29):
            tracks += self.apply(lead)
        self.write_.unlink()
        self.meet.delay_count = 9
        self.add_line("Sign", 10)
        few = self.count_queries(lambda: self.update(tracks[:5]))
        many = self.count_queries(lambda: self.update(tracks[5:]))
        self.assertLess(many - few, 12)


@tagged("post_install", "-at_install")
class TestUndo(UpdateCase):
    """Undoing an update within a day, as far as nothing was touched since."""

    def change_template(self):
        self.write_.unlink()
        self.meet.write({"summary": "Lunch", "delay_count": 9})
        self.add_line("Sign", 10)
        self.template.on_reply = "pause"

    def get_values(self):
        self.env.invalidate_all()
        names = ["summary", "state", "sequence", "date_deadline", "delay_count"]
        tasks = self.track.sudo().line_ids.sorted()
        return [[task[name] for name in names] for task in tasks]

    def undo(self, update, user=None):
        update.with_user(user or self.manager).action_undo()
        self.env.invalidate_all()

    def test_undo_brings_back_what_was_there(self):
        before = self.get_values()
        self.change_template()
        update = self.update()
        self.assertEqual(self.get_summaries(), ["Call", "Lunch", "Sign"])
        self.undo(update)
        self.assertEqual(self.get_values(), before)
        self.assertFalse(self.track.on_reply)
        self.assertEqual(update.line_ids.state, "undone")

    def test_an_update_can_be_repeated_after_undo(self):
        self.change_template()
        self.undo(self.update())
        self.update()
        self.assertEqual(self.get_summaries(), ["Call", "Lunch", "Sign"])

    def test_what_was_touched_since_stays(self):
        self.change_template()
        update = self.update()
        lunch = self.get_task(self.track, "Lunch")
        lunch.with_user(self.seller).summary = "Dinner"
        self.undo(update)
        self.assertEqual(self.get_summaries(), ["Call", "Write", "Dinner"])

    def test_an_activity_that_the_update_created_is_withdrawn(self):
        self.add_line("Now", 1, delay_from="start", delay_count=0)
        update = self.update()
        activity = self.get_task(self.track, "Now").activity_id
        self.undo(update)
        self.assertFalse(activity.exists())
        self.assertEqual(self.get_summaries(), ["Call", "Write", "Meet"])

    def test_after_a_day_nothing_is_undone(self):
        self.change_template()
        update = self.update()
        with self.at("2026-03-05 11:00:00"), self.assertRaises(UserError):
            self.undo(update)

    def test_only_who_updated_can_undo(self):
        self.change_template()
        update = self.update()
        other = self.make_user("manager_2", "sales_team.group_sale_manager")
        for user in (other, self.seller):
            with self.assertRaises(AccessError):
                self.undo(update, user)


class ManyUpdatesCase(UpdateCase):
    """Five tracks that lack a task, and that are too many to be updated at once."""

    def setUp(self):
        super().setUp()
        self.tracks = self.track
        for lead in self.make_leads(4):
            self.tracks += self.apply(lead)
        self.add_line("Sign", 10)
        self.patch(type(self.env["track.run"]), "_UPDATED_AT_ONCE", 2)
        self.patch(type(self.env["track.run"]), "_UPDATE_BATCH", 2)


@tagged("post_install", "-at_install")
class TestManyUpdates(ManyUpdatesCase):
    """Many tracks, which the scheduled action updates in batches."""

    def get_counts(self):
        self.env.invalidate_all()
        return [len(run.sudo().line_ids) for run in self.tracks]

    def test_the_scheduled_action_updates_many_tracks(self):
        update = self.update(self.tracks)
        self.assertEqual(self.get_counts(), [3] * 5)
        self.run_cron()
        self.assertEqual(self.get_counts(), [4] * 5)
        self.assertEqual(set(update.line_ids.mapped("state")), {"done"})
        self.run_cron()
        self.assertEqual(self.get_counts(), [4] * 5)
        update.with_user(self.manager).action_undo()
        self.run_cron()
        self.assertEqual(self.get_counts(), [3] * 5)

    def test_rights_are_asked_again_when_it_runs(self):
        update = self.update(self.tracks)
        self.manager.write(
            {"group_ids": [Command.set(self.env.ref("base.group_user").ids)]}
        )
        self.run_cron()
        self.assertEqual(self.get_counts(), [3] * 5)
        self.assertEqual(set(update.line_ids.mapped("state")), {"left_out"})


@tagged("post_install", "-at_install")
class TestUpdatesShown(UpdateCase):
    """The list of tracks with what would be added, changed and removed."""

    def open_list(self):
        template = self.template.with_user(self.manager)
        action = template.action_open_updates()
        return self.env["track.run"].with_user(self.manager).search(action["domain"])

    def test_the_list_has_the_unfinished_tracks(self):
        ended = self.apply(self.make_leads())
        ended.with_user(self.manager).action_stop()
        self.assertEqual(self.open_list(), self.track)

    def test_each_track_shows_what_would_change(self):
        self.write_.unlink()
        self.meet.delay_count = 9
        self.add_line("Sign", 10)
        run = self.open_list()
        self.assertEqual(run.update_added, "Sign")
        self.assertEqual(run.update_changed, "Meet")
        self.assertEqual(run.update_removed, "Write")
        self.assertFalse(run.update_remark)
        for text in ("Sign", "9 days after “Call”", "Write", "Removed"):
            self.assertIn(text, run.update_comparison)

    def test_a_track_without_differences_is_up_to_date(self):
        self.assertEqual(self.open_list().update_remark, "Up to date")

    def test_values_that_change_are_named(self):
        self.meet.note = "<p>At the office</p>"
        self.template.write({"on_reply": "pause", "late_days": 0})
        comparison = str(self.open_list().update_comparison)
        for text in (
            "(changed: Note)",
            "When the Customer Answers: empty",
            "When the Customer Answers: Pause the track",
            ": 0",
        ):
            self.assertIn(text, comparison)

    def test_the_last_update_is_offered_to_its_user(self):
        template = self.template.with_user(self.manager)
        other = self.make_user("manager_2", "sales_team.group_sale_manager")
        self.assertFalse(template.has_update)
        update = self.update()
        self.assertTrue(template.has_update)
        self.assertFalse(self.template.with_user(other).has_update)
        self.assertEqual(template.action_open_last_update()["res_id"], update.id)

    def test_only_tracks_administrators_see_it(self):
        with self.assertRaises(AccessError):
            self.template.with_user(self.seller).action_open_updates()
        with self.assertRaises(AccessError):
            self.track.with_user(self.seller).read(["update_added"])
