from odoo import models
from odoo.exceptions import UserError

from ...tools.choices import NO_CHOICE, Choice
from ...tools.dates import parse_day


class TrackTemplate(models.Model):
    """The choices of a user for the tasks of a template when applying it.

    Choices are a dict by ids of template tasks: False for a task that is left out, else
    a :class:`Choice`. Tasks without an entry are created as defined in the template.
    """

    _inherit = "track.template"

    def _parse_choices(self, value):
        """Convert the choices that a dialog, or an RPC client, sent as JSON.

        Entries for tasks that the template no longer has are ignored.

        :param value: ``{"<task id>": {"left_out": true, "user_id": 7, "date":
            "2026-03-09"}}``; all keys are optional, and ``left_out`` takes precedence
        :return: choices, as described above
        :raise UserError: when the format or a date is invalid, or a user cannot be
            assigned
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
            choices[line_id] = not choice.get("left_out") and self._parse_choice(choice)
        return choices

    def _parse_choice(self, choice):
        """As :meth:`_parse_choices`, for one task that is not left out."""
        user_id = choice.get("user_id")
        return Choice(
            user_id and self.env["track.run"]._check_assignee(user_id) or None,
            parse_day(self.env, choice.get("date"), self.env._("Due Date")),
        )

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
        chosen = lines.filtered(lambda line: choices.get(line.id, NO_CHOICE))
        if lines and not chosen:
            raise UserError(
                self.env._(
                    "All tasks of “%s” are left out. Keep at least one.",
                    self.display_name,
                )
            )
        return chosen
