from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.people import People
from ...tools.states import NOT_ENDED, UNFINISHED


class ResUsers(models.Model):
    _inherit = "res.users"

    def _tracks_can_be_assigned(self):
        """Whether tasks can be assigned to this user: active, internal, not OdooBot."""
        user = self.sudo()
        return bool(
            user and user.active and not user.share and not user._is_superuser()
        )

    def _tracks_format_stand_in(self, away):
        """The name of this user, and for whom the user stands in.

        :param away: ``res.users``, or None
        :return: str, empty without a user
        """
        # sudo: the reader may know who does the task
        name = self.sudo().name or ""
        if not away:
            return name
        return self.env._(
            "%(user)s (stands in for %(away)s)", user=name, away=away.sudo().name
        )

    def _tracks_prepare_responsible_vals(self):
        """The values that make this user, or else the owner, responsible for a task.

        :return: dict, values of a task
        """
        if self._tracks_can_be_assigned():
            return {"responsible_type": "user", "responsible_id": self.id}
        return {"responsible_type": "owner"}

    def _tracks_get_leaving_note(self, successors):
        """The note for a record on which tasks of these users were reassigned.

        :param successors: the ``res.users`` who are assigned now, with an empty one if
            nobody was found for some tasks
        :return: str, two or three sentences
        """
        leavers = self.sudo()
        left = ", ".join(leavers.mapped("name"))
        names = ", ".join(user.name for user in successors if user)
        sentences = [
            self.env._("%s can no longer be assigned tasks.", left)
            if any(leavers.mapped("share"))
            else self.env._("%s left.", left)
        ]
        if names:
            sentences.append(
                self.env._("Their tasks on this record were reassigned to %s.", names)
            )
        if not all(successors):
            sentences.append(
                self.env._(
                    "No assignee was found for some of their tasks on this record. "
                    "Assign these tasks."
                )
                if names
                else self.env._(
                    "No assignee was found for their tasks on this record. Set an "
                    "owner and assign the tasks."
                )
            )
        return " ".join(sentences)


