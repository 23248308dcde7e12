from odoo import Command, api, models
from odoo.exceptions import UserError

from ...tools.definition_records import Counterparts
from ...tools.definition_words import describe_problem
from ...tools.definitions import Problem
from .moving_in import Candidate


class TrackTemplate(models.Model):
    """The values of a template that is created from a definition of another system.

    What has no counterpart in this database is replaced by the usual value, and is
    reported.
    """

    _inherit = "track.template"

    @api.model
    def _get_definition_candidates(self, source, definitions, case_model=None):
        """A :class:`Candidate` for each of these definitions.

        :param str source: the beginning of the keys
        :param case_model: as of :meth:`import_definitions`
        """
        case_model = self._get_case_model(case_model)
        counterparts = Counterparts(self.env, definitions, case_model)
        candidates = []
        for each in definitions:
            error = each.error or self._get_definition_error(each, counterparts)
            candidate = Candidate(
                f"{source}_{each.key}",
                each.name or self.env._("(no name)"),
                error and describe_problem(self.env, error),
            )
            candidate.definition, candidate.counterparts = each, counterparts
            candidate.noted = self.env["mail.activity.type"].browse(
                [task.type_id for task in each.tasks if task.type_id]
            )
            candidate.prepare = lambda each=each: self._prepare_definition_vals(
                each, counterparts
            )
            candidates.append(candidate)
        return candidates

    @api.model
    def _get_case_models(self):
        """The models that can stand for a project or case, the preferred one first."""
        return ["project.task"]

    @api.model
    def _get_case_model(self, name=None):
        """The model for definitions of projects and cases.

        :param name: what a caller passed; None for the preferred one
        :return: str, empty if there is none
        :raise UserError: when the records of the model cannot have tracks
        """
        if name is False or name == "":
            return ""
        Run = self.env["track.run"]
        for known in self._get_case_models() if name is None else [name]:
            if isinstance(known, str) and Run._can_have_tracks(self.env.get(known)):
                return known
        if name is not None:
            raise UserError(
                self.env._(
                    "Records of “%s” cannot have tracks. Pass the technical name of "
                    "another model.",
                    str(name)[:60],
                )
            )
        return ""

    @api.model
    def _get_definition_error(self, definition, counterparts):
        """Why no template can be created from a definition, or None."""
        most = self.env["track.line"]._MAX_TASKS
        if len(definition.tasks) > most:
            return Problem(
                "too_many_tasks", {"count": len(definition.tasks), "max": most}
            )
        model = counterparts.get_model_name(definition)
        if model and not self.env["track.run"]._can_have_tracks(self.env.get(model)):
            return Problem("no_activities", {"model": model})
        return None

    @api.model
    def _prepare_definition_vals(self, definition, counterparts):
        """The values of the template of a definition.

        :return: (dict, list of ``Problem``)
        """
        problems = list(definition.problems)
        model = counterparts.get_model_name(definition)
        if definition.target and not model:
            problems.append(Problem("no_case_model"))
        lines = [
            self._prepare_definition_task(definition, number, counterparts, problems)
            for number in range(1, len(definition.tasks) + 1)
        ]
        tags = self._prepare_tags_task(definition, model, counterparts, problems)
        if tags:
            lines.insert(len(lines) if definition.direction == "end" else 0, tags)
        return {
            "name": definition.name,
            "direction": definition.direction,
            "company_id": False,
            "res_model_ids": (
                [Command.link(self.env["ir.model"]._get_id(model))] if model else []
            ),
            "line_ids": [
                Command.create({"sequence": 10 * number, **line})
                for number, line in enumerate(lines, start=1)
            ],
        }, problems

    @api.model
    def _prepare_definition_task(self, definition, number, counterparts, problems):
        """The values of one task; adds to the problems."""
        task = definition.tasks[number - 1]
        texts = {
            "summary": task.summary or self.env._("Task %s", number),
            "note": task.note or False,
        }
        activity_type = counterparts.find_type(task, definition)
        if activity_type is None:
            activity_type = counterparts.default_type
            problems.append(
                Problem("unknown_type", {"type": task.type_name}, texts["summary"])
            )
        return {
            **texts,
            **self.env["track.line"]._prepare_copied_texts(texts),
            "activity_type_id": activity_type.id,
            "delay_count": task.delay_count,
            "delay_unit": task.delay_unit,
            "delay_from": task.delay_from,
            **self._prepare_definition_responsible(
                task.responsible, texts["summary"], counterparts, problems
            ),
        }

    @api.model
    def _prepare_definition_responsible(
        self, responsible, label, counterparts, problems
    ):
        if responsible.user_id:
            user = self.env["res.users"].browse(responsible.user_id)
            if not user._tracks_can_be_assigned():
                # sudo: the form of the type shows the name, too
                problems.append(Problem("left_user", {"name": user.sudo().name}, label))
            return user._tracks_prepare_responsible_vals()
        if responsible.kind not in ("user", "team"):
            return {"responsible_type": responsible.kind}
        record, problem = counterparts.find_responsible(responsible)
        if problem:
            problems.append(Problem(problem, {"name": responsible.names[0]}, label))
            return {"responsible_type": "owner"}
        name = self.env["track.line"]._RESPONSIBLE_FIELDS[responsible.kind]
        return {"responsible_type": responsible.kind, name: record.id}

    @api.model
    def _prepare_tags_task(self, definition, model, counterparts, problems):
        """The values of the automated task that adds the tags; None without one."""
        if not definition.tags:
            return None
        names = {"tags": ", ".join(definition.tags)}
        most = self.env["track.line"]._MAX_TASKS
        problem = counterparts.get_tag_problem(model)
        if not problem and len(definition.tasks) >= most:
            problem = "tags_no_room"
        if problem:
            label = model and self.env["ir.model"]._get(model).sudo().name
            problems.append(Problem(problem, {**names, "model": label, "max": most}))
            return None
        field = counterparts.get_tag_field(model)
        ids, missing = counterparts.find_tags(field.comodel_name, definition.tags)
        if missing and not counterparts.may_create_tags(field.comodel_name):
            problems.append(Problem("tags_unknown", {"tags": ", ".join(missing)}))
        if not ids:
            return None
        is_end = definition.direction == "end"
        if is_end:
            problems.append(Problem("tags_at_end", names))
        return {
            "action": "update",
            "delay_from": "end" if is_end else "start",
            "update_ids": [
                Command.create(
                    {
                        "field_name": field.name,
                        "operation": "add",
                        "value": ",".join(map(str, ids)),
                    }
                )
            ],
        }
