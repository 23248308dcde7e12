from markupsafe import Markup

from odoo import api, fields, models

from ...tools.words import list_names

_GROUP = "crm_tracks.group_track_manager"
# How many tasks a sentence names.
_NAMED = 10
# What the comparison shows of a task.
_SHOWN = frozenset(("summary", "delay_count", "delay_unit", "delay_from"))


class TrackRun(models.Model):
    """What an update would change in tracks, in words, for their list."""

    _inherit = "track.run"

    update_added = fields.Char(
        string="Tasks to Add",
        compute="_compute_update",
        groups=_GROUP,
        exportable=False,
    )
    update_changed = fields.Char(
        string="Tasks to Change",
        compute="_compute_update",
        groups=_GROUP,
        exportable=False,
    )
    update_removed = fields.Char(
        string="Tasks to Remove",
        compute="_compute_update",
        groups=_GROUP,
        exportable=False,
    )
    update_remark = fields.Char(
        string="Remark", compute="_compute_update", groups=_GROUP, exportable=False
    )

    update_comparison = fields.Html(
        string="Comparison",
        compute="_compute_update_comparison",
        sanitize=False,
        groups=_GROUP,
        exportable=False,
        help="The tasks now, and after the update, side by side.",
    )

    @api.depends("template_id", "line_ids", "state")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_update_comparison(self):
        plans = self._origin.sudo(False)._plan_updates()
        for run in self:
            plan = plans.get(run._origin)
            run.update_comparison = plan and self.env["ir.qweb"]._render(
                "crm_tracks.track_run_update_comparison",
                {"rows": self._get_compared_rows(plan)},
            )

    def _get_compared_rows(self, plan):
        """The tasks of a track now and after an update, side by side.

        :param UpdatePlan plan: the update
        :return: list of dicts with ``kind``, and ``now`` and ``after``: texts, of which
            one may be empty
        """
        rows = self._get_compared_tasks(plan)
        if plan.adds_series:
            rows.append(("added", "", self.env._("Start the next track")))
        for name, values in plan.options.items():
            rows.append(("changed", *(self._describe_option(name, v) for v in values)))
        labels = {
            "added": self.env._("Added"),
            "changed": self.env._("Changed"),
            "removed": self.env._("Removed"),
            "same": "",
        }
        return [
            {"kind": kind, "label": labels[kind], "now": now, "after": after_text}
            for kind, now, after_text in rows
        ]

    def _get_compared_tasks(self, plan):
        """As :meth:`_get_compared_rows`, of the tasks: list of (kind, now, after)."""
        tasks = list(plan.run._get_tasks_in_order())
        before = dict(zip(tasks[1:], tasks, strict=False))
        arranged = plan.order or []
        after = [task for task in tasks if task not in arranged] + arranged
        rows = [
            ("removed", self._describe_compared(task, before.get(task)), "")
            for task in tasks
            if task in plan.removed
        ]
        previous = None
        for item in after:
            if item._name == "track.run.line" and item in plan.removed:
                continue
            if item._name == "track.line":
                rows.append(("added", "", self._describe_compared(item, previous)))
            else:
                kind = "changed" if item in plan.changed else "same"
                now = self._describe_compared(item, before.get(item))
                names = plan.changed.get(item, ())
                changed = (kind == "changed" and item.line_id) or item
                after_text = self._describe_compared(changed, previous, names)
                rows.append((kind, now, after_text))
            previous = item
        return rows

    def _describe_compared(self, task, previous, changed=()):
        """The name and the delay of a task, of a track or of the template.

        :param previous: the task before it, or None
        :param changed: names of fields that change, those that are not shown are named
        """
        task = task.with_env(self.env).sudo()
        previous = previous and previous.with_env(self.env).sudo()
        text = f"{task._get_label()} · {task._get_delay_text(previous)}"
        # all fields that say who does the task are called so
        names = {
            "responsible_type" if name.startswith("responsible") else name
            for name in changed
            if name not in _SHOWN
        }
        if not names:
            return text
        labels = sorted(task._fields[n]._description_string(self.env) for n in names)
        return self.env._(
            "%(task)s (changed: %(fields)s)", task=text, fields=", ".join(labels)
        )

    def _describe_option(self, name, value):
        """The name and the value of a setting; a value that is hard to read is left
        out.

        :param value: as of ``write``
        """
        field = self._fields[name]
        label = field._description_string(self.env)
        if field.type == "selection":
            value = dict(field._description_selection(self.env)).get(value)
        elif field.type == "many2one":
            # sudo: users can select whom they cannot read
            value = self.env[field.comodel_name].sudo().browse(value or []).name
        elif field.type != "integer":
            value = value and self.env._("set")
        elif not value and value is not False:
            value = "0"
        return self.env._(
            "%(setting)s: %(value)s",
            setting=label,
            value=value or self.env._("empty"),
        )

    @api.depends("template_id", "line_ids", "state")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_update(self):
        plans = self._origin.sudo(False)._plan_updates()
        for run in self:
            plan = plans.get(run._origin)
            if plan is None:
                run.update_added = run.update_changed = False
                run.update_removed = run.update_remark = False
                continue
            run.update_added = self._name_tasks(plan.get_added_names(self.env))
            run.update_changed = self._name_tasks(plan.get_changed_names(self.env))
            run.update_removed = self._name_tasks(plan.get_removed_names())
            run.update_remark = plan.obstacle or (
                plan.is_empty() and self.env._("Up to date")
            )

    def _name_tasks(self, names):
        return list_names(self.env, names[:_NAMED], len(names)) or False

    def _get_update_note(self, plan):
        """The note of an update.

        :param UpdatePlan plan: which is carried out
        :return: list of ``Markup``, one for each paragraph
        """
        parts = [
            Markup(self.env._("Track %s was updated from its template."))
            % self._get_name_in_bold()
        ]
        for label, names in (
            (self.env._("Added: %s"), plan.get_added_names(self.env)),
            (self.env._("Changed: %s"), plan.get_changed_names(self.env)),
            (self.env._("Removed: %s"), plan.get_removed_names()),
        ):
            if names:
                parts.append(Markup(label) % self._name_tasks(names))
        return parts
