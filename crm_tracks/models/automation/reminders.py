from collections import defaultdict
from datetime import timedelta
from enum import Enum
from typing import Any, NamedTuple

from odoo import fields, models

from ...tools.dates import get_company_zone, get_day
from ...tools.lateness import Lateness
from .escalation import Escalation


class Kind(Enum):
    """What is done about a late task.

    :cvar REMIND: its assignee is reminded
    :cvar TELL: another user is notified
    :cvar GIVE: another user is assigned the task
    """

    REMIND = "remind"
    TELL = "tell"
    GIVE = "give"


class Notice(NamedTuple):
    """That something is to be done about a late task now.

    :cvar task: its ``track.run.line``
    :cvar kind: :class:`Kind`
    :cvar user: the ``res.users`` who gets a message; empty if there is nobody
    """

    task: Any
    kind: Kind
    user: Any


class TrackOptionsMixin(models.AbstractModel):
    _inherit = "track.options.mixin"

    def _get_attention_days(self):
        """After how many working days late tasks are looked at.

        :return: dict of int by the field of the task that stores for which due date it
            was done; empty for most templates
        """
        days = {"date_reminded": self.remind_days, "date_escalated": self.escalate_days}
        return {name: count for name, count in days.items() if count}


class TrackRun(models.Model):
    _inherit = "track.run"

    def _plan_attention(self):
        """Plan when late tasks of these tracks are looked at: as their state allows."""
        asking = self.filtered(lambda run: run._get_attention_days())
        asking.line_ids._plan_attention()


