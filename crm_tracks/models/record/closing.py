import logging
from collections import defaultdict

from odoo import api, models

from ...tools.never_failing import never_failing
from ...tools.states import NOT_ENDED

_logger = logging.getLogger(__name__)


class MailActivityMixin(models.AbstractModel):
    """The effects of closing and reopening a record on its activities.

    A model defines when its records are closed, and by which fields, in a few lines::

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

    Changes other than a ``write`` of these fields (a flag of the stage, for example)
    are wrapped in :meth:`_tracks_following`, or noticed by the cron.
    """

    _inherit = "mail.activity.mixin"

    # The fields whose writing may close or reopen a record.
    _TRACKS_CLOSING_FIELDS = frozenset(("active",))
    # Whether closing also mutes the activities of records without tracks.
    _TRACKS_MUTE_WITHOUT_TRACK = False

    def _tracks_get_closed(self):
        """The reason why each of these records is closed, by its stored values.

        A record is closed when it is archived; models override this. Called in sudo,
        on many records at once.

        :return: dict by record id of the reason (``archived``, …), or False if open
        """
        if not self._active_name:
            return dict.fromkeys(self.ids, False)
        return {
            record.id: not record[self._active_name] and "archived" for record in self
        }

    @api.model
    def _tracks_get_muting(self, reason):
        """Which activities a closing for this reason mutes.

        :param str reason: as from :meth:`_tracks_get_closed`
        :return: ``all`` activities of the record, those of ``tracks``, or ``none``
        """
        return "all"

    def _tracks_follow_closing(self, before):
        """Mute or unmute activities when a record changes from open to closed or back.

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
        """Put the tracks of these closed records on hold, and mute other activities.

        :param dict reasons: the reason for each record id
        """
        muting = {
            reason: self._tracks_get_muting(reason) for reason in set(reasons.values())
        }
        by_muting = defaultdict(list)
        for id_, reason in reasons.items():
            by_muting[muting[reason]].append(id_)
        runs = self._tracks_search_runs([("state", "in", NOT_ENDED)])
        suspending_ids = set(by_muting["all"] + by_muting["tracks"])
        held = runs.filtered(
            lambda run: (
                run.on_close == "mute" and not run.held and run.res_id in suspending_ids
            )
        )
        everything = self.browse(by_muting["all"])
        if not self._TRACKS_MUTE_WITHOUT_TRACK and everything:
            with_track = everything._tracks_search_runs([]).mapped("res_id")
            everything = self.browse(set(with_track))
        activities = everything._tracks_search_activities([("active", "=", True)])
        if runs or activities:
            with self._tracks_never_failing() as errors:
                if others := runs - held:
                    others.record_closed = True
                held._hold()
                activities._mute()
            if errors and len(self) > 1:
                # a record that raises does not affect the others
                for record in self:
                    record._tracks_close({record.id: reasons[record.id]})

    def _tracks_reopen(self):
        """Unmute exactly the activities that the closing of these records muted."""
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
        """A closing never fails because of tracks: errors are logged, and the cron
        compares the record later."""
        return never_failing(
            self.env, _logger, "The tracks of %s could not follow it.", self
        )
