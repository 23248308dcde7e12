from unittest.mock import patch

from lxml import html

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from .common import RemindersCase


class MorningMailCase(RemindersCase):
    """A user who gets the e-mail every day, and a record of that user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_leads(name="Harbour Bakery")
        cls.seller.track_digest = "daily"


@tagged("post_install", "-at_install")
class TestMorningMail(MorningMailCase):
    """One e-mail at 7:00 with what is late, due today, and due soon."""

    def test_the_mail_lists_late_today_and_soon_in_this_order(self):
        self.make_activity(self.lead, self.seller, "2026-03-11", "In a week")
        self.make_activity(self.lead, self.seller, "2026-03-12", "Later")
        self.make_activity(self.lead, self.seller, "2026-03-04", "Today")
        self.make_activity(self.lead, self.seller, "2026-03-02", "Two days ago")
        self.make_activity(self.lead, self.seller, "2025-12-30", "Last year")
        self.make_activity(self.lead, self.seller_2, "2026-03-04", "Of another")
        mail = self.run_digest()
        self.assertEqual(
            mail.subject,
            "Your activities: 2 late, 1 due today, 1 due in the next 7 days",
        )
        self.assertEqual(mail.email_to, self.seller.email_formatted)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(
            self.get_lines(mail),
            [
                "Your Activities",
                "Wednesday, March 4, 2026",
                "Late (2)",
                "Last year – Harbour Bakery – Tue, Dec 30, 2025",
                "Two days ago – Harbour Bakery – Mon, Mar 2",
                "Due Today (1)",
                "Today – Harbour Bakery",
                "Due in the Next 7 Days (1)",
                "In a week – Harbour Bakery – Wed, Mar 11",
                "Change this e-mail in your preferences",
            ],
        )
        self.assertIn(
            f"{self.seller.get_base_url()}/mail/view?model=crm.lead"
            f"&amp;res_id={self.lead.id}",
            mail.body_html,
        )
        self.assertIn(f"/odoo/my-preferences/{self.seller.id}", mail.body_html)

    def test_an_activity_of_a_track_has_its_track_and_links_to_it(self):
        run = self.lead.with_user(self.seller).tracks_apply(self.make_chain("Visit"))
        mail = self.run_digest()
        self.assertIn(
            "Visit – Harbour Bakery · Sales follow-through", self.get_lines(mail)
        )
        self.assertIn(f"track_run_id={run.id}", mail.body_html)

    def test_an_activity_without_a_record_is_listed(self):
        activity = self.make_own_activity(self.seller, summary="Water the plants")
        mail = self.run_digest()
        self.assertIn("Water the plants", self.get_lines(mail))
        self.assertIn(f"model=mail.activity&amp;res_id={activity.id}", mail.body_html)

    def test_an_activity_without_a_summary_is_called_as_its_type(self):
        activity = self.make_activity(self.lead, self.seller, "2026-03-04")
        activity.write({"summary": False, "activity_type_id": self.type_call.id})
        lines = self.get_lines(self.run_digest())
        self.assertIn(f"{self.type_call.name} – Harbour Bakery", lines)

    def test_an_activity_without_a_summary_and_a_type_can_be_opened(self):
        self.empty(self.make_activity(self.lead, self.seller, "2026-03-04"))
        self.assertIn("Activity – Harbour Bakery", self.get_lines(self.run_digest()))

    def test_an_activity_of_a_record_without_a_name_is_listed(self):
        def forget(records):
            records.display_name = False

        self.make_activity(self.lead, self.seller, "2026-03-04")
        leads = self.registry["crm.lead"]
        with patch.object(leads, "_compute_display_name", forget):
            self.env.invalidate_all()
            self.assertIn("Call", self.get_lines(self.run_digest()))

    def test_names_are_no_markup(self):
        self.lead.name = "<b>Bakery</b>"
        self.make_activity(self.lead, self.seller, "2026-03-04", "<script>x</script>")
        mail = self.run_digest()
        self.assertIn("<script>x</script> – <b>Bakery</b>", self.get_lines(mail))

    def test_a_day_with_nothing_has_no_mail_whatever_comes_later(self):
        self.make_activity(self.lead, self.seller, "2026-03-12", "Later")
        self.assertFalse(self.run_digest())
        self.assertEqual(self.seller.track_digest_day, self.TODAY)
        self.make_activity(self.lead, self.seller, "2026-03-04", "New")
        self.assertFalse(self.run_digest("2026-03-04 08:00:00"))
        self.assertTrue(self.run_digest("2026-03-05 06:00:00"))

    def test_inactive_done_and_cancelled_activities_are_left_out(self):
        self.make_activity(self.lead, self.seller, "2026-03-04", "Inactive")
        self.lead.action_set_lost()
        other = self.make_leads(name="Other")
        done = self.make_activity(other, self.seller, "2026-03-04", "Done")
        done.with_user(self.seller).action_feedback()
        self.make_activity(other, self.seller, "2026-03-04", "Cancelled").unlink()
        self.assertFalse(self.run_digest())
        self.seller.track_digest_day = False
        self.lead.action_unarchive()
        self.assertIn("Inactive – Harbour Bakery", self.get_lines(self.run_digest()))

    def test_the_mail_can_be_read_as_plain_text(self):
        self.make_activity(self.lead, self.seller, "2026-03-02")
        text = html2plaintext(self.run_digest().body_html)
        lines = list(filter(None, map(str.strip, text.splitlines())))
        self.assertEqual(
            lines[:6],
            [
                "Your Activities",
                "Wednesday, March 4, 2026",
                "Late (1)",
                "Call [1]",
                "Harbour Bakery",
                "Mon, Mar 2",
            ],
        )

    def test_a_kind_without_activities_is_not_mentioned(self):
        self.make_activity(self.lead, self.seller, "2026-03-02")
        mail = self.run_digest()
        self.assertEqual(mail.subject, "Your activities: 1 late")
        self.assertNotIn("Due", mail.body_html)

    def test_many_late_activities_do_not_hide_those_of_today(self):
        for number in range(25):
            day = f"2026-02-{number + 1:02}"
            self.make_activity(self.lead, self.seller, day, f"Late {number}")
        self.make_activity(self.lead, self.seller, "2026-03-04", "Today")
        mail = self.run_digest()
        lines = self.get_lines(mail)
        self.assertEqual(mail.subject, "Your activities: 25 late, 1 due today")
        self.assertEqual(
            [line.split(" – ")[0] for line in lines[2:-1]],
            [
                "Late (25)",
                # those that have been late for the longest time
                *(f"Late {number}" for number in range(20)),
                "Further activities: 5",
                "Due Today (1)",
                "Today",
            ],
        )

    def test_the_button_opens_the_activities_of_the_user(self):
        self.make_activity(self.lead, self.seller, "2026-03-04")
        self.company.write(
            {"email_primary_color": "#010203", "email_secondary_color": "#f0e0d0"}
        )
        body = html.fromstring(str(self.run_digest().body_html))
        [button] = body.xpath("//td[@bgcolor='#f0e0d0']/a")
        self.assertIn("color: #010203", button.get("style"))
        name = button.get("href").rpartition("/odoo/action-")[2]
        self.assertEqual(self.env.ref(name).res_model, "mail.activity")


@tagged("post_install", "-at_install")
class TestMorningMailReaders(MorningMailCase):
    """The mail contains what its reader may read, in the reader's language."""

    def test_records_that_the_user_may_no_longer_read_are_not_named(self):
        self.make_activity(self.lead, self.seller, "2026-03-04", "Secret")
        mine = self.make_leads(name="Mine")
        self.make_activity(mine, self.seller, "2026-03-04", "Known")
        self.lead.user_id = self.seller_2
        mail = self.run_digest()
        self.assertIn("Known – Mine", self.get_lines(mail))
        self.assertNotIn("Harbour", mail.body_html)
        self.assertNotIn("Secret", mail.body_html)
        self.assertEqual(mail.subject, "Your activities: 1 due today")

    def test_models_that_the_user_may_no_longer_read_are_not_named(self):
        self.make_activity(self.lead, self.seller, "2026-03-04", "Secret")
        self.seller.group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        self.assertFalse(self.run_digest())

    def test_deleted_records_are_left_out(self):
        other = self.make_leads(name="Deleted")
        self.make_activity(self.lead, self.seller, "2026-03-04", "Stays")
        self.make_activity(other, self.seller, "2026-03-04", "Of nothing")
        # by SQL: the ORM deletes the activities, too
        self.env.cr.execute("DELETE FROM crm_lead WHERE id = %s", [other.id])
        self.env.invalidate_all()
        mail = self.run_digest()
        self.assertIn("Stays – Harbour Bakery", self.get_lines(mail))
        self.assertNotIn("Of nothing", mail.body_html)

    def test_records_of_all_companies_of_the_user_are_included(self):
        self.seller.company_ids += self.company_2
        third = self.env["res.company"].create({"name": "Third Company"})
        partners = self.env["res.partner"].create(
            [
                {"name": f"Of {company.name}", "company_id": company.id}
                for company in (self.company, self.company_2, third)
            ]
        )
        self.env["ir.rule"].search(
            [("model_id.model", "=", "res.partner"), ("global", "=", True)]
        ).active = True
        for partner in partners:
            self.make_activity(partner, self.seller, "2026-03-04")
        lines = self.get_lines(self.run_digest())
        self.assertIn(f"Call – Of {self.company.name}", lines)
        self.assertIn("Call – Of Second Company", lines)
        self.assertNotIn("Call – Of Third Company", lines)

    def test_the_mail_comes_from_the_company_of_the_user(self):
        self.company.email = "office@first.example"
        self.make_activity(self.lead, self.seller, "2026-03-04")
        self.assertIn("office@first.example", self.run_digest().email_from)

    def test_each_user_gets_the_mail_in_the_own_language(self):
        for lang in ("de_DE", "fr_FR"):
            self.env["res.lang"]._activate_lang(lang)
        self.env["ir.module.module"].search(
            [("name", "=", "crm_tracks_reminders")]
        )._update_translations(["de_DE", "fr_FR"])
        self.type_todo.with_context(lang="fr_FR").name = "À faire"
        self.seller.lang = "fr_FR"
        self.seller_2.write({"lang": "de_DE", "track_digest": "daily"})
        unnamed = self.make_activity(self.lead, self.seller, "2026-03-04")
        unnamed.summary = False
        self.make_activity(
            self.make_leads(user=self.seller_2), self.seller_2, "2026-03-02"
        )
        mails = self.run_digest()
        french, german = (
            mails.filtered(lambda mail, user=user: user.email in mail.email_to)
            for user in (self.seller, self.seller_2)
        )
        self.assertIn("mercredi 4 mars 2026", self.get_lines(french))
        self.assertIn("À faire – Harbour Bakery", self.get_lines(french))
        self.assertIn("Mittwoch, 4. März 2026", self.get_lines(german))
        self.assertIn("Mo., 2. März", self.get_lines(german)[3])
        self.assertIn("Modifier cet e-mail", french.body_html)
        self.assertIn("Diese E-Mail in Ihren Einstellungen", german.body_html)

    def test_an_arabic_mail_is_written_from_right_to_left(self):
        self.env["res.lang"]._activate_lang("ar_001")
        self.seller.lang = "ar_001"
        self.make_activity(self.lead, self.seller, "2026-03-04")
        body = html.fromstring(str(self.run_digest().body_html))
        self.assertEqual((body.get("dir"), body.get("lang")), ("rtl", "ar"))
        self.assertEqual(body.xpath("//p[@aria-level=1]/../@align"), ["right"])

    def test_a_language_that_is_no_longer_active_is_english(self):
        french = self.env["res.lang"]._activate_lang("fr_FR")
        self.seller.lang = "fr_FR"
        self.env.flush_all()
        # by SQL: the ORM only lets go of a language whose users are archived
        self.env.cr.execute(
            "UPDATE res_lang SET active = FALSE WHERE id = %s", [french.id]
        )
        self.env.invalidate_all()
        self.registry.clear_cache("stable")
        self.make_activity(self.lead, self.seller, "2026-03-04")
        self.assertIn("Wednesday", self.get_lines(self.run_digest())[1])

    def test_only_active_internal_users_with_an_address_get_the_mail(self):
        self.make_activity(self.lead, self.seller, "2026-03-04")
        self.portal.track_digest = "daily"
        self.make_own_activity(self.portal, summary="X")
        self.seller.email = False
        self.assertFalse(self.run_digest())
        self.seller.email = "seller@tracks.example"
        # by SQL: the ORM would delete the activities
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_users SET active = FALSE WHERE id = %s", [self.seller.id]
        )
        self.env.invalidate_all()
        self.assertFalse(self.run_digest())
        self.env.cr.execute(
            "UPDATE res_users SET active = TRUE WHERE id = %s", [self.seller.id]
        )
        self.env.invalidate_all()
        self.assertEqual(len(self.run_digest()), 1)


