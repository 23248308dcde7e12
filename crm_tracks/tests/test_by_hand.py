from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, users

from .common import TracksCase


class ByHandCase(TracksCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call", "Meet")

    def start(self, **values):
        lead = self.make_leads(**values)
        return lead.with_user(self.seller).tracks_apply(self.template)

    def add(self, run, **values):
        values.setdefault("summary", "Added")
        return (
            self.env["track.run.line"]
            .with_user(self.seller)
            .create({"run_id": run.id, **values})
        )

    def place(self, run, *summaries):
        """Put the tasks in this order, as the list's handle does."""
        run.with_user(self.seller).write(
            {
                "line_ids": [
                    Command.update(self.get_task(run, summary).id, {"sequence": number})
                    for number, summary in enumerate(summaries)
                ]
            }
        )


@tagged("post_install", "-at_install")
class TestEditing(ByHandCase):
    """What a person edits on one running task stays as they set it (rule 11)."""

    def test_what_is_edited_on_the_task_shows_on_its_activity(self):
        run = self.start()
        task = self.get_task(run, "Write").with_user(self.seller)
        task.write(
            {
                "summary": "Write twice",
                "note": "<p>Both</p>",
                "date_deadline": "2026-03-20",
                "user_id": self.seller_2.id,
            }
        )
        self.assertActivityFollows(task.sudo())
        self.assertEqual(task.activity_id.sudo().note, "<p>Both</p>")
        self.assertEqual(task.sudo().user_id, self.seller_2)

    def test_what_is_edited_on_the_activity_shows_on_its_task(self):
        run = self.start()
        task = self.get_task(run, "Write")
        task.activity_id.with_user(self.seller).write(
            {
                "summary": "Write twice",
                "note": "<p>Both</p>",
                "date_deadline": "2026-03-20",
                "user_id": self.seller_2.id,
            }
        )
        self.assertActivityFollows(task)
        self.assertEqual(task.note, "<p>Both</p>")

    def test_edits_made_while_waiting_are_those_of_the_activity(self):
        run = self.start()
        self.get_task(run, "Call").with_user(self.seller).write(
            {
                "summary": "Ring",
                "note": "<p>Bob</p>",
                "user_id": self.seller_2.id,
                "date_deadline": "2026-04-01",
            }
        )
        self.assertEqual(self.get_task(run, "Ring").state, "waiting")
        self.tick(run, "Write")
        ring = self.get_task(run, "Ring")
        self.assertActivityFollows(ring)
        self.assertEqual(ring.date_deadline, date(2026, 4, 1))
        self.assertEqual(ring.user_id, self.seller_2)
        self.assertEqual(ring.activity_id.note, "<p>Bob</p>")

    def test_the_delay_of_a_task_that_waits_can_be_edited(self):
        run = self.start()
        call = self.get_task(run, "Call").with_user(self.seller)
        call.write({"delay_count": 1, "delay_unit": "weeks"})
        self.tick(run, "Write")
        self.assertEqual(call.sudo().date_deadline, date(2026, 3, 11))
        with self.assertRaisesRegex(UserError, "“Call” has begun"):
            call.write({"delay_count": 3})

    def test_a_planned_task_whose_delay_is_edited_is_dated_again(self):
        self.template.write({"activity_creation": "ahead", "ahead_days": 1})
        run = self.start()
        self.tick(run, "Write")
        call = self.get_task(run, "Call").with_user(self.seller)
        self.assertEqual(
            (call.state, call.date_deadline), ("planned", date(2026, 3, 6))
        )
        call.delay_count = 9
        self.assertEqual(
            (call.state, call.date_deadline), ("planned", date(2026, 3, 13))
        )
        call.delay_count = 1
        self.assertActivityFollows(call.sudo())
        self.assertEqual(call.date_deadline, date(2026, 3, 5))

    def test_a_planned_task_moved_to_an_earlier_day_shows_up(self):
        self.template.write({"activity_creation": "ahead", "ahead_days": 1})
        run = self.start()
        self.tick(run, "Write")
        call = self.get_task(run, "Call").with_user(self.seller)
        call.date_deadline = "2026-03-05"
        self.assertActivityFollows(call.sudo())

    def test_giving_a_task_back_makes_it_the_responsible_s_again(self):
        run = self.start()
        task = self.get_task(run, "Write").with_user(self.seller)
        task.user_id = self.seller_2
        task.user_id = False
        self.assertActivityFollows(task.sudo())
        self.assertEqual(task.sudo().user_id, self.seller)

    def test_a_meeting_is_never_moved_by_a_task(self):
        run = self.start()
        task = self.get_task(run, "Write")
        event = self.make_meeting(task)
        with self.assertRaisesRegex(UserError, "“Write” has a meeting"):
            task.with_user(self.seller).date_deadline = "2026-03-20"
        self.assertEqual(event.start.day, 10)
        # moved in the calendar, the task follows, and stays there
        event.with_user(self.seller).write(
            {"start": "2026-03-12 09:00:00", "stop": "2026-03-12 10:00:00"}
        )
        self.assertEqual(task.date_deadline, date(2026, 3, 12))
        self.assertEqual(task.summary, "Write")
        self.assertTrue(task.date_manual)

    @users("tracks_seller_2")
    def test_somebody_who_may_not_write_the_record_edits_nothing(self):
        run = self.start()
        task = self.get_task(run, "Write").with_env(self.env)
        for change in (
            lambda: task.write({"summary": "x"}),
            lambda: task.write({"sequence": 5}),
            lambda: task.unlink(),
            lambda: self.env["track.run.line"].create(
                {"run_id": run.id, "summary": "x"}
            ),
            lambda: run.with_env(self.env).write({"start_date": "2026-05-05"}),
            lambda: run.with_env(self.env).action_reassign(self.env.user),
        ):
            with self.assertRaises(AccessError):
                change()
        self.assertEqual(len(run.sudo().line_ids), 3)


@tagged("post_install", "-at_install")
class TestAdding(ByHandCase):
    """Tasks can be added to a running track (rules 8 and 11)."""

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
            # what is open stays so, and what comes next waits for what is before it
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
            (run, {"responsible_type": "user"}, ValidationError, "say which one"),
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
            (run.browse(), {}, UserError, "Say to which track"),
            (run.browse(2**30), {}, UserError, "Say to which track"),
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
class TestRemoving(ByHandCase):
    """Tasks can be removed from a running track (rules 8 and 11)."""

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
    """Tasks that have not begun can be reordered (rules 8 and 11)."""

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
        with self.assertRaisesRegex(UserError, "has begun: only tasks that have not"):
            self.place(run, "Call", "Write", "Meet")
        run.action_stop()
        with self.assertRaisesRegex(UserError, "has begun: only tasks that have not"):
            self.place(run, "Write", "Meet", "Call")

    def test_each_row_of_a_list_that_is_saved_is_checked_at_the_end_only(self):
        run = self.start()
        self.tick(run, "Write")
        # in between, Call stands before Write
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


@tagged("post_install", "-at_install")
class TestAheadOfTurn(ByHandCase):
    """Completing tasks ahead of their turn (rule 11)."""

    def test_it_is_recorded_and_the_turn_stays_where_it_was(self):
        run = self.start()
        lead = self.env["crm.lead"].browse(run.res_id)
        self.get_task(run, "Call").with_user(self.seller).action_done("Rang by chance")
        self.assertFalse(self.get_task(run, "Call").activity_id)
        self.assertIn("Rang by chance", lead.message_ids[0].body)
        self.assertEqual(self.get_task(run, "Meet").state, "waiting")
        self.tick(run, "Write")
        self.assertActivityFollows(self.get_task(run, "Meet"))


@tagged("post_install", "-at_install")
class TestHandingOver(ByHandCase):
    """A whole track is handed to one person (rule 11)."""

    @users("tracks_seller_all")
    def test_what_is_unfinished_becomes_theirs(self):
        leads = self.make_leads(3).with_env(self.env)
        runs = leads.tracks_apply(self.template)
        self.tick(runs[0], "Write")
        runs[1].action_pause()
        runs[2].action_stop()
        runs.action_reassign(self.seller_2)
        self.assertEqual(self.get_task(runs[0], "Write").user_id, self.seller)
        self.assertActivityFollows(self.get_task(runs[0], "Call"))
        self.assertEqual(self.get_task(runs[0], "Call").user_id, self.seller_2)
        muted = self.get_task(runs[1], "Write").activity_id
        self.assertEqual((muted.user_id, muted.muted), (self.seller_2, True))
        self.assertNotEqual(self.get_task(runs[2], "Write").user_id, self.seller_2)
        self.tick(runs[0], "Call")
        self.assertActivityFollows(self.get_task(runs[0], "Meet"))
        self.assertEqual(self.get_task(runs[0], "Meet").user_id, self.seller_2)

    def test_it_takes_an_id_as_well_and_refuses_who_cannot_be_assigned(self):
        run = self.start()
        run.action_reassign(self.seller_2.id)
        self.assertEqual(self.get_task(run, "Write").user_id, self.seller_2)
        for user in (self.portal, self.portal.id, 2**30, False, "bob", None):
            with self.assertRaisesRegex(UserError, "cannot be assigned"):
                run.action_reassign(user)
        run.action_stop()
        with self.assertRaisesRegex(UserError, "nothing to hand over"):
            run.action_reassign(self.seller_2)

    def test_the_dialog_hands_over_many_from_the_list(self):
        runs = self.make_leads(3).with_user(self.seller).tracks_apply(self.template)
        action = runs.action_open_reassign()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.seller)
            .with_context(**action["context"])
            .create({"user_id": self.seller_2.id})
        )
        self.assertEqual(wizard.run_ids, runs)
        wizard.action_reassign()
        for run in runs:
            self.assertEqual(self.get_task(run, "Write").user_id, self.seller_2)
