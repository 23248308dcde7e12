from lxml import etree

from odoo.tests import tagged

from .common import QUERIES
from .test_record_status import FIELDS, StatusCase


@tagged("post_install", "-at_install", QUERIES)
class TestRecordStatusQueries(StatusCase):
    """What the status of the records of a board costs."""

    def measure_board(self, leads):
        """How many queries a board of these leads takes for the status of its cards."""
        Lead = self.env["crm.lead"].with_user(self.seller_all)
        view = self.env.ref("crm.crm_case_kanban_view_leads")
        arch = etree.fromstring(Lead.get_view(view.id, "kanban")["arch"])
        names = {node.get("name") for node in arch.iter("field")}
        self.assertIn("track_status", names)
        board = {
            name: {"fields": {"display_name": {}}}
            if name.endswith("_id") or name == "tag_ids"
            else {}
            for name in names - {"track_status"}
        }
        board["activity_state"] = {}
        with_status = {**board, "track_status": {}, "track_status_data": {}}

        def read(spec):
            self.assertTrue(Lead.env.user.tz)  # read once in a request
            return Lead.web_search_read([("id", "in", leads.ids)], spec)["records"]

        for spec in (with_status, board):
            read(spec)  # fills the caches
        without = self.count_queries(lambda: read(board))
        self.assertEqual(len(read(with_status)), len(leads))
        return self.count_queries(lambda: read(with_status)) - without

    def test_eighty_cards_with_tracks_cost_at_most_three_queries(self):
        ahead = self.make_template(
            {"activity_type_id": self.type_call.id, "delay_count": 30},
            {"summary": "Meet", "delay_from": "previous"},
            activity_creation="ahead",
            ahead_days=1,
        )
        by_type = self.make_template({"activity_type_id": self.type_todo.id})
        leads = self.make_leads(80)
        self.apply()  # from now on, the model has had a track
        self.assertLessEqual(self.measure_board(leads), 1)
        leads.with_user(self.seller).tracks_apply(self.template)
        leads[:40].with_user(self.seller).tracks_apply(ahead).action_pause()
        leads[20:60].with_user(self.seller).tracks_apply(ahead)
        leads[60:].with_user(self.seller).tracks_apply(by_type, "2026-03-01")
        users = [self.manager, self.employee] * 10
        for lead, user in zip(leads[60:], users, strict=True):
            lead.sudo().track_run_ids.line_ids.user_id = user
        self.assertLessEqual(self.measure_board(leads), 3)

    def test_automated_tasks_without_a_summary_cost_no_query_each(self):
        lead_model = self.env["ir.model"]._get("crm.lead")
        mails = self.env["mail.template"].create(
            [{"name": f"Mail {i}", "model_id": lead_model.id} for i in range(3)]
        )
        template = self.make_template(
            *(
                {"action": "email", "mail_template_id": mail.id, "delay_count": 20}
                for mail in mails
            ),
            res_model_ids=lead_model.ids,
        )
        leads = self.make_leads(20)
        leads.with_user(self.seller).tracks_apply(template)
        self.assertEqual(self.get_status(leads[0]), "0/3 · Send an e-mail · In 20 days")
        self.assertLessEqual(self.measure_board(leads), 3)

    def test_the_number_of_queries_does_not_grow_with_the_cards(self):
        template = self.make_template(
            {"summary": "Call {customer}, {owner} of {company}", "delay_count": 60},
            activity_creation="ahead",
            ahead_days=1,
        )
        counts = []
        for number in (5, 30):
            leads = self.make_leads(number)
            partners = self.env["res.partner"].create(
                [{"name": f"Customer {i}"} for i in range(number)]
            )
            for lead, partner in zip(leads, partners, strict=True):
                lead.partner_id = partner
            leads.with_user(self.seller).tracks_apply(template)
            self.assertEqual(
                self.get_data(leads[1])["label"],
                f"Call Customer 1, {self.seller.name} of {self.company.name}",
            )
            counts.append(self.measure_board(leads))
        self.assertEqual(counts[0], counts[1])

    def test_a_model_that_never_had_a_track_costs_not_one_query(self):
        self.assertFalse(self.env["track.run"]._may_have_tracks("ir.cron"))
        jobs = self.env["ir.cron"].search([], limit=5)
        names = (
            *FIELDS,
            "track_status_data",
            "track_latest_template_id",
            "is_on_track",
        )
        read = jobs.read
        counts = []
        for fnames in (["name"], ["name", *names, "is_track_late"]):
            read(fnames)  # fills the caches
            counts.append(self.count_queries(lambda fnames=fnames: read(fnames)))
        self.assertEqual(counts[0], counts[1])
