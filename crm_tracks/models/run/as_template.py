from odoo import Command, models

from ...tools.note_files import copy_note_files

# Fields that are copied from a track task to a template task.
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
    """Creating a template from a track, with its current tasks."""

    _inherit = "track.run"

    def action_make_template(self):
        """Create a template from this track, with its current tasks, and open it.

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
            zip(self._get_template_tasks(), template.line_ids.sorted(), strict=True)
        )
        return template._get_opening_action()

    def _get_template_tasks(self):
        """The tasks that a template created from this track has, in their order.

        Repetitions of a task come from its outcome, so the template has only the task.
        The next track of a series comes from the options.
        """
        tasks = self._get_tasks_in_order()._without_series_task()
        return tasks.filtered(lambda task: not task.repeats_id)

    def _get_template_models(self, origin, lines):
        """The models of a template that would start tracks like this one.

        :param origin: the ``track.template`` of this track, which may be empty, in sudo
        :param lines: the ``track.run.line`` that the template has
        :return: ``ir.model``
        """
        needs_one = (
            not origin
            or lines.activity_type_id.filtered("res_model")
            or any(line._needs_one_model() for line in lines)
            # sudo: what the goal says is not shown
            or self.sudo().goal
            or self.date_field
        )
        # The models of the original template may have changed since the track started.
        return (
            self.env["ir.model"]._get(self.res_model)
            if needs_one
            else origin.res_model_ids
        )

    def _prepare_template_vals(self):
        """The values of a template that would start tracks like this one."""
        # sudo: the user need not have access to the template of the track
        origin = self.sudo().template_id
        company = origin.company_id if origin else self.company_id
        if company and company not in self.env.companies:
            company = (
                self.company_id
            )  # a branch that used a template of its parent company
        lines = self._get_template_tasks()
        models = self._get_template_models(origin, lines)
        return {
            "name": self.env["track.template"]._get_free_name(self.name, company),
            **self.sudo()._prepare_option_vals(),
            **self._prepare_template_escalation_vals(),
            "company_id": company.id,
            "next_template_ids": [
                Command.link(template.id)
                for template in origin.next_template_ids.sudo(False)._filtered_access(
                    "read"
                )
            ],
            "res_model_ids": [Command.link(model.id) for model in models],
            "line_ids": [
                Command.create(
                    {
                        **line._prepare_template_line_vals(is_first=line == lines[0]),
                        **line._prepare_template_outcomes_vals(lines),
                        "sequence": 10 * number,
                    }
                )
                for number, line in enumerate(lines, start=1)
            ],
        }

    def _prepare_template_escalation_vals(self):
        """The values of a template whose user cannot be selected; else empty."""
        user = self.sudo()._get_chosen_escalation_user()
        if not user or (
            user._tracks_can_be_assigned() and user.sudo(False).has_access("read")
        ):
            return {}
        return {"escalate_to": "leader", "escalate_user_id": False}


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    def _prepare_template_line_vals(self, is_first):
        """The values of a template task that corresponds to this task.

        :param bool is_first: whether it is the first task, which cannot wait
        :return: dict
        """
        self.ensure_one()
        vals = {name: self[name] for name in _COPIED}
        vals |= self._prepare_type_vals() | self.sudo()._prepare_option_vals()
        vals |= self._get_original_texts()
        vals |= self._prepare_copied_texts(vals)
        if is_first and self.delay_from == "previous":
            vals["delay_from"] = "start"
        if is_first and self.responsible_type == "previous":
            vals["responsible_type"] = "owner"
        if self.responsible_type == "user":
            vals.update(self.responsible_id._tracks_prepare_responsible_vals())
        if self.responsible_type != "user" and self._get_missing_responsible():
            vals["responsible_type"] = "owner"  # the role or team no longer exists
        if self._is_automated():
            vals |= self._prepare_template_line_action_vals()
        return vals

    def _prepare_template_outcomes_vals(self, tasks):
        """The values of the outcomes of the template task that corresponds to this one.

        An outcome whose target is no later task any more goes on with the next task, as
        it does on the track.

        :param tasks: the ``track.run.line`` of the template's tasks, in their order
        :return: dict, empty without outcomes
        """
        outcomes = self._get_outcomes()
        if not outcomes:
            return {}
        numbers = {task.id: number for number, task in enumerate(tasks, start=1)}
        commands = []
        for position, outcome in enumerate(outcomes, start=1):
            vals = {**outcome._asdict(), "sequence": 10 * position}
            target = numbers.get(vals.pop("target"), 0)
            if outcome.effect == "goto" and target > numbers[self.id]:
                vals["target_number"] = target
            elif outcome.effect == "goto":
                vals["effect"] = "next"
            commands.append(Command.create(vals))
        return {"outcome_ids": commands}

    def _prepare_template_line_action_vals(self):
        # sudo: the user need not have access to the records that the tasks need
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
