import base64
from collections import defaultdict
from contextlib import contextmanager

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools.definition_words import describe_problem
from ..tools.record_names import existence_read, names_read


class TrackMovingIn(models.TransientModel):
    """The dialog that creates templates from definitions of another system.

    The preview shows each definition with its tasks, what cannot be taken over, and
    whether an earlier import created its template already.
    """

    _name = "track.moving.in"
    _description = "Import Track Definitions"
    _inherit = ["track.guard"]

    source = fields.Selection(
        [("capsule", "Capsule file"), ("activity_types", "Chained activity types")],
        default="capsule",
        required=True,
    )
    file = fields.Binary(
        attachment=False,
        help="Capsule's answer to “trackdefinitions”, as a JSON file.",
    )
    file_name = fields.Char()
    case_model_id = fields.Many2one(
        "ir.model",
        string="Projects and Cases",
        domain=[("is_mail_activity", "=", True), ("transient", "=", False)],
        default=lambda self: self._get_default_case_model(),
        help="The model for definitions of projects and cases. If empty, their "
        "templates are offered for all records.",
    )
    line_ids = fields.One2many("track.moving.in.line", "dialog_id", string="Templates")
    is_previewed = fields.Boolean(readonly=True)
    has_new = fields.Boolean(compute="_compute_has_new")
    has_remarks = fields.Boolean(compute="_compute_has_new")
    remarks = fields.Text(string="Ignored in File", readonly=True)

    @api.model
    def _get_default_case_model(self):
        name = self.env["track.template"]._get_case_model()
        return self.env["ir.model"]._get_id(name) if name else False

    @api.depends("line_ids.state", "line_ids.remark")
    def _compute_has_new(self):
        for dialog in self:
            dialog.has_new = "new" in dialog.line_ids.mapped("state")
            dialog.has_remarks = any(dialog.line_ids.mapped("remark"))

    @api.onchange("source", "file", "case_model_id")
    def _onchange_source(self):
        # the preview would be that of other definitions
        self.is_previewed = False

    def _get_candidates(self):
        """As ``track.template._get_candidates``, for what the user selected.

        :raise UserError: when no file is selected
        """
        self.ensure_one()
        data = None
        if self.source == "capsule":
            # a client asks for the size of files
            content = self.with_context(bin_size=False).file
            if not content:
                raise UserError(
                    self.env._("No file is selected. Select a file of Capsule.")
                )
            try:
                data = base64.b64decode(content)
            except ValueError:
                data = b"{"  # refused as any other file that is no JSON
        return self.env["track.template"]._get_candidates(
            self.source, data, self.case_model_id.model or ""
        )

    def action_preview(self):
        """Show what an import would create, and create nothing.

        :return: an action that opens this dialog again
        """
        candidates, problems = self._get_candidates()
        taken = self._get_taken_names(candidates)
        with self._tags_planned(candidates):
            rows = [
                self._prepare_line_vals(number, candidate, taken)
                for number, candidate in enumerate(candidates)
            ]
        self.write(
            {
                "is_previewed": True,
                "remarks": "\n".join(
                    describe_problem(self.env, problem) for problem in problems
                ),
                "line_ids": [Command.clear(), *map(Command.create, rows)],
            }
        )
        return self._reopen()

    @api.model
    def _get_taken_names(self, candidates):
        """The names of new candidates that templates have already, as a set."""
        names = [each.name for each in candidates if each.state == "new"]
        taken = self.env["track.template"].search([("name", "in", names)])
        return set(taken.mapped("name"))

    @contextmanager
    def _tags_planned(self, candidates):
        """Within the block, values name the tags that an import will create."""
        new = [each for each in candidates if each.definition and each.state == "new"]
        if not new:
            yield
            return
        counterparts = new[0].counterparts
        known = [(tags.browse(), tags.ids) for tags in counterparts.get_tags()]
        planned = counterparts.plan_tags([each.definition for each in new])
        names = names_read(self.env, known, planned)
        with names, existence_read(self.env, counterparts.get_tags()):
            yield

    def action_back(self):
        """Show the selection of the source again."""
        self.write({"is_previewed": False, "line_ids": [Command.clear()]})
        return self._reopen()

    def _reopen(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_tracks.track_moving_in_action"
        )
        return {**action, "res_id": self.id}

    def _prepare_line_vals(self, number, candidate, taken):
        """The values of the row of a candidate.

        :param set taken: the names that templates have already
        """
        Template = self.env["track.template"]
        values = {
            "number": number,
            "state": candidate.state,
            "chosen": candidate.state == "new",
            "name": candidate.name,
            "remark": candidate.reason or self._get_remark(candidate, taken),
        }
        if candidate.state == "left_out":
            return values
        template_vals, problems = candidate.prepare()
        template = Template.new(template_vals)
        # a reason that many tasks have is one row
        tasks = defaultdict(list)
        for problem in problems:
            tasks[describe_problem(self.env, problem)].append(problem.task)
        rows = [
            f"{', '.join(names)}: {reason}" if any(names) else reason
            for reason, names in tasks.items()
        ]
        return {
            **values,
            "name": template.display_name,
            "tasks": self._list(template.line_ids.mapped("sentence"), "ol"),
            "problems": self._list(rows, "ul"),
        }

    @api.model
    def _list(self, rows, tag):
        if not rows:
            return False
        items = Markup("\n").join(Markup("<li>%s</li>") % row for row in rows)
        return Markup('<%s class="mb-0 ps-3">%s</%s>') % (
            Markup(tag),
            items,
            Markup(tag),
        )

    @api.model
    def _get_remark(self, candidate, taken):
        """What is to be said of a template that exists already."""
        is_taken = candidate.name in taken
        return {
            "new": is_taken and self.env._("Another template has this name already."),
            "unchanged": self.env._("Unchanged since the last import."),
            "changed": self.env._(
                "Already exists, but differs. The template is left unchanged."
            ),
        }[candidate.state]

    def action_make(self):
        """Create the selected templates, and open them.

        :raise UserError: when no new template is selected
        """
        candidates, _problems = self._get_candidates()
        numbers = set(self.line_ids.filtered("chosen").mapped("number"))
        chosen = [
            candidate
            for number, candidate in enumerate(candidates)
            if number in numbers and candidate.state == "new"
        ]
        if not chosen:
            raise UserError(self.env._("No template is selected. Select at least one."))
        Template = self.env["track.template"]
        Template._create_candidates(chosen)
        made = [each.template.id for each in chosen if each.state == "created"]
        refused = [
            f"{each.name}: {each.reason}" for each in chosen if each.state == "left_out"
        ]
        if not made:
            raise UserError("\n".join(refused))
        return Template.browse(made)._get_opening_action(refused)


class TrackMovingInLine(models.TransientModel):
    """A definition that can become a template.

    What it shows is stored by the preview; which templates are created is read again
    from the file.
    """

    _name = "track.moving.in.line"
    _description = "Track Definition to Import"
    _order = "number, id"
    _inherit = ["track.guard"]

    dialog_id = fields.Many2one("track.moving.in", required=True, ondelete="cascade")
    number = fields.Integer(readonly=True)
    chosen = fields.Boolean(string="Create")
    state = fields.Selection(
        [
            ("new", "New"),
            ("unchanged", "Unchanged"),
            ("changed", "Changed"),
            ("left_out", "Not possible"),
        ],
        readonly=True,
    )
    name = fields.Char(readonly=True)
    tasks = fields.Html(readonly=True)
    problems = fields.Html(string="Not Taken Over", readonly=True)
    remark = fields.Char(readonly=True)
