import json
from datetime import datetime, timedelta

import vobject

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.crm_tracks.tests.common import TOURS, PatientHttpCase, tagged_test

from ..models.calendar_feed import SCOPE


@tagged("post_install", "-at_install")
class TestCalendarKey(PatientHttpCase):
    """The address of a calendar, over HTTP. The clock is the real one: the database
    decides whether a key has expired."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.make_person("base.group_user")
        cls.partner = cls.env["res.partner"].create({"name": "Harbour Bakery"})
        cls.activity = cls.partner.with_context(
            mail_activity_quick_update=True
        ).activity_schedule(
            "mail.mail_activity_data_todo",
            summary="Visit",
            date_deadline="2099-03-10",
            user_id=cls.person.id,
        )

    def make_url(self, user=None, days=30):
        """The path of a new address of this user."""
        users = self.env["res.users"].with_user(user or self.person)
        until = datetime.now() + timedelta(days=days)
        url = users._make_track_calendar_url("My phone", until)
        base_url = self.person.get_base_url()
        self.assertTrue(url.startswith(f"{base_url}/tracks/calendar/"), url)
        return url.removeprefix(base_url)

    def make_foreign_url(self, scope):
        keys = self.env["res.users.apikeys"].with_user(self.person)
        key = keys._generate(scope, "Other", datetime.now() + timedelta(days=30))
        return f"/tracks/calendar/{key}.ics"

    def assertNotFound(self, url):
        response = self.url_open(url)
        self.assertEqual(response.status_code, 404)
        self.assertEqual(response.text, "Not Found")
        self.assertNotIn("ETag", response.headers)

    def test_the_address_opens_the_calendar_for_everybody(self):
        url = self.make_url()
        for login in (None, "admin"):
            with self.subTest(login=login):
                self.authenticate(login, login)
                response = self.url_open(url)
                self.assertEqual(response.status_code, 200)
                self.assertEqual(
                    response.headers["Content-Type"], "text/calendar; charset=utf-8"
                )
                self.assertIn("private", response.headers["Cache-Control"])
                self.assertNotIn("Set-Cookie", response.headers)
                calendar = vobject.readOne(response.text)
                self.assertEqual(calendar.vevent.summary.value, "Harbour Bakery: Visit")

    def test_an_unchanged_calendar_is_not_sent_again(self):
        url = self.make_url()
        first = self.url_open(url)
        tag = first.headers["ETag"]
        again = self.url_open(url, headers={"If-None-Match": tag})
        self.assertEqual((again.status_code, again.content), (304, b""))
        self.assertEqual(again.headers["ETag"], tag)
        self.partner.name = "Old Mill Press"
        self.env.flush_all()
        changed = self.url_open(url, headers={"If-None-Match": tag})
        self.assertEqual(changed.status_code, 200)
        self.assertNotEqual(changed.headers["ETag"], tag)
        self.assertIn("Old Mill Press", changed.text)

    def test_a_program_may_ask_for_the_headers_only(self):
        url = self.make_url()
        response = self.url_open(url, method="HEAD")
        self.assertEqual((response.status_code, response.content), (200, b""))
        self.assertEqual(response.headers["ETag"], self.url_open(url).headers["ETag"])

    def test_two_addresses_of_a_user_are_deleted_one_by_one(self):
        first, second = self.make_url(), self.make_url()
        keys = self.person.with_user(self.person).track_calendar_key_ids
        self.assertEqual(keys.mapped("name"), ["My phone"] * 2)
        keys.sorted("id")[0]._remove()
        self.assertNotFound(first)
        self.assertEqual(self.url_open(second).status_code, 200)

    def test_every_key_that_opens_nothing_gets_the_same_answer(self):
        expired = self.make_url()
        self.env.cr.execute(
            "UPDATE res_users_apikeys SET expiration_date = now() - INTERVAL '1 day'"
            " WHERE user_id = %s",
            [self.person.id],
        )
        valid = self.make_url()
        changed = valid[:-6] + ("0" if valid[-6] != "0" else "1") + ".ics"
        urls = {
            "expired": expired,
            "unknown": f"/tracks/calendar/{'0' * 40}.ics",
            "short": "/tracks/calendar/0.ics",
            "another end": changed,
            "upper case": valid.replace(valid[17:57], valid[17:57].upper()),
            "for RPC": self.make_foreign_url("rpc"),
            "without a scope": self.make_foreign_url(None),
            "no text": "/tracks/calendar/%FF%FE%00.ics",
            "null": f"/tracks/calendar/{'0' * 39}%00.ics",
            "statement": "/tracks/calendar/'%20OR%201=1--.ics",
        }
        for what, url in urls.items():
            with self.subTest(what):
                self.assertNotFound(url)
        self.assertEqual(self.url_open(valid).status_code, 200)

    def test_archived_and_external_users_have_no_calendar(self):
        url = self.make_url()
        portal = self.env.ref("base.group_portal")
        internal = self.person.group_ids
        self.person.group_ids = portal
        self.env.flush_all()
        self.assertNotFound(url)
        self.person.group_ids = internal
        self.env.flush_all()
        self.assertEqual(self.url_open(url).status_code, 200)
        self.person.active = False
        self.env.flush_all()
        self.assertNotFound(url)

    def test_the_key_opens_nothing_else(self):
        key = self.make_url()[17:57]
        keys = self.env["res.users.apikeys"]
        self.assertEqual(keys._check_credentials(scope=SCOPE, key=key), self.person.id)
        self.assertFalse(keys._check_credentials(scope="rpc", key=key))
        response = self.url_open(
            "/json/2/res.users/context_get",
            data=json.dumps({}),
            headers={
                "Authorization": f"Bearer {key}",
                "Content-Type": "application/json",
            },
        )
        self.assertEqual(response.status_code, 401)

    def test_users_make_addresses_for_90_days_at_most(self):
        self.make_url(days=89)
        with self.assertRaises(ValidationError):
            self.make_url(days=91)
        dialog = self.env["track.calendar.address"].with_user(self.person)
        self.assertEqual(dialog.default_get(["duration"]), {"duration": "90"})
        groups = self.person.all_group_ids
        for most, proposed in ((365, "90"), (31, "30"), (0.5, "-1")):
            groups.api_key_duration = most
            with self.subTest(most):
                self.assertEqual(
                    dialog.default_get(["duration"]), {"duration": proposed}
                )

    def test_an_address_is_made_by_a_person_who_proved_to_be_the_user(self):
        # without a request there is no such proof
        dialog = self.env["track.calendar.address"].with_user(self.person)
        dialog = dialog.create({"name": "My phone"})
        for make in (dialog.make_key, self.person.action_subscribe_calendar):
            with self.assertRaisesRegex(UserError, "over HTTP"):
                make()
        self.authenticate(self.person.login, self.person.login)
        answer = self.make_jsonrpc_request(
            "/web/dataset/call_button/track.calendar.address/make_key",
            {
                "model": "track.calendar.address",
                "method": "make_key",
                "args": [dialog.ids],
                "kwargs": {},
            },
        )
        self.assertEqual(answer["res_model"], "res.users.identitycheck")
        self.assertFalse(self.person.track_calendar_key_ids)

    def test_others_see_no_addresses_of_a_user(self):
        self.make_url()
        other = self.make_person("base.group_user", login="tracks_other")
        keys = self.env["res.users.apikeys"].with_user(other).search([])
        self.assertFalse(keys)

    @tagged_test(TOURS)
    def test_a_user_makes_an_address_and_selects_the_morning_mail(self):
        self.start_tour(
            # the address in the morning mail
            f"/odoo/my-preferences/{self.person.id}",
            "crm_tracks_reminders",
            login=self.person.login,
        )
        self.assertEqual(self.person.track_digest, "weekdays")
        # the tour deletes the other one
        self.assertEqual(self.person.track_calendar_key_ids.mapped("name"), ["Laptop"])
