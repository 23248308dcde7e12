import json

from odoo.tests import tagged
from odoo.tools.json import json_default

from .common import TracksCase

RESULTS = ("won", "lost", "open", "decided")


@tagged("post_install", "-at_install")
class TestLeadResults(TracksCase):
    """The results of the leads on which the tracks of a template ran."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.make_chain("Write", "Call", name="Follow up")
        cls.other = cls.make_chain("Write", name="Other")

    def start(self, count=1, user=None, template=None, **values):
        """Leads of a user, each with a track."""
        leads = self.make_leads(count, user=user, **values)
        leads.with_user(self.manager).tracks_apply(template or self.template)
        return leads

    def get_results(self, user=None, template=None, **context):
        """(won, lost, open, won or lost, win rate), each checked with its list."""
        template = (template or self.template).with_user(user or self.manager)
        template = template.with_context(**context)
        template.invalidate_recordset()
        for name in RESULTS:
            opened = getattr(template, f"action_view_leads_{name}")()
            found = template.env["crm.lead"].with_context(**opened["context"])
            found = found.search(opened["domain"])
            self.assertEqual(len(found), template[f"stat_leads_{name}"], name)
        counts = [template[f"stat_leads_{name}"] for name in RESULTS]
        return (*counts, template.stat_win_rate)

    def test_leads_are_counted_by_their_result(self):
        won, lost, _still_open = self.start(4), self.start(1), self.start(2)
        won.action_set_won()
        lost.action_set_lost()
        self.make_leads(3).action_set_won()  # without a track
        self.assertEqual(self.get_results(), (4, 1, 2, 5, 0.8))
        self.assertEqual(self.get_results(template=self.other), (0, 0, 0, 0, 0))

    def test_without_a_result_there_is_no_win_rate(self):
        self.start(2)
        self.assertEqual(self.get_results(), (0, 0, 2, 0, 0))

    def test_an_archived_lead_that_was_not_lost_is_not_open(self):
        archived, won = self.start(1), self.start(1)
        won.action_set_won()
        (archived + won).with_context(active_test=False).write({"active": False})
        self.assertEqual(archived.won_status, "pending")
        self.assertEqual(self.get_results(), (1, 0, 0, 1, 1))

    def test_a_lead_with_several_tracks_counts_once_for_each_template(self):
        leads = self.start(2)
        leads.with_user(self.manager).tracks_apply(self.template)
        leads[0].with_user(self.manager).tracks_apply(self.other)
        leads.action_set_won()
        self.assertEqual(self.get_results(), (2, 0, 0, 2, 1))
        self.assertEqual(self.get_results(template=self.other), (1, 0, 0, 1, 1))

    def test_leads_of_tracks_that_ended_before_the_period_do_not_count(self):
        ended, running = self.start(1), self.start(1)
        stopped = self.start(1)
        for summary in ("Write", "Call"):
            self.tick(ended.track_run_ids, summary)
        stopped.track_run_ids.with_user(self.manager).action_stop()
        (ended + running + stopped).action_set_won()
        for moment, days, expected in (
            ("2026-03-20 10:00:00", 30, 3),
            ("2026-06-01 10:00:00", 30, 1),
            ("2026-06-01 10:00:00", 90, 3),
        ):
            with self.subTest(moment=moment, days=days), self.at(moment):
                self.assertEqual(self.get_results(tracks_days=days)[0], expected)

    def test_tracks_on_other_records_are_not_counted_as_leads(self):
        lead = self.start(1)
        partner = self.env["res.partner"].create({"name": "Customer"})
        # the ids of two models may be the same
        run = partner.with_user(self.manager).tracks_apply(self.template)
        run.sudo().res_id = lead.id
        self.env.cr.execute(
            "UPDATE track_run SET res_id = %s WHERE id = %s",
            (self.make_leads().id, run.id),
        )
        self.env.invalidate_all()
        self.assertEqual(self.get_results(), (0, 0, 1, 0, 0))

    def test_everybody_counts_the_leads_that_they_may_read(self):
        own, of_others = self.start(3), self.start(2, user=self.seller_2)
        own[:2].action_set_won()
        of_others[0].action_set_lost()
        for user, expected in (
            (self.seller, (2, 0, 1, 2, 1)),
            (self.seller_2, (0, 1, 1, 1, 0)),
            (self.seller_all, (2, 1, 2, 3, 2 / 3)),
            (self.manager, (2, 1, 2, 3, 2 / 3)),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.get_results(user), expected)

    def test_without_access_to_leads_nothing_is_counted(self):
        self.start(2).action_set_won()
        template = self.template.with_user(self.employee)
        template.invalidate_recordset()
        for name in RESULTS:
            self.assertEqual(template[f"stat_leads_{name}"], 0, name)
        self.assertEqual(template.stat_win_rate, 0)

    def test_leads_of_other_companies_are_not_counted(self):
        here = self.start(1)
        there = self.start(2, user=self.seller_all)
        there.write(
            {"company_id": self.company_2.id, "team_id": False, "user_id": False}
        )
        (here + there).action_set_won()
        self.assertEqual(self.get_results(self.seller_all)[0], 1)
        self.seller_all.write({"company_ids": [(4, self.company_2.id)]})
        for companies, expected in (
            (self.company, 1),
            (self.company_2, 2),
            (self.company + self.company_2, 3),
        ):
            with self.subTest(companies=companies.mapped("name")):
                won, *_others = self.get_results(
                    self.seller_all, allowed_company_ids=companies.ids
                )
                self.assertEqual(won, expected)

    def test_the_actions_can_be_sent_to_a_client(self):
        won, stopped, _still_open = leads = self.start(3)
        won.action_set_won()
        stopped.track_run_ids.action_stop()
        template = self.template.with_user(self.manager)
        for action, found in (
            ("action_view_leads_won", won),
            ("action_view_leads_open", leads - won),
            ("action_view_endings", stopped.track_run_ids.line_ids[0]),
        ):
            sent = json.loads(
                json.dumps(getattr(template, action)(), default=json_default)
            )
            Model = self.env[sent["res_model"]].with_user(self.manager)
            self.assertEqual(Model.search(sent["domain"]), found, action)

    # ------------------------------------------------------------------
    # In the analysis
    # ------------------------------------------------------------------

    def make_each_result(self):
        """Tracks on a won, a lost, an open and an archived lead, and on a contact."""
        leads = self.start(4)
        won, lost, _still_open, archived = leads
        won.action_set_won()
        lost.action_set_lost()
        archived.active = False
        partner = self.env["res.partner"].create({"name": "Customer"})
        partner.with_user(self.manager).tracks_apply(self.template)
        self.env.flush_all()
        self.env.invalidate_all()
        return leads

    def test_tasks_are_grouped_by_the_result_of_their_lead(self):
        self.make_each_result()
        Task = self.env["track.run.line"].with_user(self.manager)
        domain = [("template_id", "=", self.template.id)]
        groups = dict(Task._read_group(domain, ["lead_result"], ["__count"]))
        results = ("won", "lost", "open", "archived", False)
        self.assertEqual(groups, dict.fromkeys(results, 2))
        for result in results:
            with self.subTest(result=result):
                found = Task.search([*domain, ("lead_result", "=", result)])
                self.assertEqual(len(found), 2)
                self.assertEqual(set(found.mapped("lead_result")), {result})
                others = Task.search([*domain, ("lead_result", "!=", result)])
                self.assertEqual(len(others), 8)
        found = Task.search([*domain, ("lead_result", "in", ["won", "nonsense"])])
        self.assertEqual(set(found.mapped("lead_result")), {"won"})
        description = Task.fields_get(["lead_result"], ["groupable", "searchable"])
        expected = {"groupable": True, "searchable": True}
        self.assertEqual(description["lead_result"], expected)

    def test_results_of_leads_that_one_may_not_read_stay_unknown(self):
        self.make_each_result()
        self.start(1, user=self.seller_2).action_set_won()
        domain = [("template_id", "=", self.template.id)]
        for user, expected in (
            # the track on the contact is for everybody, and has no result
            (self.seller_2, {"won", False}),
            (self.employee, {False}),
        ):
            Task = self.env["track.run.line"].with_user(user)
            groups = dict(Task._read_group(domain, ["lead_result"], ["__count"]))
            with self.subTest(user=user.login):
                self.assertLessEqual(groups.keys(), expected)
                found = Task.search([*domain, ("lead_result", "!=", False)])
                self.assertLessEqual(set(found.mapped("lead_result")), expected)
                lost = Task.search_count([*domain, ("lead_result", "=", "lost")])
                self.assertEqual(lost, 0)
