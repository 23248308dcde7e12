from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.notification import notify
from ..tools.states import UNFINISHED
from ..tools.words import quote


class TrackBulk(models.TransientModel):
    """The dialog that skips, moves or reassigns selected tasks.

    It counts beforehand what can be done, and lists what cannot and why. The tasks that
    are left out stay as they are.
    """

    _name = "track.bulk"
    _description = "Change Selected Tasks"
    _inherit = ["track.guard"]

    # How many tasks the dialog lists that are left out; further ones are counted.
    _LISTED = 8
    # How many of them the notification names.
    _NAMES_SHOWN = 3

    operation = fields.Selection(
        [("skip", "Skip"), ("move", "Move"), ("reassign", "Reassign")],
        required=True,
        default="skip",
    )
    task_ids = fields.Many2many(
        "track.run.line",
        string="Selected Tasks",
        default=lambda self: self._get_default_tasks(),
    )
    reason = fields.Char()
    move_by = fields.Selection(
        [("date", "To a Date"), ("days", "By Days")],
        string="Move",
        required=True,
        default="date",
    )
    date_deadline = fields.Date(string="New Due Date")
    days = fields.Integer(string="Days Later", default=7)
    user_id = fields.Many2one(
        "res.users",
        string="Assign to",
        domain=[("share", "=", False)],
        ondelete="cascade",
    )
    possible_count = fields.Integer(compute="_compute_left_out")
    count_text = fields.Char(string="Tasks", compute="_compute_left_out")
    left_out_count = fields.Integer(string="Left Out", compute="_compute_left_out")
    left_out = fields.Text(string="Reasons", compute="_compute_left_out")

    @api.model
    def _get_default_tasks(self):
        context = self.env.context
        is_list = context.get("active_model") == "track.run.line"
        return context.get("active_ids") if is_list else False

    @api.depends("operation", "task_ids", "move_by", "date_deadline", "days")
    def _compute_left_out(self):
        for wizard in self:
            tasks = wizard._get_tasks()
            left_out = tasks._prepare_left_out(wizard._get_obstacles(tasks))
            possible = len(tasks) - len(left_out)
            wizard.possible_count = possible
            wizard.left_out_count = len(left_out)
            wizard.count_text = (
                self.env._("%(possible)s of %(all)s", possible=possible, all=len(tasks))
                if left_out
                else str(possible)
            )
            wizard.left_out = wizard._format_left_out(left_out, self._LISTED, "\n")

    def action_apply(self):
        """Do to the tasks what was selected.

        :return: an action that closes the dialog, and says how many tasks were changed,
            and which were not and why
        :raise UserError: when no task can be changed, when the date, the days or the
            user are missing, or when the user cannot be assigned
        :raise AccessError: when the user may not read one of the tasks
        """
        self.ensure_one()
        tasks = self._get_tasks()
        if self.operation == "skip":
            result = tasks.skip_each(self.reason)
        elif self.operation == "reassign":
            result = tasks.reassign_each(self.user_id)
        elif self.move_by == "date":
            result = tasks.move_each(date_deadline=self.date_deadline)
        else:
            result = tasks.move_each(days=self.days)
        left_out = result["left_out"]
        texts = self._format_left_out(left_out, self._NAMES_SHOWN, " ")
        if not result["done"]:
            raise UserError(
                texts or self.env._("No task is selected. Select tasks in the list.")
            )
        message = self._get_done_text(len(result["done"]))
        if left_out:
            message = " ".join((message, self._get_not_done_text(len(left_out)), texts))
        return notify("warning" if left_out else "success", message)

    def _get_tasks(self):
        """The selected tasks. Finished ones come last, as it is plain that these cannot
        be changed, and only the first reasons are shown."""
        return self.task_ids._origin.sorted(lambda task: task.state not in UNFINISHED)

    def _get_obstacles(self, tasks):
        """Why some of these tasks are left out, as far as the dialog is filled in.

        :return: dict, a text for each of them
        """
        if self.operation == "reassign":
            return tasks._get_obstacles_to_reassign()
        if self.operation == "move":
            day = self.move_by == "date" and (
                self.date_deadline or fields.Date.context_today(self)
            )
            return tasks._get_obstacles_to_move(day or None, self.days)
        return tasks._get_obstacles_to_skip()

    def _format_left_out(self, left_out, limit, separator):
        """Name the records of tasks that are left out, each with the reason.

        :param left_out: list of dicts, as of ``track.run.line.skip_each``
        :param int limit: how many are named; the others are counted
        :param str separator: between two of them
        :return: str
        """
        texts = [self._format_reason(**each) for each in left_out[:limit]]
        more = len(left_out) - len(texts)
        if more > 0:
            texts.append(self.env._("And %s more.", more))
        return separator.join(texts)

    def _format_reason(self, record, task, reason, **_others):
        """Name a task that is left out, unless the reason names it already.

        :param str record: the name of its record, or empty
        :param str task: its name, or empty
        :param str reason: a sentence
        :return: str
        """
        if not record:
            return reason
        if task in reason:
            return self.env._("%(record)s: %(reason)s", record=record, reason=reason)
        return self.env._(
            "%(record)s, %(task)s: %(reason)s",
            record=record,
            task=quote(self.env, task),
            reason=reason,
        )

    def _get_done_text(self, count):
        """How many tasks were changed, in a sentence."""
        if self.operation == "reassign":
            user = self.user_id.name
            if count == 1:
                return self.env._("1 task was assigned to %s.", user)
            return self.env._(
                "%(count)s tasks were assigned to %(user)s.", count=count, user=user
            )
        if self.operation == "move":
            if count == 1:
                return self.env._("1 task was moved.")
            return self.env._("%s tasks were moved.", count)
        if count == 1:
            return self.env._("1 task was skipped.")
        return self.env._("%s tasks were skipped.", count)

    def _get_not_done_text(self, count):
        """How many tasks were left out, in a sentence."""
        if count == 1:
            return self.env._("1 task was left out.")
        return self.env._("%s tasks were left out.", count)
