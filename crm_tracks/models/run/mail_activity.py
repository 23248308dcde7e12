from operator import itemgetter

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import groupby

from ...tools.states import FINISHED
from ...tools.transaction import get_block_value
from ...tools.words import list_labels

# Fields of an activity whose edits are copied to its task.
_EDITED_FIELDS = frozenset(("summary", "note", "date_deadline", "user_id"))
# The fields of a meeting with the same texts as its activity.
_MEETING_FIELDS = {"summary": "name", "note": "description"}


class MailActivity(models.Model):
    """An activity of a track task passes its changes on to the task.

    Every way to complete an activity ends in a ``write`` of ``active``; cancelling it
    is an ``unlink``. Activities without a task cost no query.
    """

    _name = "mail.activity"
    _inherit = ["mail.activity", "track.insert.mixin"]

    track_run_line_id = fields.Many2one(
        "track.run.line",
        string="Track Task",
        ondelete="set null",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    # one activity per task, also with concurrent transactions
    _track_run_line_uniq = models.UniqueIndex(
        "(track_run_line_id) WHERE track_run_line_id IS NOT NULL",
        "This task of a track has an activity already.",
    )

    @api.model
    def _tracks_refuse(self, vals):
        kept = {"track_run_line_id", "muted"} & vals.keys()
        if kept and not self.env.su and any(vals[name] for name in kept):
            raise AccessError(
                self.env._(
                    "“%s” of an activity is set by its track. Change the task of the "
                    "track instead.",
                    list_labels(self, kept),
                )
            )

    def _tracks_refuse_moving(self):
        if self.sudo().track_run_line_id:
            raise AccessError(
                self.env._(
                    "An activity of a track cannot be moved to another record. "
                    "Complete or cancel it, and schedule a new activity there."
                )
            )

    def _tracks_check_assignee(self, vals):
        """Refuse a new assignee who cannot be assigned to the tasks of the activities.

        The engine writes the task first, so an assignee that equals the task's is not
        an edit.

        :param dict vals: the values to write
        :raise UserError: when the user cannot be assigned
        """
        if "user_id" not in vals:
            return
        # sudo: only the assignee of the task is read
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
        # explicit, so that defaults of a context or a user (ir.default) do not apply
        return super().create(
            [{"track_run_line_id": False, "muted": False, **vals} for vals in vals_list]
        )

    @api.model
    def _add_precomputed_values(self, vals_list):
        # Odoo makes a record of each row to find the name of its model. For tasks,
        # whose activities only the engine creates, that name is found once.
        of_tasks = [vals for vals in vals_list if vals.get("track_run_line_id")]
        for model_id, same in groupby(of_tasks, itemgetter("res_model_id")):
            # sudo: as in the computation of the field
            name = self.env["ir.model"].sudo().browse(model_id).model
            for vals in same:
                vals["res_model"] = name
        return super()._add_precomputed_values(vals_list)

    @api.model
    def _are_created_together(self, rows):
        # other activities are none of our business
        return super()._are_created_together(rows) and all(
            row.get("track_run_line_id") for row in rows
        )

    def write(self, vals):
        if not self.env.su and {"track_run_line_id", "muted"} & vals.keys():
            self._tracks_refuse(dict.fromkeys(vals, True))
        self._tracks_check_assignee(vals)
        tasks = self.env["track.run.line"]
        completed = reopened = tasks
        if "active" in vals:
            if vals["active"]:
                # a muted activity that a user unarchives is no longer muted
                vals = {**vals, "muted": False}
                reopened = self.sudo().filtered(
                    lambda activity: not activity.active and not activity.muted
                )
                reopened = reopened.track_run_line_id.filtered(
                    lambda task: task.state in FINISHED
                )
                reopened._check_reopenable()
            elif not vals.get("muted"):
                completed = self.sudo().filtered("active").track_run_line_id
        with completed.sudo(self.env.su)._meeting_requirements(
            vals.get("feedback"), completed=self
        ):
            result = super().write(vals)
        if not self.env.su and {"res_id", "res_model_id", "res_model"} & vals.keys():
            self._tracks_refuse_moving()
        edited = vals.keys() & _EDITED_FIELDS
        # texts written by the server are not a user's edit, so skip the lookup
        if edited - {"summary", "note"} or (edited and not self.env.su):
            self.sudo().track_run_line_id._take_over_edits(vals)
        if completed:
            completed.filtered(lambda task: task.state == "open")._complete()
        if reopened:
            reopened._reopen()
        return result

    def _tracks_is_worded_by_meeting(self, name):
        """Whether this text comes from the meeting, which renames its activities.

        In that case, no user edited the task. The same text from a user is an edit, so
        the meeting must be writing it (``calendar.event._sync_activities``).

        :param str name: ``summary`` or ``note``
        """
        meeting = self.calendar_event_id
        if not meeting or not get_block_value(self.env, "crm_tracks.worded_by_meeting"):
            return False
        words = meeting[_MEETING_FIELDS[name]]
        # the note is sanitized differently
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
