from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.test_ir_cron import CronMixinCase
from odoo.addons.crm_tracks.tests.common import QUERIES, tagged_test

from .common import RemindersCase


@tagged("post_install", "-at_install")
class TestMorning(CronMixinCase, RemindersCase):
    """Once a day, at 7:00 in the time zone of the user, whatever happens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller.track_digest = "daily"
        cls.activity = cls.make_activity(cls.make_leads(), cls.seller, "2026-03-01")

    def test_the_mail_is_sent_from_7_until_midnight(self):
        self.assertFalse(self.run_digest("2026-03-04 05:59:00"))
        self.assertFalse(self.seller.track_digest_day)
        self.assertTrue(self.run_digest("2026-03-04 22:59:00"))
        self.assertEqual(self.seller.track_digest_day, self.TODAY)
        self.assertFalse(self.run_digest("2026-03-04 23:01:00"))

    def test_the_mail_is_sent_once_a_day(self):
        self.assertTrue(self.run_digest("2026-03-04 06:00:00"))
        self.assertFalse(self.run_digest("2026-03-04 06:15:00"))
        self.assertFalse(self.run_digest("2026-03-05 05:45:00"))
        self.assertTrue(self.run_digest("2026-03-05 06:00:00"))

    def test_the_day_is_that_of_each_user(self):
        tokyo = self.make_user(
            "tokyo", "base.group_user", tz="Asia/Tokyo", track_digest="daily"
        )
        hawaii = self.make_user(
            "hawaii", "base.group_user", tz="Pacific/Honolulu", track_digest="daily"
        )
        self.seller.track_digest = "none"
        for user in (tokyo, hawaii):
            self.make_activity(user.partner_id, user, "2026-03-04")
        # 7:00 on March 4 in Tokyo, 12:00 on March 3 in Hawaii
        mails = self.run_digest("2026-03-03 22:00:00")
        self.assertEqual(
            {mail.email_to: mail.subject for mail in mails},
            {
                tokyo.email_formatted: "Your activities: 1 due today",
                hawaii.email_formatted: "Your activities: 1 due in the next 7 days",
            },
        )
        self.assertEqual(tokyo.track_digest_day, date(2026, 3, 4))
        self.assertEqual(hawaii.track_digest_day, date(2026, 3, 3))

    def test_a_user_who_travels_gets_one_mail_for_each_day(self):
        self.seller.tz = "Asia/Tokyo"
        self.assertTrue(self.run_digest("2026-03-03 22:00:00"))
        # to the west, where it is 7:00 of the same day only now
        self.seller.tz = "America/New_York"
        self.assertFalse(self.run_digest("2026-03-03 22:15:00"))
        self.assertFalse(self.run_digest("2026-03-04 12:00:00"))
        self.assertTrue(self.run_digest("2026-03-05 12:00:00"))
        # and back to the east, where the next day has begun
        self.seller.tz = "Asia/Tokyo"
        self.assertFalse(self.run_digest("2026-03-05 14:00:00"))
        self.assertTrue(self.run_digest("2026-03-05 22:00:00"))

    def test_without_a_time_zone_that_of_the_company_counts(self):
        self.seller.tz = False
        self.company.resource_calendar_id.tz = "America/New_York"
        self.assertFalse(self.run_digest("2026-03-04 11:59:00"))
        self.assertTrue(self.run_digest("2026-03-04 12:00:00"))

    def test_a_time_zone_that_the_server_does_not_know_is_utc_and_stops_nobody(self):
        other = self.make_user("other", "base.group_user", track_digest="daily")
        self.make_activity(other.partner_id, other, "2026-03-01")
        # by SQL: the ORM refuses the name, which was known when it was stored
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET tz = 'US/Gone' WHERE id = %s", [other.partner_id.id]
        )
        self.env.invalidate_all()
        mail = self.run_digest("2026-03-04 06:00:00")
        self.assertEqual(mail.email_to, self.seller.email_formatted)
        mail = self.run_digest("2026-03-04 07:00:00")
        self.assertEqual(mail.email_to, other.email_formatted)

    def test_7_o_clock_is_that_of_summer_time(self):
        self.assertFalse(self.run_digest("2026-07-01 04:59:00"))
        self.assertTrue(self.run_digest("2026-07-01 05:00:00"))

    # ------------------------------------------------------------------
    # What goes wrong
    # ------------------------------------------------------------------

    def make_another(self, login="another"):
        user = self.make_user(login, "base.group_user", track_digest="daily")
        self.make_activity(user.partner_id, user, "2026-03-04")
        return user

    @contextmanager
    def failing_for(self, failing, error):
        """Raise this error when the mail to this user is written."""
        original = type(self.env["res.users"])._prepare_track_digest

        def prepare(user, activities):
            if user == failing:
                raise error
            return original(user, activities)

        with patch.object(self.registry["res.users"], "_prepare_track_digest", prepare):
            yield

    def test_a_mail_that_cannot_be_written_does_not_stop_the_others(self):
        others = self.make_another("before"), self.make_another("behind")
        with (
            self.failing_for(self.seller, ValueError("broken")),
            self.assertLogs("odoo.addons.crm_tracks_reminders", "WARNING") as logs,
            mute_logger("odoo.addons.crm_tracks.models.automation.cron"),
        ):
            mails = self.run_digest()
            self.assertEqual(
                set(mails.mapped("email_to")),
                {user.email_formatted for user in others},
            )
            self.assertFalse(self.run_digest("2026-03-04 06:15:00"))
        [line] = logs.output
        self.assertIn(f"{self.seller} gets no morning mail today: broken", line)
        self.assertEqual(len(self.run_digest("2026-03-05 06:00:00")), 3)

    def test_who_may_not_read_something_is_named_in_the_log(self):
        with (
            self.failing_for(self.seller, UserError("Not allowed.")),
            self.assertLogs("odoo.addons.crm_tracks_reminders", "WARNING") as logs,
        ):
            self.assertFalse(self.run_digest())
        self.assertIn(f"{self.seller} gets no morning mail", logs.output[0])

    def test_after_a_conflict_the_mail_is_sent_by_the_next_run(self):
        other = self.make_another()
        with self.failing_for(self.seller, SerializationFailure()):
            self.assertEqual(self.run_digest().email_to, other.email_formatted)
        self.assertFalse(self.seller.track_digest_day)
        mail = self.run_digest("2026-03-04 06:15:00")
        self.assertEqual(mail.email_to, self.seller.email_formatted)

    def test_the_day_is_stored_in_the_transaction_of_the_mail(self):
        with (
            patch.object(
                self.registry["res.users"],
                "_mark_track_digest",
                side_effect=SerializationFailure(),
            ),
        ):
            self.assertFalse(self.run_digest())
        self.assertTrue(self.run_digest("2026-03-04 06:15:00"))

    def test_users_who_are_locked_are_left_to_the_next_run(self):
        other = self.make_another()
        users = type(self.env["res.users"])
        original = users.try_lock_for_update

        def lock(records, **options):
            return original(records, **options) - self.seller

        with patch.object(users, "try_lock_for_update", lock):
            self.assertEqual(self.run_digest().email_to, other.email_formatted)
        self.assertFalse(self.seller.track_digest_day)
        self.assertTrue(self.run_digest("2026-03-04 06:15:00"))

    def test_what_changed_since_the_users_were_found_counts(self):
        self.make_another()
        due = self.env["res.users"]._search_track_digest_due()
        self.seller.track_digest = "none"
        self.env.flush_all()
        with self.at(self.MORNING):
            before = self.env["mail.mail"].search([])
            due._send_track_digests()
            mail = self.env["mail.mail"].search([]) - before
        self.assertEqual(len(mail), 1)

    def test_the_queue_of_e_mails_is_told(self):
        with self.capture_triggers("mail.ir_cron_mail_scheduler_action") as triggers:
            self.run_digest()
        self.assertEqual(len(triggers.records), 1)

    # ------------------------------------------------------------------
    # Many users
    # ------------------------------------------------------------------

    @contextmanager
    def counting_batches(self, counts):
        """Append the queries of each batch to ``counts``."""
        users = self.registry["res.users"]
        original = users._send_track_digests

        def send(batch):
            before = batch.env.cr.sql_log_count
            original(batch)
            batch.env.flush_all()
            counts.append(batch.env.cr.sql_log_count - before)

        with patch.object(users, "_send_track_digests", send):
            yield

    @tagged_test(QUERIES)
    def test_the_queries_of_a_batch_do_not_depend_on_how_many_batches_there_are(self):
        self.seller.track_digest = "none"
        context = {"mail_activity_quick_update": True, "no_reset_password": True}
        users = (
            self.env["res.users"]
            .with_context(**context)
            .create(
                [
                    {
                        "name": f"Person {number}",
                        "login": f"tracks_person_{number}",
                        "email": f"person_{number}@tracks.example",
                        "tz": "Europe/Brussels",
                        "track_digest": "daily",
                    }
                    for number in range(1000)
                ]
            )
        )
        partner_model = self.env["ir.model"]._get_id("res.partner")
        self.env["mail.activity"].with_context(**context).create(
            [
                {
                    "summary": f"Task {number}",
                    "user_id": user.id,
                    "date_deadline": "2026-03-04",
                    "res_model_id": partner_model,
                    "res_id": self.company.partner_id.id,
                    "activity_type_id": self.type_todo.id,
                }
                for user in users
                for number in range(3)
            ]
        )
        counts = []
        with self.counting_batches(counts):
            mails = self.run_digest()
        self.assertEqual(len(mails), 1000)
        self.assertEqual(len(counts), 20)
        self.assertLessEqual(max(counts), 400, counts)
        self.assertLessEqual(max(counts[1:]) - min(counts[1:]), 5, counts)

    @tagged_test(QUERIES)
    def test_more_activities_of_a_user_take_no_more_queries(self):
        def count():
            self.seller.track_digest_day = False
            self.env.flush_all()
            counts = []
            with self.counting_batches(counts):
                self.assertEqual(len(self.run_digest()), 1)
            return counts

        count()
        few = count()
        for lead in self.make_leads(20):
            self.make_activity(lead, self.seller, "2026-03-04")
            lead.with_user(self.seller).tracks_apply(self.make_chain("One"))
        more = count()
        # the tracks of the activities
        self.assertLessEqual(more[0] - few[0], 3)
