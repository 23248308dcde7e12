from odoo.tests import tagged

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestMenus(TracksCase):
    """The menus of CRM by group."""

    def get_offered(self, user):
        """The external ids of the menus that this user sees."""
        menus = self.env["ir.ui.menu"].with_user(user)
        ids = menus._visible_menu_ids()
        offered = set()
        for menu in menus.browse(ids).sudo():
            parents = menu
            while parents[-1:].parent_id:
                parents += parents[-1:].parent_id
            # submenus of a hidden menu are hidden as well
            if set(parents.ids) <= set(ids):
                offered.add(menu.get_external_id()[menu.id])
        return offered

    def test_a_salesperson_who_is_tracks_administrator_finds_the_templates(self):
        author = self.make_user(
            "author", "sales_team.group_sale_salesman,crm_tracks.group_track_manager"
        )
        offered = self.get_offered(author)
        self.assertIn("crm_tracks.menu_track_own_templates", offered)
        self.assertNotIn("crm.crm_menu_config", offered)

    def test_a_salesperson_is_not_offered_the_templates(self):
        offered = self.get_offered(self.seller)
        self.assertIn("crm_tracks.menu_track_runs", offered)
        self.assertNotIn("crm_tracks.menu_track_own_templates", offered)

    def test_no_two_entries_are_called_the_same(self):
        menus = self.env["ir.ui.menu"].browse(
            self.env.ref(f"crm_tracks.{name}").id
            for name in (
                "menu_tracks",
                "menu_track_runs",
                "menu_track_templates",
                "menu_track_own_templates",
            )
        )
        self.assertEqual(len(set(menus.mapped("name"))), 4)
        self.assertEqual(menus[2].complete_name, "CRM/Configuration/Track Templates")
