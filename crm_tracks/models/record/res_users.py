from odoo import models


class ResUsers(models.Model):
    """People who leave: their tasks go to somebody who stays (SPEC, rule 10)."""

    _inherit = "res.users"

    def action_archive(self):
        # Odoo deletes the activities of whoever is archived
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
        # the database takes the activities along, unseen by the ORM
        self._tracks_reassign()
        return super().unlink()

    def _tracks_reassign(self):
        """Hand the tracks' activities of these users over, and all muted ones."""
        # sudo: the work of whoever leaves lies on records that nobody here need see
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
        """Hand over the tasks of those who were internal users and are no more."""
        demoted = self.filtered("share")
        if demoted:
            demoted._tracks_reassign()


class ResGroups(models.Model):
    """The other door by which an internal user becomes a portal user."""

    _inherit = "res.groups"

    def write(self, vals):
        if "user_ids" not in vals:
            return super().write(vals)
        self.check_access("write")
        # sudo: their tasks are handed over by the engine
        internal = self.sudo().user_ids.filtered(lambda user: not user.share)
        result = super().write(vals)
        internal._tracks_reassign_demoted()
        return result
