from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_access import AccessCase


@tagged("post_install", "-at_install")
class TestChanging(AccessCase):
    """Users who may change a record may change its tracks."""

    def assertAllowed(self, allowed, change, error=AccessError):
        if allowed:
            return change()
        # assertRaises would roll back, and hide changes that were left
        with self.assertRaisesRegex(error, ""):
            change()

    def get_state(self, run):
        self.env.invalidate_all()
        activities = run.line_ids.activity_ids
        return (
            run.exists().read(["name", "state", "date_done"]),
            run.line_ids.read(["summary", "state", "user_id", "date_deadline"]),
            activities.read(["active", "summary", "user_id", "date_deadline"]),
        )

    def test_every_change_needs_write_access_to_the_record(self):
        def browse(model, ids, user):
            return self.as_user(self.env[model].browse(ids), user)

        changes = {
            "rename": lambda run, tasks: run.write({"name": "Renamed"}),
            "stop": lambda run, tasks: run.action_stop(),
            "complete": lambda run, tasks: tasks[0].action_done("well done"),
            "complete ahead": lambda run, tasks: tasks[1].action_done(),
            "skip": lambda run, tasks: tasks[0].action_skip(),
            "drop": lambda run, tasks: tasks[1].action_skip(),
            "edit": lambda run, tasks: tasks[0].write({"summary": "Edited"}),
            "move": lambda run, tasks: tasks[0].write({"date_deadline": "2026-04-01"}),
            "hand over": lambda run, tasks: tasks[0].write(
                {"user_id": self.seller_all.id}
            ),
        }
        for user, kind, allowed in self.get_cases():
            for name, change in changes.items():
                with self.subTest(user=user.name, lead=kind, change=name):
                    run = self.leads[kind].tracks_apply(self.template)
                    before = self.get_state(run)
                    self.assertAllowed(
                        allowed,
                        lambda run=run, user=user, change=change: change(
                            browse("track.run", run.ids, user),
                            browse("track.run.line", run.line_ids.ids, user),
                        ),
                    )
                    self.assertEqual(self.get_state(run) != before, allowed)

    def test_one_forbidden_track_among_others_refuses_the_whole_change(self):
        runs = self.runs["own"] + self.runs["other"]
        tasks = self.env["track.run.line"].concat(*(run.line_ids[0] for run in runs))
        before = self.get_state(runs)
        for change in (
            lambda: self.as_user(runs, self.seller).write({"name": "Renamed"}),
            lambda: self.as_user(runs, self.seller).action_stop(),
            lambda: self.as_user(tasks, self.seller).action_done(),
            lambda: self.as_user(tasks, self.seller).action_skip(),
            lambda: self.as_user(tasks, self.seller).write({"summary": "Edited"}),
        ):
            self.assertAllowed(False, change)
            self.assertEqual(self.get_state(runs), before)

    def test_a_refusal_names_nothing_that_the_user_may_not_see(self):
        run = self.runs["other"]
        task = run.line_ids[0]
        task.summary = "Secret plan"
        task.action_done()
        for change in (
            lambda: self.as_user(task, self.seller).write({"summary": "Edited"}),
            lambda: self.as_user(task, self.seller).action_done(),
            lambda: self.as_user(task, self.seller).action_skip(),
            lambda: self.as_user(run, self.seller).write({"name": "Renamed"}),
            lambda: self.as_user(run, self.seller).action_stop(),
            lambda: self.as_user(self.leads["other"], self.seller).tracks_apply(
                self.template
            ),
        ):
            with self.assertRaises(AccessError) as caught:
                change()
            for secret in ("Secret plan", run.name, "Other lead"):
                self.assertNotIn(secret, str(caught.exception))

    def test_a_refused_assignee_of_another_company_is_not_named(self):
        foreign = self.make_user(
            "customer_2",
            "base.group_portal",
            company_id=self.company_2.id,
            company_ids=[Command.set(self.company_2.ids)],
        )
        task = self.as_user(self.runs["own"].line_ids[0], self.seller)
        with self.assertRaises(UserError) as caught:
            task.write({"user_id": foreign.id})
        self.assertIn("“Assigned to” does not exist, or you", str(caught.exception))
        self.assertNotIn(foreign.name, str(caught.exception))

    def test_applying_needs_write_access_to_the_record(self):
        for user, kind, allowed in self.get_cases():
            with self.subTest(user=user.name, lead=kind):
                before = self.env["track.run"].search_count([])
                lead = self.as_user(self.leads[kind], user)
                run = self.assertAllowed(
                    allowed, lambda lead=lead: lead.tracks_apply(self.template.id)
                )
                if allowed:
                    self.assertEqual(run.user_id, user)
                    self.assertEqual(run.res_id, lead.id)
                after = self.env["track.run"].search_count([])
                self.assertEqual(after - before, int(allowed))

    def test_nobody_creates_a_track_by_hand_and_tasks_only_where_they_may_write(self):
        run_vals = {
            "name": "Smuggled",
            "res_model": "crm.lead",
            "res_id": self.leads["own"].id,
            "direction": "start",
            "start_date": "2026-03-04",
        }
        task_vals = {"run_id": self.runs["own"].id, "summary": "Added"}
        for user, kinds in self.matrix:
            for model, vals, allowed in (
                ("track.run", run_vals, False),
                ("track.run.line", task_vals, "own" in kinds),
            ):
                Model = self.as_user(self.env[model], user)
                with self.subTest(user=user.name, model=model):
                    self.assertAllowed(
                        allowed, lambda Model=Model, vals=vals: Model.create(vals)
                    )
        with self.assertRaises(AccessError):
            self.as_user(self.runs["own"], self.manager).copy()

    def test_nobody_but_an_administrator_deletes_a_track_and_only_an_ended_one(self):
        for user, kind, readable in self.get_cases():
            with self.subTest(user=user.name, lead=kind):
                run = self.leads[kind].tracks_apply(self.template)
                allowed = user == self.manager and readable
                with self.assertRaises(UserError if allowed else AccessError):
                    self.as_user(run, user).unlink()
                run.action_stop()
                self.assertAllowed(
                    allowed, lambda run=run, user=user: self.as_user(run, user).unlink()
                )
                self.assertEqual(bool(run.exists()), not allowed)

    def test_an_administrator_deletes_done_tracks_and_no_running_ones(self):
        ended, running = self.runs["own"], self.runs["other"]
        for task in ended.line_ids:
            task.action_done()
        self.assertEqual(ended.state, "done")
        with self.assertRaisesRegex(UserError, "Other lead.*has not ended"):
            self.as_user(ended + running, self.manager).unlink()
        self.assertEqual((ended + running).exists(), ended + running)
        self.as_user(ended, self.manager).unlink()
        self.assertFalse(ended.exists())

    def test_whoever_may_not_write_the_record_removes_no_task(self):
        for user, kinds in self.matrix:
            for kind in self.runs.keys() - kinds:
                task = self.as_user(self.runs[kind].line_ids[0], user)
                with (
                    self.subTest(user=user.name, kind=kind),
                    self.assertRaises(AccessError),
                ):
                    task.unlink()


