from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users

from .common import QUERIES, TracksCase, tagged_test


class NextCase(TracksCase):
    """A template after which others are offered, and a track of it that is done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.renewal = cls.make_template({"summary": "Renew"}, name="Renewal")
        cls.event = cls.make_template(
            {"summary": "Invite", "delay_count": 1, "delay_from": "end"},
            name="Event",
            direction="end",
        )
        cls.template = cls.make_template(
            {"summary": "Write"},
            name="Sales",
            next_template_ids=[Command.set((cls.renewal + cls.event).ids)],
        )
        cls.lead = cls.make_leads()

    def finish(self, template=None, lead=None):
        """A track that is done."""
        lead = lead or self.lead
        run = lead.with_user(self.seller).tracks_apply(template or self.template)
        run.line_ids.action_done()
        self.assertEqual(run.state, "done")
        return run

    def read_tab(self, lead=None, user=None):
        runs = self.env["track.run"].with_user(user or self.seller)
        return runs.get_tab_data("crm.lead", (lead or self.lead).id)["runs"]

    def get_offers(self, run, user=None):
        """The names of the templates that the tab offers after this track."""
        self.env.invalidate_all()
        lead = self.env["crm.lead"].browse(run.sudo().res_id)
        [found] = [row for row in self.read_tab(lead, user) if row["id"] == run.id]
        return [template["name"] for template in found["next"]]

    def get_note(self):
        self.lead.invalidate_recordset(["message_ids"])
        return self.lead.message_ids.sorted("id")[-1].body


@tagged("post_install", "-at_install")
class TestNextTracks(NextCase):
    """When a track is done, the tab and the note offer what comes next."""

    # ------------------------------------------------------------------
    # What is offered
    # ------------------------------------------------------------------

    def test_the_tab_offers_it_when_the_track_is_done(self):
        run = self.lead.with_user(self.seller).tracks_apply(self.template)
        self.assertEqual(self.get_offers(run), [])
        run.line_ids.action_done()
        self.assertEqual(self.get_offers(run), ["Event …", "Renewal"])
        run.line_ids.action_reopen()
        self.assertEqual(self.get_offers(run), [])
        run.action_stop()
        self.assertEqual(self.get_offers(run), [])

    def test_the_template_is_read_live(self):
        run = self.finish()
        self.template.next_template_ids = [Command.unlink(self.event.id)]
        self.assertEqual(self.get_offers(run), ["Renewal"])
        plain = self.make_template({"summary": "Ask"}, name="Plain")
        other = self.finish(plain)
        self.assertEqual(self.get_offers(other), [])
        plain.next_template_ids = self.event
        self.assertEqual(self.get_offers(other), ["Event …"])
        self.template.active = False
        self.assertEqual(self.get_offers(run), ["Renewal"])

    def test_only_what_applies_to_the_record_is_offered(self):
        run = self.finish()
        self.event.active = False
        self.assertEqual(self.get_offers(run), ["Renewal"])
        partners = self.env["ir.model"]._get_id("res.partner")
        self.renewal.res_model_ids = [Command.set([partners])]
        self.assertEqual(self.get_offers(run), [])
        self.event.active = True
        self.event.line_ids.unlink()
        self.assertEqual(self.get_offers(run), [])

    def test_nothing_is_offered_to_those_who_cannot_change_the_record(self):
        run = self.finish()
        self.lead.user_id = self.seller_2
        self.assertEqual(self.get_offers(run, self.seller_2), ["Event …", "Renewal"])
        with self.assertRaises(AccessError):
            self.read_tab(user=self.seller)
        partner = self.env["res.partner"].create({"name": "Desks"})
        run = partner.with_user(self.manager).tracks_apply(self.template)
        run.line_ids.action_done()
        tab = self.env["track.run"].with_user(self.employee)
        [row] = tab.get_tab_data("res.partner", partner.id)["runs"]
        self.assertEqual(row["next"], [])

    def test_templates_of_other_companies_are_not_named(self):
        self.seller_all.company_ids += self.company_2
        self.renewal.company_id = self.company_2
        self.lead.write({"company_id": False, "team_id": False})
        run = self.finish()
        self.assertNotIn("Renewal", self.get_note())
        self.assertIn("Event", self.get_note())
        self.assertEqual(self.get_offers(run), ["Event …"])
        tab = self.env["track.run"].with_user(self.seller_all)
        tab = tab.with_context(allowed_company_ids=(self.company + self.company_2).ids)
        [row] = tab.get_tab_data("crm.lead", self.lead.id)["runs"]
        self.assertEqual(
            [template["name"] for template in row["next"]], ["Event …", "Renewal"]
        )
        # nor in the template
        with self.assertRaises(AccessError):
            run.action_start_next(self.renewal.id)
        template = self.template.with_user(self.manager)
        self.env.invalidate_all()
        self.assertEqual(template.next_template_ids.mapped("name"), ["Event"])
        self.env.invalidate_all()
        self.assertEqual(
            template.web_read({"next_template_ids": {"fields": {"display_name": {}}}})[
                0
            ]["next_template_ids"],
            [{"id": self.event.id, "display_name": "Event …"}],
        )

    def test_what_may_run_once_is_not_offered_while_it_runs(self):
        run = self.finish()
        self.renewal.one_per_record = True
        renewal = self.lead.with_user(self.seller).tracks_apply(self.renewal)
        self.assertEqual(self.get_offers(run), ["Event …"])
        renewal.action_stop()
        self.assertEqual(self.get_offers(run), ["Event …", "Renewal"])

    def test_what_was_started_from_there_is_not_offered_again(self):
        run = self.finish()
        started = self.lead.with_user(self.seller).tracks_apply(
            self.renewal, previous_run=run
        )
        self.assertEqual(self.get_offers(run), ["Event …"])
        started.action_stop()
        self.assertEqual(self.get_offers(run), ["Event …", "Renewal"])

    @tagged_test(QUERIES)
    def test_tracks_without_next_templates_cost_no_query_more(self):
        """Compared with the same calls without the search for offers."""
        plain = self.make_template({"summary": "Ask"}, name="Plain")
        Run = self.registry["track.run"]

        def measure():
            lead = self.make_leads().with_user(self.seller)
            run = lead.tracks_apply(plain)
            return [
                self.count_queries(lambda: run.line_ids.action_done()),
                self.count_queries(lambda: self.read_tab(lead)),
            ]

        measure()  # fills the caches
        counts = measure()
        self.patch(Run, "_filter_offering", lambda runs: runs.browse())
        self.assertEqual(counts, measure())

    @tagged_test(QUERIES)
    def test_the_tab_takes_as_many_queries_for_ten_done_tracks_as_for_two(self):
        few, many = self.make_leads(2)
        for _number in range(2):
            self.finish(lead=few)
        for _number in range(10):
            self.finish(lead=many)
        counts = [
            self.count_queries(lambda lead=lead: self.read_tab(lead))
            for lead in (few, few, many)
        ]
        self.assertTrue(self.read_tab(many)[0]["next"])
        self.assertLessEqual(counts[2], counts[1])

    # ------------------------------------------------------------------
    # The note
    # ------------------------------------------------------------------

    def test_the_note_links_to_it(self):
        run = self.finish()
        note = self.get_note()
        self.assertIn("Track <b>Sales</b> is done.", note)
        self.assertIn("Start “Renewal”</a>", note)
        self.assertIn("Start “Event …”</a>", note)
        self.assertIn('class="o_tracks_next"', note)
        self.assertIn(f'data-oe-id="{run.id}"', note)
        self.assertIn(f'data-id="{self.renewal.id}"', note)

    def test_the_note_of_a_track_without_next_templates_has_no_link(self):
        self.finish(self.renewal)
        self.assertEqual(self.get_note(), "<p>Track <b>Renewal</b> is done.</p>")

    def test_each_of_several_tracks_has_its_own_note(self):
        leads = self.make_leads(2).with_user(self.seller)
        runs = leads[0].tracks_apply(self.template) + leads[1].tracks_apply(
            self.renewal
        )
        runs.line_ids.action_done()
        first, second = (lead.message_ids.sorted("id")[-1].body for lead in leads)
        self.assertIn(f'data-oe-id="{runs[0].id}"', first)
        self.assertNotIn("Start", second)

    def test_the_name_of_a_template_is_text(self):
        self.renewal.name = "<b>Renewal</b>"
        self.finish()
        self.assertIn("Start “&lt;b&gt;Renewal&lt;/b&gt;”</a>", self.get_note())

    # ------------------------------------------------------------------
    # One click
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_one_click_starts_it_and_links_the_two(self):
        run = self.finish().with_env(self.env)
        action = run.action_start_next(self.renewal.id)
        self.assertEqual(action["params"]["message"], "“Renewal” was started.")
        started = self.lead.track_run_ids - run
        self.assertEqual(started.template_id, self.renewal)
        self.assertEqual(started.previous_run_id, run)
        self.assertEqual(started.user_id, self.env.user)
        self.assertActivityFollows(started.line_ids)
        rows = {row["name"]: row for row in self.read_tab()}
        self.assertEqual(rows["Renewal"]["previous"], "Sales")
        self.assertEqual(rows["Sales"]["previous"], "")

    @users("tracks_seller")
    def test_one_that_needs_an_end_date_opens_the_dialog(self):
        run = self.finish().with_env(self.env)
        action = run.action_start_next(self.event)
        self.assertEqual(action["res_model"], "track.apply")
        wizard = Form(self.env["track.apply"].with_context(**action["context"]))
        self.assertEqual(wizard.template_id, self.event)
        wizard.end_date = "2026-04-01"
        wizard.save().action_apply()
        started = self.lead.track_run_ids - run
        self.assertEqual(started.template_id, self.event)
        self.assertEqual(started.previous_run_id, run)

    @users("tracks_seller")
    def test_a_second_click_asks(self):
        run = self.finish().with_env(self.env)
        run.action_start_next(self.renewal.id)
        action = run.action_start_next(self.renewal.id)
        self.assertEqual(action["res_model"], "track.apply")
        self.assertEqual(len(self.lead.track_run_ids), 2)
        started = self.lead.track_run_ids - run
        started.line_ids.action_done()
        action = run.action_start_next(self.renewal.id)
        self.assertEqual(action["res_model"], "track.apply")

    @users("tracks_seller")
    def test_what_is_not_offered_cannot_be_started_so(self):
        other = self.make_template({"summary": "Ask"}, name="Other")
        running = self.lead.with_env(self.env).tracks_apply(self.template)
        with self.assertRaisesRegex(UserError, "“Sales” is not done"):
            running.action_start_next(self.renewal.id)
        running.line_ids.action_done()
        with self.assertRaisesRegex(UserError, "“Other” is no longer offered after"):
            running.action_start_next(other.id)
        for template in (0, -1, 2**40, "x", False, None, [1]):
            with self.assertRaises(UserError), self.cr.savepoint():
                running.action_start_next(template)
        self.assertEqual(self.lead.track_run_ids, running)

    def test_those_who_cannot_change_the_record_are_refused(self):
        run = self.finish()
        with self.assertRaises(AccessError):
            run.with_user(self.employee).action_start_next(self.renewal.id)
        with self.assertRaises(AccessError):
            run.with_user(self.portal).action_start_next(self.renewal.id)
        partner = self.env["res.partner"].create({"name": "Desks"})
        run = partner.with_user(self.manager).tracks_apply(self.template)
        run.line_ids.action_done()
        with self.assertRaises(AccessError):
            run.with_user(self.employee).action_start_next(self.renewal.id)
        self.assertEqual(partner.track_run_ids, run)

    # ------------------------------------------------------------------
    # The link
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_a_call_links_a_track_to_a_finished_one(self):
        run = self.finish()
        lead = self.lead.with_env(self.env)
        for previous in (run, run.id, run.with_user(self.manager)):
            started = lead.tracks_apply(self.renewal.id, previous_run=previous)
            self.assertEqual(started.previous_run_id, run)
        for nothing in (None, False, self.env["track.run"]):
            started = lead.tracks_apply(self.renewal.id, previous_run=nothing)
            self.assertFalse(started.previous_run_id)

    @users("tracks_seller")
    def test_a_call_with_another_track_is_refused_in_a_sentence(self):
        lead = self.lead.with_env(self.env)
        [other] = self.make_leads().with_env(self.env)
        elsewhere = self.finish(lead=other)
        running = lead.tracks_apply(self.template)
        stopped = lead.tracks_apply(self.template)
        stopped.action_stop()
        hidden = self.finish(lead=self.make_leads(user=self.seller))
        hidden.sudo()._get_records()[hidden.sudo()].user_id = self.seller_2
        self.env.flush_all()
        count = len(lead.track_run_ids)
        for previous, sentence in (
            (elsewhere, "“Sales” is a track of another record"),
            (running, "“Sales” is not done"),
            (stopped.id, "“Sales” is not done"),
            (hidden.id, "does not exist, or you do not have permission"),
            (2**31 - 1, "does not exist, or you do not have permission"),
            (2**70, "does not exist, or you do not have permission"),
            (-1, "does not exist, or you do not have permission"),
            ("x", "does not exist, or you do not have permission"),
            (True, "does not exist, or you do not have permission"),
            ([running.id], "does not exist, or you do not have permission"),
            (lead, "does not exist, or you do not have permission"),
            (running + stopped, "does not exist, or you do not have permission"),
        ):
            with (
                self.subTest(previous=previous),
                self.assertRaisesRegex(UserError, sentence),
                self.cr.savepoint(),
            ):
                lead.tracks_apply(self.renewal.id, previous_run=previous)
        own = self.finish()
        with self.assertRaisesRegex(UserError, "is a track of another record"):
            (lead + other).tracks_apply(self.renewal.id, previous_run=own)
        self.assertEqual(len(lead.track_run_ids), count + 1)

    @users("tracks_seller")
    def test_users_cannot_write_the_link(self):
        run = self.finish().with_env(self.env)
        started = self.lead.with_env(self.env).tracks_apply(self.renewal)
        with self.assertRaisesRegex(AccessError, "“Previous Track” cannot be edited"):
            started.write({"previous_run_id": run.id})

    def test_the_chain_survives_the_deletion_of_a_track(self):
        run = self.finish()
        run.action_start_next(self.renewal.id)
        run.with_user(self.manager).unlink()
        self.env.invalidate_all()
        [row] = self.read_tab()
        self.assertEqual(row["previous"], "")

    # ------------------------------------------------------------------
    # Templates
    # ------------------------------------------------------------------

    @users("tracks_manager")
    def test_copies_and_templates_from_tracks_keep_it(self):
        template = self.template.with_env(self.env)
        self.assertEqual(template.copy().next_template_ids, template.next_template_ids)
        run = self.finish().with_env(self.env)
        made = self.env["track.template"].browse(run.action_make_template()["res_id"])
        self.assertEqual(made.next_template_ids, template.next_template_ids)

    @users("tracks_manager")
    def test_a_template_can_come_after_itself(self):
        template = self.renewal.with_env(self.env)
        template.next_template_ids = template
        run = self.finish(self.renewal)
        self.assertEqual(self.get_offers(run), ["Renewal"])

    @users("tracks_manager")
    def test_an_author_names_only_what_the_author_may_read(self):
        template = self.template.with_env(self.env)
        self.renewal.sudo().company_id = self.company_2
        plain = self.make_template({"summary": "Ask"}).with_env(self.env)
        with self.assertRaisesRegex(AccessError, "“Next Templates” does not exist"):
            plain.next_template_ids = [Command.link(self.renewal.id)]
        # what others named stays
        template.next_template_ids = [Command.unlink(self.event.id)]
        self.env.invalidate_all()
        self.assertEqual(template.sudo().next_template_ids, self.renewal)

    def test_a_deleted_template_is_no_longer_offered(self):
        run = self.finish()
        self.renewal.unlink()
        self.assertEqual(self.get_offers(run), ["Event …"])
