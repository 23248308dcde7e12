from odoo import models


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def unlink(self):
        # The database cascades from a meeting to its activities, unseen by the ORM.
        # sudo: the tasks are skipped, whoever may delete the meeting (rule 10)
        activities = (
            self.env["mail.activity"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("calendar_event_id", "in", self.ids),
                    ("track_run_line_id", "!=", False),
                    "|",
                    ("active", "=", True),
                    ("muted", "=", True),
                ]
            )
        )
        if activities:
            self.check_access("unlink")
            activities.unlink()
        return super().unlink()
