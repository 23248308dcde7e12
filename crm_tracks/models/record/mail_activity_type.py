from odoo import models


class MailActivityType(models.Model):
    """An activity type that is deleted: what had it becomes a to-do."""

    _inherit = "mail.activity.type"

    def unlink(self):
        self.check_access("unlink")
        # Odoo does so for active activities; muted ones are as little done. sudo: they
        # lie on records that nobody here need see.
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
