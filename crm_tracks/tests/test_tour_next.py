from odoo import Command
from odoo.tests import tagged

from .common import TOURS, PatientHttpCase


@tagged("post_install", "-at_install", TOURS)
class TestTourNext(PatientHttpCase):
    """What comes next, in a real browser."""

    def make_template(self, name, **values):
        line = {"summary": f"Do {name}", **values.pop("line", {})}
        return self.env["track.template"].create(
            {"name": name, "line_ids": [Command.create(line)], **values}
        )

    def test_start_what_comes_next_in_the_tab_the_chatter_and_the_form(self):
        user = self.make_person("sales_team.group_sale_salesman")
        renewal = self.make_template("Renewal")
        event = self.make_template("Event", line={"delay_from": "end"}, direction="end")
        survey = self.make_template("Survey")
        sales = self.make_template(
            "Sales", next_template_ids=[Command.set((renewal + event + survey).ids)]
        )
        lead = self.env["crm.lead"].create(
            {"name": "Next opportunity", "type": "opportunity", "user_id": user.id}
        )
        run = lead.with_user(user).tracks_apply(sales)
        run.line_ids.action_done()
        self.start_tour(
            f"/odoo/crm.lead/{lead.id}",
            "crm_tracks_next_track_tour",
            login="tracks_tour",
        )
        started = lead.track_run_ids - run
        self.assertEqual(started.template_id, renewal + event + survey)
        self.assertEqual(started.previous_run_id, run)
