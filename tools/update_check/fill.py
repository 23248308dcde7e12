"""Tracks in every state, with changes of users and administrators.

Created by the code of the last release, as the respective users, with the public
methods, fields and external ids, so that this file works with every release.
"""

import clock
from templates import Templates
from world import run_cron

from odoo import Command

# Opportunities of a seller with the same template, named by their later state.
OF_CHAIN = (
    *("new", "running", "done", "skipped", "cancelled", "activity lost"),
    *("paused", "stopped", "stopped by an action", "paused and lost"),
    *("lost", "won", "archived", "reopened"),
    *("edited", "added", "reordered", "moved", "renamed", "met"),
    *("reassigned", "owner changed"),
)


class Filling(Templates):
    def fill(self):
        clock.move_to("2026-03-02 09:00")
        self.make_people()
        self.make_templates()
        self.make_automated_templates()
        self.make_imported_template()
        self.start_tracks()
        self.start_on_others()
        self.make_automations()
        clock.move_to("2026-03-04 09:00")
        self.run_cron()
        self.work()
        self.change_by_hand()
        self.merge()
        clock.move_to("2026-03-06 09:00")
        self.run_cron()
        self.set_aside()
        self.leave()
        self.change_settings()
        clock.move_to("2026-03-10 09:00")
        self.run_cron()
        self.check_states()

    # ------------------------------------------------------------------
    # Tracks
    # ------------------------------------------------------------------

    def start_tracks(self):
        for key in OF_CHAIN:
            self.start(key)
        self.start("goes on", "goes on")
        self.start("once", "once")
        self.start("of a company", "of a company")
        self.start("of a branch abroad", "abroad", user=self.abroad)
        self.start("deleted template", "deleted")
        self.start("ahead", "ahead")
        self.start("back", "back", end_date="2026-03-30")
        self.start("imported", "imported")
        self.start("automated", "automated", user=self.agent)
        self.start("no address", "automated", user=self.agent, email_from=False)
        self.start("broken", "broken", user=self.all)
        self.start("of a leaver", user=self.leaver)
        for key in ("survivor", "merged"):
            self.start(key, user=self.all)
        self.templates["deleted"].unlink()

    def start_on_others(self):
        """On contacts and tickets."""
        partners = self.env["res.partner"].create(
            [
                {"name": f"Update: {key}", "user_id": self.manager.id}
                for key in ("contact", "archived contact")
            ]
        )
        runs = self.as_user(partners, self.manager).tracks_apply(
            self.templates["chain"].id
        )
        self.runs["contact"], self.runs["archived contact"] = runs
        self.team.track_template_ids = self.templates["once"]
        Ticket = self.as_user(self.env["helpdesk.ticket"], self.agent)
        for key in ("ticket", "closed ticket"):
            ticket = Ticket.create(
                {
                    "name": f"Update: {key}",
                    "description": "-",
                    "team_id": self.team.id,
                    "user_id": self.agent.id,
                }
            )
            ticket.activity_schedule(summary=f"Plain of {key}", user_id=self.agent.id)
            self.runs[key] = ticket.track_run_ids

    def make_action(self, state, **values):
        values["model_id"] = self.env["ir.model"]._get_id("crm.lead")
        return self.env["ir.actions.server"].create({"state": state, **values})

    def make_automations(self):
        """Server actions and an automation rule that start and stop tracks."""
        day = self.env["ir.model.fields"]._get("crm.lead", "date_deadline")
        self.make_action(
            "track_apply",
            name="Update: start",
            track_template_id=self.templates["back"].id,
            track_date_field_id=day.id,
            track_when_running="move",
            track_user_id=self.manager.id,
        )
        self.stop_action = self.make_action(
            "track_stop",
            name="Update: stop",
            track_stop_template_ids=[Command.set(self.templates["chain"].ids)],
            track_stop_reason="No budget",
        )
        of_rule = self.make_action(
            "track_apply",
            name="Update: by a rule",
            track_template_id=self.templates["once"].id,
            usage="base_automation",
        )
        stage = self.stage.copy({"name": "Update: starts a track"})
        self.env["base.automation"].create(
            {
                "name": "Update check",
                "model_id": of_rule.model_id.id,
                "trigger": "on_stage_set",
                "trg_field_ref": stage.id,
                "action_server_ids": [Command.set(of_rule.ids)],
            }
        )
        lead = self.make_lead("by a rule", self.own)
        lead.stage_id = stage
        self.runs["by a rule"] = lead.track_run_ids

    # ------------------------------------------------------------------
    # Changes of the tracks
    # ------------------------------------------------------------------

    def work(self):
        ticked = ("running", "paused", "lost", "won", "archived", "reopened", "edited")
        for key in (*ticked, "met", "merged", "contact", "archived contact"):
            self.tick(key)
        for summary in ("Write", "Call", "Offer"):
            self.tick("done", summary)
        self.as_user(self.get_task("done", "Review"), self.manager).action_done(
            "Signed"
        )
        self.get_task("skipped", "Write").action_skip()
        self.get_task("cancelled", "Write").activity_id.unlink()
        # by SQL, as a cascade of the database; the scheduled action skips the task
        activity = self.get_task("activity lost", "Write").activity_id
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM mail_activity WHERE id = %s", [activity.id])
        self.env.invalidate_all()
        self.tick("renamed")
        self.get_task("renamed", "Write").action_reopen()
        self.as_user(self.runs["reassigned"], self.manager).action_reassign(self.all.id)

    def change_by_hand(self):
        task = self.get_task("edited", "Call")
        task.write(
            {
                "summary": "Call twice",
                "note": "<p>Not <i>before</i> noon</p>",
                "date_deadline": "2026-03-20",
                "user_id": self.all.id,
            }
        )
        run = self.runs["added"]
        run.line_ids.create(
            {
                "run_id": run.id,
                "summary": "Added",
                "sequence": 99,
                "delay_count": 3,
                "delay_unit": "weekdays",
                "delay_from": "previous",
            }
        )
        self.get_task("added", "Offer").unlink()
        self.get_task("reordered", "Offer").sequence = 0
        self.runs["renamed"].name = "Another name"
        self.runs["moved"].start_date = "2026-03-09"
        task = self.get_task("met", "Call")
        event = self.as_user(self.env["calendar.event"], self.own)
        event.create(
            {
                "name": "Update: meeting",
                "start": "2026-03-19 09:00:00",
                "stop": "2026-03-19 10:00:00",
                "activity_ids": [Command.link(task.activity_id.id)],
            }
        )
        lead = self.as_user(self.get_record("owner changed"), self.manager)
        lead.user_id = self.all

    def merge(self):
        leads = self.get_record("survivor") + self.get_record("merged")
        self.as_user(leads, self.manager).merge_opportunity()

    def set_aside(self):
        """Tracks that are paused, stopped, or held by a closed record."""
        for key in ("paused", "paused and lost"):
            self.runs[key].action_pause()
        self.runs["stopped"].action_stop()
        lead = self.get_record("stopped by an action")
        context = {"active_model": lead._name, "active_ids": lead.ids}
        self.as_user(self.stop_action, self.own).with_context(**context).run()
        for key in ("lost", "paused and lost", "goes on", "reopened"):
            self.get_record(key).action_set_lost()
        self.get_record("won").action_set_won()
        self.get_record("archived").action_archive()
        self.get_record("reopened").action_unarchive()
        self.get_record("archived contact").action_archive()
        closing = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.get_record("closed ticket").stage_id = closing

    def leave(self):
        self.leaver.action_archive()

    # ------------------------------------------------------------------
    # Changes by administrators
    # ------------------------------------------------------------------

    def change_settings(self):
        settings = self.env["res.config.settings"].create(
            {"crm_tracks_mute_lost": "tracks", "crm_tracks_mute_won": "none"}
        )
        settings.set_values()
        self.env.ref("crm_tracks.ir_cron_tracks").write(
            {"name": "Ours: tracks, every two hours", "interval_number": 2}
        )
        self.env.ref("crm_tracks.mail_template_catalogue").subject = "Our own subject"
        self.env.ref("crm_tracks.template_sales_follow_through").write(
            {"name": "Our follow-through", "ahead_days": 9}
        )
        self.env.ref("crm_tracks.track_line_update_company_rule").name = "Our rule"
        self.env["ir.filters"].create(
            {
                "name": "Update: mine and late",
                "model_id": "track.run.line",
                "domain": "[('user_id', '=', uid), ('is_late', '=', True)]",
                "context": "{'group_by': ['run_id']}",
                "user_ids": [Command.set(self.own.ids)],
            }
        )

    # ------------------------------------------------------------------

    def check_states(self):
        """Every state exists, so that it is compared."""
        self.env.flush_all()
        self.env.invalidate_all()
        runs = self.env["track.run"].search([])
        tasks = runs.line_ids
        for field, records in (("state", runs), ("state", tasks), ("action", tasks)):
            options = set(records._fields[field].get_values(self.env))
            missing = options - set(records.mapped(field))
            assert not missing, f"{records._name}.{field}: nothing is {missing}"
        of_runs = ("held", "record_closed", "date_paused", "date_held", "stop_reason")
        of_tasks = ("date_manual", "user_manual", "text_manual", "skip_reason", "error")
        for records, names in ((runs, of_runs), (tasks, of_tasks)):
            for name in names:
                assert any(records.mapped(name)), f"{records._name}: no {name}"
        activities = self.env["mail.activity"].with_context(active_test=False)
        plain = [("muted", "=", True), ("track_run_line_id", "=", False)]
        assert activities.search(plain), "no activity without a track is muted"


def go_on(env):
    """Use the updated tracks: complete a task, resume a track, run the cron.

    :return: list of failures
    """
    stuck = []
    user = env["res.users"].search([("login", "=", "update_own")])
    tasks = {}
    for key in ("running", "paused"):
        lead = env["crm.lead"].with_user(user).search([("name", "=", f"Update: {key}")])
        run = lead.track_run_ids
        if key == "paused":
            run.action_resume()
        done, tasks[key] = run.line_ids.sorted()[1:3]
        done.activity_id.action_feedback(feedback="After the update")
        if (done.state, done.done_user_id) != ("done", user):
            stuck.append(f"{key}: “{done.summary}” is {done.state}")
    run_cron(env)
    for key, task in tasks.items():
        if task.state != "open" or not task.activity_id.active:
            stuck.append(f"{key}: “{task.summary}” is {task.state}")
    return stuck