@tagged("post_install", "-at_install")
class TestPartnerTracks(AccessCase):
    """A record that many users may read and few may change."""

    def setUp(self):
        super().setUp()
        self.partner = self.env["res.partner"].create({"name": "Readable partner"})
        self.track = self.partner.tracks_apply(self.template)
        self.env.invalidate_all()

    def test_reading_a_partner_is_enough_to_read_its_tracks(self):
        run = self.as_user(self.track, self.employee)
        self.assertEqual(run.line_ids.mapped("summary"), ["Call", "Write", "Visit"])
        self.assertEqual(run.res_name, "Readable partner")
        self.assertIn(run, run.search([]))
        self.assertFalse(run.has_access("write"))

    def test_changing_the_track_needs_write_access_to_the_partner(self):
        run = self.as_user(self.track, self.employee)
        task = run.line_ids[0]
        for change in (
            lambda: run.write({"name": "Renamed"}),
            lambda: run.action_stop(),
            lambda: task.action_done(),
            lambda: task.action_skip(),
            lambda: task.write({"summary": "Edited"}),
        ):
            with self.assertRaisesRegex(AccessError, "cannot change its tracks"):
                change()
        with self.assertRaisesRegex(
            AccessError, "Readable partner.*not have permission to change"
        ):
            self.as_user(self.partner, self.employee).tracks_apply(self.template)
        self.assertEqual(self.track.state, "running")
        self.assertEqual(self.track.line_ids.mapped("summary")[0], "Call")

    def test_a_contact_manager_changes_it(self):
        user = self.make_user("contacts", "base.group_user,base.group_partner_manager")
        run = self.as_user(self.track, user)
        run.line_ids[0].action_done()
        self.assertEqual(run.line_ids[0].done_user_id, user)
        run.action_stop()
        self.assertEqual(run.state, "stopped")
