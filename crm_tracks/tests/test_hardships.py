from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TracksCase

CLOSING = "odoo.addons.crm_tracks.models.record.closing"
CRON = "odoo.addons.crm_tracks.models.automation.cron"


@tagged("post_install", "-at_install")
class TestHardships(TracksCase):
    """Combinations of manual changes, reopening, closing and failures."""

    def start(self, template, count=1):
        leads = self.make_leads(count).with_user(self.seller)
        return leads.tracks_apply(template)

    def act(self, run, summary, action, *args):
        getattr(self.get_task(run, summary).with_user(self.seller), action)(*args)

    def breaking(self, summary="Broken", res_id=None):
        """Activities with this summary cannot be created."""
        Activity = type(self.env["mail.activity"])
        create = Activity.create

        def break_some(self, vals_list):
            for vals in vals_list:
                if vals.get("summary") == summary and vals["res_id"] in (
                    res_id or vals["res_id"],
                ):
                    raise ValueError("It broke")
            return create(self, vals_list)

        return patch.object(Activity, "create", break_some)

    def breaking_method(self, model, name, res_id):
        """This method raises for all tracks of this record."""
        Model = type(self.env[model])
        method = getattr(Model, name)

        def break_some(records, *args, **kwargs):
            runs = records if model == "track.run" else records.run_id
            if res_id in runs.mapped("res_id"):
                raise ValueError("It broke")
            return method(records, *args, **kwargs)

        return patch.object(Model, name, break_some)

    def make_breaking(self):
        return self.make_template(
            {"summary": "A"},
            {"summary": "B", "delay_from": "previous"},
            {"summary": "Broken", "delay_count": 20},
            activity_creation="ahead",
            ahead_days=2,
        )

    @mute_logger(CRON)
    def fail(self, runs, broken):
        with self.at("2026-03-23 10:00:00"), self.breaking(res_id=broken.res_id):
            self.run_cron()
        self.assertEqual(self.get_task(broken, "Broken").state, "failed")

    # ------------------------------------------------------------------
    # Failures
    # ------------------------------------------------------------------

    def test_a_failed_task_is_in_nobody_s_way(self):
        run = self.start(self.make_breaking())
        self.fail(run, run)
        with self.at("2026-03-24 10:00:00"), self.breaking():
            self.act(run, "A", "action_done")
            self.assertActivityFollows(self.get_task(run, "B"))
            run.action_pause()
            run.action_resume()
        self.assertEqual(self.get_task(run, "Broken").state, "failed")

    def test_a_broken_track_keeps_no_other_record_closed(self):
        runs = self.start(self.make_chain("Write", "Broken"), 3)
        leads = self.env["crm.lead"].browse(runs.mapped("res_id"))
        leads.with_user(self.seller).action_set_lost()
        for run in runs:
            self.act(run, "Write", "action_done")
        with (
            self.breaking_method("track.run", "_wake_up", leads[1].id),
            self.assertLogs(CLOSING, "ERROR"),
        ):
            leads.with_user(self.seller).action_unarchive()
        self.assertEqual(runs.mapped("held"), [False, True, False])
        self.assertActivityFollows(self.get_task(runs[0], "Broken"))
        self.run_cron()
        self.assertFalse(runs[1].held)

    @mute_logger(CRON)
    def test_a_broken_track_keeps_no_other_from_being_swept(self):
        runs = self.start(self.make_chain("Write", "Broken"), 3)
        ids = tuple(self.get_task(run, "Write").activity_id.id for run in runs)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM mail_activity WHERE id IN %s", [ids])
        self.env.invalidate_all()
        with self.breaking_method("track.run.line", "_skip", runs[1].res_id):
            self.run_cron()
        states = [self.get_task(run, "Write").state for run in runs]
        self.assertEqual(states, ["skipped", "open", "skipped"])
        self.assertActivityFollows(self.get_task(runs[2], "Broken"))

    def test_a_failed_task_that_is_moved_ahead_is_planned_again(self):
        run = self.start(self.make_breaking())
        self.fail(run, run)
        with self.at("2026-03-23 12:00:00"):
            run.start_date = "2026-06-01"
            self.run_cron()
        task = self.get_task(run, "Broken")
        self.assertEqual((task.state, task.attempts), ("planned", 0))
        self.assertEqual(task.date_deadline, date(2026, 6, 21))

    # ------------------------------------------------------------------
    # Reopening
    # ------------------------------------------------------------------

    def test_a_done_track_reopened_on_a_closed_record_goes_on(self):
        run = self.start(self.make_chain("A"))
        lead = self.env["crm.lead"].browse(run.res_id)
        self.act(run, "A", "action_done")
        lead.action_set_won()
        plain = lead.activity_schedule(
            "mail.mail_activity_data_todo", summary="Plain", user_id=self.seller.id
        )
        self.act(run, "A", "action_reopen")
        self.run_cron()
        self.assertFalse(run.held)
        self.assertTrue(plain.active)
        self.assertTrue(self.get_task(run, "A").activity_id.active)

    def test_a_reopened_task_overtakes_none(self):
        for finish in ("action_done", "action_skip"):
            run = self.start(self.make_chain("A", "B"))
            self.get_task(run, "B").with_user(self.seller).date_deadline = "2026-03-20"
            self.act(run, "B", finish)
            self.act(run, "B", "action_reopen")
            self.assertTasks(
                run, [("A", "open", "2026-03-04"), ("B", "waiting", "2026-03-20")]
            )

    def test_a_reopened_task_that_was_planned_overtakes_none(self):
        run = self.start(
            self.make_chain("A", "B", activity_creation="ahead", ahead_days=0)
        )
        self.act(run, "A", "action_done")
        self.act(run, "B", "action_done")
        self.act(run, "A", "action_reopen")
        self.act(run, "B", "action_reopen")
        self.assertTasks(run, [("A", "open", "2026-03-04"), ("B", "waiting", None)])

    @mute_logger(CRON)
    def test_a_failed_task_waits_again_when_the_one_before_is_reopened(self):
        run = self.start(
            self.make_chain("A", "Broken", activity_creation="ahead", ahead_days=0)
        )
        self.act(run, "A", "action_done")
        with self.at("2026-03-06 10:00:00"), self.breaking():
            self.run_cron()
        self.assertEqual(self.get_task(run, "Broken").state, "failed")
        self.act(run, "A", "action_reopen")
        with self.at("2026-03-07 10:00:00"):
            self.run_cron()
        self.assertTasks(
            run, [("A", "open", "2026-03-04"), ("Broken", "waiting", None)]
        )

    def test_what_was_assigned_past_a_task_done_ahead_is_withdrawn(self):
        run = self.start(self.make_chain("A", "B", "C"))
        self.act(run, "B", "action_done")
        self.act(run, "A", "action_done")
        self.assertEqual(self.get_task(run, "C").state, "open")
        self.act(run, "A", "action_reopen")
        self.assertEqual(self.get_task(run, "C").state, "waiting")
        # but not the tasks that another completion assigned
        run = self.start(self.make_chain("A", "B", "C"))
        self.act(run, "A", "action_done")
        self.act(run, "B", "action_done")
        self.act(run, "A", "action_reopen")
        self.assertEqual(self.get_task(run, "C").state, "open")

    def test_a_reopened_task_goes_to_somebody_who_is_there(self):
        lead = self.make_leads(user=self.seller_2)
        run = lead.with_user(self.seller_all).tracks_apply(self.make_chain("A", "B"))
        self.get_task(run, "A").user_id = self.seller
        self.get_task(run, "A").activity_id.user_id = self.seller
        self.tick(run, "A", user=self.seller)
        self.seller.active = False
        self.get_task(run, "A").with_user(self.seller_all).action_reopen()
        self.assertActivityFollows(self.get_task(run, "A"))
        self.assertEqual(self.get_task(run, "A").user_id, self.seller_2)

    # ------------------------------------------------------------------
    # Manual changes
    # ------------------------------------------------------------------

    def test_a_planned_task_dated_by_hand_that_waits_now_overtakes_none(self):
        template = self.make_template(
            {"summary": "A"},
            {"summary": "B", "delay_count": 30},
            activity_creation="ahead",
            ahead_days=0,
        )
        run = self.start(template)
        b_task = self.get_task(run, "B").with_user(self.seller)
        b_task.date_deadline = "2026-03-20"
        b_task.delay_from = "previous"
        self.assertTasks(
            run, [("A", "open", "2026-03-04"), ("B", "waiting", "2026-03-20")]
        )

    def test_a_task_moved_to_the_front_counts_from_the_start(self):
        run = self.start(
            self.make_chain("A", "B", activity_creation="ahead", ahead_days=0)
        )
        self.act(run, "A", "action_done")
        with self.at("2026-03-10 10:00:00"):
            added = (
                self.env["track.run.line"]
                .with_user(self.seller)
                .create(
                    {
                        "run_id": run.id,
                        "summary": "N",
                        "sequence": 1,
                        "delay_count": 40,
                        "delay_from": "previous",
                    }
                )
            )
            self.assertEqual(added.date_deadline, date(2026, 4, 19))
            added.sequence = -1
            self.assertEqual(added.date_deadline, date(2026, 4, 13))

    def test_what_fell_to_the_owner_follows_though_it_had_been_given_away(self):
        lead = self.make_leads()
        run = lead.with_user(self.seller).tracks_apply(self.make_chain("A", "B"))
        self.get_task(run, "B").with_user(self.seller).user_id = self.employee
        self.employee.active = False
        self.act(run, "A", "action_done")
        self.assertEqual(self.get_task(run, "B").user_id, self.seller)
        lead.user_id = self.seller_2
        self.assertEqual(self.get_task(run, "B").user_id, self.seller_2)

    def test_deleting_the_meeting_of_a_muted_activity_skips_the_task(self):
        run = self.start(self.make_chain("A", "B"))
        event = self.make_meeting(self.get_task(run, "A"))
        run.action_pause()
        event.with_user(self.seller).unlink()
        self.assertEqual(self.get_task(run, "A").state, "skipped")
        self.assertFalse(self.get_task(run, "A").activity_id)

    def test_a_day_outside_of_the_calendar_is_refused_in_a_sentence(self):
        template = self.make_breaking()
        lead = self.make_leads().with_user(self.seller)
        with self.assertRaises(UserError) as caught:
            lead.tracks_apply(template, start_date="0001-01-01")
        self.assertIn("outside of the calendar", str(caught.exception))

    def test_an_import_edits_tasks(self):
        run = self.start(self.make_chain("A", "B"))
        task = self.get_task(run, "A")
        result = (
            self.env["track.run.line"]
            .with_user(self.seller)
            .load([".id", "summary"], [[str(task.id), "Imported"]])
        )
        self.assertFalse(result["messages"])
        self.assertEqual(task.summary, "Imported")
        self.assertActivityFollows(task)
