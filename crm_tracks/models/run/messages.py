import logging

from odoo import SUPERUSER_ID, api, models
from odoo.tools import format_date

from ...tools.loading import is_loading_data
from ...tools.never_failing import never_failing
from ...tools.transaction import block_value, get_block_value

_logger = logging.getLogger(__name__)


class TrackRun(models.Model):
    _inherit = "track.run"

    def _send_message(self, user, subject, template, **values):
        """Send one message about these tracks, in the language of the environment.

        It belongs to the record of these tracks, if they have only one.

        :param user: the ``res.users`` to notify
        :param str template: the XML ID of its content
        :param values: of the template; it gets the user, too
        """
        places = {(run.res_model, run.res_id) for run in self}
        record = {}
        if len(places) == 1:
            [(model, res_id)] = places
            record = {"model": model, "res_id": res_id}
        self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=subject,
            body=self.env["ir.qweb"]._render(
                template, {"user": user, **values}, minimal_qcontext=True
            ),
            email_layout_xmlid="mail.mail_notification_layout",
            **record,
        )


class TrackRunLine(models.Model):
    """One message per user and transaction, with the list of the assigned tasks.

    Activities of tracks are created and reassigned with ``mail_activity_quick_update``,
    so that Odoo does not send an e-mail for each. The recipients are collected on the
    transaction, and the messages are sent at its end.
    """

    _inherit = "track.run.line"

    # How many tasks a message lists; further ones are only counted.
    _LISTED = 50

    def _announce(self):
        """Notify the assignees of these tasks at the end of the transaction.

        Only tasks with an active activity count, now and at the end: a task that is
        muted, completed or reassigned in between is not announced. Users are not
        notified of their own actions, and nothing is sent while demo data are loaded.
        """
        if is_loading_data(self.env):
            return
        data = self.env.cr.precommit.data
        is_unattended = get_block_value(self.env, "crm_tracks.unattended")
        actor_id = SUPERUSER_ID if is_unattended else self.env.uid
        told = self.filtered(
            lambda task: (
                task.user_id.id not in (False, actor_id) and task.activity_ids.active
            )
        )
        if not told:
            return
        if "crm_tracks.assigned" not in data:
            # sudo: the acting user need not see the assignees
            env = self.env["track.run"]._engine().env
            self.env.cr.precommit.add(env["track.run.line"]._send_announcements)
        by_actor = data.setdefault("crm_tracks.assigned", {})
        by_actor.setdefault(actor_id, {}).update(
            (task.id, task.user_id.id) for task in told
        )

    def _announcing_unattended(self):
        """Within the block, all assignees are notified, also the current user.

        That user did not act, only the user's rights apply.
        """
        return block_value(self.env, "crm_tracks.unattended", True)

    @api.model
    def _withdraw_announcements(self, assigned):
        """Do not notify users of tasks that another message of the cron names already.

        :param assigned: pairs of the id of a user and the id of a task
        """
        data = self.env.cr.precommit.data
        announced = data.get("crm_tracks.assigned", {}).get(SUPERUSER_ID, {})
        for user_id, task_id in assigned:
            if announced.get(task_id) == user_id:
                del announced[task_id]

    def _send_announcements(self):
        """Send what :meth:`_announce` collected; called before the commit.

        A message that cannot be sent is logged, and does not raise an error.
        """
        by_actor = self.env.cr.precommit.data.pop("crm_tracks.assigned", {})
        for actor_id, assigned in by_actor.items():
            tasks = self.browse(assigned).exists()
            tasks = tasks.filtered(
                lambda task, assigned=assigned: (
                    task.state == "open"
                    and task.activity_ids.active
                    and task.user_id.id == assigned[task.id]
                )
            )
            for user, of_user in tasks.grouped("user_id").items():
                with never_failing(
                    self.env, _logger, "%s could not be told of tasks.", user
                ):
                    with of_user.run_id._causing():
                        of_user.with_user(actor_id).sudo()._notify(user)

    def _notify(self, user):
        """Send one message about these tasks.

        :param user: the ``res.users`` to notify, in the language of that user
        """
        tasks = self.with_context(lang=user.lang)
        env = tasks.env
        lines = tasks._prepare_announcement()
        if len(tasks) == 1:
            [line] = lines
            subject = env._(
                "“%(record)s: %(task)s” assigned to you",
                record=line["record"],
                task=tasks.display_name,
            )
        else:
            subject = env._("%s tasks assigned to you", len(tasks))
        tasks.run_id._send_message(
            user,
            subject,
            "crm_tracks.message_tasks_assigned",
            author="" if env.user._is_superuser() else env.user.name,
            records=lines,
            more=len(tasks) - sum(len(line["tasks"]) for line in lines),
        )

    def _prepare_announcement(self, holders=None):
        """The content of a message about these tasks, grouped by record.

        :param dict holders: by task, the ``res.users`` who has or had it; None if the
            message does not say that
        :return: list of dicts: the ``record``'s name, its ``url``, and its ``tasks``,
            each with ``name``, ``track``, ``due`` and ``holder`` (a name, or an empty
            value); at most ``_LISTED`` tasks
        """
        by_record = {}
        for task in self.sorted(lambda task: (task.date_deadline, task.id))[
            : self._LISTED
        ]:
            run = task.run_id
            line = by_record.setdefault(
                (run.res_model, run.res_id),
                {
                    "record": run.res_name,
                    "url": run._get_record_url(),
                    "tasks": [],
                },
            )
            line["tasks"].append(
                {
                    "name": task.display_name,
                    "track": run.name,
                    "due": format_date(self.env, task.date_deadline),
                    "holder": holders and holders[task].name,
                }
            )
        return list(by_record.values())
