from odoo.tests import tagged, users

from odoo.addons.mail.tools.discuss import Store

from .common import QUERIES, TracksCase, tagged_test

# What the chatter asks for whenever a form is opened.
ASKED = [
    "activities",
    "attachments",
    "contact_fields",
    "followers",
    "scheduledMessages",
    "suggestedRecipients",
]


@tagged("post_install", "-at_install")
class TestChatter(TracksCase):
    """The chatter of a form without the Tracks tab knows whether there are tracks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call")

    def load(self, record, asked):
        """What the chatter of this record gets."""
        store = Store()
        store.add(record, request_list=asked, as_thread=True)
        [data] = store.get_result()["mail.thread"]
        return data

    def has_tracks(self, record):
        return self.load(record, ["activities", "tracks"])["hasTracks"]

    @users("tracks_seller")
    def test_a_record_has_tracks_whatever_their_state(self):
        plain, running, stopped = self.make_leads(3).with_env(self.env)
        running.tracks_apply(self.template)
        stopped.tracks_apply(self.template).action_stop()
        self.assertFalse(self.has_tracks(plain))
        self.assertTrue(self.has_tracks(running))
        self.assertTrue(self.has_tracks(stopped))

    @users("tracks_seller")
    def test_a_track_that_is_taken_back_is_gone(self):
        lead = self.make_leads().with_env(self.env)
        lead.tracks_apply(self.template).action_take_back()
        self.assertFalse(self.has_tracks(lead))

    @users("tracks_seller")
    def test_forms_with_the_tab_do_not_ask(self):
        lead = self.make_leads().with_env(self.env)
        lead.tracks_apply(self.template)
        self.assertNotIn("hasTracks", self.load(lead, ASKED))

    def test_only_users_who_may_read_them_learn_of_them(self):
        lead = self.make_leads()
        lead.with_user(self.seller).tracks_apply(self.template)
        self.assertTrue(self.has_tracks(lead.with_user(self.seller)))
        for user in (self.seller_2, self.portal):
            with self.subTest(user=user.name):
                # as the chatter reads for users who open the record by a link
                self.assertFalse(self.has_tracks(lead.with_user(user).sudo()))

    def test_a_model_without_activities_has_none(self):
        channel = self.env["discuss.channel"].create({"name": "Fair"})
        self.assertFalse(self.has_tracks(channel))

    @tagged_test(QUERIES)
    @users("tracks_seller")
    def test_what_it_costs_to_open_a_form(self):
        plain, tracked = self.make_leads(2).with_env(self.env)
        chain = self.make_template(
            *({"summary": f"Task {number}"} for number in range(40))
        )
        tracked.tracks_apply(chain)

        def count(record, asked):
            return self.count_queries(lambda: self.load(record, asked))

        count(plain, [*ASKED, "tracks"])  # fills the caches
        for record in (plain, tracked):
            before = count(record, ASKED)
            self.assertLessEqual(count(record, [*ASKED, "tracks"]), before + 1)

    @tagged_test(QUERIES)
    def test_a_model_that_never_had_a_track_costs_nothing(self):
        action = self.env["ir.cron"].search([], limit=1)
        self.assertFalse(action.track_run_ids)
        self.has_tracks(action)
        before = self.count_queries(lambda: self.load(action, ["activities"]))
        after = self.count_queries(lambda: self.has_tracks(action))
        self.assertEqual(after, before)
