from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _tracks_can_be_assigned(self):
        """Whether this user may do a task: active, internal, and not OdooBot."""
        user = self.sudo()
        return bool(
            user and user.active and not user.share and not user._is_superuser()
        )


class TrackRun(models.Model):
    """Who starts a track, and who stands in for whoever is missing (rules 3 and 32)."""

    _inherit = "track.run"

    @api.model
    def _get_starters(self, records):
        """Who counts as the starter of a track on each of these records.

        The person who acts; where that is not an active internal user, the record's
        owner, or else a Tracks administrator.

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
        """The first of these who can be assigned, else a Tracks administrator.

        :param candidates: list of ``res.users``, some of them perhaps empty or None
        :param company: ``res.company`` whose administrator stands in
        :param leavers: ``res.users`` who are not to be chosen
        :return: ``res.users``, empty only where nobody at all is left
        """
        for user in candidates:
            if user and user not in leavers and user._tracks_can_be_assigned():
                return user
        return self._get_administrator(company, leavers)

    @api.model
    def _get_administrator(self, company, leavers=()):
        """A Tracks administrator of the company, the one who has been there longest."""
        managers = self.env.ref("crm_tracks.group_track_manager").sudo().all_user_ids
        return managers.filtered(
            lambda user: (
                user not in leavers
                and user._tracks_can_be_assigned()
                and (not company or company in user.company_ids)
            )
        ).sorted("id")[:1]


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _tracks_hand_over(self, leavers):
        """Give these activities to others than those who leave (rule 10).

        Each goes to the first of: the record's owner, whoever started its track, a
        Tracks administrator of the record's company, who stays. One note a record.

        :param leavers: ``res.users``
        """
        Run = self.env["track.run"].sudo()
        by_record = {}
        for model, activities in self.grouped("res_model").items():
            if not model:
                continue
            records = self.env[model].sudo().browse(set(activities.mapped("res_id")))
            records = records.exists()
            owners = records._tracks_get_owner()
            companies = Run._get_record_companies(records)
            for activity in activities:
                record = records.browse(activity.res_id)
                if record not in records:
                    continue
                starter = activity.track_run_line_id.run_id.user_id
                user = Run._get_first_assignable(
                    [owners[record.id], starter],
                    companies[record] or activity.track_run_line_id.company_id,
                    leavers,
                )
                by_record.setdefault(record, {}).setdefault(user, []).append(
                    activity.id
                )
        by_user = {}
        for by_assignee in by_record.values():
            for user, ids in by_assignee.items():
                by_user.setdefault(user, []).extend(ids)
        for user, ids in by_user.items():
            activities = self.browse(ids)
            # the task first, so that this does not count as chosen by hand
            activities.track_run_line_id.write({"user_id": user.id})
            activities._write_silently({"user_id": user.id})
        bodies = {}
        for record, by_assignee in by_record.items():
            if "message_ids" in record._fields:
                bodies.setdefault(record._name, {})[record.id] = self.env._(
                    "%(leavers)s left; their tasks here went to %(users)s.",
                    leavers=", ".join(leavers.sudo().mapped("name")),
                    users=", ".join(user.name or "?" for user in by_assignee),
                )
        for model, notes in bodies.items():
            self.env[model].sudo().browse(notes)._message_log_batch(notes)


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    def _get_assignees(self):
        """Who is to do each of these tasks, as things stand now (rule 3).

        :return: dict of ``res.users`` (in sudo)
        """
        records = self.run_id._get_records()
        owners = {}
        for model in set(self.run_id.mapped("res_model")):
            on_model = [rec.id for rec in records.values() if rec._name == model]
            if on_model:
                owners[model] = (
                    self.env[model].sudo().browse(on_model)._tracks_get_owner()
                )
        assignees = {}
        administrators = {}
        for task in self:
            run = task.run_id
            owner = owners.get(run.res_model, {}).get(run.res_id)
            wanted = {
                "owner": lambda owner=owner: owner,
                "user": lambda task=task: task.responsible_id,
                "starter": lambda run=run: run.user_id,
                "previous": lambda task=task: task._get_previous_doer(),
            }[task.responsible_type]()
            if task.user_manual and task.user_id:
                wanted = task.user_id
            for user in (wanted, owner, run.user_id):
                if user and user._tracks_can_be_assigned():
                    assignees[task] = user
                    break
            else:
                company = run.company_id
                if company not in administrators:
                    administrators[company] = self.env["track.run"]._get_administrator(
                        company
                    )
                assignees[task] = administrators[company]
        return assignees

    def _get_previous_doer(self):
        """The last person who completed an earlier task of this track."""
        self.ensure_one()
        earlier = self._get_siblings()
        done = earlier[: list(earlier).index(self)].filtered(
            lambda task: task.state == "done"
        )
        return done.sorted("done_rank")[-1:].done_user_id
