from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged, users

from .common import QUERIES, tagged_test
from .test_next_tracks import NextCase


@tagged("post_install", "-at_install")
class TestNextTracksForm(NextCase):
    """The form of a track that is done offers what comes next, as the tab does."""

    def get_form_offers(self, run, user=None, **context):
        """The names of the templates that the form of this track offers."""
        self.env.invalidate_all()
        run = run.with_user(user or self.seller).with_context(**context)
        spec = {"offered_template_ids": {"fields": {"display_name": {}}}}
        [values] = run.web_read(spec)
        return [each["display_name"] for each in values["offered_template_ids"]]

    def test_the_form_offers_what_the_tab_offers(self):
        run = self.lead.with_user(self.seller).tracks_apply(self.template)
        self.assertEqual(self.get_form_offers(run), [])
        run.line_ids.action_done()
        self.assertEqual(self.get_form_offers(run), ["Event …", "Renewal"])
        run.action_start_next(self.renewal.id)
        self.assertEqual(self.get_form_offers(run), ["Event …"])
        self.assertEqual(self.get_form_offers(run), self.get_offers(run))
        run.line_ids.action_reopen()
        self.assertEqual(self.get_form_offers(run), [])

    def test_a_stopped_track_offers_nothing(self):
        run = self.lead.with_user(self.seller).tracks_apply(self.template)
        run.action_stop()
        self.assertEqual(self.get_form_offers(run), [])

    def test_each_of_several_tracks_offers_its_own(self):
        leads = self.make_leads(2)
        runs = self.finish(lead=leads[0]) + self.finish(lead=leads[1])
        runs += self.finish(self.renewal)
        partner = self.env["res.partner"].create({"name": "Desks"})
        runs += partner.with_user(self.manager).tracks_apply(self.template)
        runs[3].line_ids.action_done()
        runs[0].action_start_next(self.renewal.id)
        self.env.invalidate_all()
        offered = [
            run.offered_template_ids.mapped("name")
            for run in runs.with_user(self.manager)
        ]
        both = ["Event", "Renewal"]
        self.assertEqual(offered, [["Event"], both, [], both])

    def test_those_who_cannot_change_the_record_are_offered_nothing(self):
        partner = self.env["res.partner"].create({"name": "Desks"})
        run = partner.with_user(self.manager).tracks_apply(self.template)
        run.line_ids.action_done()
        self.assertEqual(self.get_form_offers(run, self.employee), [])
        self.assertEqual(
            self.get_form_offers(run, self.manager), ["Event …", "Renewal"]
        )
        run = self.finish()
        with self.assertRaises(AccessError):
            self.get_form_offers(run, self.seller_2)
        with self.assertRaises(AccessError):
            self.get_form_offers(run, self.portal)

    def test_templates_of_other_companies_are_not_offered(self):
        self.seller_all.company_ids += self.company_2
        self.renewal.company_id = self.company_2
        self.lead.write({"company_id": False, "team_id": False})
        run = self.finish()
        offers = self.get_form_offers(
            run, self.seller_all, allowed_company_ids=self.company.ids
        )
        self.assertEqual(offers, ["Event …"])
        offers = self.get_form_offers(
            run,
            self.seller_all,
            allowed_company_ids=(self.company + self.company_2).ids,
        )
        self.assertEqual(offers, ["Event …", "Renewal"])

    def test_each_track_offers_templates_of_the_company_of_its_record_only(self):
        self.manager.company_ids += self.company_2
        self.renewal.company_id = self.company_2
        leads = self.make_leads(2)
        runs = self.finish(lead=leads[0]) + self.finish(lead=leads[1])
        teamless = {"team_id": False, "user_id": False}
        leads[0].write({**teamless, "company_id": self.company.id})
        leads[1].write({**teamless, "company_id": self.company_2.id})
        companies = (self.company + self.company_2).ids
        self.env.invalidate_all()
        offered = [
            run.offered_template_ids.mapped("name")
            for run in runs.with_user(self.manager).with_context(
                allowed_company_ids=companies
            )
        ]
        self.assertEqual(offered, [["Event"], ["Event", "Renewal"]])

    def test_what_was_read_with_all_rights_is_not_shown_to_users(self):
        partner = self.env["res.partner"].create({"name": "Desks"})
        run = partner.with_user(self.manager).tracks_apply(self.template)
        run.line_ids.action_done()
        self.env.invalidate_all()
        run = run.with_user(self.employee)
        self.assertFalse(run.sudo().offered_template_ids)
        self.assertFalse(run.offered_template_ids)

    def test_the_form_of_a_track_without_its_record_can_be_read(self):
        run = self.finish().with_user(self.manager)
        run.sudo().flush_recordset()
        # as by a deletion in the database alone
        self.env.cr.execute("DELETE FROM crm_lead WHERE id = %s", [run.sudo().res_id])
        self.env.invalidate_all()
        self.assertFalse(run.sudo().offered_template_ids)

    @users("tracks_seller")
    def test_a_forged_form_is_offered_nothing(self):
        hidden = self.make_leads(user=self.seller_2)
        run = self.finish(self.renewal).with_env(self.env)
        spec = {
            name: {} for name in ("state", "template_id", "res_id", "start_date")
        } | {"offered_template_ids": {"fields": {"display_name": {}}}}
        forged = {
            "state": "done",
            "res_model": "crm.lead",
            "res_id": hidden.id,
            "template_id": self.template.id,
            "start_date": "2026-03-01",
            "offered_template_ids": [Command.set(self.renewal.ids)],
        }
        for names in (["start_date"], ["template_id"], ["state"], []):
            answer = run.onchange(forged, names, spec)
            shown = str(answer["value"].get("offered_template_ids"))
            self.assertNotIn("Renewal", shown)
            self.assertNotIn("Event", shown)

    @users("tracks_seller")
    def test_it_cannot_be_written(self):
        run = self.finish().with_env(self.env)
        with self.assertRaises(AccessError):
            run.write({"offered_template_ids": [Command.clear()]})
        with Form(run) as form:
            form.name = "Sales in May"
        self.assertEqual(run.name, "Sales in May")

    @tagged_test(QUERIES)
    def test_the_form_of_tracks_without_next_templates_costs_no_query_more(self):
        plain = self.make_template({"summary": "Ask"}, name="Plain")
        run = self.finish(plain)
        running = self.make_leads().with_user(self.seller).tracks_apply(self.template)
        spec = {name: {} for name in ("name", "state", "template_id", "line_ids")}
        with_offers = {
            **spec,
            "offered_template_ids": {"fields": {"display_name": {}}},
        }
        for track in (run, running):
            counts = [
                self.count_queries(lambda track=track, each=each: track.web_read(each))
                for each in (with_offers, spec, with_offers)
            ]
            self.assertEqual(counts[2], counts[1])

    @tagged_test(QUERIES)
    def test_a_list_of_tracks_takes_as_many_queries_for_ten_as_for_two(self):
        def finish(count):
            runs = self.env["track.run"].with_user(self.manager)
            for lead in self.make_leads(count):
                runs += self.finish(lead=lead)
            return runs

        counts = [
            self.count_queries(lambda runs=runs: runs.mapped("offered_template_ids"))
            for runs in (finish(2), finish(2), finish(10))
        ]
        self.assertLessEqual(counts[2], counts[1])
