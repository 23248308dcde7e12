import logging
from collections import defaultdict

from odoo import SUPERUSER_ID, api, models

from ...tools.loading import is_loading_data
from ...tools.never_failing import never_failing
from ...tools.transaction import collect_for_commit

_logger = logging.getLogger(__name__)

# The parts of a message, in their order.
_KINDS = ("give", "remind", "tell")


class TrackRunLine(models.Model):
    """One message per user and transaction about late tasks.

    It contains the user's own late tasks, those of others that were escalated, and
    those that were reassigned to the user. As in ``messages.py``, it is collected on
    the transaction, and sent at its end.
    """

    _inherit = "track.run.line"

    def _collect_late(self, notices, holders):
        """Notify users of late tasks at the end of the transaction.

        :param notices: list of (task, kind, ``res.users``), as of ``Notice``
        :param dict holders: who had the tasks: ``res.users`` by task
        """
        entries = [
            (user.id, kind.value, task.id, holders[task])
            for task, kind, user in notices
            if user and user._tracks_can_be_assigned()
        ]
        if not entries or is_loading_data(self.env):
            return
        env = self.with_user(SUPERUSER_ID).env["track.run"]._engine().env
        send = env["track.run.line"]._send_late
        collect_for_commit(self.env.cr, "crm_tracks.late", entries, send)
        self._withdraw_announcements(
            (user_id, task_id) for user_id, _kind, task_id, _holder in entries
        )

    @api.model
    def _send_late(self):
        """Send what :meth:`_collect_late` collected; called before the commit.

        What was rolled back is not told. A message that cannot be sent is logged, and
        does not raise an error.
        """
        collected = self.env.cr.precommit.data.pop("crm_tracks.late", [])
        by_user = defaultdict(list)
        tasks = self.browse({entry[2] for entry in collected}).exists()
        for user_id, kind, task_id, holder in collected:
            task = self.browse(task_id)
            name = "date_reminded" if kind == "remind" else "date_escalated"
            if task in tasks and task[name] == task.date_deadline:
                by_user[user_id].append((kind, task, holder.with_env(self.env)))
        for user_id, entries in by_user.items():
            user = self.env["res.users"].browse(user_id)
            with never_failing(
                self.env, _logger, "%s could not be told of late tasks.", user
            ):
                self.with_context(lang=user.lang)._tell_of_late(user, entries)

    @api.model
    def _tell_of_late(self, user, entries):
        """Send one message about late tasks, in the language of the environment.

        :param user: the ``res.users`` to notify
        :param entries: list of (kind, task, the ``res.users`` who had the task)
        """
        tasks = self.browse(dict.fromkeys(task.id for _kind, task, _user in entries))
        parts, more = tasks._prepare_late_parts(entries)
        subject = tasks._get_late_subject()
        tasks.run_id._send_message(
            user, subject, "crm_tracks.message_late", parts=parts, more=more
        )

    def _get_late_subject(self):
        """The subject of a message about these tasks."""
        if len(self) == 1:
            return self.env._(
                "Late: “%(record)s: %(task)s”",
                record=self.run_id.res_name,
                task=self.display_name,
            )
        return self.env._("%s late tasks", len(self))

    @api.model
    def _prepare_late_parts(self, entries):
        """The content of a message about late tasks; parameters of `_tell_of_late`.

        :return: (list of dicts with ``kind``, and ``records`` as of
            :meth:`_prepare_announcement`; how many tasks are not listed)
        """
        parts, left = [], self._LISTED
        for kind in _KINDS:
            chosen = {
                task.with_env(self.env): holder
                for of_kind, task, holder in entries
                if of_kind == kind
            }
            tasks = self.browse(task.id for task in list(chosen)[:left])
            left -= len(tasks)
            if tasks:
                holders = None if kind == "remind" else chosen
                records = tasks._prepare_announcement(holders)
                parts.append({"kind": kind, "records": records})
        return parts, len(entries) - self._LISTED + left
