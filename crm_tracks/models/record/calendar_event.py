from odoo import fields, models

from ...tools.transaction import block_value


class CalendarEvent(models.Model):
    """A meeting that was scheduled by an activity, which follows its changes."""

    _inherit = "calendar.event"

    # Muted activities follow their meeting, too, so that they wake up with its date.
    activity_ids = fields.One2many(
        domain=["|", ("active", "=", True), ("muted", "=", True)],
        context={"active_test": False},
    )

    def _sync_activities(self, fields):
        kept = self.browse()
        if "user_id" in fields:
            # An organizer to whom no task can be assigned does not become assignee.
            # sudo: users cannot read whether an activity has a task.
            kept = self.filtered(
                lambda event: (
                    event.sudo().activity_ids.track_run_line_id
                    and not event.user_id._tracks_can_be_assigned()
                )
            )
        with block_value(self.env, "crm_tracks.worded_by_meeting", True):
            super(CalendarEvent, kept)._sync_activities(set(fields) - {"user_id"})
            return super(CalendarEvent, self - kept)._sync_activities(fields)

    def unlink(self):
        self.check_access("unlink")
        # The database deletes the activities of a meeting without the ORM.
        # sudo: the tasks are skipped, whatever the rights of the user on them
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
            activities.unlink()
        return super().unlink()
