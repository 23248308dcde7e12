"""What automated tasks need: nobody deletes it while they need it.

Code in sudo may, for uninstalling an addon deletes its e-mail templates. The tasks then
fail, and their template says which.
"""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.states import NOT_ENDED, UNFINISHED
from ...tools.words import list_names, quote

NAMED = 5  # templates


class TrackTaskMixin(models.AbstractModel):
    _inherit = "track.task.mixin"

    @api.model
    def _get_domain_needing(self, targets):
        """Which tasks of this model need these records.

        :param targets: a recordset of a model that an action can need
        :return: Domain
        """
        return Domain.OR(
            Domain("action", "=", action) & Domain(details.target, "in", targets.ids)
            for action, details in self._get_actions().items()
            if details.target
            and self._fields[details.target].comodel_name == targets._name
        )


class TrackLine(models.Model):
    _inherit = "track.line"

    @api.model
    def _check_not_needed(self, targets):
        """Refuse that a person deletes what automated tasks need.

        :param targets: the records to delete, of a model that an action can need
        :raise UserError: that names the templates
        """
        if self.env.su:
            return
        # sudo: they are needed by tasks that the person cannot see, too
        lines = self.sudo().search(self._get_domain_needing(targets))
        if targets._name == "track.template":
            lines = lines.filtered(lambda line: line.template_id not in targets)
        if lines:
            target = lines[0]._get_target()
            needing = lines.filtered(lambda line: line._get_target() == target)
            templates = needing.template_id
            names = templates[:NAMED].mapped("name")
            raise UserError(
                self.env._(
                    "Automated tasks of %(templates)s need %(record)s. Change or "
                    "delete these tasks first.",
                    record=quote(self.env, target.display_name),
                    templates=list_names(
                        self.env,
                        [quote(self.env, name) for name in names],
                        len(templates),
                    ),
                )
            )
        self.env["track.run.line"]._check_not_needed_any_more(targets)


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    @api.model
    def _check_not_needed_any_more(self, targets):
        """Refuse that a person deletes what a track still needs.

        :param targets: the records to delete, of a model that an action can need
        :raise UserError: if a track that has not ended has an unfinished task for it
        """
        unfinished = Domain("state", "in", UNFINISHED) & Domain(
            "run_id.state", "in", NOT_ENDED
        )
        # sudo: of tracks that the person cannot see, too
        needing = self.sudo().search(
            self._get_domain_needing(targets) & unfinished, limit=1
        )
        if needing:
            raise UserError(
                self.env._(
                    "Tracks that have not ended need %s. Skip the tasks that need "
                    "it, or wait until these tracks end.",
                    quote(self.env, needing._get_target().display_name),
                )
            )


class MailTemplate(models.Model):
    _inherit = "mail.template"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_needed_by_tasks(self):
        self.env["track.line"]._check_not_needed(self)


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_needed_by_tasks(self):
        self.env["track.line"]._check_not_needed(self)


class TrackTemplate(models.Model):
    _inherit = "track.template"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_needed_by_tasks(self):
        self.env["track.line"]._check_not_needed(self)
