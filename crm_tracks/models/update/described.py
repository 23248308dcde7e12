from markupsafe import Markup

from odoo import api, fields, models

from ...tools.words import list_names

_GROUP = "crm_tracks.group_track_manager"
# How many tasks a sentence names.
_NAMED = 10


class TrackRun(models.Model):
    """What an update would change in tracks, in words, for their list."""

    _inherit = "track.run"

    update_added = fields.Char(
        string="Tasks Added", compute="_compute_update", groups=_GROUP, exportable=False
    )
    update_changed = fields.Char(
        string="Tasks Changed",
        compute="_compute_update",
        groups=_GROUP,
        exportable=False,
    )
    update_removed = fields.Char(
        string="Tasks Removed",
        compute="_compute_update",
        groups=_GROUP,
        exportable=False,
    )
    update_remark = fields.Char(
        string="Remark", compute="_compute_update", groups=_GROUP, exportable=False
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
