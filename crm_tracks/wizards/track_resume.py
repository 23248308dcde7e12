from odoo import api, fields, models


class TrackResume(models.TransientModel):
    """The dialog that resumes paused tracks, and asks whether their dates move."""

    _name = "track.resume"
    _description = "Resume Tracks"
    _inherit = ["track.guard"]

    run_ids = fields.Many2many("track.run", string="Tracks", required=True)
    run_count = fields.Integer(string="Number of Tracks", compute="_compute_question")
    question = fields.Char(compute="_compute_question")

    @api.depends("run_ids")
    def _compute_question(self):
        for wizard in self:
            wizard.run_count = len(wizard.run_ids)
            wizard.question = wizard._get_question()

    def action_keep(self):
        """Resume the tracks; their dates stay.

        :raise AccessError: when the user may not write the record of one of them
        :raise UserError: when none of them is paused any more
        """
        return self._resume(shift=False)

    def action_move(self):
        """Resume the tracks, and move their dates by the days on hold.

        :raise AccessError: when the user may not write the record of one of them
        :raise UserError: when none of them is paused any more
        """
        return self._resume(shift=True)

    def _resume(self, shift):
        self.ensure_one()
        self.run_ids.action_resume(shift)
        return {"type": "ir.actions.act_window_close"}

    def _get_question(self):
        """Ask whether the dates move, and say by how many days."""
        runs = self.run_ids
        days = {run._get_days_to_shift() for run in runs} - {0}
        if not days:
            return self.env._("The dates of these tracks cannot move.")
        if len(runs) > 1:
            return self._get_question_of_many(days)
        if days == {1}:
            return self.env._(
                "The track was on hold for 1 day. Move its dates by as much?"
            )
        return self.env._(
            "The track was on hold for %s days. Move its dates by as much?", *days
        )

    def _get_question_of_many(self, days):
        """Ask whether the dates of several tracks move.

        :param set days: by how many days they would move
        """
        if days == {1}:
            return self.env._(
                "The tracks were on hold for 1 day. Move their dates by as much?"
            )
        if len(days) == 1:
            return self.env._(
                "The tracks were on hold for %s days. Move their dates by as much?",
                *days,
            )
        return self.env._(
            "The tracks were on hold for %(least)s to %(most)s days. Move the dates of "
            "each by as much?",
            least=min(days),
            most=max(days),
        )
