from unittest.mock import patch

from odoo.tests import tagged

from .test_replies import ReplyCase


@tagged("post_install", "-at_install")
class TestRepliesEffects(ReplyCase):
    """What follows from an answer of the customer, and who is told."""

    def collect(self, action):
        """The notifications that this action sends."""
        self.env.cr.flush()
        before = self.env["mail.message"].search([])
        action()
        self.env.cr.flush()
        messages = self.env["mail.message"].search([]) - before
        return messages.filtered(
            lambda message: message.message_type == "user_notification"
        )

    def get_notes(self, run):
        notes = self.get_lead(run).message_ids.filtered(
            lambda message: message.message_type == "notification"
        )
        return notes.mapped("body")

    def test_nothing_follows_unless_the_template_says_so(self):
        for on_reply in (False, "ignore"):
            run = self.start(on_reply)
            tasks = [(task.state, task.date_deadline) for task in run.line_ids]
            answer = lambda run=run: self.answer(self.get_lead(run))  # noqa: E731
            self.assertFalse(self.collect(answer))
            self.assertEqual(run.state, "running")
            self.assertEqual(
                [(task.state, task.date_deadline) for task in run.line_ids], tasks
            )

    def test_stopping_cancels_what_is_left(self):
        run = self.start("stop")
        self.tick(run, "Write")
        call = self.get_task(run, "Call").activity_id
        [message] = self.collect(lambda: self.answer(self.get_lead(run)))
        self.assertEqual(run.state, "stopped")
        self.assertEqual(
            run.line_ids.sorted().mapped("state"),
            ["done", "cancelled", "cancelled", "cancelled"],
        )
        self.assertFalse(call.exists())
        self.assertIn(
            "<p>Track <b>Sales follow-through</b> was stopped: Ada Lovelace "
            "answered</p>",
            self.get_notes(run)[0],
        )
        self.assertEqual(message.notified_partner_ids, self.seller.partner_id)
        self.assertEqual(message.subject, "Ada Lovelace answered: Opportunity 1")
        self.assertIn("was stopped", message.body)
        self.assertIn(f"track_run_id={run.id}", message.body)
        self.assertEqual((message.model, message.res_id), ("crm.lead", run.res_id))
        self.assertEqual(message.author_id, self.env.ref("base.partner_root"))

    def test_pausing_makes_the_activities_inactive(self):
        run = self.start("pause")
        activity = self.get_task(run, "Write").activity_id
        [message] = self.collect(lambda: self.answer(self.get_lead(run)))
        self.assertEqual(run.state, "paused")
        self.assertTrue(activity.muted)
        self.assertIn(
            "<b>Sales follow-through</b> was paused: Ada Lovelace answered",
            self.get_notes(run)[0],
        )
        self.assertIn("was paused", message.body)
        self.assertFalse(
            self.collect(lambda: self.answer(self.get_lead(run))), "once only"
        )

    def test_bringing_forward_makes_tasks_that_lie_ahead_due_today(self):
        run = self.start("bring_forward")
        with self.at("2026-03-05 10:00:00"):
            [message] = self.collect(lambda: self.answer(self.get_lead(run)))
            self.assertTasks(
                run,
                [
                    ("Write", "open", "2026-03-04"),
                    ("Call", "open", "2026-03-05"),
                    ("Later", "open", "2026-03-05"),
                    ("Thank", "waiting", None),
                ],
            )
            for summary in ("Call", "Later"):
                task = self.get_task(run, summary)
                self.assertActivityFollows(task)
                self.assertTrue(task.date_manual, "as if moved by hand")
        self.assertIn("Ada Lovelace answered, so these tasks", self.get_notes(run)[0])
        self.assertIn("Call, Later", self.get_notes(run)[0])
        self.assertEqual(message.notified_partner_ids, self.seller.partner_id)
        self.assertIn("are due today: Call, Later", message.body)
        # they keep that date when the track is moved
        run.with_user(self.seller).start_date = "2026-03-20"
        self.assertEqual(str(self.get_task(run, "Call").date_deadline), "2026-03-05")

    def test_a_task_with_a_meeting_keeps_its_date(self):
        run = self.start("bring_forward")
        meeting = self.make_meeting(self.get_task(run, "Call"))
        self.answer(self.get_lead(run))
        self.assertEqual(str(self.get_task(run, "Call").date_deadline), "2026-03-10")
        self.assertEqual(str(meeting.start), "2026-03-10 09:00:00")
        self.assertEqual(self.get_task(run, "Later").date_deadline, self.TODAY)

    def test_a_task_that_a_user_dated_is_brought_forward_too(self):
        run = self.start("bring_forward")
        self.get_task(run, "Call").with_user(self.seller).date_deadline = "2026-03-30"
        self.answer(self.get_lead(run))
        self.assertEqual(self.get_task(run, "Call").date_deadline, self.TODAY)

    def test_nothing_that_lies_ahead_is_no_news(self):
        run = self.start("bring_forward")
        with self.at("2026-04-10 10:00:00"):
            self.run_cron()
            notes = self.get_notes(run)
            self.assertFalse(self.collect(lambda: self.answer(self.get_lead(run))))
            self.assertEqual(self.get_notes(run), notes)
            self.assertFalse(self.get_task(run, "Later").date_manual)

    def test_today_is_the_day_of_the_company(self):
        self.company.resource_calendar_id.tz = "Asia/Tokyo"
        self.portal.tz = "America/Los_Angeles"
        run = self.start("bring_forward")
        with self.at("2026-03-04 23:00:00"):
            self.get_lead(run).with_user(self.portal).sudo().message_post(
                body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertEqual(str(self.get_task(run, "Call").date_deadline), "2026-03-05")

    def test_each_track_of_a_record_does_what_its_template_says(self):
        run = self.start("stop")
        lead = self.get_lead(run)
        others = {
            on_reply: lead.with_user(self.seller)
            .tracks_apply(self.make_chain("Ask", name=str(on_reply), on_reply=on_reply))
            .sudo()
            for on_reply in ("pause", "bring_forward", "ignore", False)
        }
        self.get_task(others["bring_forward"], "Ask").with_user(
            self.seller
        ).date_deadline = "2026-03-20"
        [message] = self.collect(lambda: self.answer(lead))
        self.assertEqual(run.state, "stopped")
        self.assertEqual(
            {on_reply: other.state for on_reply, other in others.items()},
            {
                "pause": "paused",
                "bring_forward": "running",
                "ignore": "running",
                False: "running",
            },
        )
        self.assertEqual(
            self.get_task(others["bring_forward"], "Ask").date_deadline, self.TODAY
        )
        for words in ("was stopped", "was paused", "are due today: Ask"):
            self.assertIn(words, message.body)

    def test_whoever_has_the_open_tasks_is_told_and_nobody_else(self):
        run = self.start("stop")
        self.get_task(run, "Call").with_user(self.seller).user_id = self.seller_2
        [one, two] = self.collect(lambda: self.answer(self.get_lead(run)))
        self.assertEqual(
            (one + two).notified_partner_ids,
            (self.seller + self.seller_2).partner_id,
        )
        # nobody is told of what they enter themselves
        run = self.start("stop")
        self.get_task(run, "Call").with_user(self.seller).user_id = self.seller_2
        messages = self.collect(
            lambda: self.get_lead(run)
            .with_user(self.seller)
            .message_post(
                body="She called: she wants to wait",
                author_id=self.customer.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        )
        self.assertEqual(run.state, "stopped")
        self.assertEqual(messages.notified_partner_ids, self.seller_2.partner_id)

    def test_answers_on_many_records_are_one_message_for_each_person(self):
        runs = self.start("stop", count=3)
        messages = self.collect(
            lambda: [self.answer(self.get_lead(run)) for run in runs]
        )
        self.assertEqual(len(messages), 1)
        self.assertEqual(messages.subject, "3 tracks were answered")
        for number in (1, 2, 3):
            self.assertIn(f"Opportunity {number}", messages.body)

    def test_a_message_names_new_tasks_once(self):
        run = self.start("bring_forward", ahead_days=1)
        self.assertEqual(self.get_task(run, "Call").state, "planned")
        messages = self.collect(lambda: self.answer(self.get_lead(run)))
        self.assertEqual(self.get_task(run, "Call").state, "open")
        self.assertEqual(len(messages), 1)

    def test_it_is_in_the_language_of_whoever_is_told(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        view = self.env.ref("crm_tracks.message_answered")
        terms, _context = view.get_field_translations("arch_db")
        [term] = {term["source"] for term in terms if "Dear" in term["source"]}
        view.update_field_translations("arch_db", {"fr_FR": {term: "Cher"}})
        self.customer.lang = "fr_FR"
        for lang, word in (("fr_FR", "Cher"), ("en_US", "Dear")):
            self.seller.lang = lang
            run = self.start("stop")
            [message] = self.collect(lambda run=run: self.answer(self.get_lead(run)))
            self.assertIn(word, message.body)

    def test_an_answer_that_is_rolled_back_is_not_told(self):
        run = self.start("stop")
        lead = self.get_lead(run)
        answered = self.write_to_customer(lead)
        mail = self.make_mail(answered)

        def receive_and_fail():
            try:
                with self.env.cr.savepoint(flush=False):
                    self.deliver(mail)
                    self.env.flush_all()
                    self.assertEqual(run.state, "stopped")
                    raise ValueError
            except ValueError:
                self.env.invalidate_all()

        self.assertFalse(self.collect(receive_and_fail))
        self.assertEqual(run.state, "running")
        [message] = self.collect(lambda: self.deliver(mail))
        self.assertIn("was stopped", message.body)

    def test_tracks_never_prevent_a_message(self):
        run = self.start("stop")
        lead = self.get_lead(run)
        other = lead.with_user(self.seller).tracks_apply(
            self.make_chain("Ask", on_reply="pause")
        )
        Run = type(run)
        pause = Run._pause

        def fail(runs, *args):
            pause(runs, *args)
            runs.env.flush_all()
            raise ValueError("broken")

        with (
            patch.object(Run, "_pause", fail),
            self.assertLogs("odoo.addons.crm_tracks.models.record.replies", "ERROR"),
        ):
            [told] = self.collect(lambda: self.answer(lead))
        self.assertEqual(told.body.count("was stopped"), 1)
        self.assertNotIn("was paused", told.body)
        message = lead.message_ids.filtered(lambda each: each.message_type == "email")
        self.assertEqual(len(message), 1)
        self.assertEqual(other.state, "running", "undone")
        self.assertEqual(run.state, "stopped", "the other track follows it")

    def test_names_of_senders_are_escaped(self):
        run = self.start("stop")
        [message] = self.collect(
            lambda: self.answer(
                self.get_lead(run),
                sender='"<img src=x onerror=alert(1)>" <eve@elsewhere.example>',
            )
        )
        self.assertNotIn("<img", self.get_notes(run)[0])
        self.assertNotIn("<img", message.body)
        self.assertIn("<img src=x onerror=alert(1)> answered", run.stop_reason)

    def test_it_works_in_the_company_of_the_track(self):
        self.seller.company_ids += self.company_2
        calendar = self.env["resource.calendar"].create(
            {"name": "Tokyo", "tz": "Asia/Tokyo", "company_id": self.company_2.id}
        )
        self.company_2.resource_calendar_id = calendar
        self.company.resource_calendar_id.tz = "UTC"
        run = self.start("bring_forward")
        second = self.start(
            "bring_forward", lead_values={"company_id": self.company_2.id}
        )
        self.assertEqual(second.company_id, self.company_2)
        with self.at("2026-03-04 23:00:00"):
            for each in (run, second):
                self.answer(self.get_lead(each))
        self.assertEqual(str(self.get_task(run, "Call").date_deadline), "2026-03-04")
        self.assertEqual(str(self.get_task(second, "Call").date_deadline), "2026-03-05")

    def test_an_assignee_who_left_is_not_told(self):
        run = self.start("stop")
        self.get_task(run, "Call").with_user(self.seller).user_id = self.seller_2
        self.env.cr.execute(
            "UPDATE res_users SET active = FALSE WHERE id = %s", [self.seller_2.id]
        )
        self.seller_2.invalidate_recordset()
        messages = self.collect(lambda: self.answer(self.get_lead(run)))
        self.assertEqual(messages.notified_partner_ids, self.seller.partner_id)
