from datetime import date
from functools import partial
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged, users

from .common import QUERIES, tagged_test
from .test_date_field import DateFieldCase


@tagged("post_install", "-at_install")
class TestDateFieldTemplates(DateFieldCase):
    """Which fields can date a template, and where it is offered."""

    def test_a_template_needs_exactly_one_model(self):
        with self.assertRaisesRegex(ValidationError, "exactly one model"):
            self.make_dated({"summary": "Call"}, res_model_ids=False)
        partners = self.env["ir.model"]._get("res.partner")
        with self.assertRaisesRegex(ValidationError, "exactly one model"):
            self.forwards.res_model_ids += partners
        # another model lacks the field
        with self.assertRaisesRegex(ValidationError, "is not a date of Contact"):
            self.forwards.res_model_ids = partners

    def test_only_stored_dates_of_the_model_itself(self):
        for name in ("name", "nothing", "partner_id.create_date", " ", "__class__"):
            with self.assertRaisesRegex(ValidationError, "is not a date of"):
                self.forwards.date_field = name
        with self.assertRaisesRegex(ValidationError, "is not stored"):
            self.forwards.date_field = "activity_date_deadline"
        self.forwards.date_field = "date_conversion"
        self.forwards.date_field = False

    @users("tracks_manager")
    def test_the_author_can_read_the_field_and_so_can_all_readers(self):
        template = self.forwards.with_env(self.env)
        field = self.env["crm.lead"]._fields["date_conversion"]
        with patch.object(field, "groups", "base.group_system"):
            with self.assertRaisesRegex(ValidationError, "permission to read “Conv"):
                template.date_field = "date_conversion"
            # also an author who may read it: the readers of the tracks may not
            with self.assertRaisesRegex(ValidationError, "restricted to some users"):
                template.sudo().date_field = "date_conversion"
            # unless nobody else sees the tracks
            activities = self.env["crm.lead"]._fields["activity_ids"]
            with patch.object(activities, "groups", "base.group_system"):
                template.sudo().date_field = "date_conversion"

    def test_templates_and_tracks_say_so(self):
        template = self.forwards.with_user(self.manager)
        self.assertEqual(template.options_text, "Dates follow “Expected Closing”")
        _lead, run = self.start(self.forwards)
        by_seller = run.with_user(self.seller)
        self.assertEqual(by_seller.options_text, "Dates follow “Expected Closing”")
        run.action_unlink_date()
        self.assertFalse(by_seller.options_text)

    # ------------------------------------------------------------------
    # The dialog
    # ------------------------------------------------------------------

    def open_dialog(self, leads, template=None):
        form = Form(
            self.env["track.apply"]
            .with_user(self.seller)
            .with_context(active_model="crm.lead", active_ids=leads.ids)
        )
        form.template_id = template or self.backwards
        return form

    def apply(self, form):
        wizard = form.save()
        action = wizard.action_apply()
        runs = self.env["track.run"].sudo().browse(action["params"]["run_ids"])
        return runs, action["params"]["message"]

    def test_the_dialog_proposes_the_date_and_says_where_it_is_from(self):
        lead = self.make_leads(date_deadline="2026-03-20")
        form = self.open_dialog(lead)
        self.assertEqual(form.end_date, date(2026, 3, 20))
        self.assertFalse(form.needs_date)
        self.assertIn("From “Expected Closing”", form.date_text)
        self.assertEqual(form.preview[0]["date"], "2026-03-15")
        run, _message = self.apply(form)
        self.assertTrue(run.date_linked)
        lead.date_deadline = "2026-03-27"
        self.assertEqual(run.end_date, date(2026, 3, 27))

    def test_a_changed_date_is_not_linked(self):
        lead = self.make_leads(date_deadline="2026-03-20")
        form = self.open_dialog(lead)
        form.end_date = "2026-04-20"
        self.assertEqual(form.date_text, "The date does not follow “Expected Closing”.")
        run, _message = self.apply(form)
        self.assertFalse(run.date_linked)
        self.assertEqual(run.end_date, date(2026, 4, 20))

    def test_with_an_empty_field_the_dialog_asks_for_a_date(self):
        for template, name in (
            (self.backwards, "end_date"),
            (self.forwards, "start_date"),
        ):
            lead = self.make_leads()
            form = self.open_dialog(lead, template)
            self.assertTrue(form.needs_date)
            self.assertFalse(form[name])
            self.assertIn("is empty. Enter a date", form.date_text)
            self.assertFalse(form.warning)
            with self.assertRaises(AssertionError):  # a required field
                form.save()
            form[name] = "2026-04-20"
            run, _message = self.apply(form)
            self.assertEqual(run[name], date(2026, 4, 20))
            self.assertFalse(run.date_linked)

    def test_in_bulk_each_record_has_its_own_date_and_those_without_are_named(self):
        leads = self.make_leads(3, date_deadline="2026-03-20")
        leads[1].date_deadline = "2026-03-27"
        leads[2].date_deadline = False
        form = self.open_dialog(leads)
        self.assertFalse(form.end_date)
        self.assertIn("of each record", form.date_text)
        self.assertIn("Opportunity 3 (“Expected Closing” is empty)", form.warning)
        runs, message = self.apply(form)
        self.assertEqual(
            runs.mapped("end_date"), [date(2026, 3, 20), date(2026, 3, 27)]
        )
        self.assertTrue(all(runs.mapped("date_linked")))
        self.assertIn("Opportunity 3", message)

    @tagged_test(QUERIES)
    def test_to_choose_a_template_with_a_field_costs_no_query_more(self):
        leads = self.make_leads(3, date_deadline="2026-03-20")
        undated = self.backwards.copy({"date_field": False})

        def choose(form, template):
            form.template_id = template
            self.assertEqual(form.end_date, date(2026, 3, 20))

        counts = {}
        for template in (undated, self.backwards) * 2:  # the first fill the caches
            form = self.open_dialog(leads, self.forwards)
            counts[template] = self.count_queries(partial(choose, form, template))
        self.assertLessEqual(counts[self.backwards], counts[undated])

    def test_in_bulk_a_date_is_that_of_all_records(self):
        leads = self.make_leads(2, date_deadline="2026-03-20")
        leads[1].date_deadline = False
        form = self.open_dialog(leads)
        form.end_date = "2026-04-20"
        self.assertFalse(form.warning)
        runs, _message = self.apply(form)
        self.assertEqual(runs.mapped("end_date"), [date(2026, 4, 20)] * 2)
        self.assertFalse(any(runs.mapped("date_linked")))

    def test_a_proposed_date_does_not_stay_with_another_template(self):
        plain = self.make_chain("Call")
        lead = self.make_leads(date_deadline="2026-03-20")
        form = self.open_dialog(lead, self.forwards)
        self.assertEqual(form.start_date, date(2026, 3, 20))
        form.template_id = plain
        self.assertEqual(form.start_date, self.TODAY)
        form.start_date = date(2026, 5, 1)
        form.template_id = self.make_chain("Ask", name="Other")
        self.assertEqual(form.start_date, date(2026, 5, 1))

    def test_a_call_of_the_dialog_without_dates_is_linked(self):
        lead = self.make_leads(date_deadline="2026-03-20")
        for template in (self.forwards, self.backwards):
            wizard = (
                self.env["track.apply"]
                .with_user(self.seller)
                .create(
                    {
                        "res_model": "crm.lead",
                        "res_ids": lead.ids,
                        "template_id": template.id,
                    }
                )
            )
            wizard.action_apply()
        self.assertEqual(lead.track_run_ids.mapped("date_linked"), [True, True])

    # ------------------------------------------------------------------
    # Trials, what comes next, tasks that start tracks
    # ------------------------------------------------------------------

    @users("tracks_seller")
    def test_a_preview_has_the_date_of_the_record(self):
        lead = self.make_leads(date_deadline="2026-03-20")
        template = self.backwards.with_env(self.env)
        rows = template.preview("crm.lead", lead.id)
        self.assertEqual([row["date"] for row in rows], ["2026-03-15", "2026-03-18"])
        rows = template.preview("crm.lead", lead.id, end_date="2026-04-20")
        self.assertEqual(rows[0]["date"], "2026-04-15")
        lead.date_deadline = False
        with self.assertRaisesRegex(UserError, "“Expected Closing” is empty"):
            template.preview("crm.lead", lead.id)
        rows = template.preview("crm.lead", lead.id, end_date="2026-04-20")
        self.assertEqual(rows[0]["warnings"], [])

    def test_the_trial_proposes_the_date_of_the_record(self):
        lead = self.make_leads(date_deadline="2026-03-20")
        trial = Form(
            self.env["track.trial"]
            .with_user(self.manager)
            .with_context(default_template_id=self.backwards.id)
        )
        trial.res_id = lead.id
        self.assertEqual(trial.end_date, date(2026, 3, 20))
        self.assertEqual(trial.preview[0]["date"], "2026-03-15")
        lead.date_deadline = False
        other = self.make_leads()
        trial.res_id = other.id
        self.assertTrue(trial.end_date)
        self.assertFalse(trial.problem)

    def test_what_comes_next_starts_at_once_if_the_field_has_a_date(self):
        first = self.make_template(
            {"summary": "Call"},
            name="First",
            next_template_ids=[Command.set(self.backwards.ids)],
        )
        for day, model in (("2026-03-20", False), (False, "track.apply")):
            lead = self.make_leads(date_deadline=day).with_user(self.seller)
            run = lead.tracks_apply(first)
            self.tick(run, "Call")
            action = run.action_start_next(self.backwards.id)
            self.assertEqual(action.get("res_model", False), model)

    def test_a_task_starts_a_track_that_counts_back_from_a_field(self):
        template = self.make_dated(
            {
                "summary": "Go on",
                "action": "track",
                "next_template_id": self.backwards.id,
            },
            name="First",
            date_field=False,
        )
        lead = self.make_leads(date_deadline="2026-03-20")
        lead.with_user(self.seller).tracks_apply(template)
        self.run_cron()
        run = lead.track_run_ids.filtered(lambda run: run.template_id == self.backwards)
        self.assertEqual(run.end_date, date(2026, 3, 20))
        self.assertTrue(run.date_linked)

    # ------------------------------------------------------------------
    # Server actions
    # ------------------------------------------------------------------

    def make_action(self, template, **values):
        return self.env["ir.actions.server"].create(
            {
                "name": "Apply",
                "model_id": self.lead_model.id,
                "state": "track_apply",
                "track_template_id": template.id,
                **values,
            }
        )

    def run_action(self, action, leads):
        action.with_user(self.seller).with_context(
            active_model="crm.lead", active_ids=leads.ids, active_id=leads[:1].id
        ).sudo().run()

    def test_a_server_action_takes_the_date_of_the_field(self):
        action = self.make_action(self.backwards)
        leads = self.make_leads(2, date_deadline="2026-03-20")
        leads[1].date_deadline = False
        self.run_action(action, leads)
        run = leads[0].track_run_ids
        self.assertEqual(run.end_date, date(2026, 3, 20))
        self.assertTrue(run.date_linked)
        self.assertFalse(leads[1].track_run_ids)
        self.assertIn(
            "did not start: “Expected Closing” is empty",
            leads[1].message_ids[0].preview,
        )

    def test_the_date_of_the_server_action_wins_and_unlinks(self):
        dated_by = self.env["ir.model.fields"]._get("crm.lead", "date_conversion")
        action = self.make_action(
            self.backwards, track_date_field_id=dated_by.id, track_when_running="move"
        )
        lead = self.make_leads(
            date_deadline="2026-03-20", date_conversion="2026-04-20 10:00:00"
        )
        self.run_action(action, lead)
        run = lead.track_run_ids
        self.assertEqual((run.end_date, run.date_linked), (date(2026, 4, 20), False))
        run.with_user(self.seller).action_link_date()
        self.assertEqual(run.end_date, date(2026, 3, 20))
        self.run_action(action, lead)
        self.assertEqual((run.end_date, run.date_linked), (date(2026, 4, 20), False))

    # ------------------------------------------------------------------
    # What the tab shows
    # ------------------------------------------------------------------

    def test_the_tab_shows_the_field(self):
        lead, run = self.start(self.forwards)
        data = self.env["track.run"].with_user(self.seller)
        [tab] = data.get_tab_data("crm.lead", lead.id)["runs"]
        self.assertTrue(tab["date_linked"])
        self.assertEqual(tab["date_field"], "Expected Closing")
        self.assertIn("Dates follow “Expected Closing”", tab["options"])
        run.action_unlink_date()
        [tab] = data.get_tab_data("crm.lead", lead.id)["runs"]
        self.assertFalse(tab["date_linked"])
        self.assertEqual(tab["date_field"], "Expected Closing")
