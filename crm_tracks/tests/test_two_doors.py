from odoo import SUPERUSER_ID, Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged, users

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestAssigneeByTwoDoors(TracksCase):
    """A task and its activity refuse the same assignees, with the same error."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archived = cls.make_user("archived", "base.group_user")
        cls.archived.active = False
        cls.template = cls.make_chain("Write", "Call")

    def start(self, count=1):
        leads = self.make_leads(count)
        return leads.with_user(self.seller).tracks_apply(self.template).sudo()

    def get_misfits(self):
        """The ids of users who cannot be assigned, by name."""
        return {
            "portal": self.portal.id,
            "OdooBot": SUPERUSER_ID,
            "archived": self.archived.id,
            "nobody": False,
        }

    def get_refusal(self, records, user_id):
        """The error for this assignee; nothing is changed."""
        with self.assertRaises(UserError) as caught:
            records.write({"user_id": user_id})
        return str(caught.exception)

    @users("tracks_seller")
    def test_both_doors_refuse_the_same_people_in_the_same_sentence(self):
        run = self.start()
        task = self.get_task(run, "Write").with_env(self.env)
        activity = task.activity_id.with_env(self.env)
        for name, user_id in self.get_misfits().items():
            for su in (False, True):
                with self.subTest(assignee=name, sudo=su):
                    by_task = self.get_refusal(task.sudo(su), user_id)
                    by_activity = self.get_refusal(activity.sudo(su), user_id)
                    self.assertEqual(by_activity, by_task)
                    self.assertIn("elect an active internal user", by_task)
                    self.assertNotIn("False", by_task)
                    self.assertActivityFollows(task.sudo())
                    self.assertEqual(task.sudo().user_id, self.seller)
                    self.assertFalse(task.sudo().user_manual)

    @users("tracks_seller")
    def test_by_every_way_in_which_activities_are_edited(self):
        run = self.start()
        activity = self.get_task(run, "Write").activity_id.with_env(self.env)
        lead = self.env["crm.lead"].browse(run.res_id)

        def edit_in_the_chatter():
            form = Form(activity, "mail.mail_activity_view_form_popup")
            form.user_id = self.env["res.users"]
            form.save()

        def import_them():
            result = self.env["mail.activity"].load(
                [".id", "user_id/.id"], [[str(activity.id), str(self.portal.id)]]
            )
            if result["messages"]:
                raise UserError(result["messages"][0]["message"])

        for door in (
            edit_in_the_chatter,
            import_them,
            lambda: activity.web_save({"user_id": self.portal.id}, {}),
            lambda: lead.activity_reschedule(
                ["mail.mail_activity_data_todo"],
                new_user_id=self.portal.id,
                only_automated=False,
            ),
            lambda: lead.write(
                {"activity_ids": [Command.update(activity.id, {"user_id": False})]}
            ),
        ):
            with self.assertRaisesRegex(UserError, "elect an active internal user"):
                door()
            self.env.flush_all()
            self.assertEqual(activity.user_id, self.seller)

    @users("tracks_seller")
    def test_a_mass_edit_is_refused_as_a_whole(self):
        runs = self.start(3)
        activities = runs.line_ids.activity_id.with_env(self.env)
        self.get_refusal(activities, self.portal.id)
        self.assertEqual(activities.user_id, self.seller)
        activities.write({"user_id": self.seller_2.id})
        self.assertEqual(runs.line_ids[0].user_id, self.seller_2)

    @users("tracks_seller")
    def test_what_is_no_task_in_progress_is_edited_as_odoo_has_it(self):
        run = self.start()
        lead = self.env["crm.lead"].browse(run.res_id)
        plain = lead.activity_schedule(
            "mail.mail_activity_data_todo", summary="Plain", user_id=self.env.uid
        )
        done = self.get_task(run, "Write").activity_id.with_env(self.env)
        done.action_feedback()
        for activity in (plain, done):
            activity.user_id = False
            self.assertFalse(activity.user_id)

    @users("tracks_seller")
    def test_an_organizer_who_can_do_no_task_moves_the_meeting_alone(self):
        run = self.start()
        task = self.get_task(run, "Write")
        event = self.make_meeting(task)
        for user in (self.portal, self.env["res.users"]):
            event.write({"user_id": user.id, "start": "2026-03-12 09:00:00"})
            self.assertEqual(event.user_id, user)
            self.assertEqual(task.activity_id.user_id, self.seller)
            self.assertEqual(task.user_id, self.seller)
            self.assertEqual(task.activity_id.date_deadline, task.date_deadline)
            self.assertEqual(str(task.date_deadline), "2026-03-12")
        event.user_id = self.seller_2
        self.assertEqual(task.activity_id.user_id, self.seller_2)
        self.assertEqual(task.user_id, self.seller_2)


@tagged("post_install", "-at_install")
class TestReopeningByTwoDoors(TracksCase):
    """Unarchiving an activity is refused where reopening the task is."""

    def start(self, count=1, **values):
        template = self.make_chain("Write", "Call", **values)
        leads = self.make_leads(count)
        return template, leads, leads.with_user(self.seller).tracks_apply(template)

    @users("tracks_seller")
    def test_in_a_stopped_track_unarchiving_is_refused_in_the_same_sentence(self):
        _template, _leads, runs = self.start(2)
        for run in runs:
            self.tick(run, "Write")
        runs.action_stop()
        tasks = runs.line_ids.filtered(lambda task: task.summary == "Write")
        activities = tasks.sudo().activity_id.with_env(self.env)
        with self.assertRaises(UserError) as by_task:
            tasks[0].action_reopen()
        for door in (
            lambda: activities[0].action_unarchive(),
            lambda: activities.action_unarchive(),
            lambda: activities[0].write({"active": True}),
            lambda: activities[0].sudo().write({"active": True}),
        ):
            with self.assertRaises(UserError) as by_activity:
                door()
            self.assertEqual(str(by_activity.exception), str(by_task.exception))
            self.env.flush_all()
            self.assertFalse(any(activities.mapped("active")))
            self.assertEqual(set(tasks.mapped("state")), {"done"})

    @users("tracks_seller")
    def test_what_was_edited_on_a_done_activity_is_what_comes_back(self):
        _template, _leads, run = self.start()
        task = self.get_task(run, "Write")
        activity = task.activity_id
        self.tick(run, "Write")
        activity.with_env(self.env).write(
            {"date_deadline": "2026-03-20", "user_id": self.seller_2.id}
        )
        self.assertEqual(task.user_id, self.seller)
        activity.with_env(self.env).action_unarchive()
        self.assertActivityFollows(task)
        self.assertEqual(task.user_id, self.seller_2)
        self.assertTrue(task.date_manual and task.user_manual)
        # a user who cannot be assigned is replaced
        self.tick(run, "Write")
        activity.with_env(self.env).write({"user_id": self.portal.id})
        task.with_env(self.env).action_reopen()
        self.assertActivityFollows(task)
        self.assertTrue(task.user_id._tracks_can_be_assigned())

    # ------------------------------------------------------------------
    # Only one per record
    # ------------------------------------------------------------------

    def finish(self, run):
        for summary in ("Write", "Call"):
            self.tick(run, summary)
        self.assertEqual(run.state, "done")

    @users("tracks_seller")
    def test_a_done_track_does_not_run_again_beside_its_twin(self):
        template, leads, [first, other] = self.start(2, one_per_record=True)
        self.finish(first)
        self.finish(other)
        second = leads[0].with_user(self.seller).tracks_apply(template)
        for pause in (False, True):
            if pause:
                second.action_pause()
            call = self.get_task(first, "Call").with_env(self.env)
            for door in (
                lambda call=call: call.action_reopen(),
                lambda call=call: call.activity_id.action_unarchive(),
                # all records at once
                lambda call=call: (
                    call + self.get_task(other, "Call").with_env(self.env)
                ).action_reopen(),
            ):
                with self.assertRaises(UserError) as caught:
                    door()
                    self.env.flush_all()
                self.assertIn("“Sales follow-through”", str(caught.exception))
                self.assertIn("Opportunity 1", str(caught.exception))
                self.env.flush_all()
                self.assertEqual((first + other).mapped("state"), ["done"] * 2)
        second.action_stop()
        self.get_task(first, "Call").with_env(self.env).action_reopen()
        self.env.flush_all()
        self.assertEqual(first.state, "running")
        self.assertActivityFollows(self.get_task(first, "Call"))

    @users("tracks_seller")
    def test_of_two_done_tracks_of_a_record_one_runs_again(self):
        template, leads, first = self.start(one_per_record=True)
        self.finish(first)
        second = leads.with_user(self.seller).tracks_apply(template)
        self.finish(second)
        calls = self.get_task(first, "Call") + self.get_task(second, "Call")
        calls = calls.with_env(self.env)
        for door in (calls.action_reopen, calls.activity_id.action_unarchive):
            with self.assertRaisesRegex(UserError, "only once"):
                door()
                self.env.flush_all()
            self.env.flush_all()
            self.assertEqual((first + second).mapped("state"), ["done"] * 2)
        calls[0].action_reopen()
        with self.assertRaisesRegex(UserError, "only once"):
            calls[1].action_reopen()

    @users("tracks_seller")
    def test_two_tasks_of_one_done_track_are_reopened_together(self):
        _template, _leads, run = self.start(one_per_record=True)
        self.finish(run)
        run.line_ids.action_reopen()
        self.env.flush_all()
        self.assertEqual(run.state, "running")

    def test_a_track_that_came_along_by_merging_does_not_run_again_beside_its_twin(
        self,
    ):
        template, leads, [first, other] = self.start(2, one_per_record=True)
        self.finish(other)
        leads.merge_opportunity(auto_unlink=True)
        self.env.flush_all()
        self.assertEqual(first.res_id, other.res_id)
        with self.assertRaisesRegex(UserError, "only once"):
            self.get_task(other, "Call").with_user(self.seller).action_reopen()

    def test_of_two_that_a_merge_brought_together_one_is_reopened(self):
        """Both ran before the merge, which allows both."""
        _template, leads, [first, other] = self.start(2, one_per_record=True)
        leads.merge_opportunity(auto_unlink=True)
        self.env.flush_all()
        kept, came_along = (first + other).sorted("one_per_record", reverse=True)
        self.assertFalse(came_along.one_per_record)
        self.finish(kept)
        self.assertEqual(kept.state, "done")
        self.get_task(kept, "Call").with_user(self.seller).action_reopen()
        self.env.flush_all()
        self.assertEqual((kept + came_along).mapped("state"), ["running"] * 2)
