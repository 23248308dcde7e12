from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class ResUsers(models.Model):
    """Users who leave, whose tasks are reassigned; and the stand-ins of users."""

    _inherit = "res.users"

    track_stand_in_id = fields.Many2one(
        "res.users",
        string="Stand-In",
        domain=[("share", "=", False)],
        index="btree_not_null",
        ondelete="set null",
        help="Gets tasks of tracks that are due while you are away, if the template "
        "says so.",
    )

    @api.constrains("track_stand_in_id")
    def _check_track_stand_in_id(self):
        for user in self:
            stand_in = user.track_stand_in_id
            if stand_in == user:
                raise ValidationError(
                    self.env._(
                        "%s cannot stand in for the same user. Select another one.",
                        user.sudo().name,
                    )
                )
            if stand_in and not stand_in._tracks_can_be_assigned():
                raise ValidationError(
                    self.env._(
                        "%s cannot be a stand-in. Select an active internal user.",
                        stand_in.sudo().name,
                    )
                )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "track_stand_in_id"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, "track_stand_in_id"]

    def action_archive(self):
        # Odoo deletes the activities of archived users
        self.check_access("write")
        self._tracks_reassign()
        return super().action_archive()

    def write(self, vals):
        if not self.env.su and vals.get("track_stand_in_id"):
            # users write their own preferences in sudo
            self._tracks_check_stand_in(vals["track_stand_in_id"])
        if "active" in vals and not vals["active"]:
            self.check_access("write")
            self._tracks_reassign()
        if "group_ids" not in vals:
            return super().write(vals)
        internal = self.sudo().filtered(lambda user: not user.share)
        result = super().write(vals)
        internal._tracks_reassign_demoted()
        return result

    @api.model
    def _tracks_check_stand_in(self, user_id):
        """Refuse a stand-in whom the acting user may not read.

        :param user_id: as a caller sent it
        :raise AccessError: when that is no user whom the acting user may read
        """
        named = user_id if isinstance(user_id, int) else repr(user_id)
        if self._tracks_find_hidden({named}):
            raise AccessError(
                self.env._(
                    "The user selected in “%s” does not exist, or you do not have "
                    "permission to read it. Select another one.",
                    self._fields["track_stand_in_id"]._description_string(self.env),
                )
            )

    def unlink(self):
        self.check_access("unlink")
        # the database deletes the activities without the ORM
        self._tracks_reassign()
        return super().unlink()

    def _tracks_reassign(self):
        """Reassign the activities of tracks, and all muted ones, of these users."""
        # sudo: the acting user need not have access to the records
        activities = (
            self.env["mail.activity"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("user_id", "in", self.ids),
                    "|",
                    ("muted", "=", True),
                    "&",
                    ("active", "=", True),
                    ("track_run_line_id", "!=", False),
                ]
            )
        )
        activities._tracks_reassign(self)

    def _tracks_reassign_demoted(self):
        """Reassign the tasks of those who are no longer internal users."""
        demoted = self.filtered("share")
        if demoted:
            demoted._tracks_reassign()


class ResGroups(models.Model):
    """The other way to make an internal user a portal user."""

    _inherit = "res.groups"

    def write(self, vals):
        if "user_ids" not in vals:
            return super().write(vals)
        self.check_access("write")
        # sudo: the engine reassigns their tasks
        internal = self.sudo().user_ids.filtered(lambda user: not user.share)
        result = super().write(vals)
        internal._tracks_reassign_demoted()
        return result
