from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import TOURS, PatientHttpCase


@tagged("post_install", "-at_install", TOURS)
class TestTourPause(PatientHttpCase):
    """Moving tasks together, pausing and resuming, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_person("sales_team.group_sale_salesman", tz="UTC")
        cls.template = cls.make_template(
            {"summary": "Write"},
            {"summary": "Call", "delay_count": 2, "delay_from": "start"},
            {"summary": "Meet", "delay_count": 9, "delay_from": "start"},
            name="Sales",
        )
        cls.lead = cls.env["crm.lead"].create(
            {"name": "Chairs", "type": "opportunity", "user_id": cls.user.id}
        )

    def start(self, **values):
        return self.lead.with_user(self.user).tracks_apply(self.template, **values)

    def start_on_lead(self, tour):
        self.start_tour(f"/odoo/crm/{self.lead.id}", tour, login="tracks_tour")

    def test_move_tasks_together_take_that_back_and_pause(self):
        run = self.start()
        dates = run.line_ids.mapped("date_deadline")
        self.start_on_lead("crm_tracks_pause_tour")
        self.assertEqual(run.line_ids.mapped("date_deadline"), dates)
        self.assertEqual(set(run.line_ids.mapped("date_manual")), {False})
        self.assertEqual(run.state, "paused")
        today = fields.Date.today()
        self.assertEqual(run.date_resume, today + timedelta(weeks=1))

    def test_resume_with_the_dates(self):
        today = fields.Date.today()
        before = fields.Datetime.now() - timedelta(days=5)
        with freeze_time(before):
            run = self.start(start_date=today - timedelta(days=1))
            run.action_pause()
            self.env.flush_all()
        self.start_on_lead("crm_tracks_resume_tour")
        self.assertEqual(run.state, "running")
        self.assertEqual(
            run.line_ids.mapped("date_deadline"),
            [today + timedelta(days=days) for days in (4, 6, 13)],
        )
