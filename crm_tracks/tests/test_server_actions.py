from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users

from .common import QUERIES, TracksCase, tagged_test


class ServerActionsCase(TracksCase):
    """Server actions that a settings administrator creates in their form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.make_user(
            "admin", "base.group_system,sales_team.group_sale_manager"
        )
        cls.public = cls.env.ref("base.public_user")
        cls.template = cls.make_chain("Write", "Call")
        cls.leads = cls.make_leads(3)
        cls.lead = cls.leads[0]

    @classmethod
    def make_action(cls, model="crm.lead", **values):
        """A server action that applies the template by default."""
        values = {"name": "By itself", "state": "track_apply", **values}
        if values["state"] == "track_apply":
            values.setdefault("track_template_id", cls.template.id)
        for name in ("track_target_field_id", "track_date_field_id"):
            if isinstance(values.get(name), str):
                field = cls.env["ir.model.fields"]._get(model, values[name])
                values[name] = field.id
        return (
            cls.env["ir.actions.server"]
            .with_user(cls.admin)
            .create({"model_id": cls.env["ir.model"]._get_id(model), **values})
        )

    def run_action(self, action, records, user=None, sudo=False):
        """Run an action from the action menu; in sudo, as automation rules do."""
        env = self.env(user=user or self.seller, su=sudo)
        return (
            action.with_env(env)
            .with_context(
                active_model=records._name,
                active_ids=records.ids,
                active_id=records[:1].id,
            )
            .run()
        )

    def get_notes(self, record):
        """The texts in the chatter of this record, the newest first."""
        return record.sudo().message_ids.mapped("preview")

    def get_log(self, action):
        """The log of this action, the newest first."""
        domain = action._get_track_log_domain()
        return self.env["ir.logging"].search(domain).mapped("message")


@tagged("post_install", "-at_install")
class TestServerActions(ServerActionsCase):
    """Server actions start and stop tracks."""

    def test_it_applies_the_track_as_the_person_who_runs_it(self):
        result = self.run_action(self.make_action(), self.lead)
        self.assertEqual(result["params"]["type"], "success")
        self.assertEqual(result["params"]["message"], "1 track updated.")
        result = self.run_action(self.make_action(), self.leads)
        self.assertEqual(result["params"]["message"], "2 updated, 1 unchanged.")
        run = self.lead.track_run_ids
        self.assertEqual(run.template_id, self.template)
        self.assertEqual(run.user_id, self.seller)
        self.assertTasks(
            run, [("Write", "open", "2026-03-04"), ("Call", "waiting", None)]
        )

    def test_many_records_are_one_batch(self):
        calls = []
        apply = type(self.lead).tracks_apply

        def counted(records, *args, **kwargs):
            calls.append(len(records))
            return apply(records, *args, **kwargs)

        with patch.object(type(self.lead), "tracks_apply", counted):
            self.run_action(self.make_action(), self.leads)
        self.assertEqual(calls, [3])
        self.assertEqual(len(self.leads.track_run_ids), 3)

    @tagged_test(QUERIES)
    def test_what_one_more_record_costs_stays_the_same(self):
        action = self.make_action()

        def count(number):
            leads = self.make_leads(number)
            return self.count_queries(lambda: self.run_action(action, leads))

        count(1)
        few, more, many = count(5), count(25), count(45)
        self.assertAlmostEqual(many - more, more - few, delta=6)
        self.assertLess((many - few) / 40, 3)

    def test_on_its_form_its_name_says_what_it_does(self):
        Action = self.env["ir.actions.server"].with_user(self.admin)
        with Form(Action.with_context(default_name=False)) as form:
            form.model_id = self.env["ir.model"]._get("crm.lead")
            form.state = "track_apply"
            form.track_template_id = self.template
            self.assertEqual(form.name, "Apply “Sales follow-through”")
            form.state = "track_stop"
            self.assertEqual(form.name, "Stop Tracks")

    def test_in_several_actions(self):
        other = self.make_chain("Ask", name="Other")
        multi = self.make_action(
            state="multi",
            child_ids=[
                Command.create(
                    {
                        "name": template.name,
                        "model_id": self.env["ir.model"]._get_id("crm.lead"),
                        "state": "track_apply",
                        "track_template_id": template.id,
                    }
                )
                for template in (self.template, other)
            ],
        )
        self.run_action(multi, self.leads)
        for lead in self.leads:
            self.assertEqual(lead.track_run_ids.template_id, self.template + other)

    # ------------------------------------------------------------------
    # Dates, and running tracks
    # ------------------------------------------------------------------

    def test_dated_by_a_field_of_the_record(self):
        self.leads[0].date_deadline = "2026-04-10"
        self.leads[1:].date_deadline = "2026-05-10"
        template = self.make_template(
            {"summary": "Invite", "delay_from": "end", "delay_count": 5},
            direction="end",
        )
        self.run_action(
            self.make_action(
                track_template_id=template.id, track_date_field_id="date_deadline"
            ),
            self.leads,
        )
        self.assertEqual(
            self.leads.track_run_ids.line_ids.mapped("date_deadline"),
            [date(2026, 4, 5), date(2026, 5, 5), date(2026, 5, 5)],
        )

    def test_without_the_date_of_one_record_the_others_start(self):
        self.leads[1:].date_deadline = "2026-05-10"
        action = self.make_action(track_date_field_id="date_deadline")
        result = self.run_action(action, self.leads)
        self.assertFalse(self.lead.track_run_ids)
        self.assertEqual(
            self.leads[1:].track_run_ids.mapped("start_date"), [date(2026, 5, 10)] * 2
        )
        self.assertIn("“Expected Closing” is empty", self.get_notes(self.lead)[0])
        self.assertIn("“Expected Closing” is empty", self.get_log(action)[0])
        self.assertEqual(result["tag"], "display_notification")
        self.assertIn(self.lead.name, result["params"]["message"])

    def test_a_moment_counts_as_the_day_it_is_for_the_person(self):
        self.lead.date_open = "2026-03-09 23:30:00"
        self.run_action(self.make_action(track_date_field_id="date_open"), self.lead)
        self.assertEqual(self.lead.track_run_ids.start_date, date(2026, 3, 10))

    def test_a_track_that_runs_is_left_alone(self):
        run = self.lead.with_user(self.seller).tracks_apply(self.template)
        action = self.make_action()
        result = self.run_action(action, self.leads)
        self.assertEqual(result["params"]["message"], "2 updated, 1 unchanged.")
        self.assertEqual(self.lead.track_run_ids, run)
        self.assertEqual(len(self.leads[1:].track_run_ids), 2)
        self.assertFalse(self.get_log(action))

    def test_a_paused_track_is_left_alone_and_a_stopped_one_is_not(self):
        for act, count in (("action_pause", 1), ("action_stop", 2)):
            with self.subTest(act):
                lead = self.make_leads()
                getattr(lead.with_user(self.seller).tracks_apply(self.template), act)()
                self.run_action(self.make_action(), lead)
                self.assertEqual(len(lead.track_run_ids), count)

    def test_another_one_is_started_beside_it(self):
        action = self.make_action(track_when_running="add")
        for _turn in range(2):
            self.run_action(action, self.lead)
        self.assertEqual(self.lead.track_run_ids.mapped("state"), ["running"] * 2)

    def test_it_is_stopped_and_started_anew(self):
        self.template.one_per_record = True
        action = self.make_action(track_when_running="replace")
        for _turn in range(2):
            self.run_action(action, self.lead)
        new, old = self.lead.track_run_ids
        self.assertEqual([old.state, new.state], ["stopped", "running"])
        self.assertEqual(old.stop_reason, "Started again.")
        self.assertEqual(len(self.lead.activity_ids), 1)

    def test_nothing_is_stopped_where_the_new_one_cannot_start(self):
        action = self.make_action(track_when_running="replace")
        runs = self.leads.with_user(self.seller).tracks_apply(self.template)
        self.template.company_id = self.company
        self.lead.write({"user_id": False, "team_id": False})
        self.lead.company_id = self.company_2
        user = self.make_user(
            "both",
            "sales_team.group_sale_salesman_all_leads",
            company_ids=[Command.set((self.company + self.company_2).ids)],
        )
        self.run_action(
            action.with_context(allowed_company_ids=user.company_ids.ids),
            self.leads,
            user,
        )
        states = runs.sudo().mapped("state")
        self.assertEqual(states, ["running", "stopped", "stopped"])
        self.assertEqual(self.lead.track_run_ids, runs[0])
        self.assertIn("another company", self.get_notes(self.lead)[0])
        self.assertNotIn(self.template.name, self.get_notes(self.lead)[0])

    def test_it_is_moved_to_the_new_date(self):
        template = self.make_template(
            {"summary": "Invite", "delay_from": "end", "delay_count": 10},
            {"summary": "Order", "delay_from": "end", "delay_count": 5},
            direction="end",
        )
        action = self.make_action(
            track_template_id=template.id,
            track_date_field_id="date_deadline",
            track_when_running="move",
        )
        self.lead.date_deadline = "2026-04-20"
        self.run_action(action, self.lead)
        run = self.lead.track_run_ids
        self.get_task(run, "Order").with_user(self.seller).date_deadline = "2026-04-01"
        self.lead.date_deadline = "2026-05-20"
        self.run_action(action, self.lead)
        self.assertEqual(self.lead.track_run_ids, run)
        self.assertEqual(run.end_date, date(2026, 5, 20))
        self.assertTasks(
            run, [("Invite", "open", "2026-05-10"), ("Order", "open", "2026-04-01")]
        )

    # ------------------------------------------------------------------
    # A related record
    # ------------------------------------------------------------------

    def test_applied_to_the_customer_and_only_once(self):
        partner = self.env["res.partner"].create({"name": "Wood Corner"})
        self.leads.partner_id = partner
        action = self.make_action(track_target_field_id="partner_id")
        self.run_action(action, self.leads, self.manager)
        self.assertEqual(len(partner.track_run_ids), 1)
        self.assertFalse(self.leads.track_run_ids)

    def test_a_record_without_a_customer_says_so(self):
        action = self.make_action(track_target_field_id="partner_id")
        self.run_action(action, self.lead)
        label = action.track_target_field_id.field_description
        self.assertIn(f"“{label}” is empty", self.get_notes(self.lead)[0])

    def test_an_action_on_tracks_means_their_record(self):
        run = self.lead.with_user(self.seller).tracks_apply(
            self.make_chain("Ask", name="First")
        )
        action = self.make_action("track.run")
        self.assertEqual(action.track_target_field_id.name, "res_id")
        self.run_action(action, run)
        self.assertIn(self.template, self.lead.track_run_ids.template_id)

    # ------------------------------------------------------------------
    # Stopping
    # ------------------------------------------------------------------

    def test_it_stops_every_track_of_the_record_with_its_reason(self):
        other = self.make_chain("Ask", name="Other")
        runs = self.leads.with_user(self.seller).tracks_apply(self.template)
        runs += self.lead.with_user(self.seller).tracks_apply(other)
        runs[1].action_pause()
        action = self.make_action(state="track_stop", track_stop_reason="They paid.")
        result = self.run_action(action, self.leads)
        self.assertEqual(result["params"]["message"], "4 tracks updated.")
        self.assertEqual(set(runs.mapped("state")), {"stopped"})
        self.assertEqual(set(runs.mapped("stop_reason")), {"They paid."})
        self.assertFalse(self.leads.activity_ids)

    def test_it_stops_only_the_tracks_named(self):
        other = self.make_chain("Ask", name="Other")
        stays = self.lead.with_user(self.seller).tracks_apply(other)
        goes = self.lead.with_user(self.seller).tracks_apply(self.template)
        action = self.make_action(
            state="track_stop",
            track_stop_template_ids=[Command.set(self.template.ids)],
        )
        self.run_action(action, self.lead)
        self.assertEqual([stays.state, goes.state], ["running", "stopped"])

    # ------------------------------------------------------------------
    # Bad input
    # ------------------------------------------------------------------

    def assertRefused(self, sentence, **values):
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            self.make_action(**values)
        self.assertIn(sentence, str(caught.exception))

    def test_what_cannot_work_is_refused_when_it_is_saved(self):
        ending = self.make_template(
            {"summary": "Invite", "delay_from": "end"}, direction="end", name="Back"
        )
        once = self.make_chain("Ask", name="Once", one_per_record=True)
        elsewhere = self.make_chain(
            "Ask",
            name="Elsewhere",
            res_model_ids=[
                Command.link(self.env["ir.model"]._get_id("res.partner")),
            ],
        )
        archived = self.make_chain("Ask", name="Archived", active=False)
        self.assertRefused("has no track template", track_template_id=False)
        self.assertRefused("is archived", track_template_id=archived.id)
        self.assertRefused("does not apply to", track_template_id=elsewhere.id)
        self.assertRefused("Dated By", track_template_id=ending.id)
        self.assertRefused("Dated By", track_when_running="move")
        self.assertRefused(
            "only once", track_template_id=once.id, track_when_running="add"
        )
        self.assertRefused(
            "does not support activities", track_target_field_id="company_id"
        )
        self.assertRefused(
            "is not a date of",
            track_date_field_id=self.env["ir.model.fields"]
            ._get("res.partner", "create_date")
            .id,
        )
        self.assertRefused("is not a date of", track_date_field_id="name")
        self.assertRefused("does not support activities", model="res.company")
        self.assertRefused("cannot be assigned", track_user_id=self.portal.id)
        self.assertRefused("cannot be assigned", track_user_id=self.env.uid)

    def test_the_template_must_fit_the_record_that_gets_it(self):
        partner_model = self.env["ir.model"]._get_id("res.partner")
        template = self.make_chain("Ask", res_model_ids=[Command.link(partner_model)])
        action = self.make_action(
            track_template_id=template.id, track_target_field_id="partner_id"
        )
        self.assertEqual(action.track_template_id, template)

    def test_another_model_forgets_the_fields_of_the_first(self):
        action = self.make_action(
            track_target_field_id="partner_id", track_date_field_id="date_deadline"
        )
        action.model_id = self.env["ir.model"]._get_id("res.partner")
        self.assertFalse(action.track_target_field_id)
        self.assertFalse(action.track_date_field_id)

    @users("tracks_manager")
    def test_only_settings_administrators_make_them(self):
        with self.assertRaises(AccessError):
            self.env["ir.actions.server"].create(
                {
                    "model_id": self.env["ir.model"].sudo()._get_id("crm.lead"),
                    "state": "track_apply",
                    "track_template_id": self.template.id,
                }
            )
