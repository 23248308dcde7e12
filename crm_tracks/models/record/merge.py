from odoo import api, models
from odoo.tools import SQL

from ...tools.states import NOT_ENDED


class MailActivityMixin(models.AbstractModel):
    _inherit = "mail.activity.mixin"

    def _tracks_merge_into(self, target):
        """Move the tracks of these records to the record into which they are merged.

        To be called before the code that merges them moves their activities, and before
        it deletes or archives them. In sudo: tracks and activities move with the
        record's own data.

        :param target: the resulting record, of the same model; these may contain it
        """
        self.env["track.run"].sudo()._merge_into(self - target, target)


class TrackRun(models.Model):
    """Tracks of merged records, which continue on the resulting record."""

    _inherit = "track.run"

    @api.model
    def _has_anything_to_move(self, records):
        """Whether these records have tracks or inactive activities, in one query."""
        if not (
            self._may_have_tracks(records._name)
            or self.env["mail.activity"]._may_be_muted(records._name)
        ):
            return False
        self.env["mail.activity"].flush_model(["res_model", "res_id", "active"])
        self.flush_model(["res_model", "res_id"])
        [(found,)] = self.env.execute_query(
            SQL(
                """
                SELECT EXISTS(SELECT FROM track_run
                               WHERE res_model = %(model)s AND res_id IN %(ids)s)
                    OR EXISTS(SELECT FROM mail_activity
                               WHERE res_model = %(model)s AND res_id IN %(ids)s
                                 AND active IS NOT TRUE)
                """,
                model=records._name,
                ids=tuple(records.ids),
            )
        )
        return found

    @api.model
    def _merge_into(self, sources, target):
        """Move the tracks of merged records, even if a template then runs twice.

        :param sources: the records that are merged into ``target``
        :param target: the resulting record, of the same model
        """
        if not self._has_anything_to_move(sources + target):
            return
        places = [
            ("res_model", "=", target._name),
            ("res_id", "in", (sources + target).ids),
        ]
        everything = self.search(places)
        # Odoo moves other activities, but would delete archived and inactive ones.
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        activities = activities.search(
            [*places, "|", ("active", "=", False), ("track_run_line_id", "!=", False)]
        )
        runs = everything.filtered(lambda run: run.res_id != target.id)
        twice = (everything - runs)._find_running_twice(runs)
        # The tracks continue, even if the template allows only one.
        twice.one_per_record = False
        runs.res_id = target.id
        company = self._get_record_companies(target)[target]
        if company:
            runs.company_id = company
        activities.filtered(lambda activity: activity.res_id != target.id).write(
            {"res_id": target.id}
        )
        closed = bool(target.sudo()._tracks_get_closed()[target.id])
        runs.record_closed = closed
        if not closed:
            target.sudo()._tracks_reopen()
        # the surviving record may have another date, and meet other conditions
        target.sudo()._tracks_follow_fields()
        twice._log_for_each(
            self.env._(
                "Track %s was moved here by the merge, and its template now runs twice."
            )
        )

    def _find_running_twice(self, others):
        """Find the tracks that run twice after a merge.

        :param others: ``track.run`` that are moved to the record of these
        """
        running = set()
        twice = self.browse()
        for run in self + others:
            if run.state in NOT_ENDED and run.template_id:
                if run in others and run.template_id in running:
                    twice += run
                running.add(run.template_id)
        return twice
