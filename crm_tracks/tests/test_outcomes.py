from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from .common import TracksCase


class OutcomesCase(TracksCase):
    """Templates whose tasks have outcomes."""

    ALL = ("Reached", "No answer", "Wants an offer", "Not interested")

    @classmethod
    def make_outcome(cls, name, effect="next", **values):
        return Command.create({"name": name, "effect": effect, **values})

    @classmethod
    def make_outcomes(cls, target=4, **again):
        """One outcome of each effect; ``target`` is the position of a task."""
        again = {"delay_count": 2, **again}
        return [
            cls.make_outcome("Reached", sequence=1),
            cls.make_outcome("No answer", "again", sequence=2, **again),
            cls.make_outcome(
                "Wants an offer", "goto", sequence=3, target_number=target
            ),
            cls.make_outcome("Not interested", "end", sequence=4),
        ]

    @classmethod
    def make_calls(cls, **values):
        """“Call” with all outcomes, “Visit” and “Write” after it, “Offer” in the end.

        “Review” is dated from the start, so it is open beside “Call”.
        """
        return cls.make_template(
            {"summary": "Call", "outcome_ids": cls.make_outcomes()},
            {"summary": "Visit", "delay_count": 1, "delay_from": "previous"},
            {"summary": "Review", "delay_count": 9},
            {"summary": "Offer", "delay_count": 3, "delay_from": "previous"},
            {"summary": "Ask", "delay_count": 1, "delay_from": "previous"},
            **values,
        )

    def start(self, template=None, count=1, user=None, **values):
        leads = self.make_leads(count, user=user)
        return leads.with_user(user or self.seller).tracks_apply(
            template or self.template, **values
        )

    def end(self, run, summary, outcome, user=None, **values):
        """Complete a task with an outcome, as the tab does."""
        task = self.get_task(run, summary).with_user(user or self.seller)
        return task.action_done(outcome=outcome, **values)

    def get_repetition(self, task, number=1):
        """The task that repeats this one for the n-th time."""
        for _number in range(number):
            task = task.run_id.line_ids.filtered(
                lambda other, task=task: other.repeats_id == task
            )
            self.assertEqual(len(task), 1)
        return task


