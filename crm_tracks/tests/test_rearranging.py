from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, users

from .test_by_hand import ByHandCase


@tagged("post_install", "-at_install")
class TestAdding(ByHandCase):
    """Tasks can be added to a running track."""

    def test_an_added_task_is_the_last_one(self):
        run = self.start()
        self.add(run, delay_from="previous", delay_count=3)
        for summary in ("Write", "Call"):
            self.tick(run, summary)
        self.assertEqual(self.get_task(run, "Added").state, "waiting")
        self.tick(run, "Meet")
        self.assertEqual(run.state, "running")
        self.assertActivityFollows(self.get_task(run, "Added"))
        self.assertEqual(self.get_task(run, "Added").date_deadline, date(2026, 3, 7))
        self.tick(run, "Added")
        self.assertEqual(run.state, "done")

    def test_one_with_a_date_or_from_the_start_is_assigned_at_once(self):
        run = self.start()
        from_start = self.add(run, summary="A", delay_count=1, delay_unit="weeks")
        dated = self.add(run, summary="B", date_deadline="2026-04-01")
        self.assertEqual(from_start.date_deadline, date(2026, 3, 11))
        self.assertEqual(dated.date_deadline, date(2026, 4, 1))
        for task in (from_start, dated):
            self.assertActivityFollows(task.sudo())
            self.assertEqual(task.user_id, self.seller)

    def test_one_added_behind_a_finished_task_counts_from_that_day(self):
        run = self.start()
        self.tick(run, "Write")
        with self.at("2026-03-09 10:00:00"):
            added = self.add(run, sequence=1, delay_from="previous", delay_count=1)
            self.assertEqual(added.date_deadline, date(2026, 3, 10))
            self.assertActivityFollows(added.sudo())
            # open tasks stay open, and the next task waits for the new one before it
            self.assertActivityFollows(self.get_task(run, "Call"))
            self.assertEqual(self.get_task(run, "Meet").state, "waiting")

    def test_one_added_in_front_counts_from_the_start(self):
        run = self.start()
        with self.at("2026-03-09 10:00:00"):
            added = self.add(run, sequence=-1, delay_from="previous", delay_count=1)
            self.assertEqual(added.date_deadline, date(2026, 3, 5))

    def test_one_added_to_a_quiet_track_waits_with_it(self):
        for fall_quiet, wake in (
            (
                lambda run, lead: run.action_pause(),
                lambda run, lead: run.action_resume(),
            ),
            (
                lambda run, lead: lead.action_set_lost(),
                lambda run, lead: lead.action_restore(),
            ),
        ):
            lead = self.make_leads().with_user(self.seller)
            run = lead.tracks_apply(self.template)
            fall_quiet(run, lead)
            added = self.add(run, delay_count=3)
            self.assertEqual(added.state, "waiting")
            self.assertFalse(added.activity_id)
            wake(run, lead)
            self.assertActivityFollows(added.sudo())
            self.assertEqual(added.date_deadline, date(2026, 3, 7))

    def test_an_added_task_is_one_for_a_person(self):
        run = self.start()
        for vals in (
            {"action": "email"},
            {"state": "done"},
            {"done_user_id": self.seller.id},
            {"date_done": "2026-03-01"},
            {"line_id": self.template.line_ids[0].id},
            {"error": "x"},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                self.add(run, **vals)
        self.assertEqual(self.add(run, action="activity").action, "activity")

    def test_what_cannot_be_added_is_refused_in_a_sentence(self):
        run = self.start()
        back = self.make_template(
            {"summary": "Book", "delay_from": "end"}, direction="end"
        )
        lead = self.make_leads().with_user(self.seller)
        back_run = lead.tracks_apply(back, end_date="2026-05-05")
        event_type = self.env["mail.activity.type"].create(
            {"name": "Partner's", "res_model": "res.partner"}
        )
        for target, vals, error, words in (
            (run, {"summary": False}, ValidationError, "Task 4 has neither a summary"),
            (run, {"delay_count": -1}, ValidationError, "delay of “Added” is negative"),
            (
                run,
                {"delay_from": "end"},
                ValidationError,
                "“Added”, cannot be due before",
            ),
            (run, {"responsible_type": "user"}, ValidationError, "Select the user"),
            (
                run,
                {"user_id": self.portal.id},
                UserError,
                "Portal User cannot be assig",
            ),
            (run, {"responsible_id": self.portal.id}, UserError, "cannot be assigned"),
            (run, {"date_deadline": "soon"}, UserError, "“soon” is not a date"),
            (run, {"activity_type_id": event_type.id}, ValidationError, "Partner's"),
            (back_run, {"delay_from": "previous"}, ValidationError, "counts back from"),
            (run.browse(), {}, UserError, "The track of the new task is missing"),
            (run.browse(2**30), {}, AccessError, "“Track” does not exist"),
        ):
            with self.subTest(words=words):
                with self.assertRaises(error) as caught:  # and rolled back
                    self.add(target, **vals)
                self.assertIn(words, str(caught.exception))
        self.assertEqual(len(run.sudo().line_ids), 3)
        added = self.add(back_run, delay_count=2)
        self.assertEqual(added.date_deadline, date(2026, 5, 3))
        run.action_stop()
        with self.assertRaisesRegex(UserError, "“Sales follow-through” has ended"):
            self.add(run)


@tagged("post_install", "-at_install")
class TestAddingBelow(ByHandCase):
    """A task can be added behind another one."""

    def add_below(self, run, summary, added="Added"):
        task = self.get_task(run, summary).with_user(self.seller)
        return task.browse(task.action_add_below(added))

    def assertOrder(self, run, *summaries):
        self.assertEqual(run.line_ids.sorted().mapped("summary"), [*summaries])

    def test_it_comes_next_and_those_behind_wait_for_it(self):
        run = self.start()
        added = self.add_below(run, "Write").sudo()
        self.assertOrder(run, "Write", "Added", "Call", "Meet")
        self.assertEqual((added.state, added.delay_from), ("waiting", "previous"))
        self.tick(run, "Write")
        self.assertActivityFollows(added)
        self.assertEqual(self.get_task(run, "Call").state, "waiting")
        self.tick(run, "Added")
        self.assertActivityFollows(self.get_task(run, "Call"))

    def test_several_with_the_same_number_keep_their_order(self):
        run = self.start()
        run.line_ids.sudo().write({"sequence": 10})
        self.add_below(run, "Write", "B")
        self.add_below(run, "Write", "A")
        self.assertOrder(run, "Write", "A", "B", "Call", "Meet")

    def test_the_last_place_begins_only_in_its_turn(self):
        run = self.start()
        for summary in ("Write", "Call"):
            self.tick(run, summary)
        added = self.add_below(run, "Meet").sudo()
        self.assertOrder(run, "Write", "Call", "Meet", "Added")
        self.assertEqual(added.state, "waiting")
        self.assertFalse(added.activity_id)

    def test_behind_a_finished_task_it_begins_today_and_is_assigned_once(self):
        self.template.write({"activity_creation": "ahead", "ahead_days": 0})
        run = self.start()
        self.tick(run, "Write")
        self.assertEqual(self.get_task(run, "Call").state, "planned")
        with self.at("2026-03-05 10:00:00"):
            added = self.add_below(run, "Write").sudo()
            self.assertActivityFollows(added)
        self.assertEqual(added.date_deadline, date(2026, 3, 5))
        self.assertEqual(self.get_task(run, "Call").state, "waiting")

    def test_in_a_template_that_counts_back_it_is_due_at_the_end(self):
        back = self.make_template(
            {"summary": "Book", "delay_from": "end", "delay_count": 5},
            {"summary": "Open", "delay_from": "end"},
            direction="end",
        )
        lead = self.make_leads().with_user(self.seller)
        run = lead.tracks_apply(back, end_date="2026-05-05")
        added = self.add_below(run, "Book").sudo()
        self.assertOrder(run, "Book", "Added", "Open")
        self.assertEqual(added.date_deadline, date(2026, 5, 5))

    def test_what_cannot_be_added_is_refused_and_moves_nothing(self):
        run = self.start()
        for wrong in ("", False, None):
            with self.subTest(wrong=wrong), self.assertRaises(ValidationError):
                self.add_below(run, "Write", wrong)
        with self.assertRaises(UserError):
            self.add_below(run, "Write", "Ask {nobody}")
        self.assertOrder(run, "Write", "Call", "Meet")
        run.action_stop()
        with self.assertRaisesRegex(UserError, "“Sales follow-through” has ended"):
            self.add_below(run, "Write")

    @users("tracks_seller_2")
    def test_who_may_not_write_the_record_adds_nothing(self):
        run = self.start()
        task = self.get_task(run, "Write").with_env(self.env)
        with self.assertRaises(AccessError):
            task.action_add_below("Added")
        self.assertOrder(run.sudo(), "Write", "Call", "Meet")


@tagged("post_install", "-at_install")
class TestRemoving(ByHandCase):
    """Tasks can be removed from a running track."""

    def remove(self, run, *summaries):
        tasks = self.env["track.run.line"].union(
            *(self.get_task(run, summary) for summary in summaries)
        )
        tasks.with_user(self.seller).unlink()

    def test_one_whose_turn_had_come_passes_it_on(self):
        run = self.start()
        self.tick(run, "Write")
        activity = self.get_task(run, "Call").activity_id
        messages = len(self.env["crm.lead"].browse(run.res_id).message_ids)
        with self.at("2026-03-09 10:00:00"):
            self.remove(run, "Call")
        self.assertFalse(activity.exists())
        self.assertTasks(
            run, [("Write", "done", "2026-03-04"), ("Meet", "open", "2026-03-11")]
        )
        self.assertActivityFollows(self.get_task(run, "Meet"))
        lead = self.env["crm.lead"].browse(run.res_id)
        self.assertEqual(len(lead.message_ids), messages)

    def test_one_behind_a_reopened_task_passes_no_turn_on(self):
        run = self.start()
        self.tick(run, "Write")
        call = self.get_task(run, "Call")
        call.with_user(self.seller).date_deadline = "2026-03-12"  # so it stays open
        self.get_task(run, "Write").with_user(self.seller).action_reopen()
        self.assertEqual(call.state, "open")
        call.with_user(self.seller).unlink()
        self.assertEqual(self.get_task(run, "Meet").state, "waiting")
        with self.at("2026-03-09 10:00:00"):
            self.tick(run, "Write")
        self.assertActivityFollows(self.get_task(run, "Meet"))
        self.assertEqual(self.get_task(run, "Meet").date_deadline, date(2026, 3, 11))

    def test_one_added_after_the_last_one_was_removed_waits_for_those_that_are_left(
        self,
    ):
        run = self.start()
        self.get_task(run, "Meet").with_user(self.seller).unlink()
        self.tick(run, "Write")
        self.get_task(run, "Call").with_user(self.seller).unlink()
        self.assertEqual(run.state, "done")
        self.get_task(run, "Write").with_user(self.seller).action_reopen()
        self.add(run, delay_from="previous", delay_count=1)
        self.assertEqual(self.get_task(run, "Added").state, "waiting")

    def test_the_first_one_passes_the_turn_on_as_well(self):
        run = self.start()
        with self.at("2026-03-09 10:00:00"):
            self.remove(run, "Write")
        self.assertTasks(
            run, [("Call", "open", "2026-03-11"), ("Meet", "waiting", None)]
        )

    def test_one_that_was_waiting_only_drops_out(self):
        run = self.start()
        self.remove(run, "Call")
        self.assertTasks(
            run, [("Write", "open", "2026-03-04"), ("Meet", "waiting", None)]
        )
        with self.at("2026-03-10 10:00:00"):
            self.tick(run, "Write")
        self.assertEqual(self.get_task(run, "Meet").date_deadline, date(2026, 3, 12))

    def test_one_that_was_waiting_in_a_quiet_track_only_drops_out(self):
        run = self.start()
        run.action_pause()
        self.get_task(run, "Write").with_user(self.seller).action_done()
        with self.at("2026-03-10 10:00:00"):
            self.remove(run, "Call")
            run.action_resume()
        self.assertEqual(self.get_task(run, "Meet").date_deadline, date(2026, 3, 6))

    def test_removing_several_at_once_passes_the_turn_on_once(self):
        run = self.start()
        with self.at("2026-03-09 10:00:00"):
            self.remove(run, "Write", "Call")
        self.assertTasks(run, [("Meet", "open", "2026-03-11")])

    def test_removing_the_last_unfinished_one_finishes_the_track(self):
        run = self.start()
        self.tick(run, "Write")
        self.remove(run, "Call", "Meet")
        self.assertEqual((run.state, run.progress), ("done", 100))

    def test_a_muted_one_is_removed_in_silence(self):
        lead = self.make_leads().with_user(self.seller)
        run = lead.tracks_apply(self.template)
        lead.action_set_lost()
        self.remove(run, "Write")
        self.assertEqual(self.get_task(run, "Call").state, "waiting")
        lead.action_restore()
        self.assertActivityFollows(self.get_task(run, "Call"))

    def test_what_is_finished_stays_on_record(self):
        run = self.start()
        self.tick(run, "Write")
        with self.assertRaisesRegex(UserError, "“Write” is finished"):
            self.remove(run, "Write")
        run.action_stop()
        with self.assertRaisesRegex(UserError, "“Call” is finished"):
            self.remove(run, "Call")
        self.assertEqual(len(run.sudo().line_ids), 3)


@tagged("post_install", "-at_install")
class TestMoving(ByHandCase):
    """Tasks that have not begun can be reordered."""

    def test_the_new_order_is_the_one_in_which_they_come(self):
        run = self.start()
        self.place(run, "Write", "Meet", "Call")
        self.assertTasks(
            run,
            [
                ("Write", "open", "2026-03-04"),
                ("Meet", "waiting", None),
                ("Call", "waiting", None),
            ],
        )
        self.tick(run, "Write")
        self.assertActivityFollows(self.get_task(run, "Meet"))
        self.assertEqual(self.get_task(run, "Call").state, "waiting")

    def test_one_moved_behind_a_finished_task_counts_from_that_day(self):
        run = self.start()
        self.tick(run, "Write")
        with self.at("2026-03-09 10:00:00"):
            self.place(run, "Write", "Meet", "Call")
        self.assertTasks(
            run,
            [
                ("Write", "done", "2026-03-04"),
                ("Meet", "open", "2026-03-11"),
                ("Call", "open", "2026-03-06"),
            ],
        )

    def test_no_task_overtakes_another(self):
        self.template.write({"activity_creation": "ahead", "ahead_days": 1})
        run = self.start()
        self.tick(run, "Write")
        self.assertEqual(self.get_task(run, "Call").state, "planned")
        with self.at("2026-03-05 10:00:00"):
            self.place(run, "Write", "Meet", "Call")
        self.assertTasks(
            run,
            [
                ("Write", "done", "2026-03-04"),
                ("Meet", "planned", "2026-03-07"),
                ("Call", "waiting", None),
            ],
        )

    def test_tasks_that_have_begun_stay_in_their_order(self):
        run = self.start()
        self.tick(run, "Write")
        with self.assertRaisesRegex(UserError, "has begun. Only tasks that have not"):
            self.place(run, "Call", "Write", "Meet")
        run.action_stop()
        with self.assertRaisesRegex(UserError, "has begun. Only tasks that have not"):
            self.place(run, "Write", "Meet", "Call")

    def test_each_row_of_a_list_that_is_saved_is_checked_at_the_end_only(self):
        run = self.start()
        self.tick(run, "Write")
        # in between, Call is before Write
        run.with_user(self.seller).write(
            {
                "line_ids": [
                    Command.update(self.get_task(run, "Call").id, {"sequence": -5}),
                    Command.update(self.get_task(run, "Write").id, {"sequence": -6}),
                ]
            }
        )
        self.assertActivityFollows(self.get_task(run, "Call"))

    def test_renumbering_changes_nothing(self):
        run = self.start()
        self.tick(run, "Write")
        run.line_ids.with_user(self.seller).web_resequence({}, offset=50)
        self.assertTasks(
            run,
            [
                ("Write", "done", "2026-03-04"),
                ("Call", "open", "2026-03-06"),
                ("Meet", "waiting", None),
            ],
        )