@tagged("post_install", "-at_install")
class TestMorningMailOption(RemindersCase):
    """Who gets the mail: what users select, and the default of an administrator."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_leads()
        cls.activity = cls.make_activity(cls.lead, cls.seller, "2026-03-04")

    def set_default(self, value):
        self.env["res.config.settings"].create({"track_digest": value}).execute()

    def test_without_a_default_nobody_gets_the_mail_unasked(self):
        self.assertFalse(self.seller.track_digest)
        self.assertFalse(self.run_digest())

    def test_the_default_is_for_those_who_have_selected_nothing(self):
        self.set_default("daily")
        self.make_activity(
            self.make_leads(user=self.seller_2), self.seller_2, "2026-03-04"
        )
        self.seller_2.track_digest = "none"
        self.assertEqual(self.run_digest().email_to, self.seller.email_formatted)

    def test_users_select_their_own_option_only(self):
        preferences = self.seller.with_user(self.seller)
        with Form(preferences, "base.view_users_form_simple_modif") as form:
            self.assertEqual(form.track_digest_default, "Default: No E-Mail")
            form.track_digest = "weekdays"
        self.assertEqual(self.seller.track_digest, "weekdays")
        with self.assertRaises(AccessError):
            self.seller_2.with_user(self.seller).track_digest = "daily"
        with self.assertRaises(AccessError):
            preferences.track_digest_day = "2026-03-04"

    def test_a_parameter_that_is_no_option_is_none(self):
        self.env["ir.config_parameter"].set_param(
            "crm_tracks_reminders.digest", "hourly"
        )
        self.assertFalse(self.run_digest())

    def test_on_working_days_follows_the_schedule_of_the_company(self):
        self.seller.track_digest = "weekdays"
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": "2026-03-04 00:00:00",
                "date_to": "2026-03-04 22:59:59",
            }
        )
        calendar = self.env["resource.calendar"].create(
            {"name": "Weekends", "tz": "Europe/Brussels", "attendance_ids": []}
        )
        calendar.attendance_ids = [
            Command.create(
                {"name": "Day", "dayofweek": day, "hour_from": 8, "hour_to": 16}
            )
            for day in "56"
        ]
        self.company_2.resource_calendar_id = calendar
        other = self.make_user(
            "weekender",
            "base.group_user",
            company_ids=[Command.set(self.company_2.ids)],
            company_id=self.company_2.id,
            track_digest="weekdays",
        )
        self.make_activity(other.partner_id, other, "2026-03-04")
        got = {
            day: [
                mail.email_to for mail in self.run_digest(f"2026-03-{day:02} 06:00:00")
            ]
            for day in (4, 5, 6, 7, 8)
        }
        mine, others = self.seller.email_formatted, other.email_formatted
        self.assertEqual(got, {4: [], 5: [mine], 6: [mine], 7: [others], 8: [others]})
