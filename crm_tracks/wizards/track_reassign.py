from odoo import api, fields, models


class TrackReassign(models.TransientModel):
    """The dialog that reassigns the unfinished tasks of tracks to one user."""

    _name = "track.reassign"
    _description = "Reassign Tracks"
    _inherit = ["track.guard"]

    run_ids = fields.Many2many(
        "track.run",
        string="Tracks",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    user_id = fields.Many2one(
        "res.users",
        string="Assign to",
        required=True,
        domain=[("share", "=", False)],
        ondelete="cascade",
    )
    task_count = fields.Integer(string="Tasks", compute="_compute_task_count")

    @api.depends("run_ids")
    def _compute_task_count(self):
        for wizard in self:
            tasks = wizard.run_ids.line_ids
            wizard.task_count = len(tasks.filtered(lambda task: task._is_unfinished()))

    def action_reassign(self):
        """Reassign the tracks, as :meth:`track.run.action_reassign` does.

        :return: an action that closes the dialog
        :raise UserError: when the user cannot be assigned, or all tracks have ended
        """
        self.ensure_one()
        self.run_ids.action_reassign(self.user_id)
        return {"type": "ir.actions.act_window_close"}
