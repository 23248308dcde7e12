from odoo import models


class ResUsers(models.Model):
    """Users who leave: their tasks are reassigned."""

    _inherit = "res.users"

    def action_archive(self):
        # Odoo deletes the activities of archived users
        self.check_access("write")
        self._tracks_reassign()
        return super().action_archive()

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self.check_access("write")
            self._tracks_reassign()
        if "group_ids" not in vals:
            return super().write(vals)
        internal = self.sudo().filtered(lambda user: not user.share)
        result = super().write(vals)
        internal._tracks_reassign_demoted()
        return result

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
