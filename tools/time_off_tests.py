"""Tests of absences that are time off of employees, for tools/time_off_check.sh."""

from odoo.tests import Form, tagged, users

from odoo.addons.crm_tracks.tests.test_people_absence import AbsenceCase


@tagged("post_install", "-at_install")
class TestTimeOff(AbsenceCase):
    """Requests of employees for time off, with hr_holidays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee_of_seller = cls.env["hr.employee"].create(
            {
                "name": "Seller",
                "user_id": cls.seller.id,
                "company_id": cls.company.id,
                "resource_calendar_id": cls.company.resource_calendar_id.id,
            }
        )
        cls.seller.track_stand_in_id = cls.seller_all

    def request(self, first, last, unit="day", validation="no_validation", **values):
        """A request of the seller for time off.

        :param str validation: whether it has to be approved
        """
        kind = self.env["hr.leave.type"].create(
            {
                "name": "Paid",
                "requires_allocation": False,
                "leave_validation_type": validation,
                "request_unit": unit,
                "company_id": self.company.id,
            }
        )
        return self.env["hr.leave"].create(
            {
                "employee_id": self.employee_of_seller.id,
                "holiday_status_id": kind.id,
                "request_date_from": first,
                "request_date_to": last,
                **values,
            }
        )

    def get_users(self, *offsets):
        """Who is assigned to tasks that are due this many days after 4 March."""
        tasks = [{"summary": str(offset), "delay_count": offset} for offset in offsets]
        self.env.flush_all()
        return self.get_assignees(self.start(self.make_plain(*tasks)))

    def test_approved_time_off_is_an_absence_on_its_days(self):
        leave = self.request("2026-03-09", "2026-03-10")
        self.assertEqual(leave.state, "validate")
        seller, stand_in = self.seller, self.seller_all
        self.assertEqual(
            self.get_users(4, 5, 6, 7), [seller, stand_in, stand_in, seller]
        )

    def test_time_off_counts_once_it_is_approved_and_until_it_is_refused(self):
        leave = self.request("2026-03-09", "2026-03-10", validation="hr")
        self.assertEqual(leave.state, "confirm")
        self.assertEqual(self.get_users(5), [self.seller])
        leave.sudo().action_approve()
        self.assertEqual(leave.state, "validate")
        self.assertEqual(self.get_users(5), [self.seller_all])
        leave.sudo().action_refuse()
        self.assertEqual(self.get_users(5), [self.seller])

    def test_an_afternoon_off_is_no_absence(self):
        half = {"request_date_from_period": "pm", "request_date_to_period": "pm"}
        self.request("2026-03-09", "2026-03-09", unit="half_day", **half)
        self.assertEqual(self.get_users(5), [self.seller])

    def test_time_at_work_elsewhere_is_no_absence(self):
        leave = self.request("2026-03-09", "2026-03-10", validation="hr")
        leave.holiday_status_id.time_type = "other"
        leave.sudo().action_approve()
        self.assertEqual(self.get_users(5), [self.seller])

    def test_time_off_that_is_requested_later_is_no_delay(self):
        task = self.start(self.make_plain(remind_days=1)).line_ids
        task.with_user(self.manager).date_deadline = "2026-03-05"
        self.request("2026-03-05", "2026-03-09")
        self.env.flush_all()
        for day, is_late in (("2026-03-09", False), ("2026-03-10", True)):
            with self.at(f"{day} 10:00:00"):
                self.run_cron()
            self.assertEqual(bool(task.date_reminded), is_late, day)

    @users("tracks_seller")
    def test_the_preferences_have_the_stand_in(self):
        for view_id in (
            "base.view_users_form_simple_modif",
            "hr.res_users_view_form_preferences",
        ):
            with Form(self.env.user.sudo(False), view=view_id) as form:
                form.track_stand_in_id = self.seller_all.with_env(self.env)
