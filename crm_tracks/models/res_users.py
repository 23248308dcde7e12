from odoo import models


class ResUsers(models.Model):
    """People who leave: their tasks go to somebody who stays (SPEC, rule 10)."""

    _inherit = "res.users"

    def action_archive(self):
        # Odoo deletes the activities of whoever is archived
        self._tracks_hand_over()
        return super().action_archive()

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self._tracks_hand_over()
        return super().write(vals)

    def unlink(self):
        # the database takes the activities along, unseen by the ORM
        self._tracks_hand_over()
        return super().unlink()

    def _tracks_hand_over(self):
        """Hand the tracks' activities of these users over, and all muted ones."""
        self.check_access("write")
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
        activities._tracks_hand_over(self)
