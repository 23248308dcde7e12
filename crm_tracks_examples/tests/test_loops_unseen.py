from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_tracks.tests.common import TracksCase

CRON = "odoo.addons.crm_tracks.models.automation.cron"


@tagged("post_install", "-at_install")
class TestLoopsUnseen(TracksCase):
    """Loops through side effects of tasks: notes, failures, deletions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls.env["ir.model"]._get("crm.lead")

    @classmethod
    def make_rule_on(cls, model, template, trigger="on_create", **values):
        """A rule that applies a template to the record to which ``res_id`` leads."""
        model = cls.env["ir.model"]._get(model)
        action = values.pop("action", {})
        return cls.env["base.automation"].create(
            {
                "name": f"Apply {template.name}",
                "model_id": model.id,
                "trigger": trigger,
                "action_server_ids": [
                    Command.create(
                        {
                            "name": f"Apply {template.name}",
                            "model_id": model.id,
                            "state": "track_apply",
                            "track_template_id": template.id,
                            "track_when_running": "add",
                            **action,
                        }
                    )
                ],
                **values,
            }
        )

    @classmethod
    def lead_to_record(cls, model):
        """Values of an action that applies a track to the record of ``res_id``."""
        field = cls.env["ir.model.fields"]._get(model, "res_id")
        return {"track_target_field_id": field.id}

    @classmethod
    def make_code_template(cls, name, code):
        """A template with one task, which runs this code as a server action."""
        action = cls.env["ir.actions.server"].create(
            {
                "name": name,
                "model_id": cls.model.id,
                "state": "code",
                "code": code,
            }
        )
        return cls.make_template(
            {"action": "server_action", "server_action_id": action.id},
            name=name,
            res_model_ids=cls.model.ids,
        )

    def run_for_days(self, days=4, times=4):
        """The cron runs several times on each of these days."""
        for day in range(days):
            for time in range(times):
                with self.at(f"2026-03-{4 + day:02} {12 + time:02}:00:00"):
                    self.run_cron()

    def get_runs(self, record):
        return record.sudo().track_run_ids.sorted("id")

    def test_a_failure_that_starts_a_track_that_fails_ends(self):
        template = self.make_code_template("Broken", "1 / 0")
        self.make_rule_on(
            "mail.activity", template, action=self.lead_to_record("mail.activity")
        )
        lead = self.make_leads()
        lead.with_user(self.seller).tracks_apply(template)
        with mute_logger(CRON, "odoo.addons.base.models.ir_actions"):
            self.run_for_days(4, times=2)
        self.assertLessEqual(len(self.get_runs(lead)), 9)

    def test_notes_that_start_tracks_end(self):
        template = self.make_chain("Call", name="On note")
        self.make_rule_on(
            "mail.message", template, action=self.lead_to_record("mail.message")
        )
        lead = self.make_leads()
        lead.with_user(self.seller).tracks_apply(template)
        self.assertLessEqual(len(self.get_runs(lead)), 9)

    def test_tracking_that_starts_the_track_that_it_tracks_ends(self):
        stages = self.env["crm.stage"].create([{"name": "X"}, {"name": "Y"}])
        template = self.make_template(
            *(
                {
                    "action": "update",
                    "update_ids": [
                        Command.create(
                            {"field_name": "stage_id", "value": str(stage.id)}
                        )
                    ],
                }
                for stage in stages
            ),
            name="Tracked",
            res_model_ids=self.model.ids,
        )
        self.make_rule_on(
            "mail.message",
            template,
            filter_domain="[('subtype_id.name', '=', 'Stage Changed')]",
            action={
                **self.lead_to_record("mail.message"),
                "track_user_id": self.seller.id,
            },
        )
        self.env = self.env(context={})
        lead = self.make_leads()
        self.env.cr.flush()
        lead.with_user(self.seller).with_context(
            tracking_disable=False
        ).stage_id = stages[1]
        self.env.cr.flush()
        self.run_for_days(4)
        self.assertLessEqual(len(self.get_runs(lead)), 9)

    def test_a_record_that_takes_the_place_of_its_track_s_has_an_end(self):
        template = self.make_code_template(
            "Replace",
            "vals = {'name': record.name, 'user_id': record.user_id.id}\n"
            "record.sudo().unlink()\n"
            "env['crm.lead'].create(vals)",
        )
        self.make_rule_on("crm.lead", template)
        self.make_leads(name="Phoenix")
        self.run_for_days(2, times=2)
        lead = self.env["crm.lead"].search([("name", "=", "Phoenix")])
        # the first track and the origin are deleted, but the chain is still counted
        run = self.get_runs(lead)
        self.assertEqual(run.generation, 4)
        self.assertFalse(run.origin_id)
        self.run_for_days(3, times=3)
        lead = self.env["crm.lead"].search([("name", "=", "Phoenix")])
        self.assertEqual(len(lead), 1)
        self.assertFalse(self.get_runs(lead))
        self.assertIn("without end", str(lead.message_ids.mapped("preview")))

    def test_a_start_by_a_person_has_no_more_than_so_many_descendants(self):
        template = self.make_template(
            {"summary": "One"}, {"summary": "Two"}, {"summary": "Three"}, name="Thrice"
        )
        self.make_rule_on(
            "mail.activity", template, action=self.lead_to_record("mail.activity")
        )
        lead = self.make_leads()
        Run = type(self.env["track.run"])
        with (
            patch.object(Run, "_MAX_STARTED", 20),
            patch.object(Run, "_MAX_GENERATION", 5),
        ):
            lead.with_user(self.seller).tracks_apply(template)
        self.assertLessEqual(len(self.get_runs(lead)), 21)

    def test_each_start_of_a_batch_has_its_own_cause(self):
        started = self.make_chain("Call", name="Started")
        template = self.make_template(
            {
                "action": "update",
                "update_ids": [
                    Command.create({"field_name": "referred", "value": "them"})
                ],
            },
            name="Refer",
            res_model_ids=self.model.ids,
        )
        self.make_rule_on(
            "crm.lead",
            started,
            "on_create_or_write",
            filter_domain="[('referred', '=', 'them')]",
        )
        leads = self.make_leads(3)
        runs = leads.with_user(self.seller).tracks_apply(template)
        self.run_cron()
        for lead, run in zip(leads, runs, strict=True):
            chain = self.get_runs(lead)
            self.assertEqual(chain.mapped("name"), ["Refer", "Started"])
            self.assertEqual(chain[1].origin_id, run)
