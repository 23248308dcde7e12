from collections import defaultdict

from odoo import SUPERUSER_ID, api, models

from odoo.addons.crm_tracks.tools.aspect import Aspect
from odoo.addons.crm_tracks.tools.states import NOT_ENDED


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
        if self._tracks_is_left_out():
            return tickets
        # browse: a copy is created on the ticket that it is copied from
        nowhere = self.browse()._tracks_get_choices()
        tickets.sudo()._tracks_follow_choices(dict.fromkeys(tickets.ids, nowhere))
        return tickets

    def _tracks_get_aspects(self, fnames=None):
        aspects = super()._tracks_get_aspects(fnames)
        if self._tracks_is_left_out():
            return aspects
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

    def _tracks_is_left_out(self):
        """Whether code (an import, say) wants tickets that start nothing.

        By a context key, which counts in sudo only: RPC clients set contexts, too.
        """
        keys = ("crm_tracks_skip", "mail_activity_automation_skip")
        return self.env.su and any(self.env.context.get(key) for key in keys)

    def _tracks_get_choices(self):
        """Who chooses which tracks start on this ticket.

        :return: list of records of ``helpdesk.track.choice``, some perhaps empty
        """
        return [self.team_id, self.category_id]

    def _tracks_follow_choices(self, before):
        """Start what the team or category chooses that these tickets came to.

        :param dict before: what :meth:`_tracks_get_choices` returned before, by id
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
        """Start a track on these tickets, as their team or category wants it.

        As the person who acts, where they may change the ticket. Elsewhere, and for
        customers, OdooBot and mails, it is the platform that starts it, for whoever
        chose the track for the team had it so: its starter is then the ticket's owner,
        or else a Tracks administrator (rule 32). It only assigns tasks; what the track
        does by itself, it does with that person's rights.

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
        """Those of these tickets that are open; on the others it is noted.

        Where the template is running or paused there is nothing to note.

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
                ticket: self.env._("the ticket is closed")
                for ticket in shut
                if ticket.id not in running
            },
        )
        return self - shut
