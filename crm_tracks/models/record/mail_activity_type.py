from odoo import models


class MailActivityType(models.Model):
    """Muted activities of a deleted activity type become to-dos."""

    _inherit = "mail.activity.type"

    def unlink(self):
        self.check_access("unlink")
        # Odoo does this for active activities only. sudo: the user need not have access
        # to the records.
        muted = (
            self.env["mail.activity"]
            .sudo()
            .with_context(active_test=False)
            .search([("activity_type_id", "in", self.ids), ("muted", "=", True)])
        )
        if muted:
            todo = self.env.ref("mail.mail_activity_data_todo")
            muted._write_silently({"activity_type_id": todo.id})
        return super().unlink()
