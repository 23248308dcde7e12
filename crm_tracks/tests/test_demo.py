from datetime import date, timedelta

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, freeze_time, tagged


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The demo data contain every state of tracks and tasks.

    Uses the real clock, because the dates of demo data are relative to the
    installation.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.templates = cls.get_demo("track.template")
        cls.runs = cls.get_demo("crm.lead").track_run_ids
        cls.tasks = cls.runs.line_ids

    @classmethod
    def get_demo(cls, model):
        """The existing demo records of this model."""
        ids = cls.env["ir.model.data"].search(
            [("module", "=", "crm_tracks"), ("model", "=", model)]
        )
        records = cls.env[model].with_context(active_test=False)
        return records.browse(ids.mapped("res_id")).exists()

    def setUp(self):
        super().setUp()
        if not self.env.ref("crm_tracks.lead_fit_out", raise_if_not_found=False):
            self.skipTest("crm_tracks was installed without demo data")

    def assertShown(self, records, what):
        self.assertTrue(records, f"the demo data show {what}")

    def test_every_state_of_a_track_is_shown(self):
        for state, label in self.runs._fields["state"]._description_selection(self.env):
            runs = self.runs.filtered(lambda run, state=state: run.state == state)
            self.assertShown(runs, f"a track: {label}")
        running = self.runs.filtered(lambda run: run.state == "running")
        self.assertShown(running.filtered("held"), "a held track")
        closed = running.filtered(lambda run: not run.held and run.record_closed)
        self.assertShown(closed, "a track that goes on after a closing")
        pairs = [(run.res_model, run.res_id) for run in running - closed]
        self.assertLess(len(set(pairs)), len(pairs), "a record with two tracks")

    def test_activity_types_lead_to_each_other(self):
        Template = self.env["track.template"]
        result = Template.import_definitions("activity_types")
        made = {row["name"]: Template.browse(row["id"]) for row in result["created"]}
        self.assertEqual(
            made["Site Visit"].line_ids.mapped("summary"),
            [
                "Visit the customer",
                "Send the report of the visit",
                "Ask for the decision",
            ],
        )
        reasons = [
            row["reason"] for row in result["unmapped"] if row["name"] == "Site Visit"
        ]
        self.assertEqual(len(reasons), 2, "a branch, and the day of the one before")

    def test_every_state_of_a_task_is_shown(self):
        for state, label in self.tasks._fields["state"]._description_selection(
            self.env
        ):
            # demo data cannot create a failed task
            if state != "failed":
                tasks = self.tasks.filtered(
                    lambda task, state=state: task.state == state
                )
                self.assertShown(tasks, f"a task: {label}")
        done = self.tasks.filtered(lambda task: task.state == "done")
        self.assertGreater(len(done.done_user_id), 1, "tasks done by several people")
        self.assertTrue(all(done.mapped("done_user_id")))
        self.assertShown(self.tasks.filtered("date_manual"), "a date moved by hand")

    def test_late_and_muted_tasks_are_shown(self):
        late = self.tasks.filtered(lambda task: task.is_late and not task.is_muted)
        self.assertShown(late, "a late task in somebody's list")
        self.assertTrue(all(late.activity_ids.mapped("active")))
        muted = self.tasks.filtered("is_muted").activity_ids
        self.assertShown(muted, "an activity muted with its track")
        self.assertTrue(all(muted.mapped("muted")))
        for reason in ("won", "lost"):
            leads = self.env["crm.lead"].browse(muted.mapped("res_id"))
            leads = leads.filtered(
                lambda lead, reason=reason: lead.won_status == reason
            )
            self.assertShown(leads, f"a {reason} opportunity with muted tasks")
        activities = self.env["mail.activity"].with_context(active_test=False)
        plain = activities.search(
            [("muted", "=", True), ("track_run_line_id", "=", False)]
        )
        self.assertShown(plain, "a muted activity without a track")

    def test_the_demo_did_what_it_says(self):
        # a call in the demo data that finds no readable task does nothing
        for name, expected in {
            "lead_fit_out": ["2 of 6"],
            "lead_meeting_rooms": ["0 of 6"],
            "lead_standing_desks": ["0 of 6"],
            "lead_coworking": ["3 of 6"],
            "lead_canteen": ["1 of 6"],
            "lead_opening_evening": ["1 of 6"],
            "lead_warehouse": ["1 of 6"],
            "lead_reception": ["6 of 6"],
            "lead_rental": ["1 of 6", "6 of 6"],
            "lead_castors": ["2 of 6"],
            "lead_lecture_hall": ["0 of 6"],
            "lead_clinic": ["2 of 6"],
            "lead_books": ["1 of 6"],
            "lead_school": ["0 of 4", "0 of 6", "0 of 6"],
            "lead_library": ["0 of 6"],
            "lead_canopy": ["0 of 6"],
            "lead_pavilion": ["0 of 6"],
            "lead_hotel": ["2 of 5"],
            "lead_bistro": ["2 of 7"],
            "lead_hostel": ["5 of 5"],
            "lead_arcade": ["5 of 5"],
            "lead_chapel": ["2 of 6"],
            "lead_museum": ["5 of 5", "5 of 6"],
        }.items():
            with self.subTest(lead=name):
                runs = self.env.ref(f"crm_tracks.{name}").track_run_ids
                self.assertEqual(sorted(runs.mapped("progress_text")), expected)

    def test_the_overview_has_something_to_tell(self):
        admin = self.env.ref("base.user_admin")
        shown = self.templates.with_user(admin)
        late = shown.filtered(lambda template: 0 < template.stat_in_time < 1)
        self.assertGreaterEqual(len(late), 2, "some tasks were done in time, some not")
        slow = shown.filtered(lambda template: template.stat_average_days > 0)
        self.assertGreaterEqual(len(slow), 3, "some tasks took their time")
        self.assertShown(shown.filtered("stat_late_at"), "where tracks are late")
        self.assertShown(shown.filtered("stat_stopped_at"), "where tracks were stopped")
        won = shown.filtered(lambda template: 0 < template.stat_win_rate < 1)
        self.assertGreaterEqual(len(won), 2, "some leads were won, some lost")
        lines = shown.line_ids
        for name in ("reached", "skipped", "outcomes", "median_late"):
            self.assertShown(lines.filtered(f"stat_{name}"), name)
        ends = shown.env["track.run.line"].search([("ended_here", "=", True)])
        self.assertGreaterEqual(len(ends.line_id), 3, "tracks end at several tasks")
        self.assertEqual(set(ends.mapped("run_state")), {"done", "stopped"})

    def test_what_was_done_was_done_one_after_the_other(self):
        compared = 0
        for run in self.runs:
            before = None
            for task in run.line_ids.sorted():
                if task.state == "done":
                    if task.delay_from == "previous" and before:
                        self.assertGreaterEqual(task.date_done, before, task.summary)
                        compared += 1
                    before = task.date_done
        self.assertGreater(compared, 3, "tasks that were done after others")

    def test_a_planned_task_has_no_activity_yet(self):
        planned = self.tasks.filtered(
            lambda task: (
                task.state == "planned"
                and task.action == "activity"
                and not task.condition_waits
            )
        )
        self.assertEqual(set(planned.run_id.mapped("activity_creation")), {"ahead"})
        self.assertFalse(planned.activity_ids)
        opened = self.tasks.filtered(lambda task: task.state == "open")
        self.assertEqual(len(opened.activity_ids), len(opened))

    def test_what_odoo_does_by_itself_is_shown(self):
        automated = self.tasks.filtered(lambda task: task.action != "activity")
        for action in ("update", "email", "track"):
            tasks = automated.filtered(
                lambda task, action=action: task.action == action
            )
            self.assertShown(tasks, f"an automated task: {action}")
        done = automated.filtered(lambda task: task.state == "done")
        self.assertShown(done, "an automated task that is done")
        stage = self.env.ref("crm.stage_lead2")
        lead = self.env.ref("crm_tracks.lead_hotel")
        self.assertEqual((lead.stage_id, lead.priority), (stage, "2"))
        for task in done.filtered(lambda task: task.action != "repeat"):
            self.assertIn(stage.name, task.result_text, "what it did is told")
        self.assertShown(
            automated.filtered(lambda task: task.state == "planned"),
            "an automated task that is to come",
        )

    # ------------------------------------------------------------------
    # Conditions, goals, outcomes, requirements, and what comes next
    # ------------------------------------------------------------------

    def test_what_comes_every_month_repeats(self):
        for name in ("monthly_invoice", "end_of_period"):
            template = self.env.ref(f"crm_tracks.template_{name}")
            self.assertEqual(template._get_repeat_text(), "Repeats every month")
        first, second = self.get_run("lead_rental"), self.get_run("lead_rental", 1)
        self.assertEqual((first.state, second.previous_run_id), ("done", first))
        self.assertTrue(second.is_series_going_on)

    def get_run(self, lead, number=0):
        """A track of a demo opportunity, the first one or another, as the admin."""
        runs = self.env.ref(f"crm_tracks.{lead}").track_run_ids.sorted("id")
        return runs[number].with_user(self.env.ref("base.user_admin"))

    def get_open_task(self, run):
        task = run.line_ids.filtered(lambda task: task.state == "open")
        self.assertEqual(len(task), 1)
        return task

    def test_an_order_waits_for_the_signed_contract(self):
        run = self.get_run("lead_museum", 1)
        task = run.line_ids.filtered("condition_waits")
        self.assertEqual(task, self.tasks.filtered("condition_waits"))
        self.assertFalse(task.activity_id)
        text = "Waits until Tags contains Contract Signed"
        self.assertEqual(task._get_due_text(date.today(), task.browse()), text)
        lead = self.env["crm.lead"].browse(run.res_id).with_env(run.env)
        lead.tag_ids += self.env.ref("crm_tracks.tag_contract_signed")
        self.env.flush_all()
        self.assertEqual(task.state, "open")
        self.assertTrue(task.activity_id.active)

    def test_a_track_follows_the_expected_closing(self):
        lead = self.env.ref("crm_tracks.lead_reading_tables")
        run = lead.track_run_ids
        self.assertTrue(run.date_linked)
        self.assertEqual(run.end_date, lead.date_deadline)
        self.assertIn(
            "because they follow", " ".join(lead.message_ids.mapped("preview"))
        )

    def test_the_dates_of_an_offer_move_when_its_opportunity_is_reopened(self):
        run = self.get_run("lead_chapel")
        lead = self.env["crm.lead"].browse(run.res_id).with_env(run.env)
        task = self.get_open_task(run)
        due, day = task.date_deadline, date.today()
        lead.action_set_lost()
        with freeze_time(day + timedelta(weeks=2)):
            lead.action_restore()
            self.env.flush_all()
        self.assertEqual(task.date_deadline, due + timedelta(weeks=2))

    def test_small_offers_need_no_approval(self):
        for lead, number, state in (
            ("lead_museum", 1, "done"),
            ("lead_chapel", 0, "skipped"),
        ):
            run = self.get_run(lead, number)
            approval = run.line_ids.filtered(
                lambda task: task.summary == "Approve the prices"
            )
            self.assertEqual(approval.state, state)
        self.assertEqual(
            approval._get_reason_text(),
            "The condition was not met: Expected Revenue ≥ 20000",
        )

    def test_the_follow_up_of_a_fair_ends_when_the_customer_wants_an_offer(self):
        for lead in ("lead_hostel", "lead_museum"):
            run = self.get_run(lead)
            self.assertEqual((run.state, run.goal_reached), ("done", True))
            self.assertEqual(run.line_ids.mapped("state"), ["done"] + ["skipped"] * 4)
            stage = self.env["crm.lead"].browse(run.res_id).stage_id
            self.assertEqual(stage, self.env.ref("crm.stage_lead3"))
        self.assertEqual(
            run.template_id._get_goal_text(),
            "Ends when: Stage is Proposition or Won",
        )

    def test_calls_end_with_outcomes(self):
        run = self.get_run("lead_bistro")
        calls = run.line_ids.sorted()[:3]
        self.assertEqual(
            [(call.state, call.outcome, call.round) for call in calls],
            [("done", "No answer", 0), ("done", "No answer", 1), ("open", False, 2)],
        )
        self.assertEqual(
            [call._get_outcomes_text() for call in (calls.line_id, calls[2])],
            [
                "Reached · No answer: again in 2 days (3 times) · Not interested: end",
                "Reached · No answer: again in 2 days (once) · Not interested: end",
            ],
        )
        ended = self.get_run("lead_arcade")
        self.assertEqual((ended.state, ended.goal_reached), ("done", False))
        outcomes = self.tasks.filtered(lambda task: task.state == "done")
        self.assertLessEqual(
            {"Reached", "No answer", "Not interested", "Accepted"},
            set(outcomes.mapped("outcome")),
        )
        effects = self.templates.line_ids.outcome_ids
        choices = dict(effects._fields["effect"]._description_selection(self.env))
        self.assertEqual(set(effects.mapped("effect")), set(choices))

    def test_an_offer_needs_a_note_and_an_expected_closing(self):
        run = self.get_run("lead_chapel")
        task = self.get_open_task(run)
        with self.assertRaisesRegex(
            UserError, "“Send the offer” needs a note and Expected Closing"
        ):
            task.action_done()
        lead = self.env["crm.lead"].browse(run.res_id).with_env(run.env)
        lead.date_deadline = date.today() + timedelta(30)
        task.action_done(feedback="Sent")
        self.assertEqual(self.get_open_task(run).summary, "Call about the offer")

    def test_one_track_follows_another(self):
        offer = self.env.ref("crm_tracks.template_offer")
        followed = self.get_run("lead_museum")
        following = self.get_run("lead_museum", 1)
        self.assertEqual(following.template_id, offer)
        self.assertEqual(following.previous_run_id, followed)
        self.assertLess(followed.date_done, following.start_date)
        run = self.get_run("lead_hostel")
        [row] = run.get_tab_data("crm.lead", run.res_id)["runs"]
        self.assertEqual(row["next"], [{"id": offer.id, "name": "Offer and contract"}])
        run.action_start_next(offer.id)
        self.assertEqual(self.get_run("lead_hostel", 1).previous_run_id, run)
        self.assertEqual(
            offer.next_template_ids,
            self.env.ref("crm_tracks.template_client_onboarding"),
        )

    def test_an_update_of_running_tracks_has_something_to_do(self):
        admin = self.env.ref("base.user_admin")
        template = self.env.ref("crm_tracks.template_visit")
        runs = template.with_user(admin).run_ids
        by_lead = {run.res_name.partition(" ")[0]: run for run in runs}
        for lead, waiting in (("Benches", True), ("Tables", False)):
            run = by_lead[lead]
            self.assertEqual(run.update_added, "Confirm the day by e-mail")
            self.assertIn("Show them around", run.update_changed)
            self.assertIn("settings", run.update_changed)
            self.assertEqual(
                run.update_removed, "Send a map by post" if waiting else False
            )
            self.assertFalse(run.update_remark)

    def test_every_template_is_valid_and_shows_something(self):
        self.templates._check_tasks()
        for template in self.templates:
            with self.subTest(template=template.name):
                self.assertGreaterEqual(len(template.line_ids), 4)
                self.assertTrue(template.run_ids)
        lines = self.templates.line_ids
        for record, name in (
            (self.templates, "direction"),
            (self.templates, "activity_creation"),
            (self.templates, "on_close"),
            (lines, "delay_unit"),
            (lines, "delay_from"),
            (lines, "responsible_type"),
        ):
            choices = dict(record._fields[name]._description_selection(self.env))
            self.assertLessEqual(set(choices), set(record.mapped(name)), name)
        self.assertShown(self.templates.filtered("one_per_record"), "one per record")
        self.assertShown(
            self.templates.filtered(lambda template: not template.res_model_ids),
            "a template for every model",
        )

    def test_every_template_can_be_applied_to_a_fresh_lead(self):
        admin = self.env.ref("base.user_admin")
        # sudo: as the engine, which may read what a template is for
        applicable = self.templates.sudo().filtered(
            lambda template: (
                not template.res_model_ids
                or "crm.lead" in template.res_model_ids.mapped("model")
            )
        )
        self.assertShown(applicable, "templates for opportunities")
        for template in applicable:
            with self.subTest(template=template.name):
                lead = self.env["crm.lead"].create(
                    {"name": "Fresh", "type": "opportunity", "user_id": admin.id}
                )
                end_date = template.direction == "end" and date.today() + timedelta(30)
                run = lead.with_user(admin).tracks_apply(
                    template.id, end_date=end_date or None
                )
                self.assertEqual(run.state, "running")
                self.assertEqual(run.line_ids.line_id, template.line_ids)
                self.assertIn(run.line_ids[0].state, ("open", "planned"))
