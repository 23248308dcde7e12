from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_tracks.tools.outcome import Outcome
from odoo.addons.crm_tracks.tools.transaction import get_block_value


class HelpdeskTicket(models.Model):
    """Tickets created by tracks: their origin, and the end of loops.

    If a track creates a ticket on which another track starts and creates a ticket, the
    loop has no end. Templates and choices that form such a loop are refused when they
    are saved. Loops that form in other ways, for example by automation rules, end here.
    """

    _inherit = "helpdesk.ticket"

    # The maximum number of tickets created one by another; more is a loop.
    _TRACKS_MAX_GENERATIONS = 10

    track_maker_ids = fields.One2many(
        "track.run.line",
        "ticket_id",
        string="Created by Task",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The task of a track that created this ticket.",
    )
    track_maker_name = fields.Char(
        string="Created for",
        compute="_compute_track_maker_name",
        groups="base.group_user",
        help="The record of the track that created this ticket, for users with access "
        "to the record.",
    )

    @api.depends("track_maker_ids")
    @api.depends_context("uid")
    def _compute_track_maker_name(self):
        tasks = self.env["track.run.line"].search([("ticket_id", "in", self.ids)])
        names = {task.ticket_id.id: task.res_name for task in tasks}
        for ticket in self:
            ticket.track_maker_name = names.get(ticket._origin.id)

    def action_open_track_maker(self):
        """Open the record of the track that created this ticket.

        :raise UserError: when no track created the ticket, or the user may not read it
        """
        self.ensure_one()
        task = self.env["track.run.line"].search([("ticket_id", "=", self.id)], limit=1)
        if not task:
            raise UserError(
                self.env._(
                    "No track created this ticket, or you do not have access to the "
                    "track."
                )
            )
        return task.action_open_record()

    def _tracks_get_customer(self):
        customers = super()._tracks_get_customer()
        for ticket in self.filtered(lambda ticket: not ticket.partner_id):
            customers[ticket.id] |= {
                "partner_name": ticket.partner_name,
                "partner_email": ticket.partner_email,
            }
        return customers

    def _tracks_get_makers(self):
        """The templates of the tracks that created these tickets, the latest first.

        One for each generation: the template of the track that created the ticket, that
        of the track that created the ticket on which the first one ran, and so on.

        :return: dict by the tickets' ids of lists of ids of ``track.template``
        """
        runs = {}
        ahead = set(self.ids)
        for _generation in range(self._TRACKS_MAX_GENERATIONS):
            # sudo: the obstacles do not depend on the access of the current user
            tasks = self.env["track.run.line"].sudo()
            tasks = ahead and tasks.search([("ticket_id", "in", list(ahead))])
            runs |= {task.ticket_id.id: task.run_id for task in tasks or ()}
            ahead = {
                run.res_id for run in runs.values() if run.res_model == self._name
            } - runs.keys()
        makers = {}
        for ticket in self:
            makers[ticket.id], id_ = [], ticket.id
            while id_ in runs and len(makers[ticket.id]) < self._TRACKS_MAX_GENERATIONS:
                run = runs[id_]
                makers[ticket.id].append(run.template_id.id)
                id_ = run.res_model == self._name and run.res_id
        return makers

    def _tracks_start_where_possible(
        self, template, when_running, start_date, end_date
    ):
        # a ticket is linked to its task only after it is created
        behind = list(get_block_value(self.env, "crm_tracks.ticket_makers", ()))
        makers_by_ticket = self._tracks_get_makers()
        obstacles = {}
        for ticket in self:
            makers = behind + makers_by_ticket[ticket.id]
            if template.id in makers or len(makers) >= self._TRACKS_MAX_GENERATIONS:
                obstacles[ticket] = self.env._(
                    "A track created this ticket, and the tracks would create tickets "
                    "without end"
                )
        records = self.browse(ticket.id for ticket in self if ticket not in obstacles)
        outcome = super(HelpdeskTicket, records)._tracks_start_where_possible(
            template, when_running, start_date, end_date
        )
        return Outcome(outcome.runs, {**outcome.obstacles, **obstacles})
