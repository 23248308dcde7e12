from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class TrackRun(models.Model):
    """Access to a track follows the access to its record.

    It is checked by subqueries in ``_search``, which every read and count uses, and by
    ``_check_access``. There are no record rules on tracks.
    """

    _inherit = "track.run"

    @api.model
    def _get_readable_models(self):
        """The models that have tracks and that the user may read.

        :return: list of empty recordsets, archived records included in their searches
        """
        models_with_tracks = [
            self.env[name].with_context(active_test=False)
            for name in sorted(self._get_models_with_tracks())
            if name in self.env
        ]
        return [model for model in models_with_tracks if model.has_access("read")]

    @api.model
    def _get_access_domain(self):
        """The tracks on the records that the user may read."""
        return Domain.OR(
            Domain("res_model", "=", model._name)
            & Domain("res_id", "in", model._search([]))
            for model in self._get_readable_models()
        )

    @api.model
    def _search(
        self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs
    ):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & self._get_access_domain()
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        allowed = self - result[0] if result else self
        forbidden = allowed._get_forbidden("read" if operation == "read" else "write")
        if not forbidden:
            return result
        if result:
            return result[0] + forbidden, result[1]
        return forbidden, lambda: forbidden._make_access_error(operation)

    def _get_forbidden(self, operation):
        """Filter the tracks on whose record ``operation`` is not allowed."""
        forbidden = self.browse()
        for model, runs_sudo in self.sudo().grouped("res_model").items():
            allowed_ids = set()
            if model in self.env:
                records = self.env[model].browse(set(runs_sudo.mapped("res_id")))
                allowed_ids = set(records._filtered_access(operation)._ids)
            forbidden += runs_sudo.filtered(
                lambda run, allowed_ids=allowed_ids: run.res_id not in allowed_ids
            ).sudo(False)
        return forbidden

    def _make_access_error(self, operation):
        if operation == "read":
            return AccessError(
                self.env._(
                    "You do not have permission to read this record, so you cannot "
                    "read its tracks."
                )
            )
        return AccessError(
            self.env._(
                "You do not have permission to change this record, so you cannot "
                "change its tracks."
            )
        )


class TrackRunLine(models.Model):
    """Access to a task is access to its track, and so to the record."""

    _inherit = "track.run.line"

    @api.model
    def _search(
        self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs
    ):
        if not (self.env.su or bypass_access):
            runs = self.env["track.run"]._search([])
            domain = Domain(domain) & Domain("run_id", "in", runs)
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        allowed = self - result[0] if result else self
        runs = allowed.sudo().run_id.sudo(False)
        refused = runs._get_forbidden("read" if operation == "read" else "write")
        if not refused:
            return result
        forbidden = allowed.filtered(lambda task: task.sudo().run_id in refused)
        if result:
            return result[0] + forbidden, result[1]
        return forbidden, lambda: refused._make_access_error(operation)
