from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import QUERIES, TracksCase, tagged_test


class AccessCase(TracksCase):
    """One track on a lead of each kind, with the users who have access to it.

    ``own`` is the lead of the salesperson with access to own documents only, ``other``
    a lead of a colleague, ``foreign`` one of the second company.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller_company_2 = cls.make_user(
            "seller_company_2",
            "sales_team.group_sale_salesman_all_leads",
            company_id=cls.company_2.id,
            company_ids=[Command.set(cls.company_2.ids)],
        )
        cls.template = cls.make_chain("Call", "Write", "Visit")
        company = {"company_id": cls.company.id}
        cls.leads = {
            "own": cls.make_leads(name="Own lead", **company),
            "other": cls.make_leads(user=cls.seller_2, name="Other lead", **company),
            "foreign": cls.make_leads(
                user=cls.seller_company_2,
                name="Foreign lead",
                company_id=cls.company_2.id,
            ),
        }
        cls.runs = {
            kind: lead.tracks_apply(cls.template, name=f"Track of the {lead.name}")
            for kind, lead in cls.leads.items()
        }
        cls.all_runs = cls.env["track.run"].concat(*cls.runs.values())
        # the leads whose tracks each user can read and change
        cls.matrix = [
            (cls.seller, {"own"}),
            (cls.seller_all, {"own", "other"}),
            (cls.manager, {"own", "other"}),
            (cls.employee, set()),
            (cls.seller_company_2, {"foreign"}),
        ]

    def get_cases(self):
        """Every user with every kind of lead.

        :return: list of (user, kind, whether this user has access to it)
        """
        return [
            (user, kind, kind in kinds)
            for user, kinds in self.matrix
            for kind in self.leads
        ]

    def as_user(self, records, user):
        """These records in a call by this user, with an empty cache."""
        self.env.invalidate_all()
        return records.with_user(user)


@tagged("post_install", "-at_install")
class TestReading(AccessCase):
    """Users who may read a record may read its tracks and tasks."""

    def test_searches_counts_and_groups_find_the_tracks_of_readable_records(self):
        for user, kinds in self.matrix:
            runs = self.env["track.run"].concat(*(self.runs[kind] for kind in kinds))
            for everything, expected in (
                (self.all_runs, runs),
                (self.all_runs.line_ids, runs.line_ids),
            ):
                with self.subTest(user=user.name, model=everything._name):
                    Model = self.as_user(everything.browse(), user)
                    self.assertFinds(Model, everything.ids, expected)

    def assertFinds(self, Model, ids, expected):
        """Every way to search these ids as this user finds only ``expected``."""
        domain = [("id", "in", ids)]
        self.assertEqual(Model.search(domain).ids, expected.sorted().ids)
        self.assertEqual(Model.search_count(domain), len(expected))
        self.assertEqual(
            [id_ for id_, _name in Model.name_search("", domain, limit=None)],
            expected.sorted().ids,
        )
        found = Model.web_search_read(domain, {"display_name": {}})
        self.assertEqual(found["length"], len(expected))
        self.assertEqual([row["id"] for row in found["records"]], expected.sorted().ids)
        self.assertEqual(
            Model.search_read(domain, ["state"]),
            [{"id": rec.id, "state": rec.state} for rec in expected.sorted()],
        )
        groups = Model._read_group(domain, ["res_model"], ["__count"])
        self.assertEqual(groups, [("crm.lead", len(expected))] if expected else [])
        for groupby in ("res_model", "state"):
            groups = Model.formatted_read_group(domain, [groupby], ["__count"])
            self.assertEqual(sum(row["__count"] for row in groups), len(expected))

    def test_tracks_of_a_model_that_had_none_any_more_are_found(self):
        Run = self.env["track.run"]
        partner = self.env["res.partner"].create({"name": "Customer"})
        partner.tracks_apply(self.template)
        self.env.registry.clear_cache()
        self.assertTrue(Run._may_have_tracks("res.partner"))
        Run.search([("res_model", "=", "res.partner")]).unlink()
        searched = Run.with_user(self.seller_2)
        self.assertFalse(searched.search([("res_model", "=", "res.partner")]))
        run = partner.tracks_apply(self.template)
        self.assertEqual(searched.search([("res_model", "=", "res.partner")]), run)

    @tagged_test(QUERIES)
    def test_which_models_have_tracks_is_read_once_for_all(self):
        Run = self.env["track.run"].with_user(self.seller_2)
        Run.search([], limit=1)
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertTrue(Run.search([], limit=1).ids)

    def test_a_track_and_its_tasks_are_read_where_the_record_is(self):
        for user, kind, allowed in self.get_cases():
            run = self.runs[kind]
            for records, field in ((run, "name"), (run.line_ids, "summary")):
                with self.subTest(user=user.name, lead=kind, model=records._name):
                    expected = records.mapped(field)
                    records = self.as_user(records, user)
                    self.assertEqual(records.has_access("read"), allowed)
                    if allowed:
                        self.assertEqual(records.mapped(field), expected)
                        self.assertEqual(len(records.read([field])), len(expected))
                    else:
                        self.assertUnreadable(records, field)

    def assertUnreadable(self, records, field):
        """Every way to read this field of these records is refused."""
        for read in (
            lambda: records.check_access("read"),
            lambda: records.read([field]),
            lambda: records[:1][field],
            lambda: records.web_read({"display_name": {}}),
            lambda: records.web_read({field: {}}),
        ):
            records.invalidate_recordset()
            with self.assertRaises(AccessError):
                read()

    def test_one_forbidden_track_among_others_refuses_to_read_them_all(self):
        runs = self.as_user(self.runs["own"] + self.runs["other"], self.seller)
        with self.assertRaises(AccessError):
            runs.read(["name"])
        with self.assertRaises(AccessError):
            runs.mapped("line_ids")
        self.assertEqual(runs._filtered_access("read"), self.runs["own"])

    def test_the_record_shows_its_tracks_to_whoever_reads_it(self):
        for user, kind, allowed in self.get_cases():
            with self.subTest(user=user.name, lead=kind):
                lead = self.as_user(self.leads[kind], user)
                if not allowed:
                    with self.assertRaises(AccessError):
                        lead.read(["track_run_ids"])
                    continue
                self.assertEqual(lead.track_run_ids, self.runs[kind])
                domain = [("track_run_ids", "in", self.all_runs.ids)]
                self.assertIn(lead, lead.search(domain))

    def test_a_search_through_tracks_finds_only_readable_records(self):
        domain = [("track_run_ids.name", "ilike", "track of the")]
        Lead = self.as_user(self.env["crm.lead"], self.seller)
        self.assertEqual(Lead.search(domain), self.leads["own"])
        Template = self.as_user(self.env["track.template"], self.seller)
        for kind, found in (("own", self.template), ("other", Template)):
            name = self.runs[kind].name
            domain = [("run_ids.name", "=", name)]
            self.assertEqual(Template.search(domain), found)

    def test_the_name_of_a_record_is_found_only_by_its_readers(self):
        for user, kind, allowed in self.get_cases():
            with self.subTest(user=user.name, lead=kind):
                run, name = self.runs[kind], self.leads[kind].name
                Run = self.as_user(run.browse(), user)
                expected = run if allowed else run.browse()
                self.assertEqual(Run.search([("res_name", "=", name)]), expected)
                Task = Run.env["track.run.line"]
                found = Task.search([("res_name", "=", name)])
                self.assertEqual(found, expected.line_ids)
                if allowed:
                    self.assertEqual(run.with_user(user).res_name, name)

    def test_archiving_a_record_hides_its_tracks_from_nobody(self):
        for lead in self.leads.values():
            lead.active = False
        for user, kind, allowed in self.get_cases():
            with self.subTest(user=user.name, lead=kind):
                for everything in (self.runs[kind], self.runs[kind].line_ids):
                    records = self.as_user(everything, user)
                    expected = everything if allowed else everything.browse()
                    self.assertEqual(records._filtered_access("read"), expected)
                    found = records.search([("id", "in", everything.ids)])
                    self.assertEqual(found, expected.sorted())

    def test_handing_a_lead_over_hands_its_tracks_over(self):
        run = self.as_user(self.runs["own"], self.seller_2)
        self.assertFalse(run.has_access("read"))
        self.leads["own"].user_id = self.seller_2
        self.assertTrue(self.as_user(run, self.seller_2).has_access("write"))
        self.assertFalse(self.as_user(run, self.seller).has_access("read"))

    def test_a_user_of_two_companies_sees_those_they_work_in(self):
        self.seller_all.company_ids += self.company_2
        Run = self.as_user(self.env["track.run"], self.seller_all)
        domain = [("id", "in", self.all_runs.ids)]
        for companies, expected in (
            (self.company, self.runs["own"] + self.runs["other"]),
            (self.company_2, self.runs["foreign"]),
            (self.company + self.company_2, self.all_runs),
        ):
            self.env.invalidate_all()
            found = Run.with_context(allowed_company_ids=companies.ids).search(domain)
            self.assertEqual(found, expected.sorted())

    def test_the_company_of_a_track_follows_its_record(self):
        lead, run = self.leads["own"], self.runs["own"]
        self.assertEqual(run.company_id, self.company)
        lead.write({"user_id": False, "team_id": False})
        lead.company_id = self.company_2
        self.assertEqual(run.company_id, self.company_2)
        self.assertEqual(run.line_ids.company_id, self.company_2)
        self.assertFalse(self.as_user(run, self.seller_all).has_access("read"))
        self.assertTrue(self.as_user(run, self.seller_company_2).has_access("read"))

    def test_the_company_of_a_track_follows_a_lead_that_follows_its_contact(self):
        lead, run = self.leads["own"], self.runs["own"]
        lead.write({"user_id": False, "team_id": False, "company_id": False})
        lead.partner_id = self.env["res.partner"].create(
            {"name": "Contact", "company_id": self.company_2.id}
        )
        self.assertEqual(lead.company_id, self.company_2)
        self.assertEqual(run.company_id, self.company_2)

    def test_portal_and_public_users_reach_nothing(self):
        public = self.env.ref("base.public_user")
        for user in (self.portal, public):
            for everything in (
                self.all_runs,
                self.all_runs.line_ids,
                self.template,
                self.template.line_ids,
            ):
                records = self.as_user(everything, user)
                for reach in (
                    lambda records=records: records.search([]),
                    lambda records=records: records.search_count([]),
                    lambda records=records: records._read_group([], [], ["__count"]),
                    lambda records=records: records.web_search_read([], {}),
                    lambda records=records: records.read(["display_name"]),
                    lambda records=records: records.write({"display_name": "x"}),
                    lambda records=records: records.unlink(),
                    lambda records=records: records.create({}),
                ):
                    with (
                        self.subTest(user=user.name, model=records._name),
                        self.assertRaises(AccessError),
                    ):
                        reach()

    def test_portal_and_public_users_reach_no_field_of_a_record(self):
        for user in (self.portal, self.env.ref("base.public_user")):
            partner = self.as_user(self.portal.partner_id, user)
            for name in ("track_run_ids", "track_inactive_text"):
                with self.subTest(user=user.name, field=name):
                    self.assertNotIn(name, partner.fields_get())
                    with self.assertRaises(AccessError):
                        partner.read([name])
            with self.assertRaises(AccessError):
                partner.search([("track_run_ids", "!=", False)])

    def test_the_tracks_field_is_accessible_where_activities_are(self):
        lead = self.as_user(self.leads["own"], self.seller)
        self.assertTrue(lead._has_field_access(lead._fields["track_run_ids"], "read"))
        self.patch(lead._fields["activity_ids"], "groups", "base.group_system")
        for name in ("track_run_ids", "track_inactive_text"):
            self.assertFalse(lead._has_field_access(lead._fields[name], "read"))
            with self.assertRaises(AccessError):
                lead.read([name])

    @tagged_test(QUERIES)
    def test_a_search_costs_the_same_with_many_tracks_as_with_few(self):
        def count_queries():
            Run = self.as_user(self.env["track.run"], self.seller)
            before = self.env.cr.sql_log_count
            found = Run.web_search_read(
                [], {"name": {}, "res_name": {}, "state": {}, "progress_text": {}}
            )
            Run.env["track.run.line"].search_count([("state", "=", "open")])
            Run.search([])._filtered_access("write")
            return found["length"], self.env.cr.sql_log_count - before

        self.make_leads(2).tracks_apply(self.template)
        count_queries()  # fill the ormcaches
        few, queries_few = count_queries()
        self.make_leads(27).tracks_apply(self.template)
        many, queries_many = count_queries()
        self.assertEqual(many - few, 27)
        self.assertEqual(queries_many, queries_few)
