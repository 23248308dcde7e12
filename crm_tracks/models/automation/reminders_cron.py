import logging
from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import split_every

from ...tools.dates import TodayByCompany
from ...tools.lateness import Lateness
from ...tools.never_failing import never_failing

_logger = logging.getLogger(__name__)


class TrackRun(models.Model):
    """The part of the cron that reminds of late tasks and escalates them.

    A user gets one message per run. So the tasks are read first, without locks, to see
    who is to be notified. Then a batch contains all tasks of which some users are
    notified, and is decided upon again after it was locked. It stores what was done, so
    a run that is killed leaves nothing undone and does nothing twice.
    """

    _inherit = "track.run"

    # How many late tasks one run looks at; Odoo reruns the cron for the others.
    _ATTENTION_LIMIT = 5000

    @api.model
    def _cron_attend(self, left=0):
        """Remind of late tasks, and escalate them.

        :param int left: how many tasks have not begun yet
        :return: the same, and at least 1 if late tasks are left as well
        """
        tasks, are_more = self.env["track.run.line"]._search_late(self._ATTENTION_LIMIT)
        if not tasks:
            return left
        batches = tasks._split_by_notified(self._CRON_BATCH)
        left += are_more
        time_left = self.env["ir.cron"]._commit_progress(remaining=left)
        for number, (user_ids, ids) in enumerate(batches):
            if not time_left:
                return left + len(batches) - number
            batch = self.env["track.run.line"].browse(ids)
            time_left = self._cron_commit(
                lambda batch=batch, user_ids=user_ids: batch._cron_attend_batch(
                    user_ids
                ),
                lambda error, batch=batch, user_ids=user_ids: (
                    error and batch._cron_attend_each(user_ids)
                ),
            )
        return left


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    @api.model
    def _search_late(self, limit):
        """The tasks that the cron has to look at today, in the time zones of companies.

        :param int limit: how many at most
        :return: (``track.run.line``, whether there may be more)
        """
        todays = TodayByCompany(self.env)
        companies = self.env["res.company"].with_context(active_test=False)
        companies = companies.search(Domain.TRUE)
        last = max(todays[company] for company in [*companies, companies.browse()])
        found = self.search_fetch(
            [("state", "=", "open"), ("date_attention", "<=", last)],
            ["run_id", "date_attention"],
            order="date_attention, id",
            limit=limit,
        )
        due = found.filtered(
            lambda task: task.date_attention <= todays[task.run_id.company_id]
        )
        return due, len(found) == limit

    def _split_by_notified(self, size):
        """These tasks in batches, each with all those of which a user is notified.

        :param int size: how many tasks a batch has, unless one user needs more
        :return: list of (set of the ids of users, 0 for nobody; list of ids of tasks)
        """
        ids_by_user = defaultdict(list)
        for ids in split_every(1000, self.ids):
            for task_id, user_ids in self.browse(ids)._get_notified().items():
                for user_id in user_ids:
                    ids_by_user[user_id].append(task_id)
        batches = []
        user_ids, task_ids = set(), {}
        for user_id, ids in sorted(ids_by_user.items()):
            if task_ids and len(task_ids.keys() | set(ids)) > size:
                batches.append((user_ids, list(task_ids)))
                user_ids, task_ids = set(), {}
            user_ids.add(user_id)
            task_ids |= dict.fromkeys(ids)
        if task_ids:
            batches.append((user_ids, list(task_ids)))
        return batches

    def _get_notified(self):
        """Who is to be notified of these tasks; never raises.

        :return: dict of sets of ids of users by id of task; 0 stands for nobody
        """
        notified = defaultdict(set)
        parts = [self]
        while parts:
            part = parts.pop()
            with never_failing(
                self.env, _logger, "%s could not be read.", part, is_reading=True
            ) as errors:
                late = part.filtered(lambda task: task._get_pending())
                for task, _kind, user in late._get_notices(Lateness(late)):
                    notified[task.id].add(user.id or 0)
            if errors and len(part) > 1:
                parts += [self.browse(id_) for id_ in part.ids]
        # also those that only have to be looked at later
        return {id_: notified[id_] or {0} for id_ in self.ids}

    def _cron_attend_batch(self, user_ids):
        """Notify these users of these tasks, except those that are locked by others."""
        tasks = self.env["track.run"]._lock_tasks(self)
        tasks.run_id._follow_records()
        tasks = tasks.exists()
        tasks.run_id._force_conflict()
        with tasks.run_id._causing():
            tasks._attend(user_ids)
            self.env.cr.flush()

    def _cron_attend_each(self, user_ids):
        """Notify these users after their batch failed, without the tasks that fail."""
        self.exists().run_id._cron_follow()
        tasks = self.env["track.run"]._lock_tasks(self.exists())
        tasks.run_id._force_conflict()
        with tasks.run_id._causing():
            for task in tasks:
                with never_failing(
                    self.env, _logger, "%s could not be reminded of.", task
                ) as errors:
                    task._attend(user_ids)
                if errors:
                    task._postpone_attention()
            self.env.cr.flush()

    def _postpone_attention(self):
        """Look at this task again tomorrow: otherwise it would always come first."""
        today = TodayByCompany(self.env)[self.run_id.company_id]
        self.write({"date_attention": today + timedelta(days=1)})
