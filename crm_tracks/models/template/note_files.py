from odoo import models

from ...tools.note_files import copy_note_files


class TrackTaskMixin(models.AbstractModel):
    """A copy of a task has copies of the pictures and files in its note, which would be
    lost with the task it was copied from."""

    _inherit = "track.task.mixin"

    def _replace_note(self, note):
        """Write this note, which says the same in other words."""
        self.note = note


class TrackTemplate(models.Model):
    _inherit = "track.template"

    def copy(self, default=None):
        copies = super().copy(default)
        for template, copy in zip(self, copies, strict=True):
            copy_note_files(
                zip(template.line_ids.sorted(), copy.line_ids.sorted(), strict=False)
            )
        return copies


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    def _replace_note(self, note):
        # with the state, which people do not write: this is the engine's
        self.write({"state": self.state, "note": note})
