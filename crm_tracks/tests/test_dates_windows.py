from datetime import date, datetime, timedelta
from itertools import product
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..tools.dates import WorkingDays
from .common import TracksCase


@tagged("post_install", "-at_install")
class TestDatesWindows(TracksCase):
    """The result does not depend on the day from which the schedule is read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.make_calendar("Europe/Brussels", "01234")
        cls.company.resource_calendar_id = cls.calendar

    @classmethod
    def make_calendar(cls, tz, *weeks, hours=(8, 16)):
        """A schedule of these weekdays, for one week or two alternating weeks."""
        return cls.env["resource.calendar"].create(
            {
                "name": f"{tz} {weeks}",
                "tz": tz,
                "company_id": cls.company.id,
                "two_weeks_calendar": len(weeks) > 1,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": day,
                                "dayofweek": day,
                                "hour_from": hours[0],
                                "hour_to": hours[1],
                                "week_type": str(number) if len(weeks) > 1 else False,
                            }
                        )
                        for number, week in enumerate(weeks)
                        for day in week
                    ),
                ],
            }
        )

    def close(self, first, last):
        """The company is closed, from the first to the last day."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": datetime.fromisoformat(f"{first} 00:00:00"),
                "date_to": datetime.fromisoformat(f"{last} 22:00:00"),
                "resource_id": False,
            }
        )

    def shift(self, day, count, step=1):
        found = WorkingDays(self.company).shift(date.fromisoformat(day), count, step)
        return found.isoformat()

    def test_a_day_is_the_same_from_wherever_the_window_starts(self):
        schedules = {
            "one week": self.calendar,
            "two weeks": self.make_calendar("America/New_York", "0123", "456"),
            "one of two weeks": self.make_calendar("UTC", "", "024"),
            "one day": self.make_calendar("Pacific/Auckland", "6"),
            "day and night": self.make_calendar("Asia/Tokyo", "0123456", hours=(0, 24)),
            "none": self.make_calendar("UTC", ""),
        }
        windows = (364, 366, 61, 10, 3)
        around = [date(2025, 12, 29) + timedelta(days=number) for number in range(15)]
        for name, calendar in schedules.items():
            self.company.resource_calendar_id = calendar
            self.close("2026-01-06", "2026-01-08")
            readers = []
            for window in windows:
                reader = WorkingDays(self.company)
                reader.WINDOW = timedelta(days=window)
                readers.append(reader)
            for day, count, step in product(around, (0, 1, 2, 7), (1, -1)):
                days = {reader.shift(day, count, step) for reader in readers}
                with self.subTest(schedule=name, day=day, count=count, step=step):
                    self.assertEqual(len(days), 1, days)

    def test_a_year_without_a_working_day_is_closed_like_any_other_day(self):
        self.close("2025-11-03", "2027-06-18")
        self.assertEqual(self.shift("2026-03-04", 1), "2027-06-21")
        self.assertEqual(self.shift("2026-03-04", 0), "2027-06-21")
        self.assertEqual(self.shift("2025-10-31", 2), "2027-06-22")
        self.assertEqual(self.shift("2026-03-04", 1, -1), "2025-10-31")
        self.assertEqual(self.shift("2027-06-22", 2, -1), "2025-10-31")
        self.assertFalse(WorkingDays(self.company).is_working(date(2026, 3, 4)))

    def test_who_is_closed_for_good_counts_from_monday_to_friday(self):
        self.close("2026-03-09", "2099-12-31")
        self.assertEqual(self.shift("2026-03-04", 1), "2026-03-05")
        self.assertEqual(self.shift("2026-03-06", 1), "2026-03-09")
        # the whole range, not only up to the end of the schedule
        self.close("2026-03-05", "2026-03-05")
        self.assertEqual(self.shift("2026-03-04", 3), "2026-03-09")

    def test_two_weeks_alternate_through_the_years(self):
        calendar = self.make_calendar("Europe/Brussels", "0", "4")
        self.company.resource_calendar_id = calendar
        Attendance = self.env["resource.calendar.attendance"]
        days = WorkingDays(self.company)
        day = date(2025, 12, 1)
        for _week in range(60):
            day = days.shift(day, 1, 1)
            week = Attendance.get_week_type(day)
            self.assertEqual(day.weekday(), (0, 4)[week], day)
        self.assertEqual((day - date(2025, 12, 1)).days // 7, 59)

    def test_the_schedule_is_not_read_where_it_names_no_days(self):
        self.company.resource_calendar_id = self.make_calendar("UTC", "")
        with patch.object(WorkingDays, "_read_schedule", side_effect=ValueError):
            self.assertEqual(self.shift("2026-03-06", 1), "2026-03-09")
