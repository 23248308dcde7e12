from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools.library import LIBRARY


class TrackLibrary(models.TransientModel):
    """The dialog that makes templates of the starter library, or of activity plans.

    It lists them with their tasks; several can be chosen.
    """

    _name = "track.library"
    _description = "Create Track Templates"
    _inherit = ["track.guard"]

    source = fields.Selection(
        [("library", "Starter Library"), ("plan", "Activity Plans")],
        default="library",
        required=True,
    )
    line_ids = fields.One2many("track.library.line", "library_id", string="Templates")
    is_empty = fields.Boolean(compute="_compute_is_empty")

    @api.depends("line_ids")
    def _compute_is_empty(self):
        for dialog in self:
            dialog.is_empty = not dialog.line_ids

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "line_ids" in fields:
            # only what there is to choose from, whatever the context says
            values["line_ids"] = self._prepare_lines(values.get("source"))
        return values

    @api.model
    def _prepare_lines(self, source):
        """Commands for the rows of this source, in their order."""
        self.env["track.template"].check_access("create")
        if source == "plan":
            plans = self.env["mail.activity.plan"].search(
                [("template_ids", "!=", False)]
            )
            return [
                Command.create({"plan_id": plan.id}) for plan in plans.sorted("name")
            ]
        return [Command.create({"key": key}) for key in LIBRARY]

    def action_make(self):
        """Make the chosen templates, and open them.

        Of the library, those that are there as they were made are not made twice.

        :return: an action, which first says what could not be taken over
        :raise AccessError: when the user is no Tracks administrator
        :raise UserError: when none is chosen
        """
        self.ensure_one()
        chosen = self.line_ids.filtered("chosen")
        if not chosen:
            raise UserError(self.env._("No template is selected. Select at least one."))
        Template = self.env["track.template"]
        keys = [key for key in chosen.mapped("key") if key in LIBRARY]
        templates = Template._make_from_library(keys)
        lost = []
        for plan in chosen.plan_id:
            template, sentence = plan._make_track_template()
            templates += template
            lost += [sentence] if sentence else []
        return templates._get_opening_action(lost)


class TrackLibraryLine(models.TransientModel):
    """One template that can be made: of the library, or of an activity plan."""

    _name = "track.library.line"
    _description = "Track Template to Create"
    _rec_names_search = ("key", "plan_id.name")
    _inherit = ["track.guard"]

    library_id = fields.Many2one("track.library", required=True, ondelete="cascade")
    chosen = fields.Boolean(string="Create")
    key = fields.Char(readonly=True)
    plan_id = fields.Many2one("mail.activity.plan", readonly=True, ondelete="cascade")
    name = fields.Char(compute="_compute_name")
    tasks = fields.Html(compute="_compute_name", sanitize=False)  # of the sentences
    remark = fields.Char(compute="_compute_name")

    @api.depends("key", "plan_id")
    def _compute_name(self):
        Template = self.env["track.template"]
        for line in self:
            line.name = line.tasks = line.remark = False
            if line.key in LIBRARY:
                values = Template._prepare_library_vals(line.key)
                line.remark = line._get_library_remark()
            elif line.plan_id:
                values = line.plan_id._prepare_track_template_vals()
                line.remark = line.plan_id._get_lost()
            else:
                continue
            template = Template.new(values)
            line.name = template.display_name
            line.tasks = Markup('<ol class="mb-0 ps-3">%s</ol>') % Markup("\n").join(
                Markup("<li>%s</li>") % sentence
                for sentence in template.line_ids.mapped("sentence")
            )

    def _get_library_remark(self):
        """Whether this template of the library is there already, in words.

        :return: str, or False where it is not
        """
        existing = self.env["track.template"]._get_made_of_library(self.key)
        if not existing:
            return False
        if existing._is_as_in_library(self.key):
            return self.env._("Already exists.")
        return self.env._(
            "Already exists, but was changed. Another template will be created."
        )
