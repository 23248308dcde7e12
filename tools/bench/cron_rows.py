"""The comparisons of runs of the cron."""

from functools import partial

from part import Part, Row, on_leads
from stopwatch import Side, without_commits

from odoo.api import SUPERUSER_ID
from odoo.fields import Command


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
        ours, odoos = self._compare(
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
        )
        world.remove_leads(lead_ids)
        yield Row(ours)
        slower = ours.per_record / odoos.per_record
        yield Row(odoos, f"ours takes {slower:.2f} times as long")

    def _run_automated(self, env):
        self.world.set_due_aside(env)
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
        """A run of the cron with a constant number of due tasks among more and more."""
        first = None
        for tasks in self.sizes.tasks:
            self.world.grow(tasks)
            with self.world.committing() as env:
                count = self.world.count_tasks(env)
            name = f"{self.sizes.due:,} tasks due among {count:,}"
            [result] = self._compare(
                Side(name, self.sizes.due, self._run, self._is_opened, SUPERUSER_ID)
            )
            first = first or result
            slower = result.median / first.median
            if result is first:
                yield Row(result)
            else:
                yield Row(
                    result,
                    f"{slower:.2f} times as long as among the fewest",
                    "at most 1.2 times",
                    slower <= 1.2,
                )

    def _run(self, env):
        def run():
            with without_commits(env.cr):
                env["track.run"]._cron_process()

        return run

    def _is_opened(self, env):
        due = self.world.due_leads
        opened = env["mail.activity"].search_count(on_leads(due))
        assert opened == len(due), f"{opened} of {len(due)} due tasks were assigned"
