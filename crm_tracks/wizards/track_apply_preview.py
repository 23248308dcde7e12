from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.dates import check_day
from ..tools.placeholders import fill_text
from ..tools.states import NOT_ENDED


class TrackApply(models.TransientModel):
    """The preview of the dialog: the templates, and every task with date and assignee.

    The engine itself computes the tasks (``track.run._preview``). Users whom the
    current user may not read are not named.
    """

    _inherit = "track.apply"

    template_choices = fields.Json(
        compute="_compute_template_choices", help="The templates to choose from."
    )
    choices = fields.Json(
        compute="_compute_choices",
        store=True,
        readonly=False,
        help="The tasks to leave out, and the selected assignees.",
    )
    preview = fields.Json(compute="_compute_preview")
    problem = fields.Char(compute="_compute_preview")

    @api.depends("available_template_ids")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_template_choices(self):
        for wizard in self:
            templates = wizard.available_template_ids._origin
            counts = templates._count_records()
            wizard.template_choices = [
                {
                    "id": template.id,
                    "name": template.display_name,
                    "details": wizard._format_template(template, counts[template]),
                }
                for template in templates
            ]

    def _format_template(self, template, count):
        """The details of a template: number of tasks, direction, number of records."""
        tasks = len(template.line_ids)
        parts = [
            self.env._("1 task") if tasks == 1 else self.env._("%s tasks", tasks),
            self.env._("from a start date")
            if template.direction == "start"
            else self.env._("back from an end date"),
        ]
        if count:
            parts.append(
                self.env._("runs on 1 record")
                if count == 1
                else self.env._("runs on %s records", count)
            )
        return " · ".join(parts)

    @api.depends("template_id")
    def _compute_choices(self):
        self.choices = False

    @api.depends(
        "template_id", "start_date", "end_date", "choices", "res_model", "res_ids"
    )
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard.problem = False
            if not wizard.template_id:
                continue
            try:
                wizard.preview = wizard._get_preview()
            except UserError as error:
                wizard.problem = str(error)
                wizard.preview = wizard._get_rows([], wizard.choices)

    def _get_preview(self):
        """Every task of the template, as it would be created.

        :return: list of dicts, as of :meth:`_get_rows`
        :raise UserError: when the choices or the dates are not valid
        """
        check_day(self.env, self.start_date)
        check_day(self.env, self.end_date)
        records = self._get_records()
        template = self.template_id
        # leave out records with an obstacle: the user may lack access to them
        obstacles = template._get_obstacles(records)
        records = records.filtered(lambda record: record not in obstacles)
        if self.direction == "end" and not self.end_date:
            records = records.browse()
        previews = self.env["track.run"]._preview(
            template,
            records,
            start_date=self.start_date if self.direction == "start" else None,
            end_date=self.end_date,
            choices=template._parse_choices(self.choices),
        )
        return self._get_rows(previews, self.choices)

    def _get_rows(self, previews, choices):
        """The row that the dialog shows for each task.

        :param previews: list of ``TaskPreview``; tasks without one are shown as left
            out
        :param choices: the choices as received, which may be invalid
        :return: list of dicts: ``id`` of the template's task, ``summary``, ``options``,
            a list of phrases, ``icon``, ``left_out``, ``due`` in words, whether it
            ``waits``, ``assignee`` in words, ``user_id`` where that is one person,
            whether it was ``chosen`` by the user, and ``warnings``, a list of sentences
        """
        previews = {preview.line.id: preview for preview in previews}
        visible = self._get_visible_users(previews.values())
        warnings = self._get_warnings(previews.values(), visible)
        values = next((preview.values for preview in previews.values()), {})
        rows = []
        for line in self.template_id.line_ids.sorted():
            row = {
                "id": line.id,
                "summary": fill_text(line._get_label(), values.get),
                "options": [
                    fill_text(text, values.get) for text in line._get_option_texts()
                ],
                "icon": line._get_icon() or "fa-tasks",
                "left_out": True,
                "due": self.env._("Left out"),
                "waits": False,
                "automated": line._is_automated(),
                "assignee": "",
                "user_id": False,
                "chosen": False,
                "warnings": [],
            }
            if preview := previews.get(line.id):
                row |= self._get_preview_values(preview, visible)
                row["warnings"] = warnings[line.id]
            rows.append(row)
        return rows

    def _get_preview_values(self, preview, visible):
        """What a row says of a task that is not left out."""
        users = list(preview.assignees)
        shown = len(users) == 1 and users[0] in visible
        return {
            "left_out": False,
            "due": self._format_due(preview),
            "waits": not preview.dates,
            "assignee": self._format_assignee(preview, visible),
            "user_id": shown and users[0].id,
            "chosen": preview.chosen,
        }

    def _get_visible_users(self, previews):
        """The assignees whom the current user may read, in sudo."""
        users = self.env["res.users"].union(
            *(
                user.sudo(False)
                for preview in previews
                for user in (*preview.assignees, preview.line.responsible_id)
            )
        )
        return users._filtered_access("read").sudo()

    def _format_due(self, preview):
        """The due date of a task, or the task that it waits for."""
        days = sorted({day for day, _company in preview.dates})
        if not days:
            text = preview.line._get_delay_text(preview.previous)
            return fill_text(text, preview.values.get)
        if len(days) == 1:
            return self._format_day(days[0])
        # companies differ in days off and time zones
        return self.env._(
            "%(first)s to %(last)s",
            first=self._format_day(days[0]),
            last=self._format_day(days[-1]),
        )

    def _format_day(self, day):
        weekday = format_date(self.env, day, date_format="EEE")
        return f"{weekday} {format_date(self.env, day)}"

    def _format_assignee(self, preview, visible):
        """The name of the assignee, or a description of several."""
        line, is_owner = preview.line, preview.assignees and preview.of_owner
        users = list(preview.assignees or line.responsible_id)
        is_unknown = not users or (not users[0] and line.responsible_type == "previous")
        if line._is_automated() or is_unknown:
            words = line._get_responsible_text(preview.previous)
            return words[:1].upper() + words[1:]
        if len(users) > 1:
            return (
                self.env._("Each record's owner")
                if is_owner
                else self.env._("Several users")
            )
        [user] = users
        if not user:
            return self.env._("Unassigned")
        if user not in visible:
            return self.env._("A user you cannot access")
        if is_owner:
            return self.env._("%s (owner)", user.name)
        return user.name


class TrackTemplate(models.Model):
    _inherit = "track.template"

    def _count_records(self):
        """The number of readable records on which each of these templates runs.

        :return: dict of int
        """
        counts = dict.fromkeys(self, 0)
        for template, _model, count in self.env["track.run"]._read_group(
            [("template_id", "in", self.ids), ("state", "in", NOT_ENDED)],
            ["template_id", "res_model"],
            ["res_id:count_distinct"],
        ):
            counts[template] += count
        return counts
