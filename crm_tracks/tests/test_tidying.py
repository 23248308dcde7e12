from odoo.tests import tagged, users

from .common import TracksCase

TYPES = ["mail.mail_activity_data_todo", "mail.mail_activity_data_warning"]


@tagged("post_install", "-at_install")
class TestTidying(TracksCase):
    """Other code that deletes its own activities does not delete those of tracks."""

    def start(self, count=2):
        template = self.make_template(
            {"summary": "Write", "activity_type_id": self.type_todo.id},
            {"summary": "Call", "delay_from": "previous"},
        )
        leads = self.make_leads(count)
        return leads, leads.with_user(self.seller).tracks_apply(template)

    @users("tracks_seller")
    def test_activities_of_tracks_are_those_of_people(self):
        leads, runs = self.start()
        activities = runs.sudo().line_ids.activity_id
        self.assertEqual(len(activities), 2)
        self.assertEqual(activities.mapped("automated"), [False, False])
        for run in runs:
            self.tick(run, "Write")
        self.assertFalse(any(runs.sudo().line_ids.activity_id.mapped("automated")))

    @users("tracks_seller")
    def test_what_odoo_and_other_addons_tidy_away_are_not_tasks(self):
        leads, runs = self.start()
        leads = leads.with_env(self.env)
        activities = runs.sudo().line_ids.activity_id
        before = activities.read(["user_id", "date_deadline", "active"])
        leads.activity_schedule(TYPES[0], summary="Odoo's own")
        leads.activity_reschedule(
            TYPES, date_deadline="2026-05-05", new_user_id=self.seller_2.id
        )
        leads.activity_unlink(TYPES)
        self.assertEqual(leads.activity_ids.sudo(), activities)
        leads.activity_feedback(TYPES, feedback="Done elsewhere")
        self.env.invalidate_all()
        self.assertEqual(
            activities.read(["user_id", "date_deadline", "active"]), before
        )
        for run in runs:
            self.assertTasks(
                run, [("Write", "open", "2026-03-04"), ("Call", "waiting", None)]
            )

    @users("tracks_seller")
    def test_who_asks_for_those_of_people_reaches_them(self):
        leads, runs = self.start()
        leads = leads.with_env(self.env)
        leads[0].activity_feedback(TYPES, only_automated=False)
        leads[1].activity_unlink(TYPES, only_automated=False)
        self.assertEqual(self.get_task(runs[0], "Write").state, "done")
        self.assertEqual(self.get_task(runs[1], "Write").state, "skipped")

    @users("tracks_seller")
    def test_a_task_is_announced_once_and_nobody_gets_odoo_s_own_mail(self):
        messages = self.env["mail.message"].sudo()
        lead = self.make_leads(user=self.seller_2)
        template = self.make_template({"summary": "Write"})
        self.env.cr.flush()
        before = messages.search([])
        lead.with_user(self.seller_all).tracks_apply(template)
        self.env.cr.flush()
        told = (messages.search([]) - before).filtered(
            lambda message: self.seller_2.partner_id in message.notified_partner_ids
        )
        self.assertEqual(
            told.mapped("subject"), ["“Opportunity 1: Write” assigned to you"]
        )

    def test_the_report_of_a_failed_task_is_not_tidied_away_either(self):
        lead = self.make_leads()
        template = self.make_template(
            {
                "action": "update",
                "update_ids": [(0, 0, {"field_name": "priority", "value": "1"})],
            },
            res_model_ids=[(6, 0, self.env["ir.model"]._get("crm.lead").ids)],
        )
        run = lead.with_user(self.seller).tracks_apply(template).sudo()
        run.line_ids.write({"state": "failed", "error": "Broken."})
        run.line_ids._report_failure()
        report = lead.activity_ids
        self.assertEqual(len(report), 1)
        lead.activity_unlink(TYPES)
        self.assertTrue(report.exists())

    @users("tracks_seller")
    def test_what_an_addon_tidies_away_on_a_closed_record_does_not_come_back(self):
        leads, runs = self.start(3)
        leads = leads.with_env(self.env)
        theirs = leads.activity_schedule(TYPES[0], summary="Odoo's own")
        leads.action_set_lost()
        self.assertEqual(set(theirs.mapped("muted")), {True})
        self.assertEqual(leads.activity_search(TYPES), theirs)
        leads[0].activity_unlink(TYPES)
        leads[1].activity_feedback(TYPES)
        leads[2].activity_reschedule(TYPES, date_deadline="2026-05-05")
        self.assertEqual(theirs.exists(), theirs[1:])
        leads.action_unarchive()
        tasks = runs.sudo().line_ids.activity_id
        self.assertEqual(leads.activity_ids.sudo(), tasks + theirs[2])
        self.assertEqual(theirs[1].state, "done")
        self.assertEqual(str(theirs[2].date_deadline), "2026-05-05")
