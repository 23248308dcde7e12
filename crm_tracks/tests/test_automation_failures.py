from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_automation import AutomationCase

CRON_LOGGER = "odoo.addons.crm_tracks.models.automation.cron"


@tagged("post_install", "-at_install")
class TestAutomationFailures(AutomationCase):
    """Failures of automated tasks, and retries."""

    @mute_logger(CRON_LOGGER)
    def test_deleting_what_it_needs_fails_that_task_only_and_the_template_says_so(self):
        template = self.make_automated(
            {"action": "email", "mail_template_id": self.mail_template.id},
            {"action": "server_action", "server_action_id": self.server_action.id},
            {"summary": "Call"},
        )
        _leads, run = self.start(template)
        self.assertFalse(template.missing_hint)
        self.mail_template.unlink()
        self.server_action.unlink()
        self.assertIn("“E-mail: (deleted)”, “Action: (deleted)”", template.missing_hint)
        self.run_cron()
        self.assertEqual(run.line_ids.mapped("state"), ["failed", "failed", "open"])
        self.assertEqual(
            run.line_ids[0].error,
            "The E-mail Template of this task was deleted. Skip the task.",
        )
        template.line_ids[2].summary = "Ring"  # the template can still be edited

    @mute_logger(CRON_LOGGER)
    def test_it_is_tried_again_with_growing_pauses_and_then_brought_to_the_starter(
        self,
    ):
        template = self.make_automated(
            {"action": "email", "mail_template_id": self.mail_template.id}
        )
        [lead], run = self.start(template, email_from=False)
        task = run.line_ids
        moments = [
            "2026-03-04 10:00:00",
            "2026-03-04 11:00:01",
            "2026-03-04 13:00:02",
            "2026-03-04 17:00:03",
            "2026-03-05 01:00:04",
            "2026-03-05 17:00:05",
        ]
        for number, moment in enumerate(moments, start=1):
            self.assertFalse(lead.activity_ids)
            with self.at(moment):
                self.run_cron()
            self.assertEqual(task.attempts, number)
        self.assertFalse(task.date_retry)
        self.assertEqual(lead.activity_ids.user_id, self.seller)
        self.assertIn("has no recipient", lead.activity_ids.note)
        lead.email_from = "customer@example.com"
        task.with_user(self.seller).action_retry()
        self.assertEqual(run.state, "done")

    @mute_logger(CRON_LOGGER)
    def test_a_broken_task_among_many_is_found_with_few_rollbacks(self):
        template = self.make_automated(
            {"action": "email", "mail_template_id": self.mail_template.id}
        )
        leads, runs = self.start(template, 30)
        leads[16].email_from = False
        Task = self.registry["track.run.line"]
        begin, sizes = Task._cron_begin_batch, []

        def begin_batch(tasks):
            sizes.append(len(tasks))
            begin(tasks)

        with patch.object(Task, "_cron_begin_batch", begin_batch):
            self.run_cron()
        self.assertEqual(sizes, [30, *[3] * 6, *[1] * 3, *[3] * 4])
        self.assertEqual(runs.line_ids.mapped("state").count("failed"), 1)
        mails = self.env["mail.mail"].search([("res_id", "in", leads.ids)])
        self.assertEqual(
            sorted(mails.mapped("res_id")), sorted((leads - leads[16]).ids)
        )

    @mute_logger(CRON_LOGGER)
    def test_a_server_action_that_fails_is_not_executed_again_in_the_same_run(self):
        """It may have had effects outside of the database."""
        template = self.make_automated(
            {"action": "server_action", "server_action_id": self.server_action.id}
        )
        _leads, run = self.start(template)
        executed = []

        def execute(tasks, records):
            executed.append(records)
            raise ValueError("The other server is down.")

        self.patch(self.registry["track.run.line"], "_execute_server_action", execute)
        self.run_cron()
        self.assertEqual(len(executed), 1)
        self.assertEqual(run.line_ids.state, "failed")
        self.assertIn("The other server is down.", run.line_ids.error)

    @mute_logger(CRON_LOGGER)
    def test_a_task_begins_although_its_track_cannot_be_compared(self):
        template = self.make_automated(
            {"action": "server_action", "server_action_id": self.server_action.id}
        )
        _leads, run = self.start(template)

        def break_down(runs, *_args):
            raise ValueError("It broke")

        self.patch(self.registry["track.run"], "_follow_existing_records", break_down)
        self.run_cron()
        self.assertEqual(run.state, "done")

    @mute_logger(CRON_LOGGER)
    def test_a_batch_that_breaks_is_done_in_parts_and_sends_each_mail_once(self):
        template = self.make_automated(
            {"action": "email", "mail_template_id": self.mail_template.id}
        )
        leads, runs = self.start(template, 5)
        leads[2].email_from = False
        with patch.object(type(self.env["track.run"]), "_CRON_BATCH", 3):
            self.run_cron()
        states = dict(zip(leads.ids, runs.line_ids.mapped("state"), strict=True))
        self.assertEqual(states.pop(leads[2].id), "failed")
        self.assertEqual(set(states.values()), {"done"})
        mails = self.env["mail.mail"].search([("res_id", "in", leads.ids)])
        self.assertEqual(sorted(mails.mapped("res_id")), sorted(states))

    @mute_logger(CRON_LOGGER)
    def test_a_deleted_value_fails_with_a_reason(self):
        template = self.make_automated(self.make_update(("stage_id", self.stage.id)))
        _leads, run = self.start(template)
        self.stage.unlink()
        self.run_cron()
        self.assertEqual(
            run.line_ids.error,
            "The value for “Stage” no longer exists. Select another one.",
        )

    def fail_once(self):
        """A track whose e-mail has just failed, and its one task."""
        template = self.make_automated(
            {"action": "email", "mail_template_id": self.mail_template.id}
        )
        [lead], run = self.start(template, email_from=False)
        self.run_cron()
        self.assertEqual((run.line_ids.state, run.line_ids.attempts), ("failed", 1))
        lead.email_from = "customer@example.com"
        return run, run.line_ids

    def assertPlannedFor(self, task, day):
        """The task is planned for this day, without its failure, and runs then."""
        self.run_cron()
        self.assertEqual((task.state, task.attempts), ("planned", 0))
        self.assertFalse(task.date_retry)
        self.assertFalse(task.error)
        self.assertEqual(str(task.date_planned), day)
        with self.at(f"{day} 10:00:00"):
            self.run_cron()
        self.assertEqual(task.state, "done")

    @mute_logger(CRON_LOGGER)
    def test_one_that_was_moved_ahead_in_a_quiet_track_waits_for_its_day(self):
        def move(run, task):
            task.with_user(self.seller).date_deadline = "2026-05-04"

        def recalculate(run, task):
            run.start_date = "2026-05-04"

        for how in (move, recalculate):
            with self.subTest(how=how.__name__):
                run, task = self.fail_once()
                run.action_pause()
                how(run, task)
                run.action_resume()
                self.assertPlannedFor(task, "2026-05-04")

    @mute_logger(CRON_LOGGER)
    def test_one_that_was_moved_ahead_on_a_closed_record_waits_for_its_day(self):
        run, task = self.fail_once()
        lead = self.env["crm.lead"].browse(run.res_id).with_user(self.seller)
        lead.action_set_lost()
        task.with_user(self.seller).date_deadline = "2026-05-04"
        run.with_user(self.manager).action_take_over()
        lead.action_unarchive()
        self.assertPlannedFor(task, "2026-05-04")

    @mute_logger(CRON_LOGGER)
    def test_one_that_kept_its_failure_behind_its_date_is_put_right_as_it_wakes(self):
        run, task = self.fail_once()
        run.action_pause()
        # as earlier versions stored it
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE track_run_line SET date_deadline = '2026-05-04' WHERE id = %s",
            [task.id],
        )
        self.env.invalidate_all()
        run.action_resume()
        self.assertPlannedFor(task, "2026-05-04")

    @mute_logger(CRON_LOGGER)
    def test_one_that_was_moved_ahead_while_it_failed_has_not_failed(self):
        template = self.make_automated(self.make_update(("priority", 1)))
        _leads, run = self.start(template)
        task = run.line_ids
        task.with_user(self.seller).date_deadline = "2026-05-04"
        self.env.flush_all()  # as committed by the user who moved it
        task.sudo()._cron_fail(ValueError("It broke"))
        self.assertPlannedFor(task, "2026-05-04")

    @mute_logger(CRON_LOGGER)
    def test_an_email_to_a_blacklisted_address_is_not_sent(self):
        template = self.make_automated(
            {"action": "email", "mail_template_id": self.mail_template.id}
        )
        copied = self.mail_template.copy(
            {"use_default_to": False, "email_cc": "Colleague <BLOCKED@example.com>"}
        )
        with_copy = self.make_automated(
            {"action": "email", "mail_template_id": copied.id}
        )
        self.env["mail.blacklist"].create({"email": "blocked@example.com"})
        leads, runs = self.start(template, 2)
        leads[0].email_from = "Blocked <Blocked@Example.com>"
        _leads, run = self.start(with_copy)
        self.run_cron()
        self.assertEqual(runs.line_ids.mapped("state"), ["failed", "done"])
        for task in runs[0].line_ids + run.line_ids:
            self.assertEqual(task.state, "failed")
            self.assertEqual(
                task.error,
                "The e-mail blacklist contains blocked@example.com. Skip the task or "
                "change the blacklist.",
            )
        self.assertEqual(
            self.env["mail.mail"]
            .search([("res_id", "in", leads.ids)])
            .mapped("res_id"),
            leads[1].ids,
        )
        # a user gets the same sentence; an address removed from the blacklist gets the
        # e-mail
        task = runs[0].line_ids.with_user(self.seller)
        with self.assertRaisesRegex(
            UserError, "The e-mail blacklist contains blocked@"
        ):
            task.action_run_now()
        self.env["mail.blacklist"]._remove("blocked@example.com")
        task.action_run_now()
        self.assertEqual(task.state, "done")
