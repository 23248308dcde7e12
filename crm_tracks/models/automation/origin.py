from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.transaction import block_value, get_block_value


class EndlessStart(UserError):
    """Tracks would start one another without end: the task is not retried."""


class TrackRun(models.Model):
    """Tracks that are started by other tracks, and the limits on such chains.

    The actions of a track can start other tracks: by a task, by an automation rule on a
    field that the task sets, by a helpdesk team to which it moves a ticket. The new
    tracks store the generation plus one, and the first track of the chain. However they
    are started, the blocks of :meth:`_causing` and :meth:`_causing_starts` know the
    cause, and :meth:`_get_endless` refuses endless chains. Tracks that users start
    begin a new chain.
    """

    _inherit = "track.run"

    # How long a chain of tracks may be: nobody plans a longer one.
    _MAX_GENERATION = 8
    # How many tracks one track may start, enough for all contacts of a company.
    _MAX_STARTED = 1000

    generation = fields.Integer(
        string="Position in Chain",
        readonly=True,
        help="Number of tracks that started one another before this track.",
    )
    origin_id = fields.Many2one(
        "track.run",
        string="Started by Track",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="First track of the chain that started this track.",
    )

    def _causing(self):
        """Within the block, these tracks are the cause of tracks that are started.

        Pending writes must be flushed within the block.
        """
        causes = {}
        for run in self.sudo():
            place = run.res_model, run.res_id
            cause = (run.generation or 0, run.origin_id.id or run.id)
            # of several tracks on the record, the one with the highest generation
            causes[place] = max(cause, causes.get(place, cause))
        return block_value(self.env, "crm_tracks.causes", causes)

    @api.model
    def _causing_starts(self, vals_list):
        """Within the block, new tracks are created, which can start other tracks.

        Each start is one generation. Tracks that a user applies have no id yet, so they
        cannot be an origin in this block. Afterwards, :meth:`_causing` counts the
        tracks that their tasks start.

        :param vals_list: the values of the new tracks
        """
        causes = {
            (vals["res_model"], vals["res_id"]): (
                vals.get("generation") or 0,
                vals.get("origin_id"),
            )
            for vals in vals_list
        }
        return block_value(self.env, "crm_tracks.causes", causes)

    @api.model
    def _causing_nothing(self):
        """Within the block, tracks that start begin a new chain.

        For the next track of a series: days have passed since the one before started.
        """
        return block_value(self.env, "crm_tracks.causes", {})

    @api.model
    def _triggered_by(self, sources):
        """Within the block, tracks start on a record because of another record.

        :param dict sources: the record that triggered it, for each record
        """
        places = {
            (record._name, record.id): (source._name, source.id)
            for record, source in sources.items()
        }
        return block_value(self.env, "crm_tracks.sources", places)

    @api.model
    def _get_cause(self, record):
        """The cause of a track that starts on this record now.

        It is the acting track on the record, or else the acting track with the highest
        generation.

        :return: (generation, id of the origin or None) of the causing track; None if no
            track is the cause
        """
        causes = get_block_value(self.env, "crm_tracks.causes")
        if not causes:
            return None
        place = record._name, record.id
        sources = get_block_value(self.env, "crm_tracks.sources", {})
        for known in (place, sources.get(place)):
            if known in causes:
                return causes[known]
        return max(causes.values(), key=lambda cause: cause[0])

    @api.model
    def _prepare_causes_vals(self, records):
        """The generation and the origin of tracks that start on these records now.

        An origin may have been deleted with its record: the generation still counts.

        :return: dict of dicts, for each record
        """
        causes = {record: self._get_cause(record) for record in records}
        origin_ids = {cause[1] for cause in causes.values() if cause and cause[1]}
        origins = self.sudo().browse(origin_ids).exists()
        return {
            record: {
                "generation": cause[0] + 1 if cause else 0,
                "origin_id": cause[1] if cause and cause[1] in origins.ids else False,
            }
            for record, cause in causes.items()
        }

    @api.model
    def _get_endless(self, template, records):
        """The records on which this template would start without end.

        Costs no query if no track is the cause.

        :param template: one ``track.template``
        :param records: records of one model
        :return: dict, a reason for each of them
        """
        causes = {record: self._get_cause(record) for record in records}
        causes = {record: cause for record, cause in causes.items() if cause}
        if not causes:
            return {}
        reasons = {}
        recurring = template._get_recurring_ids(records)
        origins = {cause[1] for cause in causes.values() if cause[1]}
        counts, started = self._count_started(template, records, origins)
        for record, (generation, origin_id) in causes.items():
            if generation >= self._MAX_GENERATION:
                reasons[record] = self.env._(
                    "%s tracks have started one another, and they would go on without "
                    "end",
                    generation,
                )
            elif (origin_id, record.id) in started:
                reasons[record] = self.env._(
                    "Tracks that start one another have already started this template "
                    "here, and they would go on without end"
                )
            elif record.id in recurring:
                reasons[record] = self.env._(
                    "A track of this template is already running there, and it repeats"
                )
            elif counts.get(origin_id, 0) >= self._MAX_STARTED:
                reasons[record] = self.env._(
                    "%s tracks have already been started because of the same track",
                    counts[origin_id],
                )
        return reasons

    @api.model
    def _count_started(self, template, records, origin_ids):
        """Count the tracks that these origins have started.

        :return: (how many tracks by origin, set of (origin, record) on which this
            template was started), by their ids
        """
        if not origin_ids:
            return {}, set()
        # sudo: tracks that the user cannot see count, too
        Run = self.sudo()
        counts = {
            origin.id: count
            for origin, count in Run._read_group(
                [("origin_id", "in", list(origin_ids))], ["origin_id"], ["__count"]
            )
        }
        of_template = Run.search_fetch(
            [
                ("template_id", "=", template.id),
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                "|",
                ("origin_id", "in", list(origin_ids)),
                ("id", "in", list(origin_ids)),
            ],
            ["origin_id", "res_id"],
        )
        return counts, {((run.origin_id or run).id, run.res_id) for run in of_template}
