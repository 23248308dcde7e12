from datetime import date, datetime

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged, users

from .common import TracksCase


@tagged("post_install", "-at_install")
class TestApply(TracksCase):
    """Applying a template creates a track with its tasks."""

    @users("tracks_seller")
    def test_applying_copies_every_task_and_opens_those_with_a_date(self):
        template = self.make_template(
            {
                "summary": "Write",
                "note": "<p>Be brief</p>",
                "activity_type_id": self.type_todo.id,
            },
            {"summary": "Call", "delay_from": "previous", "delay_count": 2},
            {"summary": "Review", "delay_count": 1, "delay_unit": "months"},
        )
        lead = self.make_leads().with_env(self.env)
        run = lead.tracks_apply(template)
        self.assertEqual(run, lead.track_run_ids)
        self.assertEqual(run.name, "Sales follow-through")
        self.assertEqual(run.template_id.id, template.id)
        self.assertEqual((run.res_model, run.res_id), ("crm.lead", lead.id))
        self.assertEqual(run.res_name, lead.name)
        self.assertEqual(run.state, "running")
        self.assertEqual(run.start_date, self.TODAY)
        self.assertEqual(run.user_id, self.env.user)
        self.assertTasks(
            run,
            [
                ("Write", "open", "2026-03-04"),
                ("Call", "waiting", None),
                ("Review", "open", "2026-04-04"),
            ],
        )
        write = self.get_task(run, "Write")
        self.assertActivityFollows(write)
        self.assertEqual(write.activity_id.note, write.note)
        self.assertEqual(write.activity_id.activity_type_id, self.type_todo)
        self.assertEqual(write.line_id, template.line_ids[0])
        self.assertFalse(self.get_task(run, "Call").activity_id)
        self.assertEqual(self.get_task(run, "Call").due_text, "2 days after “Write”")
        self.assertEqual(lead.activity_ids, run.sudo().line_ids.activity_id)

    def test_a_task_takes_the_texts_of_its_activity_type_where_it_has_none(self):
        kind = self.env["mail.activity.type"].create(
            {"name": "Visit", "summary": "Visit them", "default_note": "<p>Ring</p>"}
        )
        template = self.make_template(
            {"activity_type_id": kind.id},
            {"activity_type_id": kind.id, "summary": "Go", "note": "<p>Walk</p>"},
        )
        run = self.make_leads().with_user(self.seller).tracks_apply(template)
        activities = run.sudo().line_ids.activity_ids
        self.assertEqual(activities.mapped("summary"), ["Visit them", "Go"])
        self.assertEqual(activities.mapped("note"), ["<p>Ring</p>", "<p>Walk</p>"])

    def test_a_track_has_a_name(self):
        lead = self.make_leads().with_user(self.seller)
        run = lead.tracks_apply(self.make_chain("Write"), name="  ")
        self.assertEqual(run.name, "Sales follow-through")
        run.name = "Renamed"
        for name in ("", "  "):
            with self.assertRaisesRegex(ValidationError, "name"):
                run.name = name

    def test_a_moment_given_as_a_date_is_the_day_in_the_user_s_time_zone(self):
        lead = self.make_leads().with_user(self.seller)
        run = lead.tracks_apply(
            self.make_chain("Write"), start_date=datetime(2026, 3, 31, 23, 30)
        )
        self.assertEqual(run.start_date, date(2026, 4, 1))

    @users("tracks_seller")
    def test_dates_may_lie_in_the_past(self):
        template = self.make_template({"summary": "Write", "delay_count": 3})
        run = self.make_leads().with_env(self.env).tracks_apply(template, "2026-01-01")
        self.assertTasks(run, [("Write", "open", "2026-01-04")])
        self.assertEqual(run.start_date, date(2026, 1, 1))

    @users("tracks_seller")
    def test_a_template_counts_back_from_an_end_date(self):
        template = self.make_template(
            {
                "summary": "Book",
                "delay_from": "end",
                "delay_count": 1,
                "delay_unit": "months",
            },
            {
                "summary": "Invite",
                "delay_from": "end",
                "delay_count": 1,
                "delay_unit": "weekdays",
            },
            {"summary": "Greet", "delay_from": "end"},
            direction="end",
            name="Trade fair",
        )
        run = (
            self.make_leads()
            .with_env(self.env)
            .tracks_apply(template.id, end_date="2026-03-30")
        )
        self.assertEqual(run.end_date, date(2026, 3, 30))
        self.assertEqual(run.direction, "end")
        self.assertTasks(
            run,
            [
                ("Book", "open", "2026-02-28"),
                ("Invite", "open", "2026-03-27"),
                ("Greet", "open", "2026-03-30"),
            ],
        )

    def test_an_end_date_template_s_display_name_ends_in_an_ellipsis(self):
        forwards = self.make_chain("Write", name="Sales")
        backwards = self.make_template(
            {"summary": "Book", "delay_from": "end"}, direction="end", name="Trade fair"
        )
        self.assertEqual(forwards.display_name, "Sales")
        self.assertEqual(backwards.display_name, "Trade fair …")
        offered = self.env["track.template"].with_user(self.seller).name_search("Trade")
        self.assertIn((backwards.id, "Trade fair …"), offered)

    @users("tracks_seller")
    def test_several_records_get_a_track_each(self):
        leads = self.make_leads(3).with_env(self.env)
        runs = leads.tracks_apply(self.make_chain("Write", "Call"), name="Mine")
        self.assertEqual(runs.mapped("res_id"), leads.ids)
        self.assertEqual(runs.mapped("name"), ["Mine"] * 3)
        for run in runs:
            self.assertTasks(
                run, [("Write", "open", "2026-03-04"), ("Call", "waiting", None)]
            )

    @users("tracks_seller")
    def test_the_same_template_may_run_twice_on_a_record(self):
        lead = self.make_leads().with_env(self.env)
        template = self.make_chain("Write")
        runs = lead.tracks_apply(template) + lead.tracks_apply(template)
        self.assertEqual(runs.mapped("state"), ["running", "running"])
        self.assertEqual(lead.track_run_ids, runs.sorted("id", reverse=True))

    @users("tracks_seller")
    def test_applying_leaves_one_note_and_notifies_nobody(self):
        leads = self.make_leads(2, user=self.seller_2)
        leads.user_id = False  # a salesperson may change records without an owner
        leads = leads.with_env(self.env)
        leads.message_subscribe(self.seller_2.partner_id.ids)
        before = leads.message_ids
        template = self.make_chain("Write", "Call")
        leads.tracks_apply(template)
        for lead in leads:
            note = lead.message_ids - before
            self.assertEqual(len(note), 1)
            self.assertIn("Sales follow-through", note.body)
            self.assertEqual(note.author_id, self.seller.partner_id)
            self.assertFalse(note.sudo().notification_ids)

    def test_changing_a_template_changes_only_later_tracks(self):
        template = self.make_chain("Write", "Call", "Meet")
        leads = self.make_leads(2)
        run = leads[0].with_user(self.seller).tracks_apply(template)
        template.name = "Renamed"
        template.line_ids[1].write({"summary": "Phone", "delay_count": 9})
        template.line_ids[2].unlink()
        self.assertEqual(run.name, "Sales follow-through")
        self.tick(run, "Write")
        self.assertTasks(
            run,
            [
                ("Write", "done", "2026-03-04"),
                ("Call", "open", "2026-03-06"),
                ("Meet", "waiting", None),
            ],
        )
        later = leads[1].with_user(self.seller).tracks_apply(template)
        self.assertTasks(
            later, [("Write", "open", "2026-03-04"), ("Phone", "waiting", None)]
        )

    def test_a_track_outlives_its_template(self):
        template = self.make_chain("Write", "Call")
        runs = self.make_leads(2).with_user(self.seller).tracks_apply(template)
        template.active = False
        self.tick(runs[0], "Write")
        template.unlink()
        self.tick(runs[1], "Write")
        for run in runs:
            self.assertFalse(run.template_id)
            self.assertEqual(self.get_task(run, "Call").state, "open")

    def test_a_template_whose_last_model_goes_is_archived_not_offered_for_all(self):
        model = self.env["ir.model"].create(
            {
                "name": "Toy",
                "model": "x_toy",
                "is_mail_thread": True,
                "is_mail_activity": True,
            }
        )
        lead_model = self.env["ir.model"]._get("crm.lead")
        only = self.make_chain("A", res_model_ids=[Command.set(model.ids)])
        both = self.make_chain(
            "B", res_model_ids=[Command.set((model + lead_model).ids)]
        )
        everything = self.make_chain("C")
        model.unlink()
        self.assertEqual(
            (only + both + everything).mapped("active"), [False, True, True]
        )
        self.assertEqual(both.res_model_ids, lead_model)

    def test_any_model_with_activities_can_have_tracks(self):
        partner = self.env["res.partner"].create({"name": "Le Club"})
        self.env["track.template"].search([]).active = False
        template = self.make_chain("Welcome", "Ask back")
        run = partner.with_user(self.manager).tracks_apply(template)
        self.assertEqual(run.res_name, "Le Club")
        # the contact has no owner, so the starter is assigned
        self.assertEqual(self.get_task(run, "Welcome").user_id, self.manager)
        self.tick(run, "Welcome")
        self.assertEqual(partner.activity_ids.summary, "Ask back")

    def test_templates_are_offered_where_they_apply(self):
        self.env["track.template"].search([]).active = False
        lead_model = self.env["ir.model"]._get("crm.lead")
        partner_model = self.env["ir.model"]._get("res.partner")
        for_leads = self.make_chain(
            "A", name="A", res_model_ids=[Command.set(lead_model.ids)]
        )
        self.make_chain("B", name="B", res_model_ids=[Command.set(partner_model.ids)])
        for_all = self.make_chain("C", name="C")
        self.make_template(name="Empty")
        self.make_chain("D", name="D", company_id=self.company_2.id)
        Template = self.env["track.template"].with_user(self.seller)
        lead = self.make_leads().with_user(self.seller)
        self.assertEqual(Template._search_applicable(lead), for_leads + for_all)

    def test_deleting_the_record_deletes_its_tracks(self):
        leads = self.make_leads(2)
        runs = leads.with_user(self.seller).tracks_apply(
            self.make_chain("Write", "Call")
        )
        tasks = runs.sudo().line_ids
        activities = tasks.activity_id
        leads[0].unlink()
        self.assertEqual(runs.sudo().exists(), runs[1])
        self.assertEqual(tasks.exists().run_id, runs[1].sudo())
        self.assertEqual(activities.exists().res_id, leads[1].id)

    def test_a_record_that_may_not_be_deleted_keeps_its_tracks(self):
        lead = self.make_leads()
        run = lead.with_user(self.seller).tracks_apply(self.make_chain("Write"))
        with self.assertRaises(UserError):
            lead.with_user(self.seller).unlink()
        self.assertTasks(run, [("Write", "open", "2026-03-04")])

    @users("tracks_seller")
    def test_copying_a_record_does_not_copy_its_tracks(self):
        lead = self.make_leads().with_env(self.env)
        lead.tracks_apply(self.make_chain("Write"))
        # sudo: other addons add fields that a salesperson may not copy (event_crm)
        self.assertFalse(lead.sudo().copy().track_run_ids)

    @users("tracks_seller")
    def test_converting_a_lead_keeps_its_tracks(self):
        lead = self.make_leads(type="lead").with_env(self.env)
        run = lead.tracks_apply(self.make_chain("Write", "Call"))
        lead.convert_opportunity(self.env["res.partner"])
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.track_run_ids, run)
        self.tick(run, "Write")
        self.assertEqual(self.get_task(run, "Call").state, "open")

    def test_merging_leads_takes_the_tracks_along(self):
        leads = self.make_leads(2)
        runs = leads.with_user(self.seller).tracks_apply(
            self.make_chain("Write", "Call")
        )
        activities = runs.sudo().line_ids.activity_id
        survivor = leads.with_user(self.manager).merge_opportunity()
        self.assertEqual(survivor.track_run_ids.sorted("id"), runs)
        self.assertEqual(activities.exists(), activities)
        self.assertEqual(set(activities.mapped("res_id")), {survivor.id})
        for run in runs:
            self.tick(run, "Write")
            self.assertActivityFollows(self.get_task(run, "Call"))

    def test_a_template_that_runs_on_both_merged_leads_runs_twice_and_says_so(self):
        leads = self.make_leads(3)
        template = self.make_chain("Write", one_per_record=True)
        runs = leads.with_user(self.seller).tracks_apply(template)
        runs[2].action_stop()
        survivor = leads.with_user(self.manager).merge_opportunity()
        self.assertEqual(survivor.track_run_ids.sorted("id"), runs)
        self.assertEqual(runs.mapped("state"), ["running", "running", "stopped"])
        notes = survivor.message_ids.filtered(lambda note: "runs twice" in note.body)
        self.assertEqual(len(notes), 1)

    def test_merging_contacts_takes_their_tracks_along(self):
        partners = self.env["res.partner"].create([{"name": "A"}, {"name": "B"}])
        runs = partners.with_user(self.manager).tracks_apply(
            self.make_chain("Write", "Call")
        )
        runs[0].sudo()._pause()
        activities = runs.sudo().line_ids.activity_ids
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge(partners.ids, partners[1])
        self.assertEqual(runs.sudo().exists(), runs.sudo())
        self.assertEqual(set(runs.sudo().mapped("res_id")), {partners[1].id})
        self.assertEqual(set(activities.mapped("res_id")), {partners[1].id})
        self.assertEqual(activities.mapped("muted"), [True, False])

    @users("tracks_seller")
    def test_an_activity_shows_up_ahead_of_its_day_by_the_cron(self):
        template = self.make_template(
            {"summary": "Soon", "delay_count": 3},
            {"summary": "Later", "delay_count": 10},
            activity_creation="ahead",
            ahead_days=3,
        )
        leads = self.make_leads(3).with_env(self.env)
        runs = leads.tracks_apply(template)
        # editing the template does not change running tracks
        template.sudo().ahead_days = 30
        for run in runs:
            self.assertTasks(
                run,
                [("Soon", "open", "2026-03-07"), ("Later", "planned", "2026-03-14")],
            )
        with self.at("2026-03-10 10:00:00"):
            self.run_cron()
            self.assertEqual(self.get_task(runs[0], "Later").state, "planned")
        self.patch(type(self.env["track.run"]), "_CRON_BATCH", 2)
        with self.at("2026-03-11 10:00:00"):
            self.run_cron()
            self.run_cron()
        for run in runs:
            later = self.get_task(run, "Later")
            self.assertActivityFollows(later)
            self.assertEqual(later.user_id, self.env.user)

    @users("tracks_seller")
    def test_the_wizard_applies_to_a_record_and_leaves_out_what_is_in_the_way(self):
        template = self.make_chain("Write", one_per_record=True)
        own = self.make_leads(2).with_env(self.env)
        own[0].tracks_apply(template)
        wizard = Form(
            self.env["track.apply"].with_context(
                active_model="crm.lead", active_ids=own.ids, active_id=own[0].id
            )
        )
        self.assertEqual(wizard.record_count, 2)
        wizard.template_id = template
        self.assertIn(own[0].name, str(wizard.warning))
        self.assertEqual(wizard.applicable_count, 1)
        wizard.name = "Called so"
        action = wizard.save().action_apply()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn(own[0].name, action["params"]["message"])
        self.assertEqual(own.mapped(lambda lead: len(lead.track_run_ids)), [1, 1])
        self.assertEqual(own[1].track_run_ids.name, "Called so")

    @users("tracks_seller")
    def test_the_wizard_warns_where_the_track_runs_already_and_applies_it(self):
        template = self.make_chain("Write")
        lead = self.make_leads().with_env(self.env)
        lead.tracks_apply(template)
        wizard = Form(
            self.env["track.apply"].with_context(
                active_model="crm.lead", active_ids=lead.ids
            )
        )
        wizard.template_id = template
        self.assertIn("already running", str(wizard.warning))
        wizard.save().action_apply()
        self.assertEqual(len(lead.track_run_ids), 2)

    @users("tracks_seller")
    def test_the_wizard_asks_for_an_end_date_where_the_template_needs_one(self):
        template = self.make_template(
            {"summary": "Book", "delay_from": "end", "delay_count": 2}, direction="end"
        )
        lead = self.make_leads().with_env(self.env)
        wizard = Form(
            self.env["track.apply"].with_context(
                default_res_model="crm.lead", default_res_ids=lead.ids
            )
        )
        wizard.template_id = template
        with self.assertRaisesRegex(AssertionError, "end_date is a required field"):
            wizard.save()
        wizard.end_date = "2026-03-30"
        wizard.save().action_apply()
        self.assertTasks(lead.track_run_ids, [("Book", "open", "2026-03-28")])
