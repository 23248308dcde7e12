from odoo import fields, models
from odoo.fields import Domain

from ...tools.notification import notify


class TrackRunLine(models.Model):
    """Working through tasks: their records one after the other.

    The server keeps nothing of it. The web client holds the ids of the tasks, and asks
    what is left of them (``static/src/worklist``).
    """

    _inherit = "track.run.line"

    # How many tasks are worked through at most; a further click takes the next ones.
    _WORKLIST_LIMIT = 200

    def action_work_through(self):
        """Open the records of these tasks one after the other, the late tasks first.

        Only tasks that somebody has to look at count: open and failed ones that are not
        inactive. Without tasks, those of the list are taken from which the user calls
        (``active_domain`` in the context), otherwise the user's own ones.

        :return: an action, which opens the first record, or says that no task is left
        :raise AccessError: when the user may read no tasks
        """
        self.browse().check_access("read")
        tasks = self.search(
            self._get_worklist_domain(),
            order="date_deadline, id",
            limit=self._WORKLIST_LIMIT + 1,
        )
        if not tasks:
            return notify("info", self.env._("No open tasks. All is done here."))
        listed = tasks[: self._WORKLIST_LIMIT]
        return {
            "type": "ir.actions.client",
            "tag": "crm_tracks.work_through",
            "params": {
                "task_ids": listed.ids,
                "entries": listed.get_worklist(),
                "message": len(tasks) > len(listed)
                and self.env._("These are the first %s tasks.", len(listed)),
            },
        }

    def _get_worklist_domain(self):
        """The tasks that :meth:`action_work_through` opens."""
        if self:
            domain = Domain("id", "in", self.ids)
        elif "active_domain" in self.env.context:
            domain = Domain(self.env.context["active_domain"])
        else:
            domain = Domain("user_id", "=", self.env.uid)
        return (
            domain
            & Domain("state", "in", ("open", "failed"))
            & ~self._get_suspended_domain()
        )

    def get_worklist(self):
        """The records of these tasks, each once, in the order of its first task.

        Tasks that no longer exist, or that the user may not read, are left out. The
        number of queries does not grow with the tasks.

        :return: list of dicts with the ``model``, the ``id`` and the ``name`` of a
            record, whether its form shows its tracks (``on_form``), its ``tasks``,
            dicts with the ``id``, the ``name``, the id of its track (``run_id``), the
            due date (``date``, and ``due`` as a text), whether that has passed
            (``late``), the id of the assignee (``user_id``), and whether the task is
            still to be done (``left``)
        :raise AccessError: when the user may read no tasks
        """
        self.browse().check_access("read")
        # by a search, so that tasks which the user may not read are left out
        readable = self.search([("id", "in", self.ids)]) if self.ids else self.browse()
        tasks = self.filtered(lambda task: task in readable)
        entries = {}
        for task in tasks:
            run = task.run_id
            entry = entries.setdefault(
                (run.res_model, run.res_id),
                {
                    "model": run.res_model,
                    "id": run.res_id,
                    "name": run.res_name,
                    "on_form": run._is_on_form_of(run.res_model),
                    "tasks": [],
                },
            )
            entry["tasks"].append(task._prepare_worklist_task())
        return list(entries.values())

    def _prepare_worklist_task(self):
        """This task as an entry of :meth:`get_worklist` contains it."""
        is_left = self.state in ("open", "failed") and not self.run_id._is_suspended()
        is_open = self.state == "open"
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "id": self.id,
            "name": self.display_name,
            "run_id": self.run_id.id,
            "date": fields.Date.to_string(self.date_deadline) or False,
            "due": self.due_text or "" if is_open else states[self.state],
            "late": self.is_late,
            "user_id": self.user_id.id,
            "left": is_left,
        }
