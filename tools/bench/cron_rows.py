"""The comparisons of runs of the cron."""

from collections import defaultdict
from functools import partial

from part import Part, Row, on_leads
from stopwatch import Side, without_commits

from odoo.api import SUPERUSER_ID
from odoo.fields import Command, Domain


class CronRows(Part):
    """Measures what the cron does, as parts of the table."""

    # ------------------------------------------------------------------
    # Automated tasks
    # ------------------------------------------------------------------

    def automated(self):
        """Automated tasks of the cron, compared with the same work without tracks."""
        world = self.world
        with world.committing() as env:
            mail_template_id = world.make_mail_template(env).id
            stage_id = env["crm.stage"].create({"name": "Automated"}).id
        setting = {"field_name": "stage_id", "value": str(stage_id)}
        yield from self._carry_out(
            {"action": "email", "mail_template_id": mail_template_id},
            "e-mails",
            "send_mail_batch",
            lambda leads: leads.env["mail.template"]
            .browse(mail_template_id)
            .send_mail_batch(leads.ids),
            self._is_queued,
        )
        yield from self._carry_out(
            {"action": "update", "update_ids": [Command.create(setting)]},
            "updates of the stage",
            "bare write",
            lambda leads: leads.write({"stage_id": stage_id}),
            lambda lead_ids: self._is_in_stage(lead_ids, stage_id),
        )

    def _carry_out(self, line, what, odoos_name, odoos_way, get_check):
        """Compare a run of the cron in which many tasks like this one are due.

        :param dict line: values of the template's one task
        :param odoos_way: a function of the opportunities, which does the same without
            tracks
        :param get_check: a function of their ids, that returns a check
        """
        world, count = self.world, self.sizes.due
        lead_ids = world.make_leads(count, world.colleague_id)
        world.start_automated(lead_ids, line)
        ours, odoos, both = self._compare(
            Side(
                f"{count:,} {what} due",
                count,
                self._run_automated,
                get_check(lead_ids),
                SUPERUSER_ID,
            ),
            Side(
                f"{odoos_name} on {count:,}",
                count,
                lambda env: partial(odoos_way, env["crm.lead"].browse(lead_ids)),
                get_check(lead_ids),
            ),
            Side(
                f"{odoos_name} on {count:,}, and a note for each",
                count,
                self._add_notes(odoos_way, lead_ids),
                get_check(lead_ids),
            ),
        )
        world.remove_leads(lead_ids)
        yield Row(ours)
        yield self._make_row(ours, odoos)
        yield self._make_row(ours, both, "the same work: ")

    def _add_notes(self, odoos_way, lead_ids):
        """Do this on these opportunities, and log a note on each of them."""

        def prepare(env):
            leads = env["crm.lead"].browse(lead_ids)
            notes = {id_: f"Done on {id_}" for id_ in lead_ids}
            return lambda: (odoos_way(leads), leads._message_log_batch(notes))

        return prepare

    def _run_automated(self, env):
        self.world.set_aside(env, "due")
        runs = env["track.run"]._engine()

        def run():
            with without_commits(env.cr):
                runs._cron_begin()

        return run

    def _is_queued(self, lead_ids):
        def check(env):
            # excludes the messages to the owner
            domain = [
                ("model", "=", "crm.lead"),
                ("res_id", "in", lead_ids),
                ("email_to", "=", self.world.CUSTOMER),
            ]
            count = env["mail.mail"].sudo().search_count(domain)
            assert count == len(lead_ids), f"{count} e-mails"

        return check

    def _is_in_stage(self, lead_ids, stage_id):
        def check(env):
            stages = env["crm.lead"].browse(lead_ids).stage_id
            assert stages.ids == [stage_id], f"{stages}"

        return check

    # ------------------------------------------------------------------
    # The cron
    # ------------------------------------------------------------------

    def cron(self):
        """A run of the cron with the same work among more and more tasks."""
        rows = defaultdict(list)
        for tasks in self.sizes.tasks:
            self.world.grow(tasks)
            with self.world.committing() as env:
                count = self.world.count_tasks(env)
            sides = [self._make_cron_side(kind, count) for kind in KINDS]
            results = self._compare(*sides)
            for kind, result in zip(KINDS, results, strict=True):
                rows[kind].append(result)
        for first, *others in rows.values():
            yield Row(first)
            for result in others:
                slower = result.median / first.median
                more = result.query_count - first.query_count
                yield Row(
                    result,
                    f"{slower:.2f} times as long as among the fewest, {more} queries"
                    " more",
                    "at most 1.2 times, not one query more",
                    slower <= 1.2 and more <= 0,
                )

    def _make_cron_side(self, kind, tasks):
        """Measure a run of the cron that has to do only what is due of this kind.

        :param str kind: of ``KINDS``
        :param int tasks: the number of all tasks
        """

        def prepare(env):
            self.world.set_aside(env, *(KINDS.keys() - {kind}))
            runs = env["track.run"]

            def run():
                with without_commits(env.cr):
                    runs._cron_process()

            return run

        what, check = KINDS[kind]
        return Side(
            f"{self.sizes.due:,} {what} among {tasks:,}",
            self.sizes.due,
            prepare,
            lambda env: check(env, self.world),
            SUPERUSER_ID,
        )


