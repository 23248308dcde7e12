from odoo.tests import tagged

from .common import TOURS, PatientHttpCase


@tagged("post_install", "-at_install", TOURS)
class TestTemplateTour(PatientHttpCase):
    """The template editor in a real browser, as an administrator."""

    def test_write_a_template_in_rows_and_make_one_of_the_library(self):
        self.env["track.template"].search([]).active = False
        self.env["ir.model.data"].search(
            [("module", "=", "crm_tracks"), ("model", "=", "track.template")]
        ).unlink()
        self.make_person(
            "sales_team.group_sale_manager", login="tracks_author", name="Ada Author"
        )
        self.start_tour(
            "/odoo/track-templates", "crm_tracks_template_tour", login="tracks_author"
        )
        templates = self.env["track.template"].search([])
        self.assertEqual(
            templates.mapped("name"), ["Our way", "Event preparation", "Support query"]
        )
        self.assertEqual(
            templates[0].line_ids.mapped("summary"),
            ["Ring them", "File it", "Send the offer"],
        )
