from urllib.parse import parse_qs, urlsplit

from odoo.tests import tagged

from .common import PatientHttpCase, TracksCase


@tagged("post_install", "-at_install")
class TestRecordLinks(TracksCase):
    """A link to a track opens the record at it, where the form shows its tracks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call")
        cls.lead = cls.make_leads()
        cls.track = cls.lead.with_user(cls.seller).tracks_apply(cls.template)

    def get_activity_on_a_form_without_tracks(self):
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

    def test_where_the_form_shows_no_track_it_opens_that_of_the_track(self):
        run, activity = self.get_activity_on_a_form_without_tracks()
        action = activity.action_open_track()
        self.assertEqual((action["res_model"], action["res_id"]), ("track.run", run.id))
        [data] = activity.activity_format()["mail.activity"]
        self.assertEqual(data["track_url"], f"/odoo/crm-tracks/{run.id}")

    def test_a_tab_that_is_added_or_removed_is_noticed(self):
        Run = self.env["track.run"]
        self.assertTrue(Run._is_on_form_of("crm.lead"))
        self.assertFalse(Run._is_on_form_of("ir.cron"))
        view = self.env["ir.ui.view"].create(
            {
                "name": "job",
                "model": "ir.cron",
                "arch": '<form><field name="track_run_ids" widget="tracks"/></form>',
            }
        )
        self.assertTrue(Run._is_on_form_of("ir.cron"))
        view.active = False
        self.assertFalse(Run._is_on_form_of("ir.cron"))

    def test_a_form_with_a_chatter_shows_tracks_there(self):
        Run = self.env["track.run"]
        action = self.env["ir.actions.server"].create(
            {
                "name": "Tidy up",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "state": "code",
            }
        )
        track = action.tracks_apply(self.template)
        shown = track.line_ids.activity_ids.action_open_track()
        self.assertEqual(shown["tag"], "crm_tracks.show_track")
        self.assertEqual(
            shown["params"],
            {"run_id": track.id, "res_model": action._name, "res_id": action.id},
        )
        self.env["ir.ui.view"].search(
            [("model", "=", action._name), ("type", "=", "form")]
        ).active = False
        self.assertFalse(Run._is_on_form_of(action._name))
        for wrong in ("no.such.model", "", False):
            self.assertFalse(Run._is_on_form_of(wrong))

    def test_an_activity_without_a_track_has_no_link(self):
        activity = self.lead.with_user(self.seller).activity_schedule(
            "mail.mail_activity_data_todo", summary="Plain"
        )
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
