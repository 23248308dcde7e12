from odoo import models
from odoo.exceptions import UserError


class TrackTemplate(models.Model):
    """What a person chooses for the tasks of a template when applying it.

    Choices are a dict by the ids of the template's tasks: False for a task that is left
    out, a ``res.users`` for one that this person is to do. Tasks without an entry are
    made as the template says.
    """

    _inherit = "track.template"

    def _parse_choices(self, value):
        """The choices that a dialog, or an RPC client, gave as JSON.

        Entries for tasks that the template no longer has are left out.

        :param value: ``{"<task id>": {"left_out": true, "user_id": 7}}``; both keys are
            optional, and what is left out is given to nobody
        :return: choices, as described above
        :raise UserError: when this is something else, or a person cannot be assigned
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
                "“%(value)s” is no choice for the tasks of “%(template)s”: leave a "
                "task out, or give it to a person.",
                value=value,
                template=self.display_name,
            )
        )

    def _get_chosen_lines(self, choices):
        """The tasks of this template that are not left out, in their order.

        :param dict choices: as :meth:`_parse_choices` returns them
        :return: ``track.line``
        :raise UserError: when nothing is left of them
        """
        self.ensure_one()
        lines = self.line_ids.sorted()
        chosen = lines.filtered(lambda line: choices.get(line.id) is not False)
        if lines and not chosen:
            raise UserError(
                self.env._(
                    "Every task of “%s” is left out: keep at least one.",
                    self.display_name,
                )
            )
        return chosen
