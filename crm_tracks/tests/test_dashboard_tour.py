from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from .common import TOURS, PatientHttpCase


@tagged("post_install", "-at_install", TOURS)
class TestDashboardTour(PatientHttpCase):
    """The overview in a real browser, on a desktop and on a phone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_person("sales_team.group_sale_salesman", tz="UTC")
        new_test_user(
            cls.env,
            login="tracks_tour_other",
            name="Otto Other",
            groups="sales_team.group_sale_salesman",
        )
        cls.template = cls.make_chain(
            "Write to them", "Call them", days=0, name="Overview track"
        )
        leads = cls.env["crm.lead"].create(
            [
                {"name": f"Deal {number}", "type": "opportunity"}
                | {"user_id": cls.user.id}
                for number in range(3)
            ]
        )
        today = fields.Date.today()
        late, _running, done = (
            lead.with_user(cls.user).tracks_apply(cls.template, start_date=day)
            for lead, day in zip(
                leads, (today - timedelta(5), today, today), strict=False
            )
        )
        cls.late = late
        for _task in done.line_ids:
            done.line_ids.activity_id.filtered("active").action_feedback()
        # the track ended two months ago
        done.sudo().date_done = today - timedelta(60)

    def test_from_the_overview_to_the_late_tasks_and_a_pivot_by_assignee(self):
        self.assertTrue(self.late.line_ids[0].is_late)
        self.start_tour(
            "/odoo/track-overview", "crm_tracks_dashboard_tour", login="tracks_tour"
        )
        assignees = self.late.line_ids.user_id.mapped("name")
        self.assertEqual(assignees, ["Otto Other"])


@tagged("post_install", "-at_install", TOURS)
class TestOutcomeFiguresTour(PatientHttpCase):
    """What became of leads and tracks, as a manager reads it in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.make_person("sales_team.group_sale_manager", tz="UTC")
        template = cls.make_template(
            {
                "summary": "Call them",
                "outcome_ids": [
                    Command.create({"sequence": 1, "name": "Reached"}),
                    Command.create({"sequence": 2, "name": "Refused", "effect": "end"}),
                ],
            },
            {"summary": "Visit them", "delay_from": "previous"},
            name="Outcome track",
        )
        cls.leads = cls.env["crm.lead"].create(
            [
                {"name": f"Deal {number}", "type": "opportunity"}
                | {"user_id": cls.user.id}
                for number in range(3)
            ]
        )
        runs = cls.leads.with_user(cls.user).tracks_apply(template)
        for run, outcome in zip(runs[:2], ("Reached", "Refused"), strict=True):
            run.line_ids[0].action_done(outcome=outcome)
        won, lost, _still_open = cls.leads
        won.action_set_won()
        lost.action_set_lost()

    def test_from_the_win_rate_to_the_leads_and_to_where_tracks_end(self):
        self.assertEqual(self.leads.mapped("won_status"), ["won", "lost", "pending"])
        self.start_tour(
            "/odoo/track-overview",
            "crm_tracks_outcome_figures_tour",
            login="tracks_tour",
        )
