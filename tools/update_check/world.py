"""The users of the check, and helpers for tracks and tasks."""

from odoo import Command

USERS = {
    "own": "sales_team.group_sale_salesman",
    "all": "sales_team.group_sale_salesman_all_leads",
    "manager": "sales_team.group_sale_manager,base.group_partner_manager",
    "employee": "base.group_user",
    "author": "base.group_user,crm_tracks.group_track_manager",
    "abroad": "sales_team.group_sale_salesman_all_leads",
    "both": "sales_team.group_sale_manager",
    "agent": "helpdesk_mgmt.group_helpdesk_user,"
    "sales_team.group_sale_salesman_all_leads",
    "leaver": "sales_team.group_sale_salesman_all_leads",
}
# The users whose view is compared.
READERS = (*(f"update_{key}" for key in USERS), "admin", "demo", "portal")


class World:
    """:ivar dict templates: by a key that is part of their names
    :ivar dict runs: the tracks, by the key of the opportunity they run on
    """

    def __init__(self, env):
        self.env = env(
            context={
                "lang": "en_US",
                "no_reset_password": True,
                "mail_notify_force_send": False,
            }
        )
        self.templates = {}
        self.runs = {}

    def make_people(self):
        self.company = self.env.ref("base.main_company")
        self.company_abroad = self.env["res.company"].create({"name": "Abroad"})
        for user in self.env["res.users"].search([("share", "=", False)]):
            user.notification_type = "inbox"
        companies = {
            "abroad": self.company_abroad,
            "both": self.company + self.company_abroad,
        }
        for key, groups in USERS.items():
            mine = companies.get(key, self.company)
            user = self.env["res.users"].create(
                {
                    "name": f"Update {key.title()}",
                    "login": f"update_{key}",
                    "email": f"{key}@tracks.example",
                    "tz": "Europe/Brussels",
                    "notification_type": "inbox",
                    "company_id": mine[0].id,
                    "company_ids": [Command.set(mine.ids)],
                    "group_ids": [
                        Command.set(
                            [self.env.ref(name).id for name in groups.split(",")]
                        )
                    ],
                }
            )
            setattr(self, key, user)

    def as_user(self, records, user):
        """These records as this user, with all companies of the user."""
        return records.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )

    def make_lead(self, key, user, **values):
        values = {
            "name": f"Update: {key}",
            "type": "opportunity",
            "user_id": user.id,
            "email_from": "customer@tracks.example",
            "partner_name": "Customer",
            "company_id": user.company_id.id,
            "expected_revenue": 1000,
            **values,
        }
        return self.as_user(self.env["crm.lead"], user).create(values)

    def start(self, key, template="chain", user=None, end_date=None, **values):
        """Start a track on an opportunity of its own."""
        user = user or self.own
        lead = self.make_lead(key, user, **values)
        lead.activity_schedule(summary=f"Plain of {key}", user_id=user.id)
        template_id = self.templates[template].id
        self.runs[key] = lead.tracks_apply(template_id, end_date=end_date)

    def run_cron(self):
        run_cron(self.env)

    def get_task(self, key, summary):
        run = self.runs[key]
        tasks = run.line_ids.filtered(lambda task: task.summary == summary)
        assert len(tasks) == 1, (key, summary, run.line_ids.mapped("summary"))
        return tasks

    def get_record(self, key):
        run = self.runs[key]
        return run.env[run.res_model].browse(run.res_id)

    def tick(self, key, summary="Write", feedback="Well done"):
        self.get_task(key, summary).activity_id.action_feedback(feedback=feedback)


def run_cron(env):
    """Run the hourly scheduled action, which commits."""
    env.cr.commit()
    env.ref("crm_tracks.ir_cron_tracks").method_direct_trigger()
    env.cr.commit()  # read the changes of the cron
    env.invalidate_all()
