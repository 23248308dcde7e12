from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.crm_tracks.tools.actions import Action
from odoo.addons.crm_tracks.tools.placeholders import CopiedText
from odoo.addons.crm_tracks.tools.words import quote


class TrackTaskMixin(models.AbstractModel):
    """Automated tasks that create a ticket: the action ``ticket``."""

    _inherit = "track.task.mixin"

    # The fields that a track copies from its template, in addition to the team.
    _TICKET_FIELDS = (
        "ticket_category_id",
        "ticket_category_chosen",
        "ticket_title",
        "ticket_description",
        "ticket_priority",
    )

    action = fields.Selection(
        selection_add=[("ticket", "Create a ticket")],
        ondelete={"ticket": lambda tasks: tasks._give_tickets_to_people()},
    )
    ticket_team_id = fields.Many2one(
        "helpdesk.ticket.team", string="Team", ondelete="set null"
    )
    ticket_category_id = fields.Many2one(
        "helpdesk.ticket.category", string="Category", ondelete="set null"
    )
    # Deleting the category clears the field in the database without recomputing this
    # one, which therefore still tells that a category was selected.
    ticket_category_chosen = fields.Boolean(
        string="With a Category",
        compute="_compute_ticket_category_chosen",
        store=True,
        readonly=False,
        precompute=True,
        help="A category was selected for the ticket. The task fails if that category "
        "was deleted.",
    )
    ticket_title = fields.Char(
        string="Title",
        help="Leave empty to use the summary of the task, or else the name of the "
        "record. The customer can read the title on the portal.",
    )
    ticket_description = fields.Html(
        string="Description",
        sanitize_style=True,
        help="Leave empty to use the title. The customer can read the description on "
        "the portal.",
    )
    ticket_priority = fields.Selection(
        selection="_select_ticket_priority", string="Priority", default="1"
    )

    @api.model
    def _select_ticket_priority(self):
        field = self.env["helpdesk.ticket"]._fields["priority"]
        return field._description_selection(self.env)

    @api.depends("ticket_category_id")
    def _compute_ticket_category_chosen(self):
        for task in self:
            task.ticket_category_chosen = bool(task.ticket_category_id)

    @api.depends("ticket_team_id", "ticket_title")
    def _compute_action_text(self):
        return super()._compute_action_text()

    @api.model
    def _get_actions(self):
        ticket = Action(
            "fa-life-ring", target="ticket_team_id", fields=self._TICKET_FIELDS
        )
        return {**super()._get_actions(), "ticket": ticket}

    def _describe_ticket(self):
        team = self._get_target()
        if not team and self._origin.action != "ticket":
            # a new line: no team was selected yet
            return self.env._("Create a ticket")
        values = {"team": team.display_name if team else self.env._("(deleted)")}
        title = (self.ticket_title or "").strip()
        if not title:
            return self.env._("Ticket for %(team)s", **values)
        return self.env._("Ticket for %(team)s: %(title)s", **values, title=title)

    def _lacks_category(self):
        """Whether the category of the ticket was deleted."""
        self.ensure_one()
        return (
            self.action == "ticket"
            and self.ticket_category_chosen
            and not self.ticket_category_id
        )

    def _give_tickets_to_people(self):
        """Turn these tasks into activities, because the addon is being uninstalled."""
        for task in self:
            # the title of the ticket may contain braces
            label = CopiedText(task._get_label())
            task.write({"action": "activity", "summary": label})


class TrackLine(models.Model):
    _inherit = "track.line"

    @api.constrains("ticket_team_id", "ticket_category_id")
    def _check_ticket(self):
        self._check_target()

    @api.constrains("action", "ticket_priority")
    def _check_ticket_priority(self):
        for line in self:
            if line.action == "ticket" and not line.ticket_priority:
                raise ValidationError(
                    self.env._(
                        "Task %(number)s of “%(template)s” creates a ticket. Select "
                        "its priority.",
                        number=line.number,
                        template=line.template_id.name,
                    )
                )

    def _get_incompatibility_of_ticket(self, template):
        # sudo: the companies are compared, not named
        category, team = self.sudo().ticket_category_id, self.sudo().ticket_team_id
        company = template.sudo().company_id
        if len(company | team.company_id) > 1:
            return self.env._(
                "The team “%(target)s” belongs to another company than “%(template)s”. "
                "Select another team."
            )
        if len(company | team.company_id | category.company_id) > 1:
            return self.env._(
                "The category of “%(task)s” belongs to another company than "
                "“%(template)s” or its team “%(target)s”. Select another category."
            )
        return None

    def _starts_tracks(self):
        # a ticket starts the tracks of its team and category
        return super()._starts_tracks() or self.action == "ticket"


class TrackTemplate(models.Model):
    _inherit = "track.template"

    @api.depends(
        "line_ids.ticket_team_id",
        "line_ids.ticket_category_id",
        "line_ids.ticket_category_chosen",
    )
    def _compute_missing_hint(self):
        result = super()._compute_missing_hint()
        for template in self:
            lines = template.line_ids.sorted().filtered(
                lambda line: line._lacks_category()
            )
            if lines:
                hint = self.env._(
                    "The ticket category of these tasks was deleted, so the tasks will "
                    "fail: %s. Select another category, or remove it.",
                    ", ".join(quote(self.env, line._get_label()) for line in lines),
                )
                template.missing_hint = " ".join(
                    filter(None, [template.missing_hint, hint])
                )
        return result

    def _get_started_templates(self):
        # a ticket starts the tracks of its team and category
        tasks = self.env["track.line"].search(
            [("template_id", "=", self.id), ("action", "=", "ticket")]
        )
        return (
            super()._get_started_templates()
            | tasks.ticket_team_id.track_template_ids
            | tasks.ticket_category_id.track_template_ids
        )


class TrackRunLine(models.Model):
    _inherit = "track.run.line"

    def _give_tickets_to_people(self):
        result = super()._give_tickets_to_people()
        self.run_id._advance()
        return result
