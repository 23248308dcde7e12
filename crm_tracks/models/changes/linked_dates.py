import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...tools.date_fields import get_field_day
from ...tools.dates import check_day
from ...tools.engine_vals import EngineVals
from ...tools.never_failing import never_failing
from ...tools.states import NOT_ENDED
from ...tools.words import quote

_logger = logging.getLogger(__name__)


class TrackRun(models.Model):
    """Tracks whose start or end date follows a field of their record.

    A track begins to follow it when it starts without a date of the caller, and ends
    when a user moves that date. It moves to the date in the field as if a user had
    moved it there, also while it is on hold. An empty field moves nothing.
    """

    _inherit = "track.run"

    date_linked = fields.Boolean(
        string="Follows Its Date",
        readonly=True,
        help="The start date, or the end date if the track counts back, follows a "
        "field of the record.",
    )

    # which fields are followed, and of which models
    _date_linked_idx = models.Index("(res_model, date_field) WHERE date_linked")

    @api.depends("date_linked")
    def _compute_options_text(self):
        return super()._compute_options_text()

    def _follows_field(self):
        return self.date_linked

    # ------------------------------------------------------------------
    # Which fields are followed
    # ------------------------------------------------------------------

    @api.model
    def _get_date_fields(self, model_name):
        """The fields of a model on whose change tracks may move.

        These are the fields that tracks follow, and those of the same model on which
        they depend if they are computed.

        :param str model_name: the name of a model
        :return: frozenset of field names
        """
        return self._get_kept(
            ("date fields", model_name), lambda: self._read_date_fields(model_name)
        )

    @api.model
    def _read_date_fields(self, model_name):
        if not self._may_have_tracks(model_name):
            return frozenset()
        # also of tracks that have ended, for they may be reopened
        found = self.sudo()._read_group(
            [("res_model", "=", model_name), ("date_linked", "=", True)],
            ["date_field"],
        )
        names = {name for (name,) in found if name}
        return self._add_fields_behind(model_name, names)

    @api.model
    def _are_known_to_follow_dates(self, vals_list):
        """Whether the fields that new tracks follow are known to be followed.

        :param list vals_list: the values of the new tracks
        """
        followed = {
            (vals.get("res_model"), vals.get("date_field"))
            for vals in vals_list
            if vals.get("date_linked")
        }
        return all([name in self._get_date_fields(model) for model, name in followed])

    # ------------------------------------------------------------------
    # Following
    # ------------------------------------------------------------------

    def _find_field_days(self):
        """The days in the fields of these tracks' records, where they differ.

        :return: dict, a ``date`` for each ``track.run``
        """
        days = {}
        for run, record in self._get_records().items():
            field = run._get_date_field()
            day = field and get_field_day(record, field, run.company_id)
            if day and day != run[run._get_date_name()]:
                days[run] = day
        return days

    def _follow_dates(self):
        """Move these tracks, which follow a field, to the dates of their records.

        A track that cannot have that date keeps its own, and no longer follows: a note
        says why. Other errors are logged. Nothing is raised.
        """
        days = self._engine()._find_field_days()
        if not days:
            return
        runs = self._engine().browse(run.id for run in days)
        with never_failing(
            self.env, _logger, "The dates of %s failed.", runs, expected=UserError
        ) as errors:
            runs._move_to_field(days)
        if errors and len(runs) > 1:
            for run in runs:
                run._follow_dates()
        elif errors and isinstance(errors[0], UserError):
            with never_failing(self.env, _logger, "%s cannot be unlinked.", runs):
                runs._end_following(days[runs], str(errors[0]))

    def _move_to_field(self, days):
        """Move these tracks to the days in their fields, with one note each.

        :param dict days: as of :meth:`_find_field_days`
        :raise UserError: when one of the tracks cannot have that date
        """
        by_day = self.grouped(lambda run: (run._get_date_name(), days[run]))
        for (name, day), runs in by_day.items():
            check_day(self.env, day)
            runs.write(EngineVals({name: day}))
        for name, runs in self.grouped(lambda run: run._get_date_name()).items():
            notes = {run: run._get_followed_note(days[run]) for run in runs}
            runs._apply_plan(runs._plan_new_date(name), notes)

    def _get_followed_note(self, day):
        return self.env._(
            "The dates of track %(track)s were moved to %(day)s, because they follow "
            "%(field)s.",
            track=self._get_name_in_bold(),
            day=format_date(self.env, day),
            field=self._get_quoted_date_field(),
        )

    def _get_quoted_date_field(self):
        # every reader of the track may read this field
        label = self._get_date_field()._description_string(self.env)
        return quote(self.env, label)

    def _end_following(self, day, reason):
        """Let this track keep its dates, because it cannot have that of the field.

        :param date day: the date in the field
        :param str reason: why it cannot
        """
        self.date_linked = False
        self._log(
            {
                self: self.env._(
                    "Track %(track)s keeps its dates and no longer follows %(field)s. "
                    "It could not be moved to %(day)s: %(reason)s",
                    track=self._get_name_in_bold(),
                    field=self._get_quoted_date_field(),
                    day=format_date(self.env, day),
                    reason=reason,
                )
            }
        )

    def _unlink_moved(self, name):
        """Let these tracks no longer follow a field, because a user moved their date.

        :param str name: ``start_date`` or ``end_date``, which was moved
        """
        linked = self.filtered(
            lambda run: run.date_linked and run._get_date_name() == name
        )
        if linked:
            linked.date_linked = False

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_link_date(self):
        """Let the dates of these tracks follow the field of their template again.

        They move to the date in the field at once. If it is empty, they keep their
        dates until it has a value.

        :raise AccessError: when the user may not write the record of one of them, or
            not read the field
        :raise UserError: when all of them have ended, when one follows no field, or
            cannot have the date in it
        """
        runs = self._filter_for_action(
            NOT_ENDED,
            self.env._(
                "Only tracks that have not ended can follow a field. Select another "
                "track instead of %s."
            ),
        )._engine()
        for run in runs:
            run._check_linkable()
        are_known = all(
            [
                run.date_field in self._get_date_fields(run.res_model)
                for run in runs.filtered(lambda run: not run.date_linked)
            ]
        )
        runs.date_linked = True
        if not are_known:
            self._forget_what_is_kept()
        if days := runs._find_field_days():
            self._engine().browse(run.id for run in days)._move_to_field(days)
        return True

    def action_unlink_date(self):
        """Let these tracks keep their dates, whatever becomes of the field.

        :raise AccessError: when the user may not write the record of one of them
        :raise UserError: when all of them have ended
        """
        runs = self._filter_for_action(
            NOT_ENDED,
            self.env._(
                "Only tracks that have not ended can keep their dates. Select another "
                "track instead of %s."
            ),
        )
        runs.filtered("date_linked").date_linked = False
        return True

    def _check_linkable(self):
        """Refuse a field that this track cannot follow, or that is hidden."""
        if not self.date_field:
            raise UserError(
                self.env._(
                    "“%s” is not dated by a field. Select a field in “Dated By” of its "
                    "template, and start a new track.",
                    self.name,
                )
            )
        if not self._get_date_field():
            raise UserError(
                self.env._(
                    "The field that dates “%s” can no longer be used. Enter a date.",
                    self.name,
                )
            )
        if not self._get_readable_date_field():
            raise AccessError(
                self.env._(
                    "You do not have permission to read the field that dates “%s”. "
                    "Enter a date.",
                    self.name,
                )
            )
