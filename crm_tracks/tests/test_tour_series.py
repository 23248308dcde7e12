from datetime import date

from odoo.tests import tagged

from .common import TOURS, PatientHttpCase


@tagged("post_install", "-at_install", TOURS)
class TestTourSeries(PatientHttpCase):
    """Tracks that repeat or follow a date of their record, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_person("sales_team.group_sale_manager")

    def make_lead(self, **values):
        values = {"name": "Chairs", "type": "opportunity", **values}
        return self.env["crm.lead"].create({"user_id": self.user.id, **values})

    def tour_template(self, template, tour):
        path = f"/odoo/track-templates/{template.id}"
        self.start_tour(path, tour, login="tracks_tour")

    def tour_lead(self, lead, tour):
        self.start_tour(f"/odoo/crm.lead/{lead.id}", tour, login="tracks_tour")

    def test_a_series_is_chosen_shown_and_ended(self):
        template = self.make_chain(
            "Collect the hours", "Send the invoice", days=0, name="Invoice"
        )
        self.tour_template(template, "crm_tracks_series_template_tour")
        self.assertEqual((template.repeat_every, template.repeat_unit), (1, "months"))
        lead = self.make_lead()
        run = lead.with_user(self.user).tracks_apply(template)
        self.tour_lead(lead, "crm_tracks_series_tour")
        self.assertEqual(run.state, "done")
        self.assertEqual(lead.track_run_ids, run)

    def test_a_track_follows_a_date_of_its_record_until_a_user_unlinks_it(self):
        template = self.make_template(
            {"summary": "Print", "delay_count": 2, "delay_from": "end"},
            name="Signing",
            direction="end",
            res_model_ids=self.env.ref("crm.model_crm_lead").ids,
        )
        self.tour_template(template, "crm_tracks_date_field_template_tour")
        self.assertEqual(template.date_field, "date_deadline")
        lead = self.make_lead(date_deadline="2099-06-10")
        run = lead.with_user(self.user).tracks_apply(template)
        self.tour_lead(lead, "crm_tracks_date_field_tour")
        self.assertEqual(run.end_date, date(2099, 6, 24))
        self.assertEqual(run.line_ids.date_deadline, date(2099, 6, 22))
        self.assertTrue(run.date_linked)
