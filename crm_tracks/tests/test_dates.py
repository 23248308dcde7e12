from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..tools.absences import Absences
from ..tools.dates import WorkingDays, get_today, read_day, shift_day
from .common import QUERIES, TracksCase, tagged_test


@tagged("post_install", "-at_install")
class TestDates(TracksCase):
    """Delays in days, weekdays, weeks and months, by the schedule of the company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Monday to Friday",
                "tz": "Europe/Brussels",
                "company_id": cls.company.id,
            }
        )
        cls.company.resource_calendar_id = cls.calendar
        cls.days = WorkingDays(cls.company)

    def close(self, first, last=None, **values):
        """A public holiday of the company, from the first to the last day."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": datetime.fromisoformat(f"{first} 00:00:00"),
                "date_to": datetime.fromisoformat(f"{last or first} 22:00:00"),
                "resource_id": False,
                **values,
            }
        )
        self.days = WorkingDays(self.company)

    def patch_days_off(self, *days):
        """Let an addon know these days off of companies, and others know none."""
        return patch.object(
            self.env.registry["res.company"],
            "_tracks_get_days_off",
            autospec=True,
            return_value=set(days),
        )

    def assertShift(self, day, count, unit, expected, backwards=False, days=None):
        with self.subTest(day=day, count=count, unit=unit, backwards=backwards):
            actual = shift_day(
                self.env,
                date.fromisoformat(day),
                count,
                unit,
                days or self.days,
                backwards,
            )
            self.assertEqual(actual.isoformat(), expected)

    def test_one_weekday_after_friday_saturday_and_sunday_is_monday(self):
        for day in ("2026-03-06", "2026-03-07", "2026-03-08"):
            self.assertShift(day, 1, "weekdays", "2026-03-09")

    def test_one_weekday_before_monday_sunday_and_saturday_is_friday(self):
        for day in ("2026-03-09", "2026-03-08", "2026-03-07"):
            self.assertShift(day, 1, "weekdays", "2026-03-06", backwards=True)

    def test_no_weekdays_is_the_day_itself_or_the_nearest_working_day(self):
        self.assertShift("2026-03-06", 0, "weekdays", "2026-03-06")
        self.assertShift("2026-03-07", 0, "weekdays", "2026-03-09")
        self.assertShift("2026-03-06", 0, "weekdays", "2026-03-06", backwards=True)
        self.assertShift("2026-03-08", 0, "weekdays", "2026-03-06", backwards=True)

    def test_weekdays_count_strictly_after_the_day(self):
        self.assertShift("2026-03-04", 1, "weekdays", "2026-03-05")
        self.assertShift("2026-03-04", 3, "weekdays", "2026-03-09")
        self.assertShift("2026-03-04", 10, "weekdays", "2026-03-18")
        self.assertShift("2026-03-04", 10, "weekdays", "2026-02-18", backwards=True)

    def test_weekdays_cross_the_windows_in_which_the_schedule_is_read(self):
        self.assertShift("2026-03-04", 261 * 3, "weekdays", "2029-03-05")
        self.assertShift(
            "2029-03-05", 261 * 3, "weekdays", "2026-03-04", backwards=True
        )

    def test_weekdays_leave_out_public_holidays(self):
        self.close("2026-03-09", "2026-03-10")
        self.assertShift("2026-03-06", 1, "weekdays", "2026-03-11")
        self.assertShift("2026-03-11", 1, "weekdays", "2026-03-06", backwards=True)
        self.assertShift("2026-03-09", 0, "weekdays", "2026-03-11")

    def test_a_holiday_until_the_last_second_leaves_no_work(self):
        self.calendar.attendance_ids.filtered(
            lambda line: line.day_period == "afternoon"
        ).hour_to = 24
        self.close(
            "2026-03-09",
            date_from=datetime(2026, 3, 8, 23, 0),  # midnight in Brussels
            date_to=datetime(2026, 3, 9, 22, 59, 59),
        )
        self.assertShift("2026-03-06", 1, "weekdays", "2026-03-10")

    def test_days_off_that_another_addon_knows_do_not_count(self):
        monday = date(2026, 3, 9)
        with self.patch_days_off(monday, date(2026, 3, 7)) as get_days_off:
            days = WorkingDays(self.company)
            self.assertShift("2026-03-06", 1, "weekdays", "2026-03-10", days=days)
        [company, first, last] = get_days_off.call_args.args
        self.assertEqual(company, self.company)
        self.assertTrue(first <= monday <= last)

    def test_a_half_day_off_is_a_working_day(self):
        self.close("2026-03-09", date_to=datetime(2026, 3, 9, 11, 0))
        self.assertShift("2026-03-06", 1, "weekdays", "2026-03-09")

    def test_another_company_s_holiday_does_not_count(self):
        leaves = self.env["resource.calendar.leaves"].with_company(self.company_2)
        leave = leaves.create(
            {
                "name": "Holiday elsewhere",
                "date_from": datetime(2026, 3, 9, 0, 0),
                "date_to": datetime(2026, 3, 9, 22, 0),
            }
        )
        self.assertFalse(leave.calendar_id)
        self.assertEqual(leave.company_id, self.company_2)
        self.assertShift("2026-03-06", 1, "weekdays", "2026-03-09")

    def test_a_colleague_s_leave_does_not_count(self):
        resource = self.env["resource.resource"].create(
            {"name": "Anna", "calendar_id": self.calendar.id}
        )
        self.close("2026-03-09", resource_id=resource.id)
        self.assertShift("2026-03-06", 1, "weekdays", "2026-03-09")

    def test_a_four_day_week_is_followed(self):
        self.calendar.attendance_ids.filtered(
            lambda line: line.dayofweek == "4"
        ).unlink()
        days = WorkingDays(self.company)
        self.assertShift("2026-03-05", 1, "weekdays", "2026-03-09", days=days)

    def test_without_a_usable_schedule_the_week_is_monday_to_friday(self):
        self.calendar.attendance_ids.unlink()
        for company in (self.company, self.env["res.company"]):
            self.assertShift(
                "2026-03-06", 1, "weekdays", "2026-03-09", days=WorkingDays(company)
            )

    def test_with_a_flexible_schedule_the_week_is_monday_to_friday(self):
        self.company.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Flexible", "schedule_type": "flexible", "tz": "Europe/Brussels"}
        )
        self.assertTrue(self.company.resource_calendar_id.flexible_hours)
        for window in (timedelta(days=366), timedelta(days=5), timedelta(days=2)):
            with patch.object(WorkingDays, "WINDOW", window):
                days = WorkingDays(self.company)
                friday, monday = date(2026, 3, 6), date(2026, 3, 9)
                self.assertEqual(days.shift(friday, 1, 1), monday)
                self.assertEqual(days.shift(monday, 1, 1), date(2026, 3, 10))
                self.assertEqual(days.shift(monday, 1, -1), friday)

    def test_the_schedule_s_time_zone_says_what_a_day_is(self):
        self.calendar.tz = "Pacific/Auckland"
        # Time Off moves what is created by the hours between the zones of both
        self.env.user.tz = self.calendar.tz
        self.calendar.attendance_ids.hour_from = 8
        self.close(
            "2026-03-09",
            date_from=datetime(2026, 3, 8, 11, 0),  # Monday 00:00 in Auckland
            date_to=datetime(2026, 3, 9, 10, 59),
        )
        self.assertShift("2026-03-06", 1, "weekdays", "2026-03-10")

    def test_days_weeks_and_months_are_calendar_arithmetic(self):
        self.assertShift("2026-03-06", 2, "days", "2026-03-08")
        self.assertShift("2026-03-06", 2, "weeks", "2026-03-20")
        self.assertShift("2026-01-31", 1, "months", "2026-02-28")
        self.assertShift("2028-01-31", 1, "months", "2028-02-29")
        self.assertShift("2026-03-31", 1, "months", "2026-02-28", backwards=True)
        self.assertShift("2026-03-06", 3, "days", "2026-03-03", backwards=True)

    def test_a_date_outside_of_the_calendar_is_refused(self):
        for unit in ("days", "weekdays", "weeks", "months"):
            with self.subTest(unit=unit), self.assertRaisesRegex(UserError, "calendar"):
                shift_day(self.env, date(9998, 12, 30), 9999, unit, self.days)

    @tagged_test(QUERIES)
    def test_reading_the_schedule_costs_two_queries_a_year_however_long_the_delay(self):
        self.startPatcher(self.patch_days_off())  # a bridge reads its own
        days = WorkingDays(self.company)
        self.env.invalidate_all()
        days.is_working(date(2026, 3, 4))
        with self.assertQueryCount(4):
            days.shift(date(2026, 3, 4), 261 * 2, 1)
        with self.assertQueryCount(0):
            days.shift(date(2026, 3, 4), 261 * 2, 1)

    def test_today_is_the_acting_person_s_day(self):
        with self.at("2026-03-04 23:30:00"):
            self.seller.tz = "Europe/Brussels"
            self.assertEqual(
                get_today(self.env(user=self.seller), self.company), date(2026, 3, 5)
            )
            self.seller.tz = "America/New_York"
            self.assertEqual(
                get_today(self.env(user=self.seller), self.company), date(2026, 3, 4)
            )

    def test_today_without_a_person_s_time_zone_is_the_company_s_then_utc(self):
        self.calendar.tz = "Asia/Tokyo"
        self.seller.tz = False
        with self.at("2026-03-04 23:30:00"):
            seller = self.env(user=self.seller)
            self.assertEqual(get_today(seller, self.company), date(2026, 3, 5))
            # OdooBot, the user of the cron, has no time zone
            self.env.ref("base.user_root").tz = "America/New_York"
            self.assertEqual(
                get_today(self.env(su=True), self.company), date(2026, 3, 5)
            )
            self.company.resource_calendar_id = False
            self.assertEqual(get_today(seller, self.company), date(2026, 3, 4))

    def test_today_is_that_of_utc_in_a_time_zone_that_the_server_does_not_know(self):
        # by SQL: the ORM refuses the name, which was known when it was stored
        partner = self.seller.partner_id
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET tz = 'US/Gone' WHERE id = %s", [partner.id]
        )
        self.env.invalidate_all()
        with self.at("2026-03-04 23:30:00"):
            seller = self.env(user=self.seller)
            self.assertEqual(get_today(seller, self.company), date(2026, 3, 4))
            self.assertEqual(
                read_day(seller, datetime(2026, 3, 4, 23, 30), "Day"), date(2026, 3, 4)
            )
        absences = Absences(self.seller, [date(2026, 3, 4)])
        self.assertIsNone(absences.get_end(self.seller, date(2026, 3, 4)))

    def test_the_record_s_company_counts_its_own_days(self):
        calendar_2 = self.env["resource.calendar"].create(
            {"name": "Sunday to Thursday", "company_id": self.company_2.id, "tz": "UTC"}
        )
        calendar_2.attendance_ids = [Command.clear()] + [
            Command.create(
                {"name": day, "dayofweek": day, "hour_from": 8, "hour_to": 16}
            )
            for day in "01236"
        ]
        self.company_2.resource_calendar_id = calendar_2
        self.seller.company_ids += self.company_2
        leads = self.make_leads(2)
        leads[0].company_id = self.company
        leads[1].write({"team_id": False, "company_id": self.company_2.id})
        template = self.make_template(
            {"summary": "Call", "delay_count": 1, "delay_unit": "weekdays"}
        )
        runs = (
            leads.with_user(self.seller)
            .with_context(allowed_company_ids=(self.company + self.company_2).ids)
            .tracks_apply(template, start_date="2026-03-06")
        )
        self.assertEqual(runs.company_id, self.company + self.company_2)
        self.assertTasks(runs[0], [("Call", "open", "2026-03-09")])
        self.assertTasks(runs[1], [("Call", "open", "2026-03-08")])
