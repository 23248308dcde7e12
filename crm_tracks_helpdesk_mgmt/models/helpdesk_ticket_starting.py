from collections import defaultdict

from odoo import SUPERUSER_ID, api, models

from odoo.addons.crm_tracks.tools.aspect import Aspect
from odoo.addons.crm_tracks.tools.states import NOT_ENDED


class HelpdeskTicket(models.Model):
    """Tickets start the tracks that are selected on their team or category.

    A ticket starts them when it is created in a team or category, or moved to it. The
    stored values before and after are compared, because the team may depend on the
    assigned user. A template selected by both starts once, and a running one does not
    start again. An obstacle is noted on the ticket, and never fails the operation of a
    user, of a customer on the portal or of an incoming mail.
    """

    _inherit = "helpdesk.ticket"

    # Fields that may change the team or category of a ticket.
    _TRACKS_CHOICE_FIELDS = frozenset(("team_id", "category_id", "user_id"))

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        if self._tracks_is_left_out():
            return tickets
        # browse(): during copy, self is the original ticket
        nowhere = self.browse()._tracks_get_choices()
        tickets.sudo()._tracks_follow_choices(dict.fromkeys(tickets.ids, nowhere))
        return tickets

    def _tracks_get_aspects(self, fnames=None):
        aspects = super()._tracks_get_aspects(fnames)
        if self._tracks_is_left_out():
            return aspects
        if fnames is None or self._TRACKS_CHOICE_FIELDS & fnames:
            # last: depends on whether the ticket is closed
            aspects.append(
                Aspect(
                    "choice",
                    True,  # also for tickets without a track
                    self._TRACKS_CHOICE_FIELDS,
                    lambda tickets: {
                        ticket.id: ticket._tracks_get_choices() for ticket in tickets
                    },
                    lambda tickets, before: tickets._tracks_follow_choices(before),
                )
            )
        return aspects

    def _tracks_is_left_out(self):
        """Whether code, for example an import, creates tickets without starting tracks.

        A context key that is only honoured in sudo, because RPC clients can set
        contexts.
        """
        keys = ("crm_tracks_skip", "mail_activity_automation_skip")
        return self.env.su and any(self.env.context.get(key) for key in keys)

    def _tracks_get_choices(self):
        """The team and category that select the tracks that start on this ticket.

        :return: list of records of ``helpdesk.track.choice``, which may be empty
        """
        return [self.team_id, self.category_id]

    def _tracks_follow_choices(self, before):
        """Start the tracks that the new team or category of these tickets selects.

        :param dict before: the result of :meth:`_tracks_get_choices` before the change,
            by id
        """
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
        """Start a track on these tickets because their team or category selects it.

        The starter is the current user if that user may change the ticket. Otherwise,
        and for customers, OdooBot and incoming mails, the superuser starts the track,
        because the team's configuration allows it; the starter is then the owner of the
        ticket, or else a Tracks administrator. Starting only assigns tasks; automated
        tasks run with the rights of the starter.

        :param template: one ``track.template``, in sudo
        """
        tickets = self._tracks_leave_closed(template)
        person = self.env.user
        mine = self.browse()
        if person._tracks_can_be_assigned():
            mine = tickets.sudo(False)._filtered_access("write")
        if mine:
            mine._tracks_start_automatically(template)
        others = self.browse(id_ for id_ in tickets.ids if id_ not in set(mine.ids))
        if others:
            platform = others.with_user(SUPERUSER_ID).with_context(lang=None, tz=None)
            outcome = platform._tracks_try(
                lambda tickets: tickets._tracks_start_where_possible(
                    template, "skip", None, None
                )
            )
            platform._tracks_note_obstacles(template, outcome.obstacles)

    def _tracks_leave_closed(self, template):
        """The open tickets; a note on the closed ones names the obstacle.

        Nothing is noted where the template is already running or paused.

        :param template: one ``track.template``, in sudo
        """
        closed = self.sudo()._tracks_get_closed()
        shut = self.filtered(lambda ticket: closed[ticket.id])
        if not shut:
            return self
        runs = shut._tracks_search_runs(
            [("template_id", "=", template.id), ("state", "in", NOT_ENDED)]
        )
        running = set(runs.mapped("res_id"))
        self._tracks_note_obstacles(
            template,
            {
                ticket: self.env._("The ticket is closed")
                for ticket in shut
                if ticket.id not in running
            },
        )
        return self - shut
