from odoo.tests import tagged, users

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestMessages(TracksCase):
    """One message per user and action, which lists the tasks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_template(
            {"summary": "Write"},
            {"summary": "Call", "delay_count": 2},
            {"summary": "Meet", "delay_from": "previous"},
        )

    def collect(self, action):
        """The messages that this action sends, with their recipients."""
        self.env.cr.flush()
        before = self.env["mail.message"].search([])
        action()
        self.env.cr.flush()
        messages = self.env["mail.message"].search([]) - before
        return messages.filtered(
            lambda message: message.message_type == "user_notification"
        )

    def assertTold(self, messages, *users):
        self.assertEqual(
            sorted(message.notified_partner_ids.ids for message in messages),
            sorted(user.partner_id.ids for user in users),
        )

    @users("tracks_seller_all")
    def test_starting_many_tracks_is_one_message_for_each_person(self):
        leads = self.make_leads(20) + self.make_leads(5, user=self.seller_2)
        leads = leads.with_env(self.env)
        messages = self.collect(lambda: leads.tracks_apply(self.template))
        self.assertTold(messages, self.seller, self.seller_2)
        message = messages.filtered(
            lambda message: self.seller_2.partner_id in message.notified_partner_ids
        )
        self.assertEqual(message.subject, "10 tasks assigned to you")
        self.assertEqual(message.author_id, self.env.user.partner_id)
        for words in ("Opportunity 1", "Opportunity 5", "Write", "Call", "03/06/2026"):
            self.assertIn(words, message.body)
        self.assertNotIn("Meet", message.body)

    @users("tracks_seller_all")
    def test_a_long_list_is_cut_and_says_how_many_more(self):
        self.patch(type(self.env["track.run.line"]), "_LISTED", 3)
        leads = self.make_leads(10).with_env(self.env)
        [message] = self.collect(lambda: leads.tracks_apply(self.template))
        self.assertEqual(message.body.count("<li>"), 3)
        self.assertIn("Further tasks in your activities: 17", message.body)

    @users("tracks_seller")
    def test_nobody_is_told_of_what_they_did_themselves(self):
        leads = self.make_leads(3).with_env(self.env)
        self.assertFalse(self.collect(lambda: leads.tracks_apply(self.template)))
        run = leads[0].sudo().track_run_ids
        self.assertFalse(self.collect(lambda: self.tick(run, "Write")))

    def test_the_next_task_is_told_to_whoever_gets_it(self):
        lead = self.make_leads()
        run = lead.with_user(self.seller).tracks_apply(self.template)
        call = self.get_task(run, "Call").with_user(self.seller)
        [message] = self.collect(lambda: call.write({"user_id": self.seller_2.id}))
        self.assertTold(message, self.seller_2)
        self.assertEqual(message.subject, "“Opportunity 1: Call” assigned to you")
        self.assertEqual((message.model, message.res_id), ("crm.lead", lead.id))
        self.get_task(run, "Write").with_user(self.seller).action_done()
        # Call was done by its assignee; Meet is assigned to the owner, who is notified
        [message] = self.collect(
            lambda: call.activity_id.with_user(self.seller_2).action_feedback()
        )
        self.assertTold(message, self.seller)
        self.assertIn("Meet", message.body)

    def test_it_is_in_the_language_of_whoever_is_told(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.seller.lang = "fr_FR"
        view = self.env.ref("crm_tracks.message_tasks_assigned")
        terms, _context = view.get_field_translations("arch_db")
        [term] = {term["source"] for term in terms if "Dear" in term["source"]}
        view.update_field_translations(
            "arch_db", {"fr_FR": {term: term.replace("Dear", "Cher")}}
        )
        for lang, word, day in (
            ("fr_FR", "Cher", "06/03/2026"),
            ("en_US", "Dear", "03/06/2026"),
        ):
            self.seller.lang = lang
            leads = self.make_leads(2).with_user(self.seller_all)
            [message] = self.collect(
                lambda leads=leads: leads.tracks_apply(self.template)
            )
            self.assertIn(word, message.body)
            self.assertIn(day, message.body)

    def test_handing_over_and_a_new_owner_are_told_once(self):
        leads = self.make_leads(4)
        runs = leads.with_user(self.seller).tracks_apply(self.template)
        messages = self.collect(lambda: runs.action_reassign(self.seller_2))
        self.assertTold(messages, self.seller_2)
        leads = self.make_leads(4)
        leads.with_user(self.seller).tracks_apply(self.template)
        messages = self.collect(
            lambda: leads.with_user(self.manager).write({"user_id": self.seller_2.id})
        ).filtered(lambda message: "tasks assigned" in message.subject)
        self.assertTold(messages, self.seller_2)
        self.assertEqual(messages.subject, "8 tasks assigned to you")

    def test_quiet_comings_and_goings_tell_nobody(self):
        lead = self.make_leads().with_user(self.seller_all)
        run = lead.tracks_apply(self.template)
        self.env.cr.flush()
        for action in (
            run.action_pause,
            run.action_resume,
            lead.action_set_lost,
            lead.action_restore,
            lambda: run.write({"start_date": "2026-03-20"}),
            lambda: self.get_task(run, "Meet")
            .with_user(self.seller_all)
            .write({"sequence": 1}),
            lambda: (lead.action_set_lost(), lead.action_set_won()),
        ):
            self.assertFalse(self.collect(action))

    def test_what_is_muted_or_done_by_the_end_is_no_news(self):
        leads = self.make_leads(2).with_user(self.seller_all)

        def start_and_lose():
            leads[0].tracks_apply(self.template)
            leads[0].action_set_lost()

        self.assertFalse(self.collect(start_and_lose))

        def start_and_tick():
            run = leads[1].tracks_apply(self.template)
            self.get_task(run, "Call").with_user(self.seller_all).action_done()

        [message] = self.collect(start_and_tick)
        self.assertNotIn("Call", message.body)
        self.assertIn("Meet", message.body)

    def test_winning_a_lost_lead_with_something_to_assign_tells_nobody(self):
        lead = self.make_leads().with_user(self.seller_all)
        run = lead.tracks_apply(self.template)
        lead.action_set_lost()
        for summary in ("Write", "Call"):
            self.get_task(run, summary).with_user(self.seller_all).action_done()
        self.assertFalse(self.collect(lead.action_set_won))
        self.assertEqual(self.get_task(run, "Meet").state, "open")
        self.assertTrue(self.get_task(run, "Meet").activity_id.muted)

    def test_a_message_that_cannot_be_sent_stops_nobody_s_work(self):
        self.env.ref(
            "crm_tracks.message_tasks_assigned"
        ).arch_db = '<t t-name="x"><t t-out="nobody.name"/></t>'
        leads = self.make_leads(2) + self.make_leads(user=self.seller_2)
        with self.assertLogs("odoo.addons.crm_tracks.models.run.messages", "ERROR"):
            messages = self.collect(
                lambda: leads.with_user(self.seller_all).tracks_apply(self.template)
            )
        self.assertFalse(messages)
        for run in leads.track_run_ids:
            self.assertActivityFollows(self.get_task(run, "Write"))

    def test_a_run_of_the_cron_is_one_message_for_each_person(self):
        template = self.make_template(
            {"summary": "Later", "delay_count": 10},
            activity_creation="ahead",
            ahead_days=1,
        )
        leads = self.make_leads(3).with_user(self.seller)
        leads.tracks_apply(template)
        with self.at("2026-03-13 10:00:00"):
            messages = self.collect(self.run_cron)
        self.assertTold(messages, self.seller)
        self.assertIn("Your next tasks", messages.body)
