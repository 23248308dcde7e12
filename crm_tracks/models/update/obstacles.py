from odoo import models
from odoo.exceptions import AccessError

from ...tools.states import NOT_ENDED


class TrackRun(models.Model):
    """Who may update tracks from their template, and which tracks can be updated."""

    _inherit = "track.run"

    def _check_updater(self):
        """Refuse users who do not write templates.

        :raise AccessError: when the user is no Tracks administrator
        """
        if not self._is_updater():
            raise AccessError(
                self.env._(
                    "Only Tracks administrators can update tracks from their template. "
                    "Ask one of them."
                )
            )

    def _is_updater(self):
        user = self.env.user
        # sudo: a user who was archived meanwhile may not read users
        return user.sudo().active and user.has_group("crm_tracks.group_track_manager")

    def _get_obstacles_to_update(self):
        """Why some of these tracks cannot be updated, whatever has changed.

        The rights of the user of the environment count.

        :return: dict, a text for each of them
        """
        runs = self.exists()
        obstacles = {
            run: self.env._("This track no longer exists.") for run in self - runs
        }
        writable = runs._filtered_access("write")
        templates = runs.sudo().template_id.sudo(False)
        # templates of other companies cannot be read
        readable = templates._filtered_access("read")
        for run in runs:
            problem = (
                run._get_problem_with_template(readable)
                if run in writable
                else self.env._(
                    "You do not have permission to change the record of this track."
                )
            )
            if problem:
                obstacles[run] = problem
        return obstacles

    def _get_problem_with_template(self, readable):
        """Why this track cannot be updated from its template, or None.

        :param readable: the ``track.template`` that the user may read
        """
        run = self.sudo()
        template = run.template_id
        names = {"track": run.name, "template": template.display_name}
        if run.state not in NOT_ENDED:
            return self.env._(
                "“%s” has ended. Only unfinished tracks can be updated.", run.name
            )
        if not template:
            return self.env._(
                "The template of “%s” was deleted. Start a new track from another one.",
                run.name,
            )
        if template not in readable.sudo():
            return self.env._(
                "You do not have permission to read the template of “%s”.", run.name
            )
        if template.direction != run.direction:
            return self.env._(
                "“%(template)s” calculates dates in the other direction now, so "
                "“%(track)s” cannot be updated. Start a new track instead.",
                **names,
            )
        return run._get_misfit(template, names)

    def _get_misfit(self, template, names):
        """Why this track's template does not fit its record any more, or None.

        :param template: ``track.template``, in sudo
        :param dict names: of both, by ``track`` and ``template``
        """
        model = self.env["ir.model"]._get(self.res_model)
        if template.res_model_ids and model not in template.res_model_ids:
            return self.env._(
                "“%(template)s” does not apply to the record of “%(track)s” any more. "
                "Add its model to the template.",
                **names,
            )
        if not template._is_for_company(self.company_id):
            return self.env._(
                "“%(template)s” belongs to another company than “%(track)s”. Start a "
                "new track from another template.",
                **names,
            )
        if not template.line_ids:
            return self.env._(
                "“%(template)s” has no tasks. Add tasks before you update “%(track)s”.",
                **names,
            )
        return None
