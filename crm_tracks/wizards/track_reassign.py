from odoo import api, fields, models

from ..tools.notification import notify
from ..tools.states import NOT_ENDED, UNFINISHED
from ..tools.words import list_names, quote


class TrackReassign(models.TransientModel):
    """The dialog that reassigns the unfinished tasks of tracks to one user.

    It leaves out the tracks that have ended or that the user may not change, and the
    automated tasks. It names them before and after.
    """

    _name = "track.reassign"
    _description = "Reassign Tracks"
    _inherit = ["track.guard"]

    # How many tracks a sentence names.
    _NAMES_SHOWN = 3

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
    task_count = fields.Integer(string="Tasks", compute="_compute_left_out")
    left_out = fields.Text(string="Not Reassigned", compute="_compute_left_out")

    @api.depends("run_ids")
    def _compute_left_out(self):
        for wizard in self:
            runs = wizard._get_reassignable()
            tasks = runs._get_reassignable_tasks()
            wizard.task_count = len(tasks)
            wizard.left_out = "\n".join(wizard._get_left_out_texts(runs, tasks))

    def action_reassign(self):
        """Reassign the tracks, as :meth:`track.run.action_reassign` does.

        :return: an action that closes the dialog, and says what was assigned to whom
            and what was not
        :raise UserError: when the user cannot be assigned, or all tracks have ended
        :raise AccessError: when the user may change no track that has not ended
        """
        self.ensure_one()
        runs = self._get_reassignable()
        tasks = runs._get_reassignable_tasks()
        already = tasks.filtered(lambda task: task.user_id == self.user_id)
        texts = self._get_left_out_texts(runs, tasks)
        (runs or self.run_ids).action_reassign(self.user_id)
        message = [
            self._get_assigned_text(tasks - already),
            *self._get_already_texts(already),
            *texts,
        ]
        return notify("warning" if texts or already else "success", " ".join(message))

    def _get_reassignable(self):
        """The tracks that have not ended and that the user may change."""
        runs = self.run_ids.filtered(lambda run: run.state in NOT_ENDED)
        return runs._filtered_access("write")

    def _get_assigned_text(self, tasks):
        """What was assigned to whom.

        :param tasks: the ``track.run.line`` that were assigned to another user before
        :return: str, a sentence
        """
        user = self.user_id.name
        if not tasks:
            return self.env._("No task was reassigned.")
        if len(tasks) == 1:
            name = quote(self.env, tasks.display_name)
            return self.env._(
                "%(task)s was assigned to %(user)s.", task=name, user=user
            )
        if len(tasks.run_id) == 1:
            return self.env._(
                "%(count)s tasks of %(track)s were assigned to %(user)s.",
                count=len(tasks),
                track=quote(self.env, tasks.run_id.name),
                user=user,
            )
        return self.env._(
            "%(count)s tasks of %(tracks)s tracks were assigned to %(user)s.",
            count=len(tasks),
            tracks=len(tasks.run_id),
            user=user,
        )

    def _get_already_texts(self, tasks):
        """What had this assignee already.

        :param tasks: the ``track.run.line`` that were assigned to this user before
        :return: list of one sentence at most
        """
        user = self.user_id.name
        if not tasks:
            return []
        if len(tasks) == 1:
            name = quote(self.env, tasks.display_name)
            text = self.env._(
                "%(task)s was already assigned to %(user)s.", task=name, user=user
            )
        else:
            text = self.env._(
                "%(count)s tasks were already assigned to %(user)s.",
                count=len(tasks),
                user=user,
            )
        return [text]

    def _get_left_out_texts(self, runs, tasks):
        """What is not reassigned and why.

        :param runs: the ``track.run`` that are reassigned
        :param tasks: their ``track.run.line`` that are reassigned
        :return: list of sentences
        """
        ended = self.run_ids.filtered(lambda run: run.state not in NOT_ENDED)
        refused = self.run_ids - runs - ended
        automated = (
            runs.line_ids.filtered(lambda task: task.state in UNFINISHED) - tasks
        )
        texts = []
        if ended:
            texts.append(
                self.env._(
                    "Tracks that have ended are not reassigned: %s.",
                    self._list_tracks(ended),
                )
            )
        if refused:
            texts.append(
                self.env._(
                    "You do not have permission to change the records of these tracks: "
                    "%s.",
                    self._list_tracks(refused),
                )
            )
        if len(automated) == 1:
            texts.append(
                self.env._(
                    "%s is automated, so it has no assignee.",
                    quote(self.env, automated.display_name),
                )
            )
        elif automated:
            texts.append(
                self.env._("%s automated tasks have no assignee.", len(automated))
            )
        return texts

    def _list_tracks(self, runs):
        """Name tracks with their records, the first ones only."""
        names = [run._get_name_with_record() for run in runs[: self._NAMES_SHOWN]]
        return list_names(self.env, names, len(runs))
