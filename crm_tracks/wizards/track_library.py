from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools.library import LIBRARY


class TrackLibrary(models.TransientModel):
    """The dialog that creates templates from the library or from activity plans.

    It lists them with their tasks; several can be selected.
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

    @api.onchange("source")
    def _onchange_source(self):
        self.line_ids = [Command.clear(), *self._prepare_lines(self.source)]

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "line_ids" in fields:
            # ignore lines from the context: only existing sources can be selected
            values["line_ids"] = self._prepare_lines(values.get("source"))
        return values

    @api.model
    def _prepare_lines(self, source):
        """Commands that create the rows of this source, in their order."""
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
        """Create the selected templates and open them.

        Existing unchanged templates are not created again.

        :return: an action that first lists the parts of a plan that were lost
        :raise AccessError: when the user is no Tracks administrator
        :raise UserError: when no template is selected
        """
        self.ensure_one()
        chosen = self.line_ids.filtered("chosen")
        if not chosen:
            raise UserError(self.env._("No template is selected. Select at least one."))
        Template = self.env["track.template"]
        keys = [key for key in chosen.mapped("key") if key in LIBRARY]
        templates = Template._make_from_library(keys)
        made, lost = Template._make_of_plans(chosen.plan_id)
        return (templates + made)._get_opening_action(lost)


class TrackLibraryLine(models.TransientModel):
    """A template that can be created from the library or from an activity plan."""

    _name = "track.library.line"
    _description = "Track Template to Create"
    _rec_names_search = ("key", "plan_id.name")
    _inherit = ["track.guard"]

    library_id = fields.Many2one("track.library", required=True, ondelete="cascade")
    chosen = fields.Boolean(string="Create")
    key = fields.Char(readonly=True)
    plan_id = fields.Many2one("mail.activity.plan", readonly=True, ondelete="cascade")
    name = fields.Char(compute="_compute_name")
    # sanitize=False: the HTML is built from escaped sentences
    tasks = fields.Html(compute="_compute_name", sanitize=False)
    remark = fields.Char(compute="_compute_name")

    @api.depends("key", "plan_id")
    def _compute_name(self):
        Template = self.env["track.template"]
        plans = {
            candidate.key: candidate.state
            for candidate in Template._get_candidates("plans", self.plan_id.ids)[0]
        }
        for line in self:
            line.name = line.tasks = line.remark = False
            if line.key in LIBRARY:
                values = Template._prepare_library_vals(line.key)
                line.remark = line._get_library_remark()
            elif line.plan_id:
                values = line.plan_id._prepare_track_template_vals()
                remarks = (
                    line._describe_state(plans.get(f"plan_{line.plan_id._origin.id}")),
                    line.plan_id._get_lost(),
                )
                line.remark = " ".join(filter(None, remarks)) or False
            else:
                continue
            template = Template.new(values)
            line.name = template.display_name
            line.tasks = Markup('<ol class="mb-0 ps-3">%s</ol>') % Markup("\n").join(
                Markup("<li>%s</li>") % sentence
                for sentence in template.line_ids.mapped("sentence")
            )

    def _get_library_remark(self):
        """A remark if this template of the library already exists.

        :return: str, or False when it does not exist
        """
        existing = self.env["track.template"]._get_made_of_library(self.key)
        if not existing:
            return False
        is_same = existing._is_as_in_library(self.key)
        return self._describe_state("unchanged" if is_same else "changed")

    @api.model
    def _describe_state(self, state):
        """A remark about the template that was created before.

        :param str state: ``unchanged`` or ``changed``; else there is no template
        :return: str or False
        """
        if state == "unchanged":
            return self.env._("Already exists.")
        if state == "changed":
            return self.env._(
                "Already exists, but was changed. Another template will be created."
            )
        return False
