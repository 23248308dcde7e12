from datetime import date

from odoo import Command
from odoo.tests import tagged, users

from odoo.addons.crm_tracks.tests.common import QUERIES, TracksCase, tagged_test
from odoo.addons.crm_tracks.tools.dates import WorkingDays

FRIDAY, MONDAY, TUESDAY = "2026-03-06", "2026-03-09", "2026-03-10"


@tagged("post_install", "-at_install")
class TestPublicHolidays(TracksCase):
    """Lists of public holidays by country and state."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["calendar.public.holiday"].search([]).unlink()
        cls.country = cls.env.ref("base.es")
        cls.state, cls.other_state = cls.country.state_ids[:2]
        cls.company.partner_id.write(
            {"country_id": cls.country.id, "state_id": cls.state.id}
        )
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Monday to Friday", "tz": "Europe/Madrid"}
        )

    def close(self, *days, country=None, states=None):
        """A list of public holidays on these days, for a country or for all."""
        self.env["calendar.public.holiday"].sudo().create(
            {
                "year": 2026,
                "country_id": country and country.id,
                "line_ids": [
                    Command.create(
                        {
                            "name": "Holiday",
                            "date": day,
                            "state_ids": states and [Command.set(states.ids)],
                        }
                    )
                    for day in days
                ],
            }
        )

    def get_next_working_day(self, company=None):
        """The working day after Friday."""
        days = WorkingDays(company or self.company)
        return days.shift(date.fromisoformat(FRIDAY), 1, 1).isoformat()

    def test_a_holiday_of_the_country_is_no_working_day(self):
        self.assertEqual(self.get_next_working_day(), MONDAY)
        self.close(MONDAY, country=self.country)
        self.assertEqual(self.get_next_working_day(), TUESDAY)

    def test_a_list_without_a_country_is_for_all_companies(self):
        self.close(MONDAY)
        self.company_2.resource_calendar_id = self.company.resource_calendar_id
        for company in (self.company, self.company_2):
            self.assertEqual(self.get_next_working_day(company), TUESDAY)

    def test_a_holiday_of_another_country_does_not_count(self):
        self.close(MONDAY, country=self.env.ref("base.fr"))
        self.assertEqual(self.get_next_working_day(), MONDAY)

    def test_a_holiday_of_states_counts_in_these(self):
        self.close(MONDAY, country=self.country, states=self.state)
        self.assertEqual(self.get_next_working_day(), TUESDAY)
        self.company.partner_id.state_id = self.other_state
        self.assertEqual(self.get_next_working_day(), MONDAY)

    def test_with_a_flexible_schedule_holidays_are_working_days(self):
        self.close(MONDAY, country=self.country)
        self.company.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Flexible", "schedule_type": "flexible", "tz": "Europe/Madrid"}
        )
        self.assertEqual(self.get_next_working_day(), MONDAY)

    @users("tracks_seller")
    def test_tracks_count_and_avoid_them(self):
        self.close(FRIDAY, MONDAY, country=self.country)
        template = self.make_template(
            {"summary": "Counted", "delay_count": 2, "delay_unit": "weekdays"},
            {"summary": "Moved", "delay_count": 5},
            day_off="after",
        )
        lead = self.make_leads().with_user(self.env.user)
        run = lead.tracks_apply(template, start_date="2026-03-04")
        self.assertTasks(
            run, [("Counted", "open", TUESDAY), ("Moved", "open", TUESDAY)]
        )

    @tagged_test(QUERIES)
    def test_they_cost_two_queries_a_year_however_long_the_delay(self):
        self.close(MONDAY, country=self.country)
        days = WorkingDays(self.company)
        days.is_working(date(2026, 3, 4))
        self.env.flush_all()
        self.env.invalidate_all()
        other_days = WorkingDays(self.company)
        self.assertTrue(other_days.is_working(date(2026, 3, 4)))
        with self.assertQueryCount(8):
            other_days.shift(date(2026, 3, 4), 261 * 2, 1)
        with self.assertQueryCount(0):
            other_days.shift(date(2026, 3, 4), 261 * 2, 1)
