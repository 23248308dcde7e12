from odoo import Command, models

from ...tools.note_files import copy_note_files

# What a task of a template and a track's own copy of it have in common.
_COPIED = (
    "summary",
    "note",
    "action",
    "delay_count",
    "delay_unit",
    "delay_from",
    "responsible_type",
)


class TrackRun(models.Model):
    """A template made of a track, with its tasks as they are now."""

    _inherit = "track.run"

    def action_make_template(self):
        """Make a template of this track, with its tasks as they are now; open it.

        :return: an action
        :raise AccessError: when the user may not read the track, or is no Tracks
            administrator
        """
        self.ensure_one()
        self.check_access("read")
        templates = self.env["track.template"]
        templates.check_access("create")
        template = templates.create(self._prepare_template_vals())
        copy_note_files(
            zip(self.line_ids.sorted(), template.line_ids.sorted(), strict=True)
        )
        return template._get_opening_action()

    def _prepare_template_vals(self):
        """The values of a template that would start tracks like this one."""
        # sudo: the track may come from a template that the user does not see
        origin = self.sudo().template_id
        company = origin.company_id if origin else self.company_id
        if company and company not in self.env.companies:
            company = self.company_id  # a branch, where its parent company's was used
        lines = self.line_ids.sorted()
        models = origin.res_model_ids
        if (
            not origin
            or lines.activity_type_id.filtered("res_model")
            or any(line._needs_one_model() for line in lines)
        ):
            # What is for one model fits no template for several; and the template may
            # be for another model than it was when the track started.
            models = self.env["ir.model"]._get(self.res_model)
        return {
            "name": self.env["track.template"]._get_free_name(self.name, company),
            "direction": self.direction,
            "company_id": company.id,
            "res_model_ids": [Command.link(model.id) for model in models],
            "one_per_record": self.one_per_record,
            "activity_creation": self.activity_creation,
            "ahead_days": self.ahead_days,
            "on_close": self.on_close,
            "line_ids": [
                Command.create(
                    {
                        **line._prepare_template_line_vals(is_first=line == lines[0]),
                        "sequence": 10 * number,
                    }
                )
                for number, line in enumerate(lines, start=1)
            ],
        }


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    def _prepare_template_line_vals(self, is_first):
        """The values of a template task that would be copied into one like this.

        :param bool is_first: whether nothing comes before it, to wait for
        :return: dict
        """
        self.ensure_one()
        vals = {name: self[name] for name in _COPIED} | self._prepare_type_vals()
        if is_first and self.delay_from == "previous":
            vals["delay_from"] = "start"
        if is_first and self.responsible_type == "previous":
            vals["responsible_type"] = "owner"
        if self.responsible_type == "user":
            vals.update(self.responsible_id._tracks_prepare_responsible_vals())
        if self._is_automated():
            vals |= self._prepare_template_line_action_vals()
        return vals

    def _prepare_template_line_action_vals(self):
        # sudo: whoever makes a template of a track need not read what its tasks need
        vals = self.sudo()._prepare_action_vals()
        if self.action == "update":
            vals["update_ids"] = [
                Command.create(
                    {
                        "sequence": 10 * number,
                        "field_name": setting["field"],
                        "operation": setting["operation"],
                        "value": setting["value"],
                    }
                )
                for number, setting in enumerate(self._get_settings(), start=1)
            ]
        return vals
