from odoo import api, fields, models

from odoo.addons.crm_tracks.tools.people import Assignee


class TrackTaskMixin(models.AbstractModel):
    """Tasks whose activities belong to a team.

    As in the forms of ``mail_activity_team``, an assignee who is no member makes way
    for the leader of the team or its only member, else for nobody: the activity is then
    one of the whole team.
    """

    _inherit = "track.task.mixin"

    activity_team_id = fields.Many2one(
        "mail.activity.team",
        ondelete="set null",
        help="The activity is assigned to this team. If the responsible is not a "
        "member, the team leader or the only member gets it, else the team without a "
        "user.",
    )

    @api.model
    def _get_option_fields(self):
        return (*super()._get_option_fields(), "activity_team_id")

    @api.onchange("activity_type_id")
    def _onchange_activity_type_id(self):
        result = super()._onchange_activity_type_id()
        team = self.activity_type_id.default_team_id
        if team:
            self.activity_team_id = team
        return result

    def _get_option_texts(self):
        texts = super()._get_option_texts()
        # sudo: readers of the task may see the name of its team
        team = self.sudo().activity_team_id
        if team and not self._is_automated():
            texts.append(self.env._("Team %s", team.name))
        return texts

    def _get_activity_team(self, run):
        """The team of this task, if it is for records of this track.

        :param run: the ``track.run``
        :return: ``mail.activity.team``, in sudo; empty if it is archived, or for other
            models
        """
        # sudo: the team does not depend on who acts
        team = self.sudo().activity_team_id
        models = team.res_model_ids.mapped("model")
        is_for_run = team.active and (not models or run.res_model in models)
        return team if is_for_run else team.browse()

    def _fit_assignee(self, run, assignee):
        assignee = super()._fit_assignee(run, assignee)
        team = self._get_activity_team(run)
        members = team.member_ids
        if not team or assignee.user in members:
            return assignee
        user = team.user_id & members or (members if len(members) == 1 else members[:0])
        return Assignee(
            user.filtered(lambda user: user._tracks_can_be_assigned()), False
        )


class TrackLine(models.Model):
    _inherit = "track.line"

    @api.depends("activity_team_id")
    def _compute_sentence(self):
        return super()._compute_sentence()


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    def _create_activities(self, records):
        result = super()._create_activities(records)
        # of many activities that are created at once, mail_activity_team tells nobody
        self.activity_ids.filtered("team_id.notify_members").action_notify_team()
        return result

    def _prepare_activity_vals(self, record):
        vals = super()._prepare_activity_vals(record)
        team = self._get_activity_team(self.run_id)
        # a user who was selected by hand need not be a member
        if team and (not self.user_id or self.user_id in team.member_ids):
            # the name under which mail_activity_team expects the user of a team
            vals |= {"team_id": team.id, "team_user_id": self.user_id.id}
        return vals
