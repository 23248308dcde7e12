from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestSteps(TracksCase):
    """The transition from task to task, in every way to complete or skip one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call", "Meet")

    def start(self, template=None, user=None, count=1, **kwargs):
        leads = self.make_leads(count, user=user)
        return leads.with_user(user or self.seller).tracks_apply(
            template or self.template, **kwargs
        )

    # ------------------------------------------------------------------
    # Completing, in every way
    # ------------------------------------------------------------------

    def assertPassedOn(self, runs, user=None, day="2026-03-04", due="2026-03-06"):
        for run in runs:
            self.assertTasks(
                run,
                [
                    ("Write", "done", "2026-03-04"),
                    ("Call", "open", due),
                    ("Meet", "waiting", None),
                ],
            )
            write = self.get_task(run, "Write")
            self.assertEqual(write.done_user_id, user or self.seller)
            self.assertEqual(write.date_done.isoformat(), day)
            self.assertFalse(write.activity_id.active)
            self.assertEqual(write.activity_id.date_done.isoformat(), "2026-03-04")
            self.assertActivityFollows(self.get_task(run, "Call"))

    def activities(self, runs, user=None):
        return runs.line_ids.activity_id.with_user(user or self.seller)

    def test_feedback_in_the_chatter_completes_the_task_and_is_kept(self):
        run = self.start()
        self.activities(run).action_feedback(feedback="They want a demo")
        self.assertPassedOn(run)
        self.assertEqual(
            self.get_task(run, "Write").activity_id.feedback, "They want a demo"
        )

    def test_the_done_button_of_an_activity_completes_the_task(self):
        run = self.start()
        self.activities(run).action_done()
        self.assertPassedOn(run)

    def test_done_and_schedule_next_completes_the_task(self):
        run = self.start()
        self.activities(run).action_feedback_schedule_next(feedback="Fine")
        self.assertPassedOn(run)

    def test_archiving_an_activity_completes_the_task(self):
        run = self.start()
        self.activities(run).action_archive()
        self.assertPassedOn(run)

    def test_writing_active_completes_the_task(self):
        runs = self.start(count=3)
        self.activities(runs).write({"active": False})
        self.assertPassedOn(runs)

    def test_mass_mark_done_moves_the_tracks_of_several_records(self):
        runs = self.start(count=3)
        self.activities(runs).action_feedback(feedback="All of them")
        self.assertPassedOn(runs)

    def test_the_task_s_own_button_completes_it(self):
        runs = self.start(count=2)
        runs.line_ids.filtered(lambda task: task.state == "open").action_done(
            feedback="By the tab"
        )
        self.assertPassedOn(runs)
        self.assertEqual(
            self.get_task(runs[1], "Write").activity_id.feedback, "By the tab"
        )

    def test_an_activity_with_a_meeting_completes_the_task(self):
        run = self.start()
        activity = self.activities(run)
        event = self.env["calendar.event"].create(
            {
                "name": "Write together",
                "start": datetime(2026, 3, 4, 14, 0),
                "stop": datetime(2026, 3, 4, 15, 0),
                "activity_ids": [(6, 0, activity.ids)],
            }
        )
        self.assertEqual(activity.calendar_event_id, event)
        activity.action_feedback(feedback="Met")
        self.assertPassedOn(run)
        self.assertTrue(event.exists())

    def test_somebody_else_completes_the_task(self):
        run = self.start()
        self.activities(run, self.manager).action_feedback()
        self.assertPassedOn(run, user=self.manager)

    def test_completing_twice_assigns_the_next_task_once(self):
        run = self.start()
        activity = self.activities(run)
        activity.action_feedback()
        activity.action_feedback()
        activity.action_archive()
        activity.action_done()
        self.assertPassedOn(run)

    def test_the_next_task_counts_from_the_day_on_which_the_previous_was_done(self):
        run = self.start()
        with self.at("2026-03-31 23:30:00"):  # the first of April in Brussels
            self.activities(run).action_feedback()
            write = self.get_task(run, "Write")
            self.assertEqual(write.date_done, date(2026, 4, 1))
            self.assertEqual(self.get_task(run, "Call").date_deadline, date(2026, 4, 3))

    def test_weekdays_after_the_previous_task_follow_the_company_s_schedule(self):
        template = self.make_template(
            {"summary": "Write"},
            {
                "summary": "Call",
                "delay_from": "previous",
                "delay_count": 1,
                "delay_unit": "weekdays",
            },
        )
        runs = self.start(template, count=2)
        with self.at("2026-03-06 10:00:00"):  # a Friday
            self.activities(runs).action_feedback()
        for run in runs:
            self.assertEqual(self.get_task(run, "Call").date_deadline, date(2026, 3, 9))

    def test_a_type_that_triggers_a_next_activity_does_not_do_so_in_a_track(self):
        trigger = self.env["mail.activity.type"].create(
            {
                "name": "Chained",
                "chaining_type": "trigger",
                "triggered_next_type_id": self.type_call.id,
            }
        )
        template = self.make_template(
            {"activity_type_id": trigger.id},
            {"summary": "Call", "delay_from": "previous"},
        )
        self.assertIn("Chained", template.chaining_hint)
        self.assertFalse(self.template.chaining_hint)
        run = self.start(template)
        lead = self.env["crm.lead"].browse(run.res_id)
        activity = self.activities(run)
        self.assertEqual(activity.chaining_type, "suggest")
        activity.action_feedback()
        self.assertEqual(lead.activity_ids, self.get_task(run, "Call").activity_id)
        # without a track it does
        plain = lead.activity_schedule(activity_type_id=trigger.id)
        self.assertEqual(plain.chaining_type, "trigger")
        plain.action_feedback()
        self.assertEqual(len(lead.activity_ids), 2)

    def test_activities_without_a_track_are_left_alone(self):
        lead = self.make_leads()
        activity = lead.activity_schedule(
            "mail.mail_activity_data_todo", summary="Plain", user_id=self.seller.id
        )
        activity.with_user(self.seller).action_feedback()
        self.assertFalse(lead.track_run_ids)
        self.assertFalse(lead.activity_ids)

    # ------------------------------------------------------------------
    # Skipping
    # ------------------------------------------------------------------

    def test_cancelling_the_activity_skips_the_task_and_passes_the_turn_on(self):
        runs = self.start(count=2)
        with self.at("2026-03-10 10:00:00"):
            self.activities(runs).action_cancel()
        for run in runs:
            self.assertTasks(
                run,
                [
                    ("Write", "skipped", "2026-03-04"),
                    ("Call", "open", "2026-03-12"),
                    ("Meet", "waiting", None),
                ],
            )
            self.assertEqual(self.get_task(run, "Write").date_done, date(2026, 3, 10))
            self.assertFalse(self.get_task(run, "Write").activity_id)

    def test_deleting_the_meeting_skips_the_task(self):
        run = self.start()
        event = self.env["calendar.event"].create(
            {
                "name": "Write together",
                "start": datetime(2026, 3, 4, 14, 0),
                "stop": datetime(2026, 3, 4, 15, 0),
                "activity_ids": [(6, 0, self.activities(run).ids)],
            }
        )
        event.unlink()
        self.assertEqual(self.get_task(run, "Write").state, "skipped")
        self.assertActivityFollows(self.get_task(run, "Call"))

    def test_deleting_activity_and_meeting_together_skips_the_task(self):
        run = self.start()
        activity = self.activities(run)
        self.env["calendar.event"].create(
            {
                "name": "Write together",
                "start": datetime(2026, 3, 4, 14, 0),
                "stop": datetime(2026, 3, 4, 15, 0),
                "activity_ids": [(6, 0, activity.ids)],
            }
        )
        activity.sudo().unlink_w_meeting()
        self.assertEqual(self.get_task(run, "Write").state, "skipped")

    def test_skipping_an_open_task_removes_its_activity_and_passes_the_turn_on(self):
        run = self.start()
        activity = self.activities(run)
        self.get_task(run, "Write").with_user(self.seller).action_skip()
        self.assertFalse(activity.exists())
        self.assertActivityFollows(self.get_task(run, "Call"))

    def test_skipping_a_waiting_task_only_drops_it_out(self):
        run = self.start()
        self.get_task(run, "Call").with_user(self.seller).action_skip()
        meet = self.get_task(run, "Meet")
        self.assertEqual(meet.state, "waiting")
        self.assertEqual(meet.due_text, "2 days after “Write”")
        self.assertFalse(self.get_task(run, "Call").date_done)
        with self.at("2026-03-09 10:00:00"):
            self.activities(run).action_feedback()
        self.assertEqual(meet.date_deadline, date(2026, 3, 11))
        self.assertActivityFollows(meet)

    def test_a_task_with_nothing_left_before_it_counts_from_the_start_date(self):
        run = self.start(start_date="2026-03-02")
        # all tasks before it are removed while it waits: no previous task remains
        run.sudo().line_ids[0].write({"state": "cancelled"})
        run.sudo().line_ids[0].activity_id.unlink()
        self.get_task(run, "Call").with_user(self.seller).action_skip()
        self.assertEqual(self.get_task(run, "Meet").date_deadline, date(2026, 3, 4))

    def test_a_dated_task_between_does_not_overtake(self):
        template = self.make_template(
            {"summary": "Write"},
            {"summary": "Call", "delay_from": "previous"},
            {"summary": "Review", "delay_count": 5},
            {"summary": "Report", "delay_from": "previous", "delay_count": 1},
        )
        run = self.start(template)
        self.tick(run, "Review")
        # its previous task is done; other waiting tasks do not matter
        self.assertEqual(self.get_task(run, "Report").date_deadline, date(2026, 3, 5))
        self.assertEqual(self.get_task(run, "Call").state, "waiting")

    def test_a_task_done_ahead_of_its_turn_does_not_pass_the_turn_before_it_comes(self):
        run = self.start()
        lead = self.env["crm.lead"].browse(run.res_id)
        notes = lead.message_ids
        self.get_task(run, "Call").with_user(self.seller).action_done(
            feedback="Met by chance"
        )
        self.assertTasks(
            run,
            [
                ("Write", "open", "2026-03-04"),
                ("Call", "done", None),
                ("Meet", "waiting", None),
            ],
        )
        self.assertFalse(self.get_task(run, "Call").activity_id)
        self.assertIn("Met by chance", (lead.message_ids - notes).body)
        self.tick(run, "Write")
        self.assertActivityFollows(self.get_task(run, "Meet"))

    def test_a_task_and_the_one_that_waits_for_it_are_completed_in_one_call(self):
        run = self.start()
        lead = self.env["crm.lead"].browse(run.res_id)
        tasks = self.get_task(run, "Write") + self.get_task(run, "Call")
        tasks.with_user(self.seller).action_done(feedback="Both")
        self.assertEqual(tasks.mapped("state"), ["done", "done"])
        self.assertEqual(lead.activity_ids, self.get_task(run, "Meet").activity_id)

    def test_a_task_whose_activity_vanished_in_the_database_can_be_ticked(self):
        run = self.start()
        self.cr.execute(
            "DELETE FROM mail_activity WHERE id IN %s",
            [tuple(run.sudo().line_ids.activity_id.ids)],
        )
        self.env.invalidate_all()
        self.get_task(run, "Write").with_user(self.seller).action_done()
        self.assertEqual(self.get_task(run, "Write").state, "done")
        self.assertActivityFollows(self.get_task(run, "Call"))

    def test_an_activity_of_a_track_stays_on_its_record(self):
        run = self.start()
        elsewhere = self.make_leads()
        with self.assertRaisesRegex(AccessError, "cannot be moved to another record"):
            self.activities(run).write({"res_id": elsewhere.id})

    def test_a_finished_task_is_neither_done_nor_skipped_again(self):
        run = self.start()
        self.tick(run, "Write")
        write = self.get_task(run, "Write").with_user(self.seller)
        for action in (write.action_done, write.action_skip):
            with self.assertRaisesRegex(UserError, "Write"):
                action()

    # ------------------------------------------------------------------
    # Finishing and stopping
    # ------------------------------------------------------------------

    def test_a_track_is_done_when_all_its_tasks_are_finished(self):
        run = self.start()
        lead = self.env["crm.lead"].browse(run.res_id)
        self.tick(run, "Write")
        self.assertAlmostEqual(run.progress, 100 / 3)
        self.assertEqual(run.progress_text, "1 of 3")
        self.tick(run, "Call")
        notes = lead.message_ids
        self.assertEqual(run.state, "running")
        self.get_task(run, "Meet").with_user(self.seller).action_skip()
        self.assertEqual(run.state, "done")
        self.assertEqual(run.progress, 100)
        self.assertEqual(run.date_done, self.TODAY)
        self.assertEqual(len(lead.message_ids - notes), 1)
        self.assertIn("done", (lead.message_ids - notes).body)

    @users("tracks_seller")
    def test_stopping_cancels_what_is_not_finished_and_keeps_what_was_done(self):
        runs = self.start(count=2)
        leads = self.env["crm.lead"].browse(runs.mapped("res_id"))
        for run in runs:
            self.tick(run, "Write")
        done = (
            runs.sudo().line_ids.filtered(lambda task: task.state == "done").activity_id
        )
        notes = leads.message_ids
        runs.with_env(self.env).action_stop()
        self.assertFalse(leads.activity_ids)
        self.assertEqual(done.exists(), done)
        for run in runs:
            self.assertEqual(run.state, "stopped")
            self.assertTasks(
                run,
                [
                    ("Write", "done", "2026-03-04"),
                    ("Call", "cancelled", "2026-03-06"),
                    ("Meet", "cancelled", None),
                ],
            )
        self.assertEqual(len(leads.message_ids - notes), 2)

    @users("tracks_seller")
    def test_a_track_that_has_ended_cannot_be_stopped_nor_moved(self):
        run = self.start().with_env(self.env)
        run.action_stop()
        with self.assertRaisesRegex(UserError, "Sales follow-through.*Opportunity 1"):
            run.action_stop()
        with self.assertRaisesRegex(UserError, "Sales follow-through"):
            run.line_ids[0].action_done()
        with self.assertRaisesRegex(UserError, "Sales follow-through"):
            run.line_ids[0].action_skip()

    @users("tracks_seller")
    def test_stopping_many_tracks_leaves_those_alone_that_have_ended(self):
        runs = self.start(count=3).with_env(self.env)
        runs[0].action_stop()
        for summary in ("Write", "Call", "Meet"):
            self.tick(runs[1], summary)
        runs.action_stop()
        self.assertEqual(runs.mapped("state"), ["stopped", "done", "stopped"])

    # ------------------------------------------------------------------
    # Manual changes stay
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_a_date_moved_in_the_chatter_stays_on_the_task(self):
        runs = self.start(count=2)
        self.activities(runs).write({"date_deadline": "2026-03-20"})
        for run in runs:
            write = self.get_task(run, "Write")
            self.assertEqual(write.date_deadline, date(2026, 3, 20))
            self.assertTrue(write.date_manual)
            self.assertFalse(write.user_manual)

    @users("tracks_seller")
    def test_an_assignee_and_a_date_set_on_a_task_reach_its_activity(self):
        run = self.start()
        write = self.get_task(run, "Write").with_env(self.env)
        write.write({"user_id": self.seller_2.id, "date_deadline": "2026-03-21"})
        self.assertActivityFollows(write.sudo())
        self.assertEqual(write.activity_id.user_id, self.seller_2)
        self.assertTrue(write.user_manual and write.date_manual)
        meet = self.get_task(run, "Call").with_env(self.env)
        meet.write({"user_id": self.seller_2.id, "date_deadline": "2026-03-25"})
        self.tick(run, "Write")
        self.assertEqual(
            (meet.state, meet.user_id, meet.date_deadline),
            ("open", self.seller_2, date(2026, 3, 25)),
        )
