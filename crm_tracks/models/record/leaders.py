from odoo import models


class MailActivityMixin(models.AbstractModel):
    """Who leads the team of a record."""

    _inherit = "mail.activity.mixin"

    def _tracks_get_leader(self):
        """The leader of the team of each of these records.

        A model with teams overrides this. Called in sudo, on many records at once.

        :return: dict, ``res.users`` (which may be empty) for each record id
        """
        return dict.fromkeys(self.ids, self.env["res.users"])


class ResUsers(models.Model):
    _inherit = "res.users"

    def _tracks_get_leaders(self):
        """The leaders of the sales teams of this user, in the order of the teams."""
        self.ensure_one()
        # sudo: the acting user need not see the teams of others
        return [team.user_id for team in self.sudo().crm_team_ids if team.user_id]
