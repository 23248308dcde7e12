from urllib.parse import parse_qs, urlsplit

from odoo.tests import tagged

from .common import PatientHttpCase, TracksCase


@tagged("post_install", "-at_install")
class TestRecordLinks(TracksCase):
    """A link to a track opens the record at it, where the form has the Tracks tab."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call")
        cls.lead = cls.make_leads()
        cls.track = cls.lead.with_user(cls.seller).tracks_apply(cls.template)

    def get_activity_without_tab(self):
        job = self.env.ref("crm_tracks.ir_cron_tracks")
        run = job.tracks_apply(self.template)
        return run, run.line_ids.activity_ids

    def test_the_link_of_an_activity_shows_the_track_on_its_record(self):
        activity = self.lead.with_user(self.seller).activity_ids
        action = activity.action_open_track()
        self.assertEqual(action["tag"], "crm_tracks.show_track")
        self.assertEqual(
            action["params"],
            {
                "run_id": self.track.id,
                "res_model": "crm.lead",
                "res_id": self.lead.id,
            },
        )
        [data] = activity.activity_format()["mail.activity"]
        self.assertEqual(data["track_url"], self.track._get_record_url())

    def test_where_the_form_has_no_tab_it_opens_the_track(self):
        run, activity = self.get_activity_without_tab()
        action = activity.action_open_track()
        self.assertEqual((action["res_model"], action["res_id"]), ("track.run", run.id))
        [data] = activity.activity_format()["mail.activity"]
        self.assertEqual(data["track_url"], f"/odoo/crm-tracks/{run.id}")

    def test_a_tab_that_is_added_or_removed_is_noticed(self):
        Run = self.env["track.run"]
        self.assertTrue(Run._has_tab("crm.lead"))
        self.assertFalse(Run._has_tab("ir.cron"))
        view = self.env["ir.ui.view"].create(
            {
                "name": "job",
                "model": "ir.cron",
                "arch": '<form><field name="track_run_ids" widget="tracks"/></form>',
            }
        )
        self.assertTrue(Run._has_tab("ir.cron"))
        view.active = False
        self.assertFalse(Run._has_tab("ir.cron"))

    def test_an_activity_without_a_track_has_no_link(self):
        activity = self.lead.with_user(self.seller).activity_schedule(summary="Plain")
        [data] = activity.activity_format()["mail.activity"]
        self.assertFalse(data["track_url"])

    def test_messages_and_notes_link_to_the_track_on_its_record(self):
        [line] = self.track.sudo().line_ids[:1]._prepare_announcement()
        query = parse_qs(urlsplit(line["url"]).query)
        self.assertEqual(
            query,
            {
                "model": ["crm.lead"],
                "res_id": [str(self.lead.id)],
                "track_run_id": [str(self.track.id)],
            },
        )


@tagged("post_install", "-at_install")
class TestRecordLinksByHttp(TracksCase, PatientHttpCase):
    """What the server answers to the link of a message."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_leads()
        template = cls.make_chain("Write", "Call")
        cls.track = cls.lead.with_user(cls.seller).tracks_apply(template)

    def follow(self, url):
        return urlsplit(self.url_open(url, allow_redirects=False).headers["Location"])

    def test_the_form_of_the_record_gets_the_track_in_its_address(self):
        self.authenticate(self.seller.login, self.seller.login)
        url = self.follow(self.track._get_record_url())
        self.assertEqual(url.path, f"/odoo/crm.lead/{self.lead.id}")
        self.assertEqual(parse_qs(url.query)["track_run_id"], [str(self.track.id)])

    def test_who_may_not_read_the_record_gets_to_the_messages(self):
        self.authenticate(self.seller_2.login, self.seller_2.login)
        url = self.follow(self.track._get_record_url())
        self.assertNotIn(str(self.track.id), url.query)
        self.assertNotIn("crm.lead", url.path)

    def test_who_has_to_log_in_gets_to_the_track_afterwards(self):
        url = self.follow(self.track._get_record_url())
        self.assertEqual(url.path, "/web/login")
        [target] = parse_qs(url.query)["redirect"]
        self.assertEqual(
            parse_qs(urlsplit(target).query)["track_run_id"], [str(self.track.id)]
        )

    def test_nonsense_in_the_address_is_left_out(self):
        self.authenticate(self.seller.login, self.seller.login)
        plain = f"/mail/view?model=crm.lead&res_id={self.lead.id}"
        expected = self.follow(plain)
        for wrong in ("", "x", "7%26debug=1", "-1", "%D9%A3", "9" * 5000, "1%0d%0aA:b"):
            with self.subTest(wrong=wrong[:20]):
                self.assertEqual(self.follow(f"{plain}&track_run_id={wrong}"), expected)
