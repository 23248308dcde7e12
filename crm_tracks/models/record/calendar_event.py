from odoo import fields, models

from ...tools.transaction import block_value


class CalendarEvent(models.Model):
    """A meeting that was arranged from an activity, which follows it."""

    _inherit = "calendar.event"

    # Muted ones follow their meeting as well, so that they wake with its date.
    activity_ids = fields.One2many(
        domain=["|", ("active", "=", True), ("muted", "=", True)],
        context={"active_test": False},
    )

    def _sync_activities(self, fields):
        kept = self.browse()
        if "user_id" in fields:
            # An organizer who can do no task moves the meeting alone. sudo: whether an
            # activity has a task is the engine's to know.
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
            activities.unlink()
        return super().unlink()
