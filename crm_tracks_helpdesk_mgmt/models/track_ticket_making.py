from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty, plaintext2html

from odoo.addons.crm_tracks.tools.transaction import block_value


class TrackRunLine(models.Model):
    """Creates the ticket of a task, and links to it.

    The ticket is created with the rights of the track's starter. It belongs to the team
    without an assigned user; its customer is that of the record.
    """

    _inherit = "track.run.line"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
    )

    def _get_execution_key(self):
        key = super()._get_execution_key()
        if self.action != "ticket":
            return key
        # all tickets of a batch have the same obstacles
        return *key, self._get_ticket_makers()

    def _get_ticket_makers(self):
        """The templates that lead to the ticket of this task, the latest first.

        The template of its own track and, if that track runs on a ticket, the templates
        that lead to that ticket.

        :return: tuple of ids of ``track.template``
        """
        self.ensure_one()
        makers = [self.run_id.template_id.id]
        if self.res_model == "helpdesk.ticket":
            ticket = self.env["helpdesk.ticket"].browse(self.run_id.res_id)
            makers += ticket._tracks_get_makers()[ticket.id]
        return tuple(makers)

    def _check_target(self):
        result = super()._check_target()
        for task in self.filtered(lambda task: task.action == "ticket"):
            team, company = task._get_target(), task.run_id.company_id
            if task._lacks_category():
                raise UserError(
                    self.env._("The category of the ticket was deleted. Skip the task.")
                )
            if not team.active:
                raise UserError(
                    self.env._(
                        "The team “%s” is archived, so nobody would see the ticket. "
                        "Unarchive the team, or skip the task.",
                        team.display_name,
                    )
                )
            if len(team.company_id | company) > 1:
                raise UserError(
                    self.env._(
                        "The team of the ticket belongs to another company than the "
                        "record. Skip the task."
                    )
                )
        return result

    def _execute_ticket(self, records):
        """Create one ticket for each record, in a single ``create``."""
        customers = records._tracks_get_customer()
        makers = self[0]._get_ticket_makers()
        with block_value(self.env, "crm_tracks.ticket_makers", makers):
            tickets = records.env["helpdesk.ticket"].create(
                [
                    {
                        **task._prepare_ticket_vals(record),
                        **customers[record.id],
                    }
                    for task, record in zip(self, records, strict=True)
                ]
            )
        notes = {}
        for task, record, ticket in zip(self, records, tickets, strict=True):
            task.ticket_id = ticket
            notes[ticket.id] = task._get_ticket_note(record)
        tickets._message_log_batch(notes)
        return {
            task.id: {
                "model": ticket._name,
                "id": ticket.id,
                "name": ticket.display_name,
            }
            for task, ticket in zip(self, tickets, strict=True)
        }

    def _prepare_ticket_vals(self, record):
        """The values of the ticket of this task, without its customer.

        :param record: the record of its track
        """
        self.ensure_one()
        # do not use the name of the track: the customer can read the ticket
        title = (
            (self.ticket_title or "").strip()
            or self._get_summary()
            or record.display_name
        )
        description = self.ticket_description
        return {
            "name": title,
            "description": plaintext2html(title)
            if is_html_empty(description)
            else description,
            "team_id": self.ticket_team_id.id,
            "category_id": self.ticket_category_id.id,
            "priority": self.ticket_priority,
            # not the starter: a member of the team will take the ticket
            "user_id": False,
        }

    def _get_ticket_note(self, record):
        """The note on the created ticket, with a link to the record.

        :return: ``Markup``
        """
        self.ensure_one()
        return Markup("<p>%s</p>") % record.env._(
            "Created by track %(track)s of %(record)s.",
            track=Markup("<b>%s</b>") % self.run_id.name,
            record=record._get_html_link(),
        )
