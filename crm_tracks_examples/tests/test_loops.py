from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_tracks.tests.common import TracksCase

CRON = "odoo.addons.crm_tracks.models.automation.cron"


@tagged("post_install", "-at_install")
class TestLoops(TracksCase):
    """Tracks that start each other through automation rules do not loop."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls.env["ir.model"]._get("crm.lead")
        cls.stages = cls.env["crm.stage"].create([{"name": "X"}, {"name": "Y"}])
        cls.stage_x, cls.stage_y = cls.stages
        cls.mail_template = cls.env["mail.template"].create(
            {
                "name": "Offer",
                "model_id": cls.model.id,
                "subject": "Our offer",
                "body_html": "<p>Here it is.</p>",
                "email_to": "{{ object.email_from }}",
            }
        )

    @classmethod
    def make_stage_template(cls, name, stage, *before, **values):
        """A template whose last task moves the opportunity to a stage."""
        move = {
            "action": "update",
            "update_ids": [
                Command.create({"field_name": "stage_id", "value": str(stage.id)})
            ],
        }
        return cls.make_template(
            *before, move, name=name, res_model_ids=cls.model.ids, **values
        )

    def make_rule(self, template, trigger="on_stage_set", stage=None, **action):
        values = {"trg_field_ref": stage.id} if stage else {}
        return self.env["base.automation"].create(
            {
                "name": f"Apply {template.name}",
                "model_id": self.model.id,
                "trigger": trigger,
                "action_server_ids": [
                    Command.create(
                        {
                            "name": f"Apply {template.name}",
                            "model_id": self.model.id,
                            "state": "track_apply",
                            "track_template_id": template.id,
                            **action,
                        }
                    )
                ],
                **values,
            }
        )

    def make_ring(self, *before, **action):
        """Stage X starts A, which moves to Y; stage Y starts B, which moves to X."""
        template_a = self.make_stage_template("A", self.stage_y, *before)
        template_b = self.make_stage_template("B", self.stage_x)
        rule_a = self.make_rule(template_a, stage=self.stage_x, **action)
        self.make_rule(template_b, stage=self.stage_y, **action)
        return template_a, template_b, rule_a

    @mute_logger(CRON)
    def run_for_days(self, days=4):
        """The cron runs several times on each of these days."""
        for day in range(days):
            with self.at(f"2026-03-{4 + day:02} 12:00:00"):
                for _time in range(8):
                    self.run_cron()

    def get_runs(self, record):
        return record.sudo().track_run_ids.sorted("id")

    def get_notes(self, record):
        return [text for text in record.sudo().message_ids.mapped("preview") if text]

    # ------------------------------------------------------------------
    # The loops
    # ------------------------------------------------------------------

    def test_two_rules_whose_tracks_set_each_other_s_stage_end(self):
        *_templates, rule = self.make_ring()
        leads = self.make_leads(3)
        leads[0].with_user(self.seller).stage_id = self.stage_x
        self.run_for_days()
        runs = self.get_runs(leads[0])
        self.assertEqual(runs.mapped("name"), ["A", "B"])
        self.assertEqual(runs.mapped("generation"), [0, 1])
        self.assertEqual(runs.mapped("origin_id"), runs[0])
        self.assertEqual(runs.mapped("state"), ["done", "done"])
        self.assertEqual(leads[0].stage_id, self.stage_x)
        # noted once on the record, and on the action
        notes = [note for note in self.get_notes(leads[0]) if "without end" in note]
        self.assertEqual(len(notes), 1)
        self.assertIn("“A” did not start", notes[0])
        self.assertIn("without end", rule.action_server_ids.track_problem)

    def test_the_customer_gets_one_mail_of_it(self):
        mail = {"action": "email", "mail_template_id": self.mail_template.id}
        self.make_ring(mail)
        lead = self.make_leads(email_from="customer@tracks.example")
        lead.with_user(self.seller).stage_id = self.stage_x
        self.run_for_days()
        mails = lead.message_ids.filtered(lambda mail: mail.subject == "Our offer")
        self.assertEqual(len(mails), 1)

    def test_a_rule_and_a_track_that_starts_another_end(self):
        template_b = self.make_stage_template("B", self.stage_x)
        template_a = self.make_template(
            {"action": "track", "next_template_id": template_b.id},
            name="A",
            res_model_ids=self.model.ids,
        )
        self.make_rule(template_a, stage=self.stage_x)
        lead = self.make_leads()
        lead.with_user(self.seller).write({"stage_id": self.stage_x.id})
        lead.stage_id = self.stage_y
        self.run_for_days()
        self.assertEqual(self.get_runs(lead).mapped("name"), ["A", "B"])
        self.assertEqual(lead.stage_id, self.stage_x)

    def test_one_rule_that_adds_or_replaces_ends(self):
        for how in ("add", "replace"):
            with self.subTest(how=how):
                template = self.make_stage_template(f"Track to {how}", self.stage_y)
                move = self.make_stage_template("Back", self.stage_x).line_ids
                move.copy({"template_id": template.id, "sequence": 99})
                rule = self.make_rule(
                    template, stage=self.stage_x, track_when_running=how
                )
                lead = self.make_leads()
                lead.with_user(self.seller).stage_id = self.stage_x
                self.run_for_days()
                self.assertEqual(lead.stage_id, self.stage_x)
                self.assertEqual(self.get_runs(lead).mapped("generation"), [0])
                self.assertIn("without end", rule.action_server_ids.track_problem)
                rule.active = False

    def test_a_chain_that_starts_each_next_one_twice_does_not_double(self):
        template = self.make_template({"summary": "Last"}, name="Link 0")
        for number in range(1, 13):
            template = self.make_template(
                {"action": "track", "next_template_id": template.id},
                {"action": "track", "next_template_id": template.id},
                name=f"Link {number}",
            )
        run = self.make_leads().with_user(self.seller).tracks_apply(template)
        self.run_for_days()
        lead = self.env["crm.lead"].browse(run.res_id)
        runs = self.get_runs(lead)
        self.assertEqual(runs.mapped("generation"), list(range(9)))
        failed = runs.line_ids.filtered(lambda task: task.state == "failed")
        self.assertTrue(all("without end" in task.error for task in failed))
        self.assertFalse(any(failed.mapped("date_retry")), "nothing tries them again")

    def test_records_made_by_tracks_end(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Make a lead",
                "model_id": self.model.id,
                "state": "code",
                "code": "env['crm.lead'].create({'name': 'Endless',"
                " 'user_id': record.user_id.id})",
            }
        )
        template = self.make_template(
            {"action": "server_action", "server_action_id": action.id},
            name="Endless",
            res_model_ids=self.model.ids,
        )
        self.make_rule(template, trigger="on_create")
        self.make_leads(name="Endless")
        self.run_for_days()
        leads = self.env["crm.lead"].search([("name", "=", "Endless")], order="id")
        self.assertEqual(len(leads), 10)
        self.assertEqual(
            leads.track_run_ids.sorted("id").mapped("generation"), list(range(9))
        )

    def test_a_track_has_no_more_than_so_many_descendants(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Make leads",
                "model_id": self.model.id,
                "state": "code",
                "code": "env['crm.lead'].create([{'name': 'Many',"
                " 'user_id': record.user_id.id} for _number in range(5)])",
            }
        )
        template = self.make_template(
            {"action": "server_action", "server_action_id": action.id},
            name="Many",
            res_model_ids=self.model.ids,
        )
        self.make_rule(template, trigger="on_create")
        Run = type(self.env["track.run"])
        with patch.object(Run, "_MAX_STARTED", 12):
            self.make_leads(name="Many")
            self.run_for_days(2)
        self.assertEqual(len(template.run_ids), 13)

    def test_activities_that_start_tracks_that_make_activities_end(self):
        template = self.make_chain("Call", name="Loop")
        Rule = self.env["base.automation"]
        model = self.env["ir.model"]._get("mail.activity")
        field = self.env["ir.model.fields"]._get("mail.activity", "res_id")
        Rule.create(
            {
                "name": "Each activity starts a track",
                "model_id": model.id,
                "trigger": "on_create",
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "Apply Loop",
                            "model_id": model.id,
                            "state": "track_apply",
                            "track_template_id": template.id,
                            "track_target_field_id": field.id,
                            "track_when_running": "add",
                        }
                    )
                ],
            }
        )
        lead = self.make_leads()
        lead.with_user(self.seller).tracks_apply(template)
        # the same template on the same record, caused by the first track
        self.assertEqual(self.get_runs(lead).mapped("generation"), [0])
        [note] = [note for note in self.get_notes(lead) if "without end" in note]
        self.assertIn("“Loop” did not start", note)

    # ------------------------------------------------------------------
    # Chains that are no loops
    # ------------------------------------------------------------------

    def test_what_people_do_themselves_begins_anew_each_time(self):
        self.make_ring()
        lead = self.make_leads()
        for _time in range(3):
            lead.with_user(self.seller).stage_id = self.env.ref("crm.stage_lead1")
            lead.with_user(self.seller).stage_id = self.stage_y
            self.run_for_days(1)
        runs = self.get_runs(lead)
        self.assertEqual(runs.mapped("name"), ["B", "A"] * 3)
        self.assertEqual(runs.mapped("generation"), [0, 1] * 3)

    def test_a_rule_that_people_drive_goes_on_for_ever(self):
        template = self.make_chain("Call", name="Monthly")
        run_model = self.env["ir.model"]._get("track.run")
        self.env["base.automation"].create(
            {
                "name": "Once more",
                "model_id": run_model.id,
                "trigger": "on_create_or_write",
                "filter_pre_domain": "[('state', '=', 'running')]",
                "filter_domain": "[('state', '=', 'done')]",
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "Apply Monthly",
                            "model_id": run_model.id,
                            "state": "track_apply",
                            "track_template_id": template.id,
                            "track_target_field_id": self.env["ir.model.fields"]
                            ._get("track.run", "res_id")
                            .id,
                        }
                    )
                ],
            }
        )
        lead = self.make_leads()
        run = lead.with_user(self.seller).tracks_apply(template)
        for number in range(12):
            self.tick(run, "Call")
            runs = self.get_runs(lead)
            self.assertEqual(len(runs), number + 2)
            run = runs[-1]

    def test_a_chain_of_tracks_is_as_it_was(self):
        last = self.make_chain("Last", name="C")
        middle = self.make_template(
            {"action": "track", "next_template_id": last.id}, name="B"
        )
        first = self.make_template(
            {"action": "track", "next_template_id": middle.id}, name="A"
        )
        leads = self.make_leads(2)
        runs = leads.with_user(self.seller).tracks_apply(first)
        self.run_for_days(1)
        for lead, run in zip(leads, runs, strict=True):
            chain = self.get_runs(lead)
            self.assertEqual(chain.mapped("name"), ["A", "B", "C"])
            self.assertEqual(chain.mapped("generation"), [0, 1, 2])
            self.assertEqual(chain[1:].origin_id, run)
            self.assertEqual(chain.mapped("state"), ["done", "done", "running"])

    def test_nobody_says_which_generation_a_track_is(self):
        run = (
            self.make_leads().with_user(self.seller).tracks_apply(self.make_chain("A"))
        )
        for values in ({"generation": 0}, {"origin_id": run.id}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                run.with_user(self.seller).write(values)
