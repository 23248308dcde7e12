from odoo import api, fields, models


class MailActivity(models.Model):
    """What the chatter asks for when the user completes an activity of a track."""

    _inherit = "mail.activity"

    # No dependency on the values of the record: they are read when it is shown.
    track_completion = fields.Json(
        string="Completion of the Task",
        compute="_compute_track_completion",
        exportable=False,
    )

    @api.depends("track_run_line_id")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_track_completion(self):
        self.track_completion = False
        # sudo: users cannot read the link, and those who complete an activity need not
        # see the track; the labels of fields are those that the user may read
        tracked = self.sudo().filtered("track_run_line_id")
        if not tracked:
            return
        completions = tracked.track_run_line_id._origin._get_completions()
        for activity in tracked:
            completion = completions[activity.track_run_line_id._origin]
            if any(completion.values()):
                activity.sudo(self.env.su).track_completion = completion
