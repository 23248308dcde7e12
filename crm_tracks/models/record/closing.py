import logging
from collections import defaultdict

from odoo import api, models

from ...tools.never_failing import never_failing
from ...tools.states import NOT_ENDED

_logger = logging.getLogger(__name__)


class MailActivityMixin(models.AbstractModel):
    """What closing and reopening a record means for its activities (SPEC, section 4).

    A model says when it is closed, and by which of its fields, in a few lines::

        class HelpdeskTicket(models.Model):
            _inherit = "helpdesk.ticket"

            _TRACKS_CLOSING_FIELDS = frozenset(("active", "stage_id"))

            def _tracks_get_closed(self):
                return {
                    ticket.id: "done" if ticket.stage_id.closed else reason
                    for ticket, reason in zip(
                        self, super()._tracks_get_closed().values(), strict=True
                    )
                }

    What is written by other ways than ``write`` on these fields (a flag of the stage,
    say) is wrapped in :meth:`_tracks_following`, or caught by the cron.
    """

    _inherit = "mail.activity.mixin"

    # The fields whose writing may close or reopen a record.
    _TRACKS_CLOSING_FIELDS = frozenset(("active",))
    # Whether closing mutes the activities of a record that never had a track, too.
    _TRACKS_MUTE_WITHOUT_TRACK = False

    def _tracks_get_closed(self):
        """Why each of these records is closed, by what is stored.

        A record is closed when it is archived; models override this. Called in sudo,
        on many records at once.

        :return: dict, for each record id why (``archived``, …), or False if it is open
        """
        if not self._active_name:
            return dict.fromkeys(self.ids, False)
        return {
            record.id: not record[self._active_name] and "archived" for record in self
        }

    @api.model
    def _tracks_get_muting(self, reason):
        """What a closing for this reason mutes.

        :param str reason: as from :meth:`_tracks_get_closed`
        :return: ``all`` activities of the record, those of ``tracks``, or ``none``
        """
        return "all"

    def _tracks_follow_closing(self, before):
        """Mute and unmute, by the step from open to closed or back (rule 24).

        :param dict before: what :meth:`_tracks_get_closed` returned before
        """
        after = self._tracks_get_closed()
        closing = {id_: after[id_] for id_ in after if after[id_] and not before[id_]}
        reopening = [id_ for id_ in after if before[id_] and not after[id_]]
        if closing:
            self.browse(closing)._tracks_close(closing)
        if reopening:
            self.browse(reopening)._tracks_reopen()

    def _tracks_search_activities(self, domain):
        """The activities of these records that belong to no track, in sudo."""
        if not self:
            return self.env["mail.activity"].sudo()
        return (
            self.env["mail.activity"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("track_run_line_id", "=", False),
                    *domain,
                ]
            )
        )

    def _tracks_close(self, reasons):
        """Hold the tracks of these records, which were closed, and mute the rest.

        :param dict reasons: why, for each record id
        """
        muting = {
            reason: self._tracks_get_muting(reason) for reason in set(reasons.values())
        }
        by_muting = defaultdict(list)
        for id_, reason in reasons.items():
            by_muting[muting[reason]].append(id_)
        runs = self._tracks_search_runs([("state", "in", NOT_ENDED)])
        quiet_ids = set(by_muting["all"] + by_muting["tracks"])
        held = runs.filtered(
            lambda run: (
                run.on_close == "mute" and not run.held and run.res_id in quiet_ids
            )
        )
        everything = self.browse(by_muting["all"])
        if not self._TRACKS_MUTE_WITHOUT_TRACK and everything:
            with_track = everything._tracks_search_runs([]).mapped("res_id")
            everything = self.browse(set(with_track))
        activities = everything._tracks_search_activities([("active", "=", True)])
        if runs or activities:
            with self._tracks_never_failing() as errors:
                runs.record_closed = True
                held._hold()
                activities._mute()
            if errors and len(self) > 1:
                # one that is broken keeps only itself
                for record in self:
                    record._tracks_close({record.id: reasons[record.id]})

    def _tracks_reopen(self):
        """Bring back what the closing of these records muted, and only that."""
        runs = self._tracks_search_runs(
            ["|", ("held", "=", True), ("record_closed", "=", True)]
        )
        activities = self._tracks_search_activities([("muted", "=", True)])
        if runs or activities:
            with self._tracks_never_failing() as errors:
                runs.record_closed = False
                activities._unmute()
                runs.filtered("held")._release()
            if errors and len(self) > 1:
                for record in self:
                    record._tracks_reopen()

    def _tracks_never_failing(self):
        """Closing a record never fails because of its tracks (rule 27).

        What goes wrong is logged, and left to the cron.
        """
        return never_failing(
            self.env, _logger, "The tracks of %s could not follow it.", self
        )
