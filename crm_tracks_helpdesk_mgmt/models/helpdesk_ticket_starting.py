import logging
from collections import defaultdict

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError

from odoo.addons.crm_tracks.models.track_following import Aspect
from odoo.addons.crm_tracks.tools.never_failing import never_failing

_logger = logging.getLogger(__name__)


class HelpdeskTicket(models.Model):
    """Tickets start the tracks that their team or category chooses.

    A ticket that is created in a team or category, or moved there, starts them: by
    comparing what is stored before and after, for the team may follow the assigned
    user. What both choose starts once, and what is running already does not start
    again. What prevents a start is noted on the ticket, and never fails what a person,
    a customer on the portal or a mail did to it.
    """

    _inherit = "helpdesk.ticket"

    # Fields whose writing may bring a ticket to another team or category.
    _TRACKS_CHOICE_FIELDS = frozenset(("team_id", "category_id", "user_id"))

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        # browse: a copy is created on the ticket that it is copied from
        nowhere = self.browse()._tracks_get_choices()
        tickets.sudo()._tracks_follow_choices(dict.fromkeys(tickets.ids, nowhere))
        return tickets

    def _tracks_get_aspects(self, fnames=None):
        aspects = super()._tracks_get_aspects(fnames)
        if fnames is None or self._TRACKS_CHOICE_FIELDS & fnames:
            # last: by then it is known whether the ticket is closed
            aspects.append(
                Aspect(
                    "choice",
                    True,  # a ticket that comes to a team has no track yet
                    self._TRACKS_CHOICE_FIELDS,
                    lambda tickets: {
                        ticket.id: ticket._tracks_get_choices() for ticket in tickets
                    },
                    lambda tickets, before: tickets._tracks_follow_choices(before),
                )
            )
        return aspects

    def _tracks_get_choices(self):
        """Who chooses which tracks start on this ticket.

        :return: list of records of ``helpdesk.track.choice``, some perhaps empty
        """
        return [self.team_id, self.category_id]

    def _tracks_follow_choices(self, before):
        """Start what the team or category chooses that these tickets came to.

        :param dict before: what :meth:`_tracks_get_choices` returned before, by id
        """
        context = self.env.context
        if context.get("crm_tracks_skip") or context.get(
            "mail_activity_automation_skip"
        ):
            return
        by_template = defaultdict(list)
        for ticket in self:
            templates = self.env["track.template"]
            for old, new in zip(
                before[ticket.id], ticket._tracks_get_choices(), strict=True
            ):
                if new != old:
                    templates |= new.track_template_ids
            for template in templates:
                by_template[template].append(ticket.id)
        for template in self.env["track.template"].concat(*by_template).sorted():
            self.browse(by_template[template])._tracks_start_by_choice(template)

    def _tracks_start_by_choice(self, template):
        """Start a track on these tickets, as their team or category wants it.

        As the person who acts, where they may change the ticket. Elsewhere, and for
        customers, OdooBot and mails, it is the platform that starts it: its starter is
        then the ticket's owner, or else a Tracks administrator (rule 32).

        :param template: one ``track.template``
        """
        person = self.env.user
        mine = self.browse()
        if person._tracks_can_be_assigned():
            mine = self.sudo(False)._filtered_access("write")
        others = self.browse(id_ for id_ in self.ids if id_ not in set(mine.ids))
        if mine:
            mine._tracks_start_or_note(template.sudo(False))
        if others:
            platform = others.with_user(SUPERUSER_ID).with_context(lang=None, tz=None)
            platform._tracks_start_or_note(template.with_env(platform.env))

    def _tracks_start_or_note(self, template):
        """Start a track on these tickets, or note on each why it did not start.

        Where the template is running or paused it is left at that.

        :param template: one ``track.template``, in the environment of these tickets
        """
        running = self._tracks_search_runs(
            [("template_id", "=", template.id), ("state", "in", ("running", "paused"))]
        )
        ids = set(self.ids) - set(running.mapped("res_id"))
        tickets = self.browse(id_ for id_ in self.ids if id_ in ids)
        if not tickets:
            return
        obstacles = {}
        with never_failing(
            self.env, _logger, "%s could not start on %s.", template, tickets
        ) as errors:
            obstacles = tickets._tracks_get_choice_obstacles(template)
            free = tickets.filtered(lambda ticket: ticket not in obstacles)
            if free:
                free.tracks_apply(template)
        if errors and len(tickets) > 1:
            # one that is broken keeps only itself
            for ticket in tickets:
                ticket._tracks_start_or_note(template)
            return
        if errors:
            reason = self.env._("something went wrong; the server's log says what")
            obstacles = {tickets: reason}
        if obstacles:
            tickets._tracks_note_obstacles_of_choice(template, obstacles)

    def _tracks_get_choice_obstacles(self, template):
        """Why this template cannot start on these tickets.

        :return: dict, a text for each ticket in the way
        """
        # sudo: what a team chooses need not be seen by whoever sends it a ticket
        template = template.sudo()
        try:
            template._check_applicable(self, None)
        except UserError as error:
            return dict.fromkeys(self, str(error))
        closed = self.sudo()._tracks_get_closed()
        return {
            **template._get_obstacles(self),
            **{
                ticket: self.env._("the ticket is closed")
                for ticket in self
                if closed[ticket.id]
            },
        }

    def _tracks_note_obstacles_of_choice(self, template, obstacles):
        """Note on these tickets why a track did not start, in OdooBot's name.

        :param dict obstacles: a text for each ticket in the way
        """
        name = Markup("<b>%s</b>") % template.sudo().display_name
        # with_user: the note is nobody's, and least of all the customer's
        tickets = self.with_user(SUPERUSER_ID).browse(ticket.id for ticket in obstacles)
        tickets._message_log_batch(
            {
                ticket.id: Markup("<p>%s</p>")
                % self.env._(
                    "Track %(track)s did not start by itself: %(reason)s",
                    track=name,
                    reason=reason,
                )
                for ticket, reason in obstacles.items()
            }
        )
