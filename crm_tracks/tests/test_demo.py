from datetime import date, timedelta

from odoo.tests import TransactionCase, tagged


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
            "lead_rental": ["1 of 6", "4 of 6"],
            "lead_castors": ["2 of 6"],
            "lead_lecture_hall": ["0 of 6"],
            "lead_clinic": ["2 of 6"],
            "lead_books": ["1 of 6"],
            "lead_school": ["0 of 4", "0 of 6", "0 of 6"],
            "lead_library": ["0 of 6"],
            "lead_canopy": ["0 of 6"],
            "lead_pavilion": ["0 of 6"],
            "lead_hotel": ["2 of 5"],
        }.items():
            with self.subTest(lead=name):
                runs = self.env.ref(f"crm_tracks.{name}").track_run_ids
                self.assertEqual(sorted(runs.mapped("progress_text")), expected)

    def test_the_overview_has_something_to_tell(self):
        admin = self.env.ref("base.user_admin")
        shown = self.templates.with_user(admin)
        late = shown.filtered(lambda template: 0 < template.stat_in_time < 1)
        self.assertGreaterEqual(len(late), 2, "some tasks were done in time, some not")
        slow = shown.filtered(lambda template: template.stat_median_days > 0)
        self.assertGreaterEqual(len(slow), 3, "some tasks took their time")
        self.assertShown(shown.filtered("stat_late_at"), "where tracks are late")
        self.assertShown(shown.filtered("stat_stopped_at"), "where tracks were stopped")

    def test_what_was_done_was_done_one_after_the_other(self):
        for run in self.runs:
            before = None
            for task in run.line_ids.sorted():
                if task.state == "done":
                    if task.delay_from == "previous" and before:
                        self.assertGreaterEqual(task.date_done, before, task.summary)
                    before = task.date_done

    def test_a_planned_task_has_no_activity_yet(self):
        planned = self.tasks.filtered(
            lambda task: task.state == "planned" and task.action == "activity"
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
        for task in done:
            self.assertIn(stage.name, task.result_text, "what it did is told")
        self.assertShown(
            automated.filtered(lambda task: task.state == "planned"),
            "an automated task that is to come",
        )

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
                self.assertEqual(len(run.line_ids), len(template.line_ids))
                self.assertIn(run.line_ids[0].state, ("open", "planned"))
