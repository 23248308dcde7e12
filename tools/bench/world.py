"""The records of the bench: users, templates, opportunities and many tasks."""

from contextlib import contextmanager
from datetime import timedelta

import psycopg2

from odoo import Command, fields
from odoo.api import SUPERUSER_ID, Environment

# The tables of a block, with their references within the block.
BLOCK_TABLES = {
    "crm_lead": {},
    "track_run": {"res_id": "crm_lead"},
    "track_run_line": {"run_id": "track_run"},
    "mail_activity": {"res_id": "crm_lead", "track_run_line_id": "track_run_line"},
}
# The number of days by which the prototype of what is due is in the future.
FAR = 100
# The number of days since which late tasks are late: more than a weekend.
LATE = 8
# How to postpone what the cron has to do, by its kind.
POSTPONE = {
    "due": "UPDATE track_run_line SET date_planned = date_planned + %s"
    " WHERE state = 'planned' AND action = 'activity'",
    "late": "UPDATE track_run_line SET date_attention = date_attention + %s"
    " WHERE state = 'open' AND date_attention IS NOT NULL",
    "paused": "UPDATE track_run SET date_resume = date_resume + %s"
    " WHERE state = 'paused' AND date_resume IS NOT NULL",
}


class World:
    """The database of the bench.

    A *block* is a few opportunities with their tracks, tasks and activities. The addon
    itself creates the prototype; SQL copies it with all columns, so that the copies are
    complete whatever columns exist.

    :ivar uid: the user who acts, a sales manager
    :ivar colleague_id: the owner of the opportunities of another user
    :ivar late_ids: the users who have late tasks
    :ivar grown: the ids of the opportunities of the mix
    :ivar ready: the ids of the opportunities with something that is due, by the kind of
        ``POSTPONE``
    """

    # the recipient of the e-mails of automated tasks
    CUSTOMER = "customer@tracks.example"

    def __init__(self, registry):
        self.registry = registry
        with self.committing() as env:
            self.uid = self._make_user(env, "bench", "group_sale_manager")
            self.colleague_id = self._make_user(
                env, "bench_colleague", "group_sale_salesman"
            )
            self.late_ids = [
                self._make_user(env, f"bench_late_{number}", "group_sale_salesman")
                for number in range(10)
            ]
            self.ten_id = self._make_template(env, "Ten tasks", self._ten_tasks()).id
            self.chain_id = self._make_template(env, "Chain", self._chain(10)).id
            self.pair_id = self._make_template(env, "Pair", self._chain(2)).id
            self.ahead_id = self._make_template(
                env, "Ahead", self._ten_tasks(), activity_creation="ahead"
            ).id
            self.due_id = self._make_template(
                env, "Due", self._chain(2), activity_creation="ahead"
            ).id
            self.late_id = self._make_template(
                env, "Late", self._chain(2), remind_days=1
            ).id
        self.ready = {}
        self.mix = None
        self.grown = []

    @contextmanager
    def committing(self):
        """An environment of the superuser whose changes are committed."""
        with self.registry.cursor() as cr:
            yield Environment(cr, SUPERUSER_ID, {})

    # ------------------------------------------------------------------
    # Users, templates, opportunities
    # ------------------------------------------------------------------

    def _make_user(self, env, login, group):
        return (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": login.replace("_", " ").title(),
                    "login": login,
                    "email": f"{login}@tracks.example",
                    "tz": "Europe/Brussels",
                    "group_ids": [Command.set([env.ref(f"sales_team.{group}").id])],
                }
            )
            .id
        )

    def _ten_tasks(self):
        return [
            {"summary": f"Task {number}", "delay_count": number} for number in range(10)
        ]

    def _chain(self, length):
        return [
            {
                "summary": f"Task {number}",
                "delay_count": number and 1,
                "delay_from": "previous" if number else "start",
            }
            for number in range(length)
        ]

    def _make_template(self, env, name, lines, **vals):
        todo = env.ref("mail.mail_activity_data_todo")
        return env["track.template"].create(
            {
                "name": name,
                "line_ids": [
                    Command.create(
                        {"activity_type_id": todo.id, "sequence": number, **line}
                    )
                    for number, line in enumerate(lines)
                ],
                **vals,
            }
        )

    def make_plan(self, env):
        """Odoo's own plan with the tasks of the template of ten."""
        todo = env.ref("mail.mail_activity_data_todo")
        return env["mail.activity.plan"].create(
            {
                "name": "Ten activities",
                "res_model": "crm.lead",
                "template_ids": [
                    Command.create(
                        {
                            "activity_type_id": todo.id,
                            "summary": line["summary"],
                            "delay_count": line["delay_count"],
                            "delay_unit": "days",
                            "responsible_type": "on_demand",
                        }
                    )
                    for line in self._ten_tasks()
                ],
            }
        )

    def make_leads(self, count, owner_id):
        """Create opportunities of this user.

        :return: their ids
        """
        with self.committing() as env:
            return self._make_leads(env, count, owner_id).ids

    def _make_leads(self, env, count, owner_id):
        return env["crm.lead"].create(
            [
                {
                    "name": f"Opportunity {number}",
                    "type": "opportunity",
                    "user_id": owner_id,
                    "expected_revenue": 1000,
                }
                for number in range(count)
            ]
        )

    def make_mail_template(self, env):
        """A typical e-mail to the contact of an opportunity."""
        return env["mail.template"].create(
            {
                "name": "Welcome",
                "model_id": env["ir.model"]._get_id("crm.lead"),
                "subject": "About {{ object.name }}",
                "body_html": "<p>About <t t-out='object.name'/>: we will call you.</p>",
                "use_default_to": False,
                "email_to": self.CUSTOMER,
            }
        )

    def start_automated(self, lead_ids, line):
        """Start a track with one due automated task on these.

        :param dict line: values of the template's task
        """
        with self.committing() as env:
            template = env["track.template"].create(
                {
                    "name": "Automated",
                    "res_model_ids": [
                        Command.link(env["ir.model"]._get_id("crm.lead"))
                    ],
                    "line_ids": [Command.create(line)],
                }
            )
            leads = env["crm.lead"].browse(lead_ids).with_user(self.uid)
            # a day earlier, so that the task is due in every time zone
            yesterday = fields.Date.today() - timedelta(days=1)
            leads.tracks_apply(template.id, start_date=yesterday)

    def ask_for_update(self, count):
        """Start this many tracks of ten tasks, change their template, and ask for the
        update of all of them.

        One task is new, one has changed, and one is gone.

        :return: (the ids of the opportunities, the id of the ``track.run.update``)
        """
        with self.committing() as env:
            template = self._make_template(env, "Changed", self._chain(10))
            lead = self._make_leads(env, 1, self.colleague_id)
            lead.with_user(self.uid).tracks_apply(template.id)
            env.flush_all()
            lead_ids = self._copy_block(env.cr, lead.ids, count)
            self._remove_prototype(env, lead)
            env.invalidate_all()
            lines = template.line_ids.sorted()
            lines[4].delay_count = 5
            lines[6].unlink()
            lines[5].copy({"template_id": template.id, "summary": "New"})
            runs = template.run_ids.with_user(self.uid)
            action = runs.action_update_from_template()
        return lead_ids, action["res_id"]

    def set_aside(self, env, *kinds, days=FAR):
        """Postpone what is due of these kinds, in this transaction.

        :param int days: by how many; a negative number brings it back
        """
        for kind in kinds:
            env.cr.execute(POSTPONE[kind], [days])

    @contextmanager
    def only_due(self, count):
        """Within the block, this many tasks are due, one for each new opportunity, and
        nothing else.

        :return: the ids of the opportunities, which are removed afterwards
        """
        with self.committing() as env:
            self.set_aside(env, *POSTPONE)
            lead_ids = self._make_ready(env, self.due_id, count, FAR + 1)
        self.tidy()
        try:
            yield lead_ids
        finally:
            self.remove_leads(lead_ids)
            with self.committing() as env:
                self.set_aside(env, *POSTPONE, days=-FAR)

    def prepare_activities_vals(self, env, leads, owner_id, count=10):
        """The values of plain activities, equal to those of the template of ten."""
        model_id = env["ir.model"]._get_id("crm.lead")
        todo = env.ref("mail.mail_activity_data_todo")
        today = fields.Date.today()
        return [
            {
                "res_model_id": model_id,
                "res_id": lead.id,
                "activity_type_id": todo.id,
                "summary": f"Task {number}",
                "date_deadline": today + timedelta(days=number),
                "user_id": owner_id,
            }
            for lead in leads
            for number in range(count)
        ]

    def remove_leads(self, lead_ids):
        """Remove these opportunities with all their tracks and activities."""
        of_leads = "res_model = 'crm.lead' AND res_id = ANY(%s)"
        with self.committing() as env:
            for table in ("mail_activity", "track_run"):
                env.cr.execute(f"DELETE FROM {table} WHERE {of_leads}", [lead_ids])
            env.cr.execute("DELETE FROM crm_lead WHERE id = ANY(%s)", [lead_ids])

    # ------------------------------------------------------------------
    # Tasks by the hundred thousand
    # ------------------------------------------------------------------

    def make_base(self, due, running):
        """Create tracks of two tasks, the first of which is due or open.

        :param int due: the number of due tasks, of late ones and of tracks to resume,
            one for each opportunity
        :param int running: the number of running tracks, including these
        """
        with self.committing() as env:
            # a day more, so that they are due in every time zone
            self.ready["due"] = self._make_ready(env, self.due_id, due, FAR + 1)
            self.ready["late"] = self._make_ready(
                env, self.late_id, due, FAR + LATE, owner_ids=self.late_ids
            )
            self.ready["paused"] = self._make_ready(
                env, self.pair_id, due, FAR + 1, is_paused=True
            )
            lead = self._make_leads(env, 1, self.colleague_id)
            for _number in range(2):
                lead.with_user(self.uid).tracks_apply(self.pair_id)
            env.flush_all()
            self._copy_block(env.cr, lead.ids, (running - 2 * due) // 2)
            self._remove_prototype(env, lead)
            self.mix = self._make_mix(env)
        self.tidy()

    def _make_ready(self, env, template_id, count, days, owner_ids=(), is_paused=False):
        """Create tracks of which something is due, one for each opportunity.

        The prototype lies in the future, and its copies are shifted into the past.

        :param int days: by how many
        :param owner_ids: who owns the same number of opportunities each; by default the
            colleague
        :param bool is_paused: whether the tracks are paused until their first day
        :return: the ids of the opportunities
        """
        leads = env["crm.lead"]
        for owner_id in owner_ids or [self.colleague_id]:
            leads += self._make_leads(env, 1, owner_id)
        start = fields.Date.today() + timedelta(days=FAR)
        runs = leads.with_user(self.uid).tracks_apply(template_id, start_date=start)
        if is_paused:
            runs.action_pause(until=start)
        env.flush_all()
        copies = count // len(leads)
        ids = self._copy_block(env.cr, leads.ids, copies, days=-days)
        self._remove_prototype(env, leads)
        return ids

    def _remove_prototype(self, env, leads):
        leads.env["track.run"].search([("res_id", "in", leads.ids)]).unlink()
        leads.unlink()

    def _make_mix(self, env):
        """The prototype of the mix: ten tracks of ten tasks on five opportunities.

        Four of them done, four running, one paused, one held.
        """
        leads = self._make_leads(env, 5, self.colleague_id).with_user(self.uid)
        done = leads[:4].tracks_apply(self.ten_id)
        done.sudo().line_ids.activity_ids.action_feedback()
        running = leads[:3].tracks_apply(self.chain_id)
        running.sudo().line_ids.activity_ids[:2].action_feedback()
        far = fields.Date.today() + timedelta(days=3 * FAR)
        leads[3].tracks_apply(self.ahead_id, start_date=far)
        leads[3].tracks_apply(self.ten_id).action_pause()
        leads[4].tracks_apply(self.ten_id)
        leads[4].action_set_lost()
        env.cr.flush()
        return leads.ids

    def grow(self, tasks):
        """Copy the mix until there are about this many tasks in total."""
        with self.committing() as env:
            missing = tasks - self.count_tasks(env)
            if missing >= 100:
                self.grown += self._copy_block(env.cr, self.mix, missing // 100)
        self.tidy()

    def shrink(self):
        """Remove the copies of the mix."""
        self.remove_leads(self.grown)
        self.grown = []
        self.tidy()

    def give_leads(self, env, owner_id, count):
        """Give opportunities that have tracks to this user.

        :return: how many
        """
        env.cr.execute(
            """
            UPDATE crm_lead SET user_id = %s
             WHERE id IN (SELECT res_id FROM track_run WHERE res_model = 'crm.lead'
                           ORDER BY md5(res_id::text) LIMIT %s)
            """,
            [owner_id, count],
        )
        return env.cr.rowcount

    def count_tasks(self, env):
        env.cr.execute("SELECT count(*) FROM track_run_line")
        return env.cr.fetchone()[0]

    def _copy_block(self, cr, lead_ids, copies, days=0):
        """Copy opportunities with all of their records by SQL.

        :param int days: the shift of the dates of their tracks and tasks
        :return: the ids of the new opportunities
        """
        steps = {}  # the ids of the copy number k, by table
        found = {"crm_lead": lead_ids}
        for table, references in BLOCK_TABLES.items():
            for column, target in references.items():
                if table not in found:
                    model = "AND res_model = 'crm.lead'" if column == "res_id" else ""
                    cr.execute(
                        f"SELECT id FROM {table} WHERE {column} = ANY(%s) {model}",
                        [found[target]],
                    )
                    found[table] = [id_ for (id_,) in cr.fetchall()]
            if not found[table]:
                continue
            steps[table] = self._get_step(cr, table, found[table])
            values = {
                column: f"{column} + {steps[target]}"
                for column, target in {"id": table, **references}.items()
            }
            self._copy_rows(cr, table, found[table], copies, values, days)
        cr.execute(
            f"SELECT id + {steps['crm_lead']} FROM crm_lead,"
            " generate_series(0, %s - 1) k WHERE id = ANY(%s)",
            [copies, lead_ids],
        )
        return [id_ for (id_,) in cr.fetchall()]

    def _get_step(self, cr, table, ids):
        """The difference between an id of the prototype and of its copy k."""
        cr.execute(f"SELECT max(id) FROM {table}")
        highest = cr.fetchone()[0]
        span = max(ids) - min(ids) + 1
        return f"({highest - min(ids) + 1} + k * {span})"

    def _copy_rows(self, cr, table, ids, copies, values, days):
        cr.execute(
            """
            SELECT column_name, data_type FROM information_schema.columns
             WHERE table_schema = current_schema AND table_name = %s
            """,
            [table],
        )
        columns = dict(cr.fetchall())
        if days and table != "crm_lead":
            for name, data_type in columns.items():
                if data_type == "date":
                    values.setdefault(name, f'"{name}" + {int(days)}')
        names = ", ".join(f'"{name}"' for name in columns)
        expressions = ", ".join(values.get(name, f'"{name}"') for name in columns)
        cr.execute(
            f"INSERT INTO {table} ({names}) SELECT {expressions} FROM {table},"
            " generate_series(0, %s - 1) k WHERE id = ANY(%s)",
            [copies, ids],
        )
        cr.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id))"
            f" FROM {table}"
        )

    def tidy(self):
        """VACUUM and ANALYZE the database.

        Without it, PostgreSQL plans foreign-key checks as sequential scans, and reads
        the rows that were rolled back.
        """
        connection = psycopg2.connect(dbname=self.registry.db_name)
        connection.autocommit = True
        with connection.cursor() as cr:
            cr.execute("VACUUM (ANALYZE)")
        connection.close()
