from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import TracksCase


class RecordViewsCase(TracksCase):
    """Asserts on the views of a model whose records have tracks."""

    def assertShowsTracks(self, record, user, views):
        """The views of a model show the status, and their filters find the record.

        :param dict views: external IDs, or None for the default view, by type
        """
        Model = record.browse().with_user(user)
        for view_type, xml_id in views.items():
            view = xml_id and self.env.ref(xml_id)
            arch = etree.fromstring(Model.get_view(view and view.id, view_type)["arch"])
            with self.subTest(model=record._name, view=view_type):
                if view_type == "search":
                    self.assertFilters(arch, record.with_user(user))
                elif view_type == "form":
                    self.assertTrue(arch.xpath("//button[@name='action_tracks_open']"))
                    self.assertTrue(arch.xpath("//field[@name='track_running_count']"))
                else:
                    [field] = arch.xpath("//field[@name='track_status']")
                    self.assertEqual(field.get("widget"), "track_status")

    def assertFilters(self, arch, record):
        """The filters of tracks find a record, which is late; a grouping names it."""
        found = {}
        for name in ("on_track", "track_late"):
            [node] = arch.xpath(f"//filter[@name='{name}']")
            found[name] = record.search(safe_eval(node.get("domain")))
        self.assertTrue(all(record in records for records in found.values()), found)
        [node] = arch.xpath("//filter[@name='group_track_template']")
        group = safe_eval(node.get("context"))["group_by"]
        groups = record.formatted_read_group(
            [("id", "=", record.id)], [group], ["__count"]
        )
        template = record.track_run_ids.template_id
        self.assertEqual(
            [values[group] for values in groups], [(template.id, template.display_name)]
        )


@tagged("post_install", "-at_install")
class TestRecordViews(RecordViewsCase):
    """Boards, lists, searches and forms of leads and contacts show their tracks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call", name="Sales")

    def test_opportunities(self):
        lead = self.make_leads()
        lead.with_user(self.seller).tracks_apply(self.template, "2026-03-02")
        self.assertShowsTracks(
            lead,
            self.seller,
            {
                "kanban": "crm.crm_case_kanban_view_leads",
                "list": "crm.crm_case_tree_view_oppor",
                "search": "crm.view_crm_case_opportunities_filter",
                "form": "crm.crm_lead_view_form",
            },
        )

    def test_leads(self):
        lead = self.make_leads(type="lead")
        lead.with_user(self.seller).tracks_apply(self.template, "2026-03-02")
        self.assertShowsTracks(
            lead,
            self.seller,
            {
                "kanban": "crm.view_crm_lead_kanban",
                "list": "crm.crm_case_tree_view_leads",
                "search": "crm.view_crm_case_leads_filter",
            },
        )

    def test_contacts(self):
        partner = self.env["res.partner"].create({"name": "Wood Corner"})
        partner.with_user(self.manager).tracks_apply(self.template, "2026-03-02")
        self.assertShowsTracks(
            partner, self.manager, dict.fromkeys(("kanban", "list", "search", "form"))
        )

    def test_customers_and_others_without_the_fields_can_open_the_views(self):
        self.make_leads().with_user(self.seller).tracks_apply(self.template)
        for view_type in ("kanban", "list", "search", "form"):
            arch = (
                self.env["res.partner"]
                .with_user(self.portal)
                .get_view(None, view_type)["arch"]
            )
            for name in ("track_status", "is_on_track", "action_tracks_open"):
                self.assertNotIn(name, arch, view_type)
