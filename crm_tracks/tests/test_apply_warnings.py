from datetime import datetime

from odoo.tests import tagged

from .test_apply_preview import PreviewCase


@tagged("post_install", "-at_install")
class TestApplyWarnings(PreviewCase):
    """The warnings that the dialog shows before any track is created."""

    def setUp(self):
        super().setUp()
        self.template = self.make_template(
            {"summary": "Write"},
            {"summary": "Call", "delay_count": 3},
            {"summary": "Later", "delay_from": "previous"},
        )
        self.lead = self.make_leads()

    def test_a_date_in_the_past(self):
        wizard = self.open_dialog(self.lead, self.template, start_date="2026-03-02")
        self.assertWarned(wizard, "Write", ["Due in the past"])
        self.assertWarned(wizard, "Call", [])
        self.assertWarned(wizard, "Later", [])

    def test_the_past_begins_where_the_person_is(self):
        self.seller.tz = "Pacific/Auckland"  # where it is already the 5th
        with self.at("2026-03-04 12:00:00"):
            wizard = self.open_dialog(self.lead, self.template, start_date="2026-03-04")
            self.assertWarned(wizard, "Write", ["Due in the past"])
            wizard = self.open_dialog(
                self.lead, self.template, self.seller_all, start_date="2026-03-04"
            )
            self.assertWarned(wizard, "Write", [])

    def test_a_day_off(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": "2026-03-10 00:00:00",
                "date_to": "2026-03-10 23:59:59",
            }
        )
        wizard = self.open_dialog(self.lead, self.template, start_date="2026-03-07")
        self.assertWarned(wizard, "Write", ["Due on a day off"])  # a Saturday
        self.assertWarned(wizard, "Call", ["Due on a day off"])  # the holiday
        wizard.start_date = "2026-03-06"
        self.assertWarned(wizard, "Write", [])

    def test_an_assignee_who_is_out_of_office(self):
        self.seller.write(
            {
                "out_of_office_from": datetime(2026, 3, 6, 8),
                "out_of_office_to": datetime(2026, 3, 20, 18),
            }
        )
        wizard = self.open_dialog(self.lead, self.template, self.seller_all)
        self.assertWarned(wizard, "Write", [])  # on the 4th
        self.assertWarned(
            wizard, "Call", ["Due on a day off", "Seller is away until 03/20/2026"]
        )
        self.assertWarned(wizard, "Later", [])
        self.seller.out_of_office_to = False
        self.assertWarned(
            self.open_dialog(self.lead, self.template, self.seller_all),
            "Call",
            ["Due on a day off", "Seller is away"],
        )

    def test_an_assignee_on_leave(self):
        resource = self.env["resource.resource"].create(
            {"name": "Seller", "user_id": self.seller.id, "tz": "Europe/Brussels"}
        )
        Leave = self.env["resource.calendar.leaves"]
        leave = Leave.create(
            {
                "name": "Secret reason",
                "resource_id": resource.id,
                "date_from": "2026-03-04 07:00:00",
                "date_to": "2026-03-05 16:00:00",
            }
        )
        wizard = self.open_dialog(self.lead, self.template, self.seller_all)
        self.assertWarned(wizard, "Write", ["Seller is away until 03/05/2026"])
        self.assertNotIn("Secret", str(wizard.preview))
        # an afternoon off is no absence
        leave.write({"date_from": "2026-03-04 12:00:00"})
        wizard = self.open_dialog(self.lead, self.template, self.seller_all)
        self.assertWarned(wizard, "Write", [])
        # no warning about a user who is not assigned
        leave.write({"date_from": "2026-03-04 07:00:00"})
        line = self.template.line_ids[0]
        wizard.choices = {str(line.id): {"user_id": self.seller_2.id}}
        self.assertNotIn("away", str(self.get_row(wizard, "Write")["warnings"]))

    def test_an_assignee_who_cannot_see_the_record(self):
        self.template.line_ids[2].write(
            {"responsible_type": "user", "responsible_id": self.seller_2.id}
        )
        wizard = self.open_dialog(self.lead, self.template)
        self.assertWarned(wizard, "Later", ["Seller 2 cannot see the record"])
        self.assertWarned(wizard, "Write", [])
        # a warning does not prevent applying
        wizard.action_apply()
        self.assertEqual(len(self.lead.track_run_ids), 1)

    def test_an_assignee_who_cannot_see_some_of_the_records(self):
        self.template.line_ids[0].write(
            {"responsible_type": "user", "responsible_id": self.seller_2.id}
        )
        leads = self.make_leads(2) + self.make_leads(user=self.seller_2)
        wizard = self.open_dialog(leads, self.template, self.seller_all)
        words = "Seller 2 cannot see 2 of the 3 records"
        self.assertWarned(wizard, "Write", [words])
        wizard = self.open_dialog(leads[:2], self.template, self.seller_all)
        self.assertWarned(wizard, "Write", ["Seller 2 cannot see any of the 2 records"])

    def test_the_same_track_already_running(self):
        run = self.lead.with_user(self.seller).tracks_apply(self.template)
        self.tick(run, "Write")
        wizard = self.open_dialog(self.lead, self.template)
        self.assertIn(
            "“Sales follow-through” is already running on Opportunity 1 (1 of 3 done).",
            wizard.warning,
        )
        run.action_stop()
        self.env.invalidate_all()
        self.assertFalse(self.open_dialog(self.lead, self.template).warning)
