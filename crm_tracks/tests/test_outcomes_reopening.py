from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged, users

from .test_outcomes import OutcomesCase


@tagged("post_install", "-at_install")
class TestOutcomesReopening(OutcomesCase):
    """Reopening a task takes back what its outcome did."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_calls()

    def reopen(self, run, summary):
        self.get_task(run, summary).with_env(self.env).action_reopen()

    def assertAsStarted(self, run):
        self.assertTasks(
            run,
            [
                ("Call", "open", "2026-03-04"),
                ("Visit", "waiting", None),
                ("Review", "open", "2026-03-13"),
                ("Offer", "waiting", None),
                ("Ask", "waiting", None),
            ],
        )
        for summary in ("Call", "Review"):
            self.assertActivityFollows(self.get_task(run, summary))
        self.assertFalse(any(run.sudo().line_ids.mapped("outcome")))
        self.assertFalse(run.sudo().line_ids.skipped_by_id)
        self.assertFalse(any(run.sudo().line_ids.mapped("skip_reason")))
        lead = self.env["crm.lead"].browse(run.res_id)
        self.assertEqual(len(lead.activity_ids), 2)

    @users("tracks_seller")
    def test_reopening_brings_exactly_the_skipped_tasks_back(self):
        for outcome in ("Wants an offer", "Not interested", "Reached", "No answer"):
            run = self.start()
            activity = self.get_task(run, "Call").activity_id
            self.end(run, "Call", outcome)
            call = run.sudo().line_ids.sorted()[0]
            call.with_env(self.env).action_reopen()
            self.assertEqual(run.state, "running")
            self.assertAsStarted(run)
            self.assertEqual(call.activity_id, activity)

    @users("tracks_seller")
    def test_unarchiving_the_activity_does_the_same(self):
        for outcome in ("Wants an offer", "Not interested", "No answer"):
            run = self.start()
            activity = self.get_task(run, "Call").activity_id.with_env(self.env)
            activity.action_track_done(outcome)
            activity.action_unarchive()
            self.assertAsStarted(run)

    @users("tracks_seller")
    def test_tasks_that_were_skipped_before_or_by_hand_stay_skipped(self):
        run = self.start()
        self.get_task(run, "Visit").with_env(self.env).action_skip()
        self.get_task(run, "Review").activity_id.with_env(self.env).unlink()
        self.end(run, "Call", "Not interested")
        self.reopen(run, "Call")
        self.assertEqual(
            run.sudo().line_ids.sorted().mapped("state"),
            # “Offer” had begun after “Review”
            ["open", "skipped", "skipped", "open", "waiting"],
        )

    @users("tracks_seller")
    def test_a_task_that_was_brought_back_and_skipped_by_hand_stays_skipped(self):
        run = self.start()
        self.end(run, "Call", "Wants an offer")
        self.reopen(run, "Visit")
        self.get_task(run, "Visit").with_env(self.env).action_skip()
        self.reopen(run, "Call")
        self.assertEqual(self.get_task(run, "Visit").state, "skipped")
        self.assertEqual(self.get_task(run, "Review").state, "open")

    @users("tracks_seller")
    def test_only_the_tasks_skipped_by_the_reopened_one_come_back(self):
        template = self.make_template(
            {
                "summary": "Call",
                "outcome_ids": [self.make_outcome("Jump", "goto", target_number=3)],
            },
            {"summary": "Visit", "delay_from": "previous"},
            {
                "summary": "Offer",
                "delay_from": "previous",
                "outcome_ids": [self.make_outcome("Enough", "end")],
            },
            {"summary": "Ask", "delay_from": "previous"},
        )
        run = self.start(template)
        self.end(run, "Call", "Jump")
        self.end(run, "Offer", "Enough")
        self.assertEqual(run.state, "done")
        self.reopen(run, "Offer")
        self.assertEqual(
            run.sudo().line_ids.sorted().mapped("state"),
            ["done", "skipped", "open", "waiting"],
        )
        self.reopen(run, "Call")
        self.assertEqual(
            run.sudo().line_ids.sorted().mapped("state"),
            ["open", "waiting", "waiting", "waiting"],
        )

    @users("tracks_seller")
    def test_a_target_that_somebody_touched_or_completed_stays(self):
        run = self.start()
        self.end(run, "Call", "Wants an offer")
        offer = self.get_task(run, "Offer").with_env(self.env)
        offer.date_deadline = "2026-03-30"
        self.reopen(run, "Call")
        self.assertActivityFollows(offer.sudo())
        self.assertEqual(self.get_task(run, "Visit").state, "waiting")
        run = self.start()
        self.end(run, "Call", "Wants an offer")
        self.get_task(run, "Offer").with_env(self.env).action_done()
        self.reopen(run, "Call")
        self.assertEqual(self.get_task(run, "Offer").state, "done")
        self.assertEqual(self.get_task(run, "Visit").state, "waiting")

    @users("tracks_seller")
    def test_a_repetition_that_somebody_touched_stays_and_is_not_made_twice(self):
        def attach(task):
            task.activity_id.write(
                {"attachment_ids": [Command.create({"name": "b", "raw": b"c"})]}
            )

        for touch in (
            lambda task: task.write({"date_deadline": "2026-03-30"}),
            lambda task: task.write({"user_id": self.seller_2.id}),
            lambda task: task.write({"summary": "Call again"}),
            lambda task: task.activity_id.write({"note": "<p>Ask for Bob</p>"}),
            attach,
        ):
            run = self.start()
            call = self.get_task(run, "Call")
            call.with_env(self.env).action_done(outcome="No answer")
            again = self.get_repetition(call)
            touch(again.with_env(self.env))
            call.with_env(self.env).action_reopen()
            self.assertEqual((call.state, again.state), ("open", "open"))
            self.assertTrue(again.activity_id.active)
            call.with_env(self.env).action_done(outcome="No answer")
            self.assertEqual(self.get_repetition(call), again)
            self.assertEqual(again.state, "open")

    @users("tracks_seller")
    def test_a_repetition_that_was_completed_stays(self):
        run = self.start()
        call = self.get_task(run, "Call")
        call.with_env(self.env).action_done(outcome="No answer")
        again = self.get_repetition(call)
        again.with_env(self.env).action_done(outcome="Reached")
        call.with_env(self.env).action_reopen()
        self.assertEqual((call.state, again.state), ("open", "done"))
        self.assertEqual(again.outcome, "Reached")

    @users("tracks_seller")
    def test_a_repetition_that_its_condition_skipped_is_removed_untouched(self):
        model = self.env["ir.model"]._get("crm.lead")
        template = self.make_template(
            {
                "summary": "Call",
                "condition": "[('referred', '=', 'hot')]",
                "outcome_ids": [self.make_outcome("No answer", "again", delay_count=2)],
            },
            {"summary": "Visit", "delay_from": "previous"},
            res_model_ids=[Command.set(model.ids)],
        )
        for otherwise in ("skip", "end"):
            template.line_ids[0].condition_else = otherwise
            lead = self.make_leads(referred="hot").with_env(self.env)
            run = lead.tracks_apply(template.id)
            call, visit = run.sudo().line_ids.sorted()
            call.with_env(self.env).action_done(outcome="No answer")
            again = self.get_repetition(call)
            lead.referred = False
            with self.at("2026-03-06 10:00:00"):
                self.run_cron()
                self.assertEqual(again.state, "skipped")
                call.with_env(self.env).action_reopen()
            self.assertFalse(again.exists())
            self.assertEqual((call.state, visit.state), ("open", "waiting"))
            self.assertFalse(visit.skip_reason or visit.skipped_by_id)

    @users("tracks_seller")
    def test_a_repetition_of_a_task_assigned_by_hand_is_removed_untouched(self):
        run = self.start()
        call = self.get_task(run, "Call")
        call.with_env(self.env).user_id = self.seller_2
        call.with_env(self.env).action_done(outcome="No answer")
        self.assertEqual(self.get_repetition(call).user_id, self.seller_2)
        call.with_env(self.env).action_reopen()
        self.assertAsStarted(run)
        self.assertEqual(call.user_id, self.seller_2)

    @users("tracks_seller")
    def test_a_task_between_a_task_and_its_repetition_does_not_save_it(self):
        run = self.start()
        call = self.get_task(run, "Call")
        call.with_env(self.env).action_done(outcome="No answer")
        again = self.get_repetition(call)
        between = self.env["track.run.line"].create(
            {"run_id": run.id, "summary": "Between", "delay_from": "previous"}
        )
        order = list(run.line_ids.sorted() - between)
        order.insert(1, between)
        between.browse([task.id for task in order]).web_resequence({})
        self.assertEqual(run.line_ids.sorted()[:3].ids, (call + between + again).ids)
        call.with_env(self.env).action_reopen()
        self.assertFalse(again.exists())
        self.assertEqual(between.state, "waiting")
        self.assertEqual(self.get_task(run, "Visit").state, "waiting")

    @users("tracks_seller")
    def test_a_reopened_task_can_end_in_another_way(self):
        run = self.start()
        self.end(run, "Call", "Not interested")
        self.reopen(run, "Call")
        self.end(run, "Call", "Wants an offer")
        self.assertActivityFollows(self.get_task(run, "Offer"))
        self.assertEqual(self.get_task(run, "Call").outcome, "Wants an offer")
        self.assertEqual(self.get_task(run, "Ask").state, "waiting")

    @users("tracks_seller")
    def test_dates_and_assignees_set_by_hand_come_back(self):
        run = self.start()
        visit = self.get_task(run, "Visit").with_env(self.env)
        visit.write({"date_deadline": "2026-03-25", "user_id": self.seller_2.id})
        self.end(run, "Call", "Not interested")
        self.reopen(run, "Call")
        self.tick(run, "Call", user=self.seller)
        self.assertActivityFollows(visit.sudo())
        self.assertEqual(visit.user_id, self.seller_2)
        self.assertEqual(visit.date_deadline.isoformat(), "2026-03-25")

    @users("tracks_seller")
    def test_on_a_track_on_hold_what_comes_back_is_inactive(self):
        for outcome in ("Not interested", "No answer", "Wants an offer"):
            run = self.start()
            lead = self.env["crm.lead"].browse(run.res_id)
            lead.action_set_lost()
            call = self.get_task(run, "Call")
            self.end(run, "Call", outcome)
            call.with_env(self.env).action_reopen()
            self.assertFalse(lead.activity_ids)
            self.assertTrue(call.activity_id.muted)
            lead.action_unarchive()
            self.assertAsStarted(run)

    @users("tracks_seller")
    def test_several_tracks_are_reopened_in_one_call(self):
        runs = self.start(count=3)
        calls = runs.sudo().line_ids.filtered(lambda task: task.summary == "Call")
        for run, outcome in zip(runs, self.ALL[1:], strict=True):
            self.end(run, "Call", outcome)
        calls.with_env(self.env).action_reopen()
        for run in runs:
            self.assertAsStarted(run)

    @users("tracks_seller")
    def test_a_track_that_may_run_once_is_not_reopened_beside_another(self):
        self.template.one_per_record = True
        run = self.start()
        self.end(run, "Call", "Not interested")
        lead = self.env["crm.lead"].browse(run.res_id)
        lead.tracks_apply(self.template)
        with self.assertRaisesRegex(UserError, "can run only once"):
            self.reopen(run, "Call")
        self.assertEqual(self.get_task(run, "Visit").state, "skipped")
