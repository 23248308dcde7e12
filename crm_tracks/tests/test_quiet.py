from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from .common import TracksCase

STATES = {
    "running": (),
    "paused": ("pause",),
    "held": ("close",),
    "both": ("pause", "close"),
}


@tagged("post_install", "-at_install")
class TestQuiet(TracksCase):
    """A track is inactive for two separate reasons: paused, or on a closed record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call", "Meet")

    def start(self, *steps):
        self.lead = self.make_leads()
        run = self.lead.with_user(self.seller).tracks_apply(self.template)
        for step in steps:
            self.do(run, step)
        return run

    def do(self, run, step):
        lead = self.lead.with_user(self.seller)
        {
            "pause": run.action_pause,
            "resume": run.action_resume,
            "stop": run.action_stop,
            "close": lead.action_set_lost,
            "reopen": lead.action_restore,
            "complete": self.get_open_task(run).with_user(self.seller).action_done,
            "skip": self.get_open_task(run).with_user(self.seller).action_skip,
            "cron": self.run_cron,
        }[step]()
        self.env.invalidate_all()

    def get_open_task(self, run):
        return run.sudo().line_ids.filtered(lambda task: task.state == "open")[:1]

    def assertQuiet(self, run, quiet):
        """The activities of the track are muted exactly while it is inactive."""
        self.assertEqual(run._is_suspended(), quiet)
        for task in run.sudo().line_ids.filtered(lambda task: task.state == "open"):
            self.assertEqual(task.activity_id.muted, quiet)
            self.assertEqual(task.activity_id.active, not quiet)

    def test_each_reason_comes_and_goes_by_itself(self):
        for steps, state, held in (
            (("pause",), "paused", False),
            (("pause", "resume"), "running", False),
            (("close",), "running", True),
            (("close", "reopen"), "running", False),
            (("pause", "close"), "paused", True),
            (("close", "pause"), "paused", True),
            (("pause", "close", "resume"), "running", True),
            (("pause", "close", "reopen"), "paused", False),
            (("pause", "close", "reopen", "resume"), "running", False),
            (("close", "pause", "resume", "reopen"), "running", False),
            (("close", "cron"), "running", True),
            (("close", "reopen", "cron"), "running", False),
            (("pause", "cron"), "paused", False),
        ):
            with self.subTest(steps=steps):
                run = self.start(*steps)
                self.assertEqual((run.state, run.held), (state, held))
                self.assertQuiet(run, state == "paused" or held)
                self.assertTasks(
                    run,
                    [
                        ("Write", "open", "2026-03-04"),
                        ("Call", "waiting", None),
                        ("Meet", "waiting", None),
                    ],
                )

    def test_what_is_completed_counts_and_the_next_task_waits_for_the_last_reason(self):
        for name, steps in STATES.items():
            with self.subTest(state=name):
                run = self.start(*steps)
                with self.at("2026-03-09 10:00:00"):
                    self.do(run, "complete")
                self.assertEqual(self.get_task(run, "Write").state, "done")
                quiet = bool(steps)
                call = self.get_task(run, "Call")
                self.assertEqual(call.state, "waiting" if quiet else "open")
                with self.at("2026-03-20 10:00:00"):
                    for step in {"pause": ("resume",), "close": ("reopen",)}.items():
                        if step[0] in steps:
                            self.do(run, step[1][0])
                # dated from the day on which the previous one was completed
                self.assertEqual(call.date_deadline, date(2026, 3, 11))
                self.assertActivityFollows(call)

    def test_what_is_skipped_counts_too(self):
        for name, steps in STATES.items():
            with self.subTest(state=name):
                run = self.start(*steps)
                self.do(run, "skip")
                self.assertEqual(self.get_task(run, "Write").state, "skipped")
                self.assertFalse(self.get_task(run, "Write").activity_id)
                call = self.get_task(run, "Call")
                self.assertEqual(call.state, "waiting" if steps else "open")

    def test_a_track_is_stopped_whatever_its_state(self):
        for name, steps in STATES.items():
            with self.subTest(state=name):
                run = self.start(*steps)
                self.do(run, "stop")
                self.assertEqual(run.state, "stopped")
                self.assertEqual(set(run.line_ids.mapped("state")), {"cancelled"})
                self.assertFalse(
                    self.env["mail.activity"]
                    .with_context(active_test=False)
                    .search([("res_id", "=", self.lead.id), ("muted", "=", True)])
                )
                with self.assertRaisesRegex(UserError, "Sales follow-through"):
                    run.action_resume()
                if "close" in steps:
                    self.do(run, "reopen")
                self.assertEqual(run.state, "stopped")
                self.assertFalse(self.lead.activity_ids)

    def test_the_last_task_of_a_quiet_track_finishes_it(self):
        for name, steps in STATES.items():
            with self.subTest(state=name):
                run = self.start()
                self.tick(run, "Write")
                self.tick(run, "Call")
                for step in steps:
                    self.do(run, step)
                self.do(run, "complete")
                self.assertEqual(run.state, "done")

    def test_a_task_added_to_a_quiet_track_waits_with_it(self):
        for name, steps in STATES.items():
            for delay_from in ("start", "previous"):
                with self.subTest(state=name, delay_from=delay_from):
                    run = self.start(*steps)
                    added = (
                        self.env["track.run.line"]
                        .sudo()
                        .create(
                            {
                                "run_id": run.id,
                                "sequence": 0,
                                "summary": "Added",
                                "delay_count": 3,
                                "delay_from": delay_from,
                            }
                        )
                    )
                    run.sudo()._advance()
                    self.assertEqual(added.state, "waiting" if steps else "open")
                    self.do(run, "cron")
                    for step, back in (("pause", "resume"), ("close", "reopen")):
                        if step in steps:
                            self.do(run, back)
                    self.assertActivityFollows(added)
                    self.assertEqual(added.date_deadline, date(2026, 3, 7))

    def test_merging_into_an_open_lead_lets_go_of_what_a_closing_held(self):
        for name, steps in STATES.items():
            with self.subTest(state=name):
                run = self.start(*steps)
                survivor = self.make_leads(stage_id=self.lead.stage_id.id)
                survivor._merge_dependences(self.lead)
                self.env.invalidate_all()
                self.assertEqual(run.res_id, survivor.id)
                self.assertFalse(run.held)
                paused = "pause" in steps
                self.assertEqual(run.state, "paused" if paused else "running")
                self.assertQuiet(run, paused)

    def test_a_track_applied_after_the_closing_goes_on_beside_a_held_one(self):
        held = self.start("close")
        added = self.lead.with_user(self.seller).tracks_apply(self.template)
        self.assertQuiet(held, True)
        self.assertQuiet(added, False)
        self.do(added, "complete")
        self.assertActivityFollows(self.get_task(added, "Call"))
        self.do(added, "reopen")
        self.assertQuiet(held, False)
        self.assertQuiet(added, False)

    def test_a_planned_task_whose_day_comes_while_quiet_opens_when_it_ends(self):
        template = self.make_template(
            {"summary": "Soon"},
            {"summary": "Later", "delay_count": 10},
            activity_creation="ahead",
            ahead_days=2,
        )
        self.lead = self.make_leads()
        run = self.lead.with_user(self.seller).tracks_apply(template)
        run.action_pause()
        with self.at("2026-03-20 10:00:00"):
            later = self.get_task(run, "Later")
            self.run_cron()
            self.assertEqual(later.state, "planned")
            run.action_resume()
            self.assertActivityFollows(later)
            self.assertEqual(later.date_deadline, date(2026, 3, 14))

    @users("tracks_seller")
    def test_pausing_and_resuming_leave_a_note_each_and_work_on_many(self):
        leads = self.make_leads(3).with_env(self.env)
        runs = leads.tracks_apply(self.template)
        notes = leads.message_ids
        runs[0].action_stop()
        runs.action_pause()
        self.assertEqual(runs.mapped("state"), ["stopped", "paused", "paused"])
        self.assertEqual(runs.mapped("date_paused"), [False, self.TODAY, self.TODAY])
        runs.action_resume()
        self.assertEqual(runs.mapped("state"), ["stopped", "running", "running"])
        self.assertEqual(len(leads.message_ids - notes), 1 + 2 + 2)
        with self.assertRaisesRegex(UserError, "Sales follow-through"):
            runs.action_resume()

    def test_only_whoever_may_write_the_record_pauses_its_tracks(self):
        run = self.start()
        for action in ("action_pause", "action_resume"):
            with self.assertRaises(AccessError):
                getattr(run.with_user(self.seller_2), action)()
        self.assertEqual(run.state, "running")