@tagged("post_install", "-at_install")
class TestOutcomes(OutcomesCase):
    """What follows when a task is completed with an outcome."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_calls()

    # ------------------------------------------------------------------
    # Next
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_next_goes_on_with_the_next_task_and_keeps_the_outcome(self):
        run = self.start()
        self.end(run, "Call", "Reached", feedback="They have time")
        call = self.get_task(run, "Call")
        self.assertEqual((call.state, call.outcome), ("done", "Reached"))
        self.assertEqual(call.activity_id.feedback, "They have time")
        self.assertActivityFollows(self.get_task(run, "Visit"))
        self.assertFalse(any((run.sudo().line_ids - call).mapped("outcome")))

    @users("tracks_seller")
    def test_without_an_outcome_none_is_recorded_and_the_next_task_follows(self):
        for complete in (
            lambda task: task.action_done(),
            lambda task: task.action_done(outcome=False),
            lambda task: task.activity_id.action_feedback(feedback="x"),
            lambda task: task.activity_id.action_done(),
            lambda task: task.activity_id.action_archive(),
            lambda task: task.activity_id.action_track_done(),
        ):
            run = self.start()
            complete(self.get_task(run, "Call").with_env(self.env))
            call = self.get_task(run, "Call")
            self.assertEqual((call.state, call.outcome), ("done", False))
            self.assertActivityFollows(self.get_task(run, "Visit"))

    @users("tracks_seller")
    def test_the_choices_say_what_follows_in_their_order(self):
        run = self.start()
        task = self.get_task(run, "Call").with_env(self.env)
        self.assertEqual(
            task._get_outcome_choices(),
            [
                {"name": "Reached", "label": "Reached"},
                {"name": "No answer", "label": "No answer: again in 2 days"},
                {"name": "Wants an offer", "label": "Wants an offer: go to “Offer”"},
                {"name": "Not interested", "label": "Not interested: end"},
            ],
        )
        self.assertEqual(self.get_task(run, "Visit")._get_outcome_choices(), [])
        self.assertEqual(
            task._get_option_texts(),
            [
                "Reached · No answer: again in 2 days (3 times) · "
                "Wants an offer: go to “Offer” · Not interested: end"
            ],
        )

    # ------------------------------------------------------------------
    # End
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_end_skips_all_that_is_left_and_the_track_is_done(self):
        run = self.start()
        lead = self.env["crm.lead"].browse(run.res_id)
        self.end(run, "Call", "Not interested")
        call = self.get_task(run, "Call")
        self.assertEqual((run.state, run.date_done), ("done", self.TODAY))
        self.assertEqual(run.progress, 100)
        others = run.sudo().line_ids - call
        self.assertEqual(set(others.mapped("state")), {"skipped"})
        self.assertEqual(others.skipped_by_id, call)
        self.assertEqual(
            set(others.mapped("skip_reason")), {"Outcome “Not interested” of “Call”"}
        )
        self.assertFalse(lead.activity_ids)

    @users("tracks_seller")
    def test_end_leaves_what_was_done_or_skipped_before(self):
        run = self.start()
        self.get_task(run, "Ask").with_env(self.env).action_done()
        self.get_task(run, "Visit").with_env(self.env).action_skip()
        self.end(run, "Call", "Not interested")
        self.assertEqual(self.get_task(run, "Ask").state, "done")
        visit = self.get_task(run, "Visit")
        self.assertFalse(visit.skipped_by_id or visit.skip_reason)
        self.assertEqual(run.state, "done")

    # ------------------------------------------------------------------
    # Go to
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_goto_skips_the_unfinished_tasks_between_and_begins_the_target(self):
        run = self.start()
        review = self.get_task(run, "Review").activity_id
        self.end(run, "Call", "Wants an offer")
        self.assertTasks(
            run,
            [
                ("Call", "done", "2026-03-04"),
                ("Visit", "skipped", None),
                ("Review", "skipped", "2026-03-13"),
                ("Offer", "open", "2026-03-07"),
                ("Ask", "waiting", None),
            ],
        )
        self.assertFalse(review.exists())
        self.assertActivityFollows(self.get_task(run, "Offer"))
        self.assertEqual(
            self.get_task(run, "Visit").skipped_by_id, self.get_task(run, "Call")
        )

    @users("tracks_seller")
    def test_a_target_that_is_gone_counts_as_the_next_task(self):
        def finish(run):
            self.get_task(run, "Offer").with_env(self.env).action_skip()

        def remove(run):
            self.get_task(run, "Offer").with_env(self.env).unlink()

        for lose in (finish, remove):
            run = self.start()
            lose(run)
            task = self.get_task(run, "Call").with_env(self.env)
            self.assertEqual(
                task._get_outcome_choices()[2],
                {"name": "Wants an offer", "label": "Wants an offer"},
            )
            self.end(run, "Call", "Wants an offer")
            self.assertEqual(self.get_task(run, "Call").outcome, "Wants an offer")
            self.assertEqual(self.get_task(run, "Visit").state, "open")

    def test_a_target_that_was_left_out_counts_as_the_next_task(self):
        choices = {self.template.line_ids[3].id: False}
        lead = self.make_leads()
        run = (
            self.env["track.run"]
            .with_user(self.seller)
            ._start(self.template, lead.with_user(self.seller), choices=choices)
        )
        self.end(run, "Call", "Wants an offer")
        self.assertEqual(self.get_task(run, "Visit").state, "open")

    @users("tracks_seller")
    def test_a_target_that_was_moved_before_the_task_counts_as_the_next_task(self):
        run = self.start(
            self.make_template(
                {"summary": "Write"},
                {
                    "summary": "Call",
                    "delay_from": "previous",
                    "outcome_ids": [self.make_outcome("Jump", "goto", target_number=4)],
                },
                {"summary": "Visit", "delay_from": "previous"},
                {"summary": "Offer", "delay_from": "previous"},
            )
        )
        self.get_task(run, "Call").with_env(self.env).write({"sequence": 9})
        self.assertEqual(run.line_ids.sorted()[-1].summary, "Call")
        self.end(run, "Call", "Jump")
        self.assertEqual(
            run.sudo().line_ids.sorted().mapped("state"),
            ["open", "waiting", "waiting", "done"],
        )

    @users("tracks_seller")
    def test_goto_an_automated_task_runs_it_and_starts_another_track(self):
        following = self.make_template({"summary": "Nurture"}, name="Nurturing")
        template = self.make_template(
            {
                "summary": "Call",
                "outcome_ids": [
                    self.make_outcome("Later", "goto", target_number=3),
                ],
            },
            {"summary": "Visit", "delay_from": "previous", "delay_count": 2},
            {
                "action": "track",
                "next_template_id": following.id,
                "delay_from": "previous",
            },
        )
        run = self.start(template)
        self.end(run, "Call", "Later")
        self.assertEqual(run.line_ids.sorted()[-1].state, "planned")
        self.run_cron()
        self.assertEqual(run.state, "done")
        lead = self.env["crm.lead"].browse(run.res_id)
        self.assertEqual(
            set(lead.track_run_ids.mapped("name")), {run.name, "Nurturing"}
        )

    # ------------------------------------------------------------------
    # Again
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_again_repeats_the_task_right_behind_it_after_the_delay(self):
        run = self.start()
        with self.at("2026-03-05 10:00:00"):
            self.end(run, "Call", "No answer")
        call, again, *_rest = run.sudo().line_ids.sorted()
        self.assertEqual((call.state, call.outcome), ("done", "No answer"))
        self.assertEqual(
            (again.summary, again.round, again.repeats_id), ("Call", 1, call)
        )
        self.assertEqual(again.line_id, call.line_id)
        self.assertFalse(again.outcome)
        self.assertEqual(again.date_deadline, date(2026, 3, 7))
        self.assertActivityFollows(again)
        self.assertEqual(again.user_id, self.seller)
        self.assertEqual(self.get_task(run, "Visit").state, "waiting")
        self.assertAlmostEqual(run.progress, 100 / 6)

    @users("tracks_seller")
    def test_the_task_after_a_repetition_waits_for_it(self):
        run = self.start()
        call = self.get_task(run, "Call")
        self.end(run, "Call", "No answer")
        again = self.get_repetition(call)
        with self.at("2026-03-10 10:00:00"):
            again.with_env(self.env).action_done(outcome="Reached")
        self.assertEqual(self.get_task(run, "Visit").date_deadline, date(2026, 3, 11))
        self.assertActivityFollows(self.get_task(run, "Visit"))

    @users("tracks_seller")
    def test_after_the_last_round_the_repetition_is_not_offered_and_refused(self):
        template = self.make_template(
            {"summary": "Call", "outcome_ids": self.make_outcomes(2, again_max=2)},
            {"summary": "Offer", "delay_from": "previous"},
        )
        run = self.start(template)
        task = self.get_task(run, "Call").with_env(self.env)
        for left in ("(2 times)", "(once)"):
            self.assertIn(left, task._get_option_texts()[0])
            task.action_done(outcome="No answer")
            task = self.get_repetition(task)
        self.assertEqual(task.round, 2)
        names = [choice["name"] for choice in task._get_outcome_choices()]
        self.assertEqual(names, ["Reached", "Wants an offer", "Not interested"])
        self.assertNotIn("No answer", task._get_option_texts()[0])
        message = (
            "“Call” cannot be repeated with “No answer” again. Select one of these: "
            "“Reached”, “Wants an offer”, “Not interested”."
        )
        with self.assertRaisesRegex(UserError, message):
            task.action_done(outcome="No answer")
        self.assertEqual(task.state, "open")
        task.action_done(outcome="Wants an offer")
        self.assertActivityFollows(self.get_task(run, "Offer"))

    @users("tracks_seller")
    def test_weekdays_of_a_repetition_count_in_the_company_s_schedule(self):
        template = self.make_template(
            {
                "summary": "Call",
                "outcome_ids": self.make_outcomes(
                    2, delay_count=1, delay_unit="weekdays"
                ),
            },
            {"summary": "Offer", "delay_from": "previous"},
        )
        run = self.start(template)
        with self.at("2026-03-06 10:00:00"):  # a Friday
            self.end(run, "Call", "No answer")
        again = self.get_repetition(run.sudo().line_ids.sorted()[0])
        self.assertEqual(again.date_deadline, date(2026, 3, 9))

    @users("tracks_seller")
    def test_a_repetition_goes_to_whom_a_user_had_assigned_the_task(self):
        run = self.start()
        call = self.get_task(run, "Call").with_env(self.env)
        call.user_id = self.seller_2
        call.write({"summary": "Call Bob", "note": "<p>In the morning</p>"})
        call.action_done(outcome="No answer")
        again = self.get_repetition(call.sudo())
        self.assertEqual(again.user_id, self.seller_2)
        self.assertEqual(again.summary, "Call Bob")
        self.assertEqual(again.note, "<p>In the morning</p>")
        self.assertActivityFollows(again)

    @users("tracks_seller")
    def test_a_repetition_of_an_owner_s_task_follows_the_owner(self):
        run = self.start()
        call = self.get_task(run, "Call")
        self.end(run, "Call", "No answer")
        again = self.get_repetition(call)
        self.env["crm.lead"].browse(run.res_id).sudo().user_id = self.seller_2
        self.assertEqual(again.user_id, self.seller_2)

    @users("tracks_seller")
    def test_tasks_with_the_same_sequence_stay_behind_a_repetition(self):
        template = self.make_calls()
        template.line_ids.sequence = 10
        run = self.start(template)
        self.end(run, "Call", "No answer")
        self.assertEqual(
            run.sudo().line_ids.sorted().mapped("summary"),
            ["Call", "Call", "Visit", "Review", "Offer", "Ask"],
        )
        self.assertEqual(self.get_task(run, "Visit").state, "waiting")

    @users("tracks_seller")
    def test_a_track_with_all_its_tasks_takes_no_repetition(self):
        run = self.start()
        self.patch(type(self.env["track.run.line"]), "_MAX_TASKS", 5)
        task = self.get_task(run, "Call").with_env(self.env)
        names = [choice["name"] for choice in task._get_outcome_choices()]
        self.assertNotIn("No answer", names)
        with self.assertRaisesRegex(UserError, "cannot be repeated"):
            task.action_done(outcome="No answer")
        self.assertEqual(len(run.line_ids), 5)

    @users("tracks_seller")
    def test_a_repetition_before_an_end_date_is_due_after_the_completion(self):
        template = self.make_template(
            {
                "summary": "Call",
                "delay_count": 20,
                "delay_from": "end",
                "outcome_ids": [self.make_outcome("No answer", "again", delay_count=2)],
            },
            {"summary": "Meet", "delay_count": 1, "delay_from": "end"},
            direction="end",
        )
        run = self.start(template, end_date="2026-04-01")
        self.end(run, "Call", "No answer")
        again = self.get_repetition(run.sudo().line_ids.sorted()[0])
        self.assertEqual(again.date_deadline, date(2026, 3, 6))
        run.with_env(self.env).end_date = "2026-05-01"
        self.assertEqual(again.date_deadline, date(2026, 3, 6))
        self.assertEqual(self.get_task(run, "Meet").date_deadline, date(2026, 4, 30))

    @users("tracks_seller")
    def test_a_repetition_does_not_move_off_a_day_off_beyond_the_end_date(self):
        template = self.make_template(
            {
                "summary": "Call",
                "delay_count": 4,
                "delay_from": "end",
                "outcome_ids": [self.make_outcome("No answer", "again", delay_count=3)],
            },
            direction="end",
            day_off="after",
        )
        # three days after Wednesday it is Saturday; the next working day is the 9th
        for end_date, due in (("2026-03-09", 9), ("2026-03-08", 6)):
            run = self.start(template, end_date=end_date)
            self.end(run, "Call", "No answer")
            again = self.get_repetition(run.sudo().line_ids.sorted()[0])
            self.assertEqual(again.date_deadline, date(2026, 3, due))

    # ------------------------------------------------------------------
    # Unknown names and rights
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_an_unknown_name_is_refused_with_the_list_of_what_there_is(self):
        run = self.start()
        call = self.get_task(run, "Call").with_env(self.env)
        message = (
            "“Nobody there” is not an outcome of “Call”. Select one of these: "
            "“Reached”, “No answer”, “Wants an offer”, “Not interested”."
        )
        for refuse in (call.action_done, call.activity_id.action_track_done):
            with self.assertRaisesRegex(UserError, message):
                refuse(outcome="Nobody there")
        for name in (5, ["Reached"], {"name": "Reached"}, True, "reached"):
            with self.assertRaisesRegex(UserError, "is not an outcome"):
                call.action_done(outcome=name)
        review = self.get_task(run, "Review").with_env(self.env)
        message = (
            "“Reached” is not an outcome of “Review”. Complete the task without an "
            "outcome."
        )
        with self.assertRaisesRegex(UserError, message):
            review.action_done(outcome="Reached")
        self.assertEqual((call.state, review.state), ("open", "open"))

    @users("tracks_seller")
    def test_one_task_without_the_outcome_refuses_the_whole_call(self):
        run = self.start()
        tasks = self.get_task(run, "Call") + self.get_task(run, "Review")
        with self.assertRaisesRegex(UserError, "not an outcome of “Review”"):
            tasks.with_env(self.env).action_done(outcome="Reached")
        self.assertEqual(tasks.mapped("state"), ["open", "open"])

    @users("tracks_seller")
    def test_an_activity_is_completed_once_with_feedback_and_attachments(self):
        run = self.start()
        lead = self.env["crm.lead"].browse(run.res_id)
        activity = self.get_task(run, "Call").activity_id.with_env(self.env)
        file = self.env["ir.attachment"].create({"name": "offer.txt", "raw": b"12"})
        before = lead.message_ids
        result = activity.action_track_done(
            outcome="Wants an offer", feedback="For twelve", attachment_ids=file.ids
        )
        message = lead.message_ids - before
        self.assertEqual(len(message), 1)
        self.assertEqual(result, message.id)
        self.assertEqual(message.attachment_ids, file)
        self.assertIn("For twelve", message.body)
        self.assertRegex(message.body, r"Outcome:</span>\s*Wants an offer")
        self.assertEqual(activity.feedback, "For twelve")
        self.assertEqual(activity.attachment_ids, file)
        self.assertEqual(self.get_task(run, "Offer").state, "open")
        with self.assertRaisesRegex(UserError, "“Call” is already finished"):
            activity.action_track_done(outcome="Reached")
        self.assertFalse(activity.action_track_done())
        self.assertEqual(lead.message_ids - before, message)
        self.assertEqual(self.get_task(run, "Call").outcome, "Wants an offer")

    @users("tracks_seller")
    def test_a_message_without_an_outcome_does_not_mention_one(self):
        run = self.start()
        lead = self.env["crm.lead"].browse(run.res_id)
        before = lead.message_ids
        self.tick(run, "Call", feedback="Nice people")
        self.assertNotIn("Outcome", (lead.message_ids - before).body)

    def test_an_assignee_who_cannot_see_the_record_completes_with_an_outcome(self):
        run = self.start()
        call = self.get_task(run, "Call")
        call.with_user(self.seller).user_id = self.employee
        activity = call.activity_id.with_user(self.employee)
        with self.assertRaisesRegex(AccessError, ""):
            call.with_user(self.employee).action_done(outcome="Reached")
        activity.action_track_done("Wants an offer", "Fine")
        self.assertEqual(call.done_user_id, self.employee)
        self.assertEqual(call.outcome, "Wants an offer")
        self.assertActivityFollows(self.get_task(run, "Offer"))

    def test_a_user_without_rights_learns_nothing_of_the_outcomes(self):
        run = self.start()
        activity = self.get_task(run, "Call").activity_id
        for user in (self.seller_2, self.employee, self.portal):
            for name in ("Reached", "Nobody"):
                with self.assertRaisesRegex(AccessError, "") as refusal:
                    activity.with_user(user).action_track_done(outcome=name)
                self.assertNotIn("No answer", str(refusal.exception))
        self.assertEqual(self.get_task(run, "Call").state, "open")

    @users("tracks_seller")
    def test_an_activity_without_a_track_has_no_outcomes(self):
        activity = self.make_leads().activity_schedule(
            "mail.mail_activity_data_todo", summary="Plain", user_id=self.env.uid
        )
        activity = activity.with_env(self.env)
        with self.assertRaisesRegex(UserError, "“Plain” does not belong to a track"):
            activity.action_track_done(outcome="Reached")
        self.assertTrue(activity.action_track_done(feedback="Done"))
        self.assertFalse(activity.active)

    @users("tracks_seller")
    def test_users_write_neither_the_outcome_nor_the_outcomes(self):
        run = self.start()
        call = self.get_task(run, "Call").with_env(self.env)
        for vals in (
            {"outcome": "Reached"},
            {"outcomes": []},
            {"round": 1},
            {"repeats_id": call.id},
        ):
            with self.assertRaisesRegex(AccessError, ""):
                call.write(vals)
            with self.assertRaisesRegex(AccessError, ""):
                call.create({"run_id": run.id, "summary": "Added", **vals})
        with self.assertRaisesRegex(AccessError, ""):
            call.read(["outcomes"])
        self.assertEqual(call.read(["outcome", "round"])[0]["round"], 0)

    # ------------------------------------------------------------------
    # Many at once
    # ------------------------------------------------------------------

    @users("tracks_seller_all")
    def test_tasks_of_many_tracks_end_in_one_call(self):
        runs = self.start(count=3, user=self.seller_all)
        calls = runs.line_ids.filtered(lambda task: task.summary == "Call")
        calls.activity_ids.with_env(self.env).action_track_done("Wants an offer")
        for run in runs:
            self.assertActivityFollows(self.get_task(run, "Offer"))
            self.assertEqual(
                self.get_task(run, "Visit").skipped_by_id, self.get_task(run, "Call")
            )
        again = self.start(count=3, user=self.seller_all)
        calls = again.line_ids.filtered(lambda task: task.summary == "Call")
        calls.with_env(self.env).action_done(outcome="No answer")
        for call in calls:
            self.assertActivityFollows(self.get_repetition(call.sudo()))

    @users("tracks_seller")
    def test_tasks_of_one_track_that_are_completed_in_one_call_skip_each_other_not(
        self,
    ):
        template = self.make_template(
            *(
                {
                    "summary": summary,
                    "delay_count": number,
                    "outcome_ids": [
                        self.make_outcome("Enough", "end"),
                        self.make_outcome("No answer", "again", delay_count=1),
                    ],
                }
                for number, summary in enumerate(("Call", "Write", "Visit"))
            )
        )
        run = self.start(template)
        tasks = self.get_task(run, "Call") + self.get_task(run, "Write")
        tasks.with_env(self.env).action_done(outcome="Enough")
        self.assertEqual(tasks.mapped("state"), ["done", "done"])
        self.assertEqual(self.get_task(run, "Visit").state, "skipped")
        self.assertEqual(run.state, "done")
        run = self.start(template)
        tasks = self.get_task(run, "Write") + self.get_task(run, "Call")
        tasks.with_env(self.env).action_done(outcome="No answer")
        self.assertEqual(
            run.sudo().line_ids.sorted().mapped("summary"),
            ["Call", "Call", "Write", "Write", "Visit"],
        )

    @users("tracks_seller")
    def test_the_assignee_of_what_follows_is_told_once_and_of_nothing_skipped(self):
        run = self.start()
        for summary in ("Offer", "Visit"):
            task = self.get_task(run, summary).with_env(self.env)
            task.user_id = self.seller_2
        self.env.cr.precommit.run()
        found = self.env["mail.message"].sudo().search([], order="id desc", limit=1)
        self.end(run, "Call", "Wants an offer")
        self.env.cr.precommit.run()
        told = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("id", ">", found.id),
                    ("partner_ids", "in", self.seller_2.partner_id.ids),
                ]
            )
        )
        self.assertEqual(len(told), 1)
        self.assertIn("Offer", told.body)
        self.assertNotIn("Visit", told.body)

    # ------------------------------------------------------------------
    # Ahead of turn, and on hold
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_an_outcome_ahead_of_turn_is_noted_and_its_repetition_waits(self):
        template = self.make_template(
            {"summary": "Write"},
            {
                "summary": "Call",
                "delay_from": "previous",
                "outcome_ids": self.make_outcomes(4),
            },
            {"summary": "Visit", "delay_from": "previous"},
            {"summary": "Offer", "delay_from": "previous", "delay_count": 1},
        )
        run = self.start(template)
        lead = self.env["crm.lead"].browse(run.res_id)
        before = lead.message_ids
        call = self.get_task(run, "Call")
        self.end(run, "Call", "No answer")
        self.assertIn("Call (No answer)", (lead.message_ids - before).body)
        again = self.get_repetition(call)
        self.assertEqual(again.state, "waiting")
        with self.at("2026-03-05 10:00:00"):
            self.tick(run, "Write")
        self.assertActivityFollows(again)
        self.assertEqual(again.date_deadline, date(2026, 3, 6))

        run = self.start(template)
        self.end(run, "Call", "Wants an offer")
        self.assertEqual(
            run.sudo().line_ids.sorted().mapped("state"),
            ["open", "done", "skipped", "waiting"],
        )
        self.tick(run, "Write")
        self.assertActivityFollows(self.get_task(run, "Offer"))

        run = self.start(template)
        self.end(run, "Call", "Not interested")
        self.assertEqual(self.get_task(run, "Write").state, "skipped")
        self.assertEqual(run.state, "done")

    @users("tracks_seller")
    def test_on_hold_outcomes_count_and_what_follows_begins_on_waking(self):
        for outcome, summary, day in (
            ("No answer", "Call", "2026-03-06"),
            ("Wants an offer", "Offer", "2026-03-07"),
        ):
            run = self.start()
            run.action_pause()
            activity = self.get_task(run, "Call").activity_id.with_env(self.env)
            activity.action_track_done(outcome)
            following = run.sudo().line_ids.filtered(
                lambda task, summary=summary: (
                    task.summary == summary and task.state != "done"
                )
            )
            self.assertEqual(following.state, "waiting")
            self.assertFalse(following.activity_id)
            with self.at("2026-03-20 10:00:00"):
                run.action_resume()
            self.assertActivityFollows(following)
            self.assertEqual(following.date_deadline.isoformat(), day)

    @users("tracks_seller")
    def test_on_a_closed_record_end_finishes_the_track(self):
        run = self.start()
        lead = self.env["crm.lead"].browse(run.res_id)
        lead.action_set_lost()
        self.assertTrue(run.held)
        self.end(run, "Call", "Not interested")
        self.assertEqual(run.state, "done")
        self.assertFalse(
            lead.with_context(active_test=False).activity_ids.filtered("muted")
        )

    @users("tracks_seller")
    def test_activities_ahead_of_their_day_are_created_by_the_cron(self):
        template = self.make_calls(activity_creation="ahead", ahead_days=1)
        run = self.start(template)
        call = self.get_task(run, "Call")
        self.end(run, "Call", "No answer")
        again = self.get_repetition(call)
        self.assertEqual(
            (again.state, again.date_planned), ("planned", date(2026, 3, 5))
        )
        with self.at("2026-03-05 10:00:00"):
            self.run_cron()
        self.assertActivityFollows(again)

    # ------------------------------------------------------------------
    # A copy of its own
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_later_changes_of_the_template_change_no_running_track(self):
        for change in (
            lambda template: template.line_ids[0].outcome_ids.unlink(),
            lambda template: template.line_ids[0].outcome_ids.write({"effect": "end"}),
            lambda template: template.line_ids[3].unlink(),
            lambda template: template.unlink(),
        ):
            template = self.make_calls()
            run = self.start(template)
            change(template)
            self.end(run, "Call", "Wants an offer")
            self.assertActivityFollows(self.get_task(run, "Offer"))
            self.assertEqual(self.get_task(run, "Visit").state, "skipped")

    @users("tracks_seller")
    def test_a_second_track_of_the_template_has_targets_of_its_own(self):
        first, second = self.start(count=2)
        for run in (second, first):
            self.end(run, "Call", "Wants an offer")
            self.assertActivityFollows(self.get_task(run, "Offer"))
        self.assertEqual((first.state, second.state), ("running", "running"))

    # ------------------------------------------------------------------
    # Shown
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_the_tab_shows_the_outcomes_and_the_one_selected(self):
        run = self.start()

        def read_tab():
            tab = self.env["track.run"].get_tab_data("crm.lead", run.res_id)
            return tab["runs"][0]["tasks"]

        self.assertIn("Not interested: end", read_tab()[0]["options"][0])
        self.assertEqual(read_tab()[0]["outcome"], "")
        self.end(run, "Call", "No answer", feedback="Voicemail")
        call, again, *_rest = read_tab()
        self.assertEqual(call["outcome"], "No answer")
        self.assertEqual(call["feedback"], "“Voicemail”")
        self.assertEqual(call["options"], [])
        self.assertIn("(2 times)", again["options"][0])

    @users("tracks_seller")
    def test_tasks_are_filtered_grouped_and_counted_by_outcome(self):
        first, second, _third = self.start(count=3)
        for run in (first, second):
            self.end(run, "Call", "Reached")
        domain = [("template_id", "=", self.template.id), ("outcome", "!=", False)]
        Task = self.env["track.run.line"]
        self.assertEqual(
            Task._read_group(domain, ["outcome"], ["__count"]), [("Reached", 2)]
        )
        arch = Task.get_view(view_type="search")["arch"]
        self.assertIn('name="with_outcome"', arch)
        self.assertIn('name="group_outcome"', arch)
