from odoo import models
from odoo.exceptions import UserError


class TrackTemplate(models.Model):
    """The choices of a user for the tasks of a template when applying it.

    Choices are a dict by ids of template tasks: False for a task that is left out, a
    ``res.users`` for the selected assignee. Tasks without an entry are created as
    defined in the template.
    """

    _inherit = "track.template"

    def _parse_choices(self, value):
        """Convert the choices that a dialog, or an RPC client, sent as JSON.

        Entries for tasks that the template no longer has are ignored.

        :param value: ``{"<task id>": {"left_out": true, "user_id": 7}}``; both keys are
            optional, and ``left_out`` takes precedence
        :return: choices, as described above
        :raise UserError: when the format is invalid, or a user cannot be assigned
        """
        self.ensure_one()
        lines = {str(line.id): line.id for line in self.sudo().line_ids}
        if not isinstance(value or {}, dict):
            self._refuse_choices(value)
        choices = {}
        for key, choice in (value or {}).items():
            if not isinstance(choice or {}, dict):
                self._refuse_choices(choice)
            line_id = lines.get(str(key))
            if not line_id or not choice:
                continue
            if choice.get("left_out"):
                choices[line_id] = False
            elif choice.get("user_id"):
                choices[line_id] = self.env["track.run"]._check_assignee(
                    choice["user_id"]
                )
        return choices

    def _refuse_choices(self, value):
        raise UserError(
            self.env._(
                "“%(value)s” is not a valid choice for the tasks of “%(template)s”. "
                "Leave a task out or select its assignee.",
                value=value,
                template=self.display_name,
            )
        )

    def _get_chosen_lines(self, choices):
        """The tasks of this template that are not left out, in their order.

        :param dict choices: as :meth:`_parse_choices` returns them
        :return: ``track.line``
        :raise UserError: when all tasks are left out
        """
        self.ensure_one()
        lines = self.line_ids.sorted()
        chosen = lines.filtered(lambda line: choices.get(line.id) is not False)
        if lines and not chosen:
            raise UserError(
                self.env._(
                    "All tasks of “%s” are left out. Keep at least one.",
                    self.display_name,
                )
            )
        return chosen
