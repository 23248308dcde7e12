from odoo import api, fields, models

from odoo.addons.crm_tracks.tools.actions import Action


class TrackTaskMixin(models.AbstractModel):
    """An automated task that posts a note; ``docs/extending.md`` shows it."""

    _inherit = "track.task.mixin"

    action = fields.Selection(
        selection_add=[("post_note", "Post a note")],
        ondelete={"post_note": "set default"},
    )
    note_to_post = fields.Char()

    @api.model
    def _get_actions(self):
        post_note = Action("fa-sticky-note-o", fields=("note_to_post",))
        return {**super()._get_actions(), "post_note": post_note}

    @api.depends("note_to_post")
    def _compute_action_text(self):
        return super()._compute_action_text()

    def _describe_post_note(self):
        return self.env._("Note: %s", self.note_to_post)


class TrackLine(models.Model):
    _inherit = "track.line"

    def _get_incompatibility_of_post_note(self, template):
        if not self.note_to_post:
            return self.env._("“%(task)s” in “%(template)s” has no note. Enter one.")
        return None


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    def _execute_post_note(self, records):
        for task, record in zip(self, records, strict=True):
            record.message_post(body=task.note_to_post)
        return {}
