from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users

from .common import TracksCase

BOTH = "“Send the offer” needs a note and Expected Closing."


class RequirementsCase(TracksCase):
    """A track whose first task needs a note and a field of the lead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead_model = cls.env["ir.model"]._get("crm.lead")
        cls.template = cls.make_gated()

    @classmethod
    def make_gated(cls, **values):
        """A template with the task “Send the offer”, and “Call” after it."""
        return cls.make_template(
            {
                "summary": "Send the offer",
                "require_feedback": True,
                "required_fields": "date_deadline",
                **values,
            },
            {"summary": "Call", "delay_count": 2, "delay_from": "previous"},
            res_model_ids=[Command.set(cls.lead_model.ids)],
        )

    def start(self, count=1, template=None, user=None, **values):
        leads = self.make_leads(count, user=user, **values)
        leads = leads.with_user(user or self.seller)
        runs = leads.tracks_apply(template or self.template)
        self.env.flush_all()
        self.env.invalidate_all()
        return leads, runs

    def get_offer(self, run, user=None):
        """The task “Send the offer” of a track, as this user (default: the seller)."""
        return self.get_task(run, "Send the offer").with_user(user or self.seller)

    def get_activities(self, runs, user=None):
        tasks = runs.sudo().line_ids.filtered(
            lambda task: task.summary == "Send the offer"
        )
        return tasks.activity_ids.with_user(user or self.seller)

    def get_refusal(self, door, error=UserError):
        """The error of a refused completion, which changes nothing."""
        tasks = self.env["track.run.line"].sudo().search([])
        before = tasks.mapped("state")
        self.cr.flush()  # sends what is waiting for the end of the transaction
        messages = self.env["mail.message"].sudo().search_count([])
        with self.assertRaises(error) as caught, self.cr.savepoint():
            door()
        self.env.invalidate_all()
        self.assertEqual(tasks.mapped("state"), before)
        self.assertEqual(self.env["mail.message"].sudo().search_count([]), messages)
        return str(caught.exception)

    def get_notes(self, leads):
        """The texts of the notes on these records, without their HTML."""
        return "\n".join(
            str(message.body) for message in leads.sudo().message_ids if message.body
        )


@tagged("post_install", "-at_install")
class TestRequirements(RequirementsCase):
    """Users can only complete a task when it has what it requires."""

    # ------------------------------------------------------------------
    # Refused at every door
    # ------------------------------------------------------------------

    def get_doors(self, lead, run, user=None):
        """Every way in which a user completes a task without feedback."""
        task = self.get_offer(run, user)
        activity = self.get_activities(run, user)
        lead = lead.with_user(user or self.seller)
        return {
            "task": task.action_done,
            "activity": activity.action_done,
            "other activities": activity.action_done_redirect_to_other,
            "feedback": activity.action_feedback,
            "feedback and next": activity.action_feedback_schedule_next,
            "next": activity.action_done_schedule_next,
            "archive": activity.action_archive,
            "write": lambda: activity.write({"active": False}),
            "save": lambda: activity.web_save({"active": False}, {}),
            "on the record": lambda: lead.write(
                {"activity_ids": [Command.update(activity.id, {"active": False})]}
            ),
            "empty feedback": lambda: activity.action_feedback(feedback="  \n"),
            "no text": lambda: activity.action_feedback(feedback=True),
            "task with spaces": lambda: task.action_done(feedback="  "),
            "archive with spaces": lambda: activity.write(
                {"active": False, "feedback": " "}
            ),
        }

    @users("tracks_seller")
    def test_ticking_without_them_is_refused_at_every_door_in_one_sentence(self):
        lead, run = self.start()
        for name, door in self.get_doors(lead, run).items():
            with self.subTest(door=name):
                self.assertEqual(self.get_refusal(door), BOTH)

    @users("tracks_seller")
    def test_an_import_is_refused(self):
        _lead, run = self.start()
        activity = self.get_activities(run)
        result = self.env["mail.activity"].load(
            [".id", "active"], [[str(activity.id), "0"]]
        )
        self.assertEqual(result["messages"][0]["message"], BOTH)
        self.assertTrue(activity.active)

    @users("tracks_seller")
    def test_no_context_lifts_the_check(self):
        lead, run = self.start()
        self.env["mail.activity"].flush_model()
        for context in (
            {"crm_tracks_skip": True, "mail_activity_automation_skip": True},
            {"mail_activity_quick_update": True, "tracking_disable": True},
            {"install_mode": True, "import_file": True, "su": True, "uid": 1},
            {"crm_tracks.completed_by_code": True},
            {"crm_tracks.requirements_met": self.get_offer(run).ids},
            {"default_feedback": "Forged", "feedback": "Forged"},
            {"active_test": False, "default_require_feedback": False},
        ):
            with self.subTest(context=context):
                task = self.get_offer(run).with_context(**context)
                activity = self.get_activities(run).with_context(**context)
                for door in (
                    task.action_done,
                    activity.action_done,
                    activity.action_feedback,
                    activity.action_archive,
                    activity.action_feedback_schedule_next,
                ):
                    self.assertEqual(self.get_refusal(door), BOTH)

    @users("tracks_seller")
    def test_a_context_changes_no_value_of_the_record(self):
        partner = (
            self.env["res.partner"]
            .sudo()
            .create({"name": "Archived contact", "active": False})
        )
        company = (
            self.env["res.partner"]
            .sudo()
            .create({"name": "Customer", "child_ids": [Command.link(partner.id)]})
        )
        template = self.make_template(
            {"summary": "Send the offer", "required_fields": "child_ids"},
            res_model_ids=[Command.set(self.env["ir.model"]._get("res.partner").ids)],
        )
        company.user_id = self.seller
        run = company.sudo(False).with_user(self.seller_all).tracks_apply(template)
        task = self.get_offer(run, self.seller_all).with_context(active_test=False)
        self.assertEqual(
            self.get_refusal(task.action_done), "“Send the offer” needs Contact."
        )

    @users("tracks_seller")
    def test_what_is_there_is_not_named(self):
        lead, run = self.start()
        activity = self.get_activities(run)
        self.assertEqual(
            self.get_refusal(lambda: activity.action_feedback(feedback="Sent")),
            "“Send the offer” needs Expected Closing.",
        )
        lead.date_deadline = "2026-04-01"
        self.assertEqual(
            self.get_refusal(activity.action_done), "“Send the offer” needs a note."
        )

    @users("tracks_seller")
    def test_with_them_every_door_completes(self):
        for name, complete in {
            "task": lambda task, activity: task.action_done(feedback="Sent"),
            "feedback": lambda task, activity: activity.action_feedback("Sent"),
            "next": lambda task, activity: activity.action_feedback_schedule_next(
                feedback="Sent"
            ),
            "archive": lambda task, activity: activity.write(
                {"active": False, "feedback": "Sent"}
            ),
            # feedback that was entered in the list of activities before
            "list": lambda task, activity: (
                activity.write({"feedback": "Sent"}),
                activity.action_done(),
            ),
        }.items():
            with self.subTest(door=name):
                _lead, run = self.start(date_deadline="2026-04-01")
                task, activity = self.get_offer(run), self.get_activities(run)
                complete(task, activity)
                self.assertEqual(task.state, "done")
                self.assertEqual(activity.feedback, "Sent")
                self.assertEqual(self.get_task(run, "Call").state, "open")
                self.assertNotIn("automatically", self.get_notes(_lead))

    @users("tracks_seller")
    def test_a_task_ahead_of_its_turn_needs_them_too(self):
        template = self.make_template(
            {"summary": "Call"},
            {
                "summary": "Send the offer",
                "delay_count": 1,
                "delay_from": "previous",
                "require_feedback": True,
            },
            res_model_ids=[Command.set(self.lead_model.ids)],
        )
        _lead, run = self.start(template=template)
        task = self.get_offer(run)
        self.assertEqual(
            self.get_refusal(task.action_done), "“Send the offer” needs a note."
        )
        task.action_done(feedback="Sent already")
        self.assertEqual(task.state, "done")

    @users("tracks_seller")
    def test_a_muted_task_needs_them_too(self):
        lead, run = self.start()
        run.action_pause()
        activity = self.get_activities(run)
        self.assertTrue(activity.sudo().muted)
        for door in (activity.action_feedback, self.get_offer(run).action_done):
            self.assertEqual(self.get_refusal(door), BOTH)
        self.assertTrue(activity.sudo().muted)
        lead.date_deadline = "2026-04-01"
        activity.action_feedback(feedback="Sent")
        self.assertEqual(self.get_offer(run).state, "done")

    @users("tracks_seller")
    def test_feedback_on_a_done_activity_asks_for_nothing(self):
        lead, run = self.start(date_deadline="2026-04-01")
        activity = self.get_activities(run)
        activity.action_feedback(feedback="Sent")
        lead.date_deadline = False
        activity.feedback = False
        activity.action_feedback()
        self.assertEqual(self.get_offer(run).state, "done")

    # ------------------------------------------------------------------
    # Several at once
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_a_mass_tick_is_refused_as_a_whole_naming_each(self):
        leads, runs = self.start(3)
        leads[1].date_deadline = "2026-04-01"
        plain = leads[0].activity_schedule(
            "mail.mail_activity_data_todo", summary="Plain", user_id=self.env.uid
        )
        activities = self.get_activities(runs)
        expected = (
            "“Send the offer” of Opportunity 1 needs a note and Expected Closing.\n"
            "“Send the offer” of Opportunity 2 needs a note.\n"
            "“Send the offer” of Opportunity 3 needs a note and Expected Closing."
        )
        tasks = runs.line_ids.filtered(lambda task: task.state == "open")
        for door in (
            (activities + plain).action_done,
            (activities + plain).action_archive,
            (activities + plain).action_feedback,
            tasks.action_done,
        ):
            self.assertEqual(self.get_refusal(door), expected)
            self.assertTrue(plain.active)

    @users("tracks_seller")
    def test_one_that_lacks_something_holds_back_the_others(self):
        leads, runs = self.start(2)
        leads.date_deadline = "2026-04-01"
        leads[1].date_deadline = False
        activities = self.get_activities(runs)
        message = self.get_refusal(lambda: activities.action_feedback(feedback="Sent"))
        self.assertEqual(message, "“Send the offer” needs Expected Closing.")
        leads[1].date_deadline = "2026-04-02"
        activities.action_feedback(feedback="Sent")
        self.assertEqual(set(activities.mapped("active")), {False})

    # ------------------------------------------------------------------
    # What counts as a value
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_spaces_zero_and_an_unchecked_box_are_no_value(self):
        for name, empty, filled in (
            ("expected_revenue", 0, 0.5),
            ("description", "<p><br></p>", "<p>Desks</p>"),
            ("email_from", "   ", "a@example.com"),
            ("tag_ids", [Command.clear()], [Command.create({"name": "Big"})]),
            ("partner_id", False, self.manager.partner_id.id),
            ("priority", False, "1"),
        ):
            with self.subTest(field=name):
                template = self.make_gated(required_fields=name, require_feedback=False)
                lead, run = self.start(template=template)
                lead.sudo().write({name: empty})
                label = lead._fields[name]._description_string(self.env)
                self.assertEqual(
                    self.get_refusal(self.get_offer(run).action_done),
                    f"“Send the offer” needs {label}.",
                )
                lead.sudo().write({name: filled})
                self.get_offer(run).action_done()
                self.assertEqual(self.get_offer(run).state, "done")
        template = self.make_gated(required_fields="active", require_feedback=False)
        lead, run = self.start(template=template)
        self.get_offer(run).action_done()
        self.assertEqual(self.get_offer(run).state, "done")

    @users("tracks_seller")
    def test_several_fields_are_listed_in_their_order(self):
        template = self.make_gated(
            required_fields=" partner_id, date_deadline ,partner_id,,expected_revenue"
        )
        _lead, run = self.start(template=template)
        self.assertEqual(
            self.get_refusal(self.get_offer(run).action_done),
            "“Send the offer” needs a note, Contact, Expected Closing, and Expected "
            "Revenue.",
        )

    @users("tracks_seller")
    def test_a_field_or_record_that_no_longer_exists_is_required_of_nobody(self):
        lead, run = self.start()
        task = self.get_offer(run)
        task.sudo().required_fields = "removed_field,date_deadline"
        self.assertEqual(self.get_refusal(task.action_done), BOTH)
        task.sudo().required_fields = "removed_field"
        self.assertEqual(
            self.get_refusal(task.action_done), "“Send the offer” needs a note."
        )
        task.sudo().required_fields = "date_deadline"
        self.env.flush_all()
        # without the ORM, which would delete the track
        self.cr.execute("DELETE FROM crm_lead WHERE id = %s", [lead.id])
        self.env.invalidate_all()
        self.assertEqual(task.sudo()._get_missing("Sent"), {})

    # ------------------------------------------------------------------
    # Who may know what
    # ------------------------------------------------------------------

    def test_an_assignee_who_cannot_see_the_record_learns_no_field(self):
        lead, run = self.start()
        activity = self.get_activities(run, self.employee)
        self.get_offer(run).write({"user_id": self.employee.id})
        self.assertFalse(lead.with_user(self.employee).has_access("read"))
        hidden = "“Send the offer” needs a note and fields with restricted access."
        for door in (activity.action_done, activity.action_feedback):
            self.assertEqual(self.get_refusal(door), hidden)
        self.assertEqual(
            activity.track_completion,
            {
                "outcomes": [],
                "needs_feedback": True,
                "missing": ["fields with restricted access"],
            },
        )
        # also no name of a record, in a mass tick
        _leads, others = self.start(2)
        tasks = self.get_activities(others)
        for task in others.line_ids.filtered(lambda task: task.state == "open"):
            task.with_user(self.seller).write({"user_id": self.employee.id})
        self.assertEqual(
            self.get_refusal(tasks.with_user(self.employee).action_done), hidden
        )
        lead.date_deadline = "2026-04-01"
        activity.action_feedback(feedback="Sent")
        self.assertEqual(self.get_offer(run).state, "done")

    def test_a_field_that_a_user_may_not_read_is_not_named(self):
        _lead, run = self.start()
        field = self.env["crm.lead"]._fields["date_deadline"]
        with patch.object(field, "groups", "base.group_system"):
            message = self.get_refusal(self.get_offer(run).action_done)
        self.assertEqual(
            message, "“Send the offer” needs a note and fields with restricted access."
        )

    def test_who_may_not_complete_a_task_learns_nothing_of_it(self):
        _lead, run = self.start()
        task, activity = (
            self.get_offer(run, self.seller_2),
            self.get_activities(run, self.seller_2),
        )
        for door in (
            task.action_done,
            activity.action_done,
            activity.action_feedback,
            activity.action_archive,
            lambda: activity.write({"active": False}),
            lambda: task.action_skip(reason="Mine"),
        ):
            self.assertNotIn("Send the offer", self.get_refusal(door, AccessError))

    # ------------------------------------------------------------------
    # What Odoo's own code completes
    # ------------------------------------------------------------------

    def assertCounted(self, lead, run, missing="a note and Expected Closing"):
        self.assertEqual(self.get_offer(run).state, "done")
        self.assertEqual(self.get_task(run, "Call").state, "open")
        text = f"“Send the offer” was completed automatically without {missing}."
        self.assertEqual(self.get_notes(lead).count(text), 1)

    @users("tracks_seller")
    def test_what_code_completes_counts_with_a_note_of_what_was_missing(self):
        for name, complete in {
            "sudo activity": lambda lead, task, activity: (
                activity.sudo().action_feedback()
            ),
            "sudo archive": lambda lead, task, activity: (
                activity.sudo().action_archive()
            ),
            "sudo task": lambda lead, task, activity: task.sudo().action_done(),
            "approval": lambda lead, task, activity: lead.activity_feedback(
                ["mail.mail_activity_data_todo"], only_automated=False
            ),
        }.items():
            with self.subTest(by=name):
                lead, run = self.start(
                    template=self.make_gated(activity_type_id=self.type_todo.id)
                )
                complete(lead, self.get_offer(run), self.get_activities(run))
                self.assertCounted(lead, run)

    @users("tracks_seller")
    def test_the_note_names_no_restricted_field_and_only_what_was_missing(self):
        lead, run = self.start()
        field = self.env["crm.lead"]._fields["date_deadline"]
        with patch.object(field, "groups", "base.group_system"):
            self.get_activities(run).sudo().action_feedback(feedback="Sent")
        self.assertCounted(lead, run, "fields with restricted access")

    @users("tracks_seller")
    def test_code_that_completes_several_leaves_one_note_each(self):
        leads, runs = self.start(2)
        runs[1].sudo().line_ids[0].required_fields = False
        self.get_activities(runs).sudo().action_feedback()
        self.assertCounted(leads[0], runs[0])
        self.assertCounted(leads[1], runs[1], "a note")

    @users("tracks_seller_all")
    def test_closing_and_leaving_ask_for_nothing(self):
        lead, run = self.start(user=self.seller_all)
        activity = self.get_activities(run, self.seller_all)
        lead.action_set_lost()
        self.assertTrue(activity.sudo().muted)
        lead.action_unarchive()
        self.assertTrue(activity.active)
        self.seller_all.sudo().action_archive()
        self.assertEqual(self.get_offer(run).state, "open")

    # ------------------------------------------------------------------
    # Skipping stays possible
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_skipping_and_cancelling_stay_possible(self):
        leads, runs = self.start(2)
        self.get_offer(runs[0]).action_skip(reason=" They bought elsewhere ")
        self.get_activities(runs[1]).unlink()
        first, second = (self.get_offer(run) for run in runs)
        self.assertEqual((first.state, second.state), ("skipped", "skipped"))
        self.assertEqual(first.skip_reason, "They bought elsewhere")
        self.assertFalse(second.skip_reason)
        data = self.env["track.run"].get_tab_data("crm.lead", leads[0].id)
        self.assertEqual(
            data["runs"][0]["tasks"][0]["due_text"], "They bought elsewhere"
        )
        first.action_reopen()
        self.assertFalse(first.skip_reason)

    @users("tracks_seller")
    def test_a_reason_is_optional_and_a_text(self):
        _leads, runs = self.start(4)
        for run, reason in zip(runs, (False, "", "   ", None), strict=True):
            self.get_offer(run).action_skip(reason=reason)
            self.assertEqual(self.get_offer(run).state, "skipped")
            self.assertFalse(self.get_offer(run).skip_reason)
        _lead, run = self.start()
        for reason in (True, 5, ["x"], {"a": 1}):
            self.assertIn(
                "is not a reason",
                self.get_refusal(
                    lambda reason=reason, run=run: self.get_offer(run).action_skip(
                        reason=reason
                    )
                ),
            )

    # ------------------------------------------------------------------
    # For the interface
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_the_tab_and_the_chatter_know_what_is_missing(self):
        lead, run = self.start()
        expected = {
            "outcomes": [],
            "needs_feedback": True,
            "missing": ["Expected Closing"],
        }
        offer = self.get_offer(run)
        self.assertEqual(offer._get_completions(), {offer: expected})
        data = self.env["track.run"].get_tab_data("crm.lead", lead.id)
        offer, call = data["runs"][0]["tasks"]
        self.assertEqual(offer["completion"], expected)
        self.assertEqual(offer["options"], ["needs a note and Expected Closing"])
        self.assertFalse(call["completion"])
        [activity] = self.get_activities(run).activity_format()["mail.activity"]
        self.assertEqual(activity["track_completion"], expected)
        lead.date_deadline = "2026-04-01"
        self.env.invalidate_all()
        [activity] = self.get_activities(run).activity_format()["mail.activity"]
        self.assertEqual(activity["track_completion"]["missing"], [])

    @users("tracks_seller")
    def test_an_activity_without_requirements_has_no_such_data(self):
        lead, run = self.start(template=self.make_chain("Send the offer"))
        plain = lead.activity_schedule(
            "mail.mail_activity_data_todo", summary="Plain", user_id=self.env.uid
        )
        activities = self.get_activities(run) + plain
        data = activities.activity_format()["mail.activity"]
        self.assertEqual([each["track_completion"] for each in data], [False, False])