class TrackRunLine(models.Model):
    """Reminders of late tasks, and their escalation.

    ``date_attention`` is the next day on which the scheduled action looks at a task. It
    is never too late, for it counts days off and absences as far as they have passed.
    It is empty unless the options of the track ask for it, the task is open and the
    track is not on hold. It is planned again whenever that changes, or the due date, or
    the assignee (:meth:`_plan_attention`).

    What was done is stored with the due date for which it was done. So it is done once
    for each due date, and again if the task is late for another one.
    """

    _inherit = "track.run.line"

    # Fields on which it depends when a task is looked at.
    _LATENESS_FIELDS = frozenset(("state", "date_deadline", "user_id"))

    date_attention = fields.Date(
        string="Checked for Lateness On",
        copy=False,
        readonly=True,
        help="Next day on which the scheduled action checks for how long the task is "
        "late.",
    )
    date_late_from = fields.Date(
        string="Lateness Counted From",
        copy=False,
        readonly=True,
        help="Day on which a late task was assigned or resumed. Earlier days do not "
        "count.",
    )
    date_reminded = fields.Date(
        string="Reminded for Due Date",
        copy=False,
        readonly=True,
        help="The due date for which the assignee was reminded.",
    )
    date_escalated = fields.Date(
        string="Escalated for Due Date",
        copy=False,
        readonly=True,
        help="The due date for which the task was escalated.",
    )

    # for the cron: late tasks of which somebody is to be notified
    _attention_idx = models.Index(
        "(date_attention, id) WHERE state = 'open' AND date_attention IS NOT NULL"
    )

    # ------------------------------------------------------------------
    # When a task is looked at
    # ------------------------------------------------------------------

    def _plan_attention(self, is_new=False):
        """Store when the scheduled action looks at these tasks, of any state.

        :param bool is_new: whether they are assigned now, or their track wakes up. Then
            days that have passed do not count: nobody could work on the tasks
        """
        asking = self.run_id.filtered(lambda run: run._get_attention_days())
        if not asking:
            return
        tasks = self.filtered(lambda task: task.run_id in asking)
        if is_new:
            tasks._count_lateness_anew()
        by_day = defaultdict(list)
        for task in tasks:
            by_day[task._get_attention_day()].append(task.id)
        for day, ids in by_day.items():
            self.browse(ids).write({"date_attention": day})

    def _get_attention_day(self):
        """The first day on which this task can be late for long enough, or False.

        Days off and absences are not looked at: that is done on that day.
        """
        pending = self._get_pending()
        if not pending:
            return False
        return self._get_late_from() + timedelta(days=min(pending.values()))

    def _get_pending(self):
        """What is still to be done about this task, as ``_get_attention_days``."""
        run = self.run_id
        days = run._get_attention_days()
        if not days or not self._is_looked_at():
            return {}
        return {
            name: count
            for name, count in days.items()
            if self[name] != self.date_deadline
        }

    def _is_looked_at(self):
        """Whether anybody is reminded of this task now."""
        is_awake = self.run_id.state == "running" and not self.run_id.held
        return self.state == "open" and bool(self.date_deadline) and is_awake

    def _get_late_from(self):
        """The day after which days count: the due date, unless it began late."""
        return max(filter(None, (self.date_deadline, self.date_late_from)))

    def _count_lateness_anew(self):
        """Let the days count from today on for those of these tasks that are late."""
        now = fields.Datetime.now()
        for task in self.filtered(lambda task: task._is_looked_at()):
            today = get_day(now, get_company_zone(task.run_id.company_id))
            if task.date_deadline < today:
                task.write({"date_late_from": today})

    # ------------------------------------------------------------------
    # What is done
    # ------------------------------------------------------------------

    def _get_notices(self, lateness):
        """What is to be done about these tasks now.

        :param Lateness lateness: of these tasks
        :return: list of :class:`Notice`, in the order of the tasks
        """
        due = {
            task: [
                name
                for name, days in task._get_pending().items()
                if lateness.count(task) >= days
            ]
            for task in self
        }
        escalated = self.filtered(lambda task: "date_escalated" in due[task])
        escalation = Escalation(escalated)
        notices = []
        for task in self:
            target = task in escalated and escalation.get_target(task)
            is_given = bool(target) and task.run_id._gives_late_tasks()
            if "date_reminded" in due[task] and not is_given:
                notices.append(Notice(task, Kind.REMIND, task.user_id))
            if task in escalated:
                kind = Kind.GIVE if is_given else Kind.TELL
                notices.append(Notice(task, kind, target))
        return notices

    def _attend(self, user_ids):
        """Do what is to be done about these late tasks, as far as it concerns users.

        :param user_ids: ids of the users who are notified; 0 stands for nobody
        """
        attended = self.filtered(lambda task: task._get_pending())
        lateness = Lateness(attended)
        notices = [
            notice
            for notice in attended._get_notices(lateness)
            if (notice.user.id or 0) in user_ids
        ]
        holders = {notice.task: notice.task.user_id for notice in notices}
        self._give_late(notices)
        for task, kind, _user in notices:
            name = "date_reminded" if kind == Kind.REMIND else "date_escalated"
            task.write({name: task.date_deadline})
        self._log_escalations(notices, holders)
        self._collect_late(notices, holders)
        for task in self:
            task._move_attention(lateness)

    def _give_late(self, notices):
        """Assign the tasks that are given to another user, as a user would."""
        by_user = defaultdict(list)
        for task, kind, user in notices:
            if kind == Kind.GIVE:
                by_user[user].append(task.id)
        for user, ids in by_user.items():
            tasks = self.browse(ids)
            tasks._reassign(user)
            for task in tasks:
                # the new assignee is not reminded of the same due date
                task.write({"date_reminded": task.date_deadline})

    def _move_attention(self, lateness):
        """Store when this task is looked at next, after it was looked at now."""
        pending = self._get_pending()
        days = [
            lateness.get_next_day(self, count)
            for count in pending.values()
            if count > lateness.count(self)
        ]
        if len(days) == len(pending):
            # otherwise another user is still to be notified in this run
            self.write({"date_attention": min(days, default=False)})

    def _log_escalations(self, notices, holders):
        """Log in the chatter which tasks were escalated, and to whom.

        :param dict holders: who had the tasks: ``res.users`` by task
        """
        texts = defaultdict(list)
        env = self.with_context(lang=self.env.user.lang).env
        for task, kind, user in notices:
            names = {
                "task": task._get_label(),
                "track": task.run_id._get_name_in_bold(),
                "user": user.name,
            }
            if kind == Kind.GIVE:
                text = env._(
                    "“%(task)s” of track %(track)s is late, so it was reassigned from "
                    "%(holder)s to %(user)s.",
                    holder=holders[task].name,
                    **names,
                )
            elif kind == Kind.TELL and user:
                text = env._(
                    "“%(task)s” of track %(track)s is late. %(user)s was notified.",
                    **names,
                )
            else:
                continue
            texts[task.run_id].append(text)
        runs = self.run_id.filtered(lambda run: run in texts)
        runs._log(texts)
