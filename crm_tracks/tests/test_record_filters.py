from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import QUERIES, TracksCase, tagged_test


@tagged("post_install", "-at_install")
class TestRecordFilters(TracksCase):
    """Records by their tracks: on one, on none, late, and grouped by template."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call", name="Sales")
        cls.fair = cls.make_chain("Book the room", name="Fair")
        leads = cls.make_leads(7)
        cls.late, cls.today, cls.paused, cls.done, cls.stopped, cls.lost, cls.plain = (
            leads
        )
        cls.leads = leads
        of_seller = leads.with_user(cls.seller)
        late, today, paused, done, stopped, lost, _plain = of_seller
        late.tracks_apply(cls.template, start_date="2026-03-02")
        today.tracks_apply(cls.template)
        paused.tracks_apply(cls.template, start_date="2026-03-02").action_pause()
        done.tracks_apply(cls.fair).line_ids.action_skip()
        stopped.tracks_apply(cls.template, start_date="2026-03-02").action_stop()
        lost.tracks_apply(cls.fair, start_date="2026-03-02")
        lost.action_set_lost()

    def search(self, *domain, user=None, **context):
        Lead = self.env["crm.lead"].with_user(user or self.seller)
        Lead = Lead.with_context(active_test=False, **context)
        found = Lead.search([("id", "in", self.leads.ids), *domain])
        return found.sudo().with_env(self.env)

    def assertFlag(self, name, expected):
        rest = self.leads - expected
        for domain, found in (
            ((name, "=", True), expected),
            ((name, "!=", False), expected),
            ((name, "=", False), rest),
            ((name, "!=", True), rest),
            ((name, "in", [True, False]), self.leads),
            ((name, "not in", [True]), rest),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(self.search(domain), found)
        self.env.invalidate_all()
        leads = self.leads.with_user(self.seller)
        self.assertEqual(leads.filtered(name).ids, expected.ids, "as computed")
        self.assertEqual(
            leads.filtered_domain([(name, "=", True)]).ids, expected.ids, "as filtered"
        )

    def test_on_a_track_are_those_whose_track_has_not_ended(self):
        self.assertFlag("is_on_track", self.late + self.today + self.paused + self.lost)

    def test_late_are_those_with_a_late_task_that_is_not_on_hold(self):
        self.assertFlag("is_track_late", self.late)
        with self.at("2026-03-05 10:00:00"):
            self.assertFlag("is_track_late", self.late + self.today)

    def test_the_filter_agrees_with_the_status(self):
        for lead in self.leads.with_user(self.seller):
            status = lead.track_status_data or {}
            self.assertEqual(lead.is_on_track, bool(status))
            self.assertEqual(lead.is_track_late, status.get("urgency") == "late")

    def test_archived_records_are_found_where_the_search_includes_them(self):
        Lead = self.env["crm.lead"].with_user(self.seller)
        domain = [("id", "in", self.leads.ids), ("is_on_track", "=", True)]
        self.assertNotIn(self.lost, Lead.search(domain))
        self.assertIn(
            self.lost.id, Lead.with_context(active_test=False).search(domain).ids
        )

    def test_the_filters_find_only_what_the_user_may_read(self):
        self.assertFalse(self.search(("is_on_track", "=", True), user=self.seller_2))
        self.assertEqual(
            self.search(("is_track_late", "=", True), user=self.seller_all), self.late
        )

    def test_a_track_of_another_model_with_the_same_id_does_not_count(self):
        partner = self.env["res.partner"].create({"name": "Customer"})
        self.env.cr.execute(
            "UPDATE track_run SET res_id = %s WHERE res_model = 'crm.lead' "
            "AND res_id = %s",
            (partner.id, self.late.id),
        )
        self.env.invalidate_all()
        found = self.env["res.partner"].search([("is_on_track", "=", True)])
        self.assertNotIn(partner, found)
        self.assertFalse(partner.is_on_track)

    # ------------------------------------------------------------------
    # By template
    # ------------------------------------------------------------------

    def group(self, user=None, **context):
        Lead = self.env["crm.lead"].with_user(user or self.seller)
        Lead = Lead.with_context(active_test=False, **context)
        return Lead.formatted_read_group(
            [("id", "in", self.leads.ids)], ["track_latest_template_id"], ["__count"]
        )

    def test_records_are_grouped_by_the_template_of_their_track(self):
        self.assertEqual(
            {
                group["track_latest_template_id"]
                and group["track_latest_template_id"][1]: group["__count"]
                for group in self.group()
            },
            {self.fair.display_name: 1, self.template.display_name: 3, False: 3},
        )

    def test_each_group_opens_to_its_records(self):
        for group in self.group():
            [domain] = group["__extra_domain"]
            self.assertEqual(len(self.search(tuple(domain))), group["__count"])
        self.env.invalidate_all()
        self.assertEqual(self.today.track_latest_template_id, self.template)
        self.assertEqual(self.lost.track_latest_template_id, self.fair)
        self.assertFalse(
            (self.done + self.stopped + self.plain).track_latest_template_id
        )

    def test_of_several_tracks_the_latest_decides(self):
        self.late.with_user(self.seller).tracks_apply(self.fair)
        self.assertEqual(self.late.track_latest_template_id, self.fair)
        self.assertEqual(
            self.search(("track_latest_template_id", "=", self.template.id)),
            self.today + self.paused,
        )

    def test_a_search_by_template(self):
        on_sales = self.late + self.today + self.paused
        name = "track_latest_template_id"
        for domain, found in (
            ((name, "=", self.template.id), on_sales),
            (
                ("track_latest_template_id", "!=", self.template.id),
                self.leads - on_sales,
            ),
            (
                ("track_latest_template_id", "in", [self.fair.id, False]),
                self.leads - on_sales,
            ),
            ((name, "ilike", "SAL"), on_sales),
            ((name, "not ilike", "SAL"), self.leads - on_sales),
            ((name, "=", "Fair"), self.lost),
            ((f"{name}.name", "=", "Fair"), self.lost),
            ((name, "any", [("name", "=", "Fair")]), self.lost),
            (
                ("track_latest_template_id", "=", False),
                self.done + self.stopped + self.plain,
            ),
            ((name, "!=", False), on_sales + self.lost),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(self.search(domain), found)

    def search_track(self, text, user=None):
        """What the search for a track finds in the search view of opportunities."""
        Lead = self.env["crm.lead"].with_user(user or self.seller)
        view = self.env.ref("crm.view_crm_case_opportunities_filter")
        arch = etree.fromstring(Lead.get_view(view.id, "search")["arch"])
        [field] = arch.xpath("//field[@name='track_run_ids']")
        domain = safe_eval(field.get("filter_domain"), {"self": text})
        return self.search(*domain, user=user)

    def test_the_search_for_a_track_finds_its_name_and_that_of_its_template(self):
        on_sales = self.late + self.today + self.paused
        self.assertEqual(self.search_track("sal"), on_sales)
        self.late.with_user(self.seller).tracks_apply(self.fair, name="Spring 100%")
        self.assertEqual(self.search_track("Sales"), on_sales, "not only of the latest")
        self.assertEqual(self.search_track("fair"), self.late + self.lost)
        self.assertEqual(self.search_track("spring 100%"), self.late)
        self.assertFalse(self.search_track("Sales", user=self.seller_2))

    def test_the_search_for_a_track_finds_no_template_of_another_company(self):
        self.today.with_user(self.seller).tracks_apply(self.fair, name="Spring")
        self.fair.sudo().company_id = self.company_2
        self.env.invalidate_all()
        self.assertNotIn(self.today, self.search_track("Fair"))
        self.assertEqual(self.search_track("Spring"), self.today)

    def test_records_are_sorted_by_the_template(self):
        Lead = self.env["crm.lead"].with_user(self.seller)
        found = Lead.search(
            [("id", "in", (self.late + self.today).ids)],
            order="track_latest_template_id, id",
        )
        self.assertEqual(found.ids, (self.late + self.today).ids)

    def test_a_template_of_another_company_is_not_named(self):
        self.template.sudo().company_id = self.company_2
        names = [group["track_latest_template_id"] for group in self.group()]
        self.assertEqual([name and name[1] for name in names], ["Fair", False])
        self.env.invalidate_all()
        self.assertFalse(self.today.with_user(self.seller).track_latest_template_id)
        self.assertFalse(
            self.search(("track_latest_template_id", "=", self.template.id))
        )
        self.assertIn(self.today, self.search(("track_latest_template_id", "=", False)))

    def test_an_archived_template_groups_its_records_too(self):
        self.template.active = False
        self.assertEqual(len(self.group()), 3)
        self.assertEqual(
            self.search(("track_latest_template_id", "=", self.template.id)),
            self.late + self.today + self.paused,
        )

    def test_grouping_is_refused_without_access_to_the_field(self):
        Partner = self.env["res.partner"].with_user(self.portal)
        with self.assertRaises(AccessError):
            Partner.formatted_read_group([], ["track_latest_template_id"], ["__count"])

    def test_what_was_changed_in_the_transaction_counts(self):
        run = self.today.track_run_ids
        run.sudo().write({"state": "stopped"})
        self.assertNotIn(
            self.today, self.search(("track_latest_template_id", "=", self.template.id))
        )
        self.assertNotIn(self.today, self.search(("is_on_track", "=", True)))

    @tagged_test(QUERIES)
    def test_each_filter_is_one_query(self):
        Lead = self.env["crm.lead"].with_user(self.seller)
        plain = [("id", "in", self.leads.ids)]

        def search(*domain):
            # read once in a request
            self.assertTrue(Lead.env.user.tz and Lead.env.company.name)
            Lead.search([*plain, *domain])

        self.count_queries(search)  # fills the caches
        without = self.count_queries(search)
        for name, value in (
            ("is_on_track", True),
            ("is_on_track", False),
            ("is_track_late", True),
            ("track_latest_template_id", self.template.id),
        ):
            with self.subTest(name=name):
                domain = (name, "=", value)
                self.count_queries(lambda domain=domain: search(domain))
                self.assertEqual(
                    self.count_queries(lambda domain=domain: search(domain)), without
                )
