from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HelpdeskTrackChoice(models.AbstractModel):
    """A team or category with the tracks that start on its tickets."""

    _name = "helpdesk.track.choice"
    _description = "Ticket Track Choice"

    # portal users can read teams and categories, but not their tracks
    track_template_ids = fields.Many2many(
        "track.template",
        string="Tracks",
        context={"active_test": False},  # archived ones prevent saving
        domain="[('id', 'in', available_track_template_ids)]",
        groups="base.group_user",
        help="These tracks start on every ticket that is created here or moved here, "
        "unless they are running on it already.",
    )
    available_track_template_ids = fields.Many2many(
        "track.template",
        string="Available Tracks",
        compute="_compute_available_track_template_ids",
        groups="base.group_user",
    )

    @api.depends("company_id")
    def _compute_available_track_template_ids(self):
        templates = self.env["track.template"].search([("line_ids", "!=", False)])
        for choice in self:
            choice.available_track_template_ids = templates.filtered(
                lambda template, choice=choice: not choice._get_track_obstacle(template)
            )

    @api.constrains("track_template_ids", "company_id")
    def _check_track_template_ids(self):
        for choice in self:
            # sudo: without it, the field omits templates that the user may not read
            templates = choice.sudo().track_template_ids.sudo(self.env.su)
            # check access first: the errors below name the template
            templates.check_access("read")
            for template in templates:
                obstacle = choice._get_track_obstacle(template)
                if obstacle:
                    raise ValidationError(obstacle)
            # a track that creates tickets here would start on them again
            templates._check_rings()

    def _get_track_obstacle(self, template):
        """The reason why this template cannot be selected here, or an empty string."""
        self.ensure_one()
        # sudo: only Tracks administrators may read which models a template is for
        template = template.sudo()
        values = {"template": template.display_name, "choice": self.display_name}
        models_ = template.res_model_ids.mapped("model")
        if models_ and "helpdesk.ticket" not in models_:
            return self.env._(
                "“%(template)s” does not apply to tickets, so “%(choice)s” cannot "
                "start it. Select another template.",
                **values,
            )
        if template.direction == "end" and not template.date_field:
            return self.env._(
                "“%(template)s” counts back from an end date, which a ticket does not "
                "have, so “%(choice)s” cannot start it. Select another template.",
                **values,
            )
        # a team or category without a company is used by all companies
        if template.company_id and not (
            self.company_id and template._is_for_company(self.company_id)
        ):
            return self.env._(
                "“%(template)s” belongs to %(company)s, so “%(choice)s” cannot start "
                "it. Select another template.",
                **values,
                company=template.company_id.name,
            )
        return ""