def check_due(env, world):
    """Check that the due tasks, and only they, were assigned."""
    due = world.ready["due"]
    opened = env["mail.activity"].search_count(on_leads(due))
    assert opened == len(due), f"{opened} of {len(due)} due tasks were assigned"
    assert not count_reminded(env, world), "late tasks were not set aside"
    assert not count_resumed(env, world), "paused tracks were not set aside"


def check_late(env, world):
    """Check that each assignee got one message, and that nothing else was done."""
    late = world.ready["late"]
    reminded = count_reminded(env, world)
    assert reminded == len(late), f"{reminded} of {len(late)} late tasks"
    users = env["res.users"].browse(world.late_ids)
    subject = f"{len(late) // len(users)} late tasks"
    messages = env["mail.message"].search([("subject", "=", subject)])
    assert messages.notified_partner_ids == users.partner_id, f"{messages}"
    assert len(messages) == len(users), f"{len(messages)} messages"
    assert not env["mail.activity"].search_count(on_leads(world.ready["due"]))
    assert not count_resumed(env, world), "paused tracks were not set aside"


def check_paused(env, world):
    """Check that the paused tracks run and their tasks are back, and nothing else."""
    paused = world.ready["paused"]
    resumed = count_resumed(env, world)
    assert resumed == len(paused), f"{resumed} of {len(paused)} tracks run"
    domain = on_leads(paused) & Domain("active", "=", True)
    active = env["mail.activity"].search_count(domain)
    assert active == len(paused), f"{active} of {len(paused)} activities are back"
    assert not env["mail.activity"].search_count(on_leads(world.ready["due"]))
    assert not count_reminded(env, world), "late tasks were not set aside"


def count_reminded(env, world):
    """Count the late tasks of which users were reminded, and that have no next day."""
    return env["track.run.line"].search_count(
        [
            ("run_id.res_model", "=", "crm.lead"),
            ("run_id.res_id", "in", world.ready["late"]),
            ("state", "=", "open"),
            ("date_reminded", "!=", False),
            ("date_attention", "=", False),
        ]
    )


def count_resumed(env, world):
    """Count the tracks that were paused, and run."""
    return env["track.run"].search_count(
        [
            ("res_model", "=", "crm.lead"),
            ("res_id", "in", world.ready["paused"]),
            ("state", "=", "running"),
            ("date_resume", "=", False),
        ]
    )


# What the cron has to do, and what checks that it was done, by the kind of ``world``.
KINDS = {
    "due": ("tasks due", check_due),
    "late": ("late tasks to remind of", check_late),
    "paused": ("paused tracks to resume", check_paused),
}