class TrackRun(models.Model):
    """The starter of a track, and the replacement of users who cannot be assigned."""

    _inherit = "track.run"

    def action_reassign(self, user):
        """Assign the unfinished tasks of these tracks to one user.

        The tasks count as assigned manually and do not follow a later owner. For muted
        activities, nobody is notified.

        :param user: ``res.users``, or its id
        :raise AccessError: when the user may not write the record of one of them
        :raise UserError: when that user cannot be assigned, or all tracks have ended
        """
        runs = self._filter_for_action(
            NOT_ENDED,
            self.env._(
                "Only tracks that have not ended can be reassigned. Select another "
                "track instead of %s."
            ),
        )
        runs._get_reassignable_tasks()._reassign(self._check_assignee(user))
        return True

    def _get_reassignable_tasks(self):
        """The unfinished tasks of these tracks that have an assignee."""
        return self.line_ids.filtered(
            lambda line: line.state in UNFINISHED and not line._is_automated()
        )

    def action_open_reassign(self):
        """Open the dialog that reassigns these tracks."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_tracks.track_reassign_action"
        )
        action["context"] = {"default_run_ids": self.ids}
        return action

    @api.model
    def _check_assignee(self, user):
        """The user that a caller passed, if tasks can be assigned to that user.

        :param user: ``res.users``, or its id; empty values are refused, too
        :return: ``res.users``, in sudo
        :raise UserError: when the user does not exist, or is not active and internal
        """
        if isinstance(user, models.BaseModel):
            user = user.id if user._name == "res.users" and len(user) <= 1 else 0
        if user is False or user is None:
            raise UserError(
                self.env._(
                    "A task cannot be assigned to nobody. Select an active internal "
                    "user."
                )
            )
        is_id = isinstance(user, int) and not isinstance(user, bool)
        person = self.env["res.users"].browse(user if is_id else []).exists()
        if not person._tracks_can_be_assigned():
            known = person.has_access("read") and person.name
            raise UserError(
                self.env._(
                    "%s cannot be assigned. Select an active internal user.",
                    known or f"#{user}",
                )
            )
        return person.sudo()

    @api.model
    def _get_starters(self, records):
        """The starter of a track on each of these records.

        The acting user if active and internal, else the record's owner, else a Tracks
        administrator.

        :return: dict of ``res.users``
        """
        if self.env.user._tracks_can_be_assigned():
            return dict.fromkeys(records, self.env.user)
        owners = records.sudo()._tracks_get_owner()
        companies = self._get_record_companies(records)
        return {
            record: self._get_first_assignable(
                [owners.get(record.id)], companies[record] or self.env.company
            )
            for record in records
        }

    @api.model
    def _get_first_assignable(self, candidates, company, leavers=()):
        """The first of these users who can be assigned, else a Tracks administrator.

        :param candidates: list of ``res.users``, which may be empty or None
        :param company: ``res.company`` of the administrator
        :param leavers: ``res.users`` to exclude
        :return: ``res.users``, empty if nobody can be assigned
        """
        for user in candidates:
            if user and user not in leavers and user._tracks_can_be_assigned():
                return user
        return self._get_administrator(company, leavers)

    @api.model
    def _get_administrator(self, company, leavers=()):
        """A Tracks administrator of the company, else a settings administrator.

        The user with the lowest id. The groups may have been deleted.
        """
        for xml_id in ("crm_tracks.group_track_manager", "base.group_system"):
            group = self.env.ref(xml_id, raise_if_not_found=False)
            # sudo: the acting user need not see the administrators of the company
            users = group.sudo().all_user_ids if group else self.env["res.users"]
            found = users.sorted("id").filtered(
                lambda user: (
                    user not in leavers
                    and user._tracks_can_be_assigned()
                    and (not company or company in user.company_ids)
                )
            )
            if found:
                return found[:1]
        return self.env["res.users"]


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _tracks_reassign(self, leavers):
        """Reassign these activities of users who leave.

        Each goes to the first who can be assigned: the record's owner, the starter of
        the track, a Tracks administrator of the record's company. One note per record
        says so.

        :param leavers: ``res.users``
        """
        by_record = self._tracks_find_successors(leavers)
        by_user = defaultdict(list)
        for record, by_assignee in by_record.items():
            owner = record._tracks_get_owner()[record.id]
            for user, ids in by_assignee.items():
                by_user[user, user == owner] += ids
        for (user, is_owner), ids in by_user.items():
            self.browse(ids)._tracks_give_to(user, is_owner)
        self.env["mail.activity.mixin"]._tracks_log(
            {
                record: leavers._tracks_get_leaving_note(by_assignee)
                for record, by_assignee in by_record.items()
            }
        )

    def _tracks_find_successors(self, leavers):
        """The new assignees of these activities; see :meth:`_tracks_reassign`.

        :return: dict by record, in sudo, of dicts by ``res.users``: ids of activities
        """
        Run = self.env["track.run"].sudo()
        by_record = defaultdict(lambda: defaultdict(list))
        for model, activities in (
            self.filtered("res_model").grouped("res_model").items()
        ):
            records = self.env[model].sudo().browse(set(activities.mapped("res_id")))
            records = records.exists()
            owners = records._tracks_get_owner()
            companies = Run._get_record_companies(records)
            for activity in activities:
                record = records.browse(activity.res_id)
                if record in records:
                    run = activity.track_run_line_id.run_id
                    user = Run._get_first_assignable(
                        [owners[record.id], run.user_id],
                        companies[record] or run.company_id,
                        leavers,
                    )
                    by_record[record][user].append(activity.id)
        return by_record

    def _tracks_give_to(self, user, is_owner):
        """Assign these activities, and their tasks, to a new assignee.

        :param user: ``res.users``, empty if nobody was found
        :param bool is_owner: whether the user is the owner of the records
        """
        tasks = self.track_run_line_id
        # the tasks first, so that this does not count as assigned manually
        tasks.write({"user_id": user.id, "user_manual": False})
        if is_owner:
            tasks.follows_owner = True
        self._write_silently({"user_id": user.id})
        tasks._announce()


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    stands_in_for_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="The user who was away on the due date when the task was assigned.",
    )

    def _get_assignees(self, records=None):
        """The assignee of each of these tasks at present.

        :param dict records: as of ``track.run._get_records``, if they were read already
        :return: dict of :class:`Assignee`
        """
        people = People(self.run_id, self, records)
        assignees = {}
        for task in self:
            if task.user_manual and task.user_id:
                # a user who was selected by hand is assigned, also when away
                assignees[task] = people.choose(task.run_id, task.user_id)
            else:
                assignees[task] = people.get_assignee(
                    task.run_id, task, task.date_deadline, task._get_previous_doer
                )
        return assignees

    def _reassign(self, user=None):
        """Assign these tasks and their activities to another user.

        The new assignee is notified once, but not of muted activities.

        :param user: ``res.users`` selected by a user, which stays; None determines the
            assignee of each open task again
        """
        if user:
            self.write({"user_id": user.id, "user_manual": True})
        else:
            for task, assignee in self._get_assignees().items():
                by_hand = task.user_manual and task.user_id == assignee.user
                task.write({**assignee.prepare_vals(), "user_manual": by_hand})
        self._pass_activities_on()

    def _follow_owner(self):
        """Assign these tasks, which follow the owner, to the new owner.

        The responsible is not determined again: another user may be available now, but
        the task has been assigned to the owner.
        """
        people = People(self.run_id)
        for task in self:
            owner = people.choose(task.run_id, None)
            user = task._fit_assignee(task.run_id, owner).user
            # follows_owner marks the write as the engine's, not as a manual assignment
            task.write({"user_id": user.id, "follows_owner": True})
        self._pass_activities_on()

    def _pass_activities_on(self):
        """Assign the activities of these tasks to the assignees of the tasks."""
        for assignee, tasks in self.grouped("user_id").items():
            activities = tasks.activity_ids.filtered(
                lambda activity, tasks=tasks, assignee=assignee: (
                    activity.user_id != assignee
                    and activity.track_run_line_id.state == "open"
                )
            )
            activities._write_silently({"user_id": assignee.id})
            activities.track_run_line_id._announce()

    def _get_previous_doer(self):
        """The user who last completed an earlier task of this track."""
        self.ensure_one()
        earlier = self._get_siblings()
        done = earlier[: list(earlier).index(self)].filtered(
            lambda task: task.state == "done" and not task._is_automated()
        )
        return done.sorted("done_rank")[-1:].done_user_id
