from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.transaction import get_block_value

# What people edit on an activity, and its task takes over (rule 11).
_EDITED_FIELDS = frozenset(("summary", "note", "date_deadline", "user_id"))
# Where the meeting of an activity keeps the same words.
_MEETING_FIELDS = {"summary": "name", "note": "description"}


class MailActivity(models.Model):
    """An activity that belongs to a task of a track reports what happens to it.

    Completing it, whatever the door, ends in a ``write`` of ``active``; cancelling it
    is an ``unlink``. Activities without a task are left alone, at no cost.
    """

    _inherit = "mail.activity"

    track_run_line_id = fields.Many2one(
        "track.run.line",
        string="Track Task",
        ondelete="set null",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    chaining_type = fields.Selection(
        related=None,
        selection=lambda self: self.env["mail.activity.type"]
        ._fields["chaining_type"]
        ._description_selection(self.env),
        compute="_compute_chaining_type",
    )

    # rule 28: one activity per task, whatever runs side by side
    _track_run_line_uniq = models.UniqueIndex(
        "(track_run_line_id) WHERE track_run_line_id IS NOT NULL",
        "This task of a track has an activity already.",
    )

    @api.depends("activity_type_id.chaining_type", "track_run_line_id")
    def _compute_chaining_type(self):
        for activity in self.sudo():
            chaining_type = activity.activity_type_id.chaining_type
            if chaining_type == "trigger" and activity.track_run_line_id:
                # rule 9: what follows a track's task is the track's next task
                chaining_type = "suggest"
            activity.chaining_type = chaining_type

    @api.model
    def _tracks_refuse(self, vals):
        kept = {"track_run_line_id", "muted"} & vals.keys()
        if kept and not self.env.su and any(vals[name] for name in kept):
            raise AccessError(
                self.env._(
                    "“%s” of an activity is kept by its track and cannot be set.",
                    ", ".join(self._fields[name].string for name in sorted(kept)),
                )
            )

    def _tracks_refuse_moving(self):
        if self.sudo().track_run_line_id:
            raise AccessError(
                self.env._(
                    "An activity of a track stays on the track's record: complete or "
                    "cancel it, and schedule another one elsewhere."
                )
            )

    def _tracks_check_assignee(self, vals):
        """Refuse whom the tasks of these activities refuse, in the same sentence.

        What agrees with the task is no edit; the engine writes the task first.

        :param dict vals: what is about to be written
        :raise UserError: when somebody is among them who can do no task
        """
        if "user_id" not in vals:
            return
        # sudo: of the task no more is read than whose it is
        edited = self.sudo().track_run_line_id.filtered(
            lambda task: task.state == "open" and task.user_id.id != vals["user_id"]
        )
        if edited:
            self.env["track.run"]._check_assignee(vals["user_id"])

    @api.model
    def _tracks_is_typed(self, name):
        kept = ("track_run_line_id", "muted")
        return super()._tracks_is_typed(name) and name not in kept

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._tracks_refuse(vals)
        # explicit, so that no default of a context or a user (ir.default) gets in
        return super().create(
            [{"track_run_line_id": False, "muted": False, **vals} for vals in vals_list]
        )

    def write(self, vals):
        if not self.env.su and {"track_run_line_id", "muted"} & vals.keys():
            self._tracks_refuse(dict.fromkeys(vals, True))
        self._tracks_check_assignee(vals)
        tasks = self.env["track.run.line"]
        completed = reopened = tasks
        if "active" in vals:
            if vals["active"]:
                # whoever takes a muted activity back owns it again
                vals = {**vals, "muted": False}
                reopened = self.sudo().filtered(
                    lambda activity: not activity.active and not activity.muted
                )
                reopened = reopened.track_run_line_id.filtered(
                    lambda task: task._is_finished()
                )
                reopened._check_reopenable()
            elif not vals.get("muted"):
                completed = self.sudo().filtered("active").track_run_line_id
        result = super().write(vals)
        if not self.env.su and {"res_id", "res_model_id", "res_model"} & vals.keys():
            self._tracks_refuse_moving()
        edited = vals.keys() & _EDITED_FIELDS
        # words that the server itself writes are nobody's edit, and not looked up
        if edited - {"summary", "note"} or (edited and not self.env.su):
            self.sudo().track_run_line_id._take_over_edits(vals)
        if completed:
            completed.filtered(lambda task: task.state == "open")._complete()
        if reopened:
            reopened._reopen()
        return result

    def _tracks_is_worded_by_meeting(self, name):
        """Whether these words come from the meeting, which renames its activities.

        Nobody edited the task then. The same words from a person are an edit, so that
        the meeting has to be writing them (``calendar.event._sync_activities``).

        :param str name: ``summary`` or ``note``
        """
        meeting = self.calendar_event_id
        if not meeting or not get_block_value(self.env, "crm_tracks.worded_by_meeting"):
            return False
        words = meeting[_MEETING_FIELDS[name]]
        # a note is sanitized in its own way
        words = self._fields[name].convert_to_cache(words, self)
        return (self[name] or "") == (words or "")

    def unlink(self):
        tasks = self.sudo().track_run_line_id.filtered(
            lambda task: task.state == "open"
        )
        result = super().unlink()
        if tasks:
            tasks._skip()
        return result
