from odoo.tests import tagged

from .common import TOURS, PatientHttpCase


@tagged("post_install", "-at_install", TOURS)
class TestTourOptions(PatientHttpCase):
    """The options of answers, absences and late tasks, in a real browser."""

    def test_an_administrator_sets_them_on_the_form(self):
        self.make_person("sales_team.group_sale_manager")
        template = self.make_chain("Write", "Call", name="Options")
        self.start_tour(
            f"/odoo/track-templates/{template.id}",
            "crm_tracks_options_tour",
            login="tracks_tour",
        )
        self.assertEqual((template.on_reply, template.absence), ("pause", "stand_in"))
        self.assertEqual((template.remind_days, template.escalate_days), (2, 4))
        self.assertEqual(template.escalate_how, "give")
