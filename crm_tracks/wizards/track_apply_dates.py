from datetime import date

from odoo import api, fields, models

from ..tools.dates import get_today
from ..tools.words import quote


class TrackApply(models.TransientModel):
    """The dates of the dialog, which a template can take from a field of each record.

    The date in the field is proposed where it is the same for all records. Another date
    that the user enters is that of all tracks, which then do not follow the field.
    """

    _inherit = "track.apply"

    # not in sudo: only dates of records and fields that the user may read
    start_date = fields.Date(
        compute="_compute_start_date",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    end_date = fields.Date(
        compute="_compute_end_date",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    # to know, when the template changes, that a date was not entered by the user
    proposed_start_date = fields.Date()
    proposed_end_date = fields.Date()
    needs_date = fields.Boolean(
        compute="_compute_field_days", help="The user has to enter a date."
    )
    common_day = fields.Date(
        compute="_compute_field_days",
        help="The date in the field of the template, if all records have the same.",
    )
    date_text = fields.Char(
        string="Origin of the Date",
        compute="_compute_date_text",
        help="From which field the date comes, if it does.",
    )

    @api.depends("template_id")
    def _compute_start_date(self):
        for wizard in self:
            entered = wizard.start_date
            if wizard._is_dated_by_field("start"):
                wizard.start_date = wizard.common_day
                wizard.proposed_start_date = wizard.start_date
                continue
            if not entered or entered == wizard.proposed_start_date:
                entered = get_today(self.env, self.env.company)
            wizard.start_date = entered
            wizard.proposed_start_date = False

    @api.depends("template_id")
    def _compute_end_date(self):
        """Propose the day in the field of the template, otherwise the day on which the
        records end, if that is the same for all."""
        for wizard in self:
            entered = wizard.end_date
            if wizard._is_dated_by_field("end"):
                wizard.end_date = wizard.common_day
                wizard.proposed_end_date = wizard.end_date
                continue
            if entered == wizard.proposed_end_date:
                entered = False
            if wizard.direction == "end" and not entered:
                records = wizard._get_records()._filtered_access("read")
                days = set(records._tracks_get_end_dates().values())
                entered = len(days) == 1 and days.pop()
            wizard.end_date = entered
            wizard.proposed_end_date = False

    @api.depends("template_id", "res_model", "res_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_field_days(self):
        """Find the days in the field once, for everything that the dialog shows."""
        for wizard in self:
            wizard.common_day = False
            wizard.needs_date = wizard.direction == "end"
            if not wizard._is_dated_by_field():
                continue
            # not in sudo: only records that the user may read
            records = wizard._get_records()._filtered_access("read")
            days, _reasons = wizard.template_id._find_field_days(records)
            wizard.needs_date = not days
            if len(days) == len(records) and len(set(days.values())) == 1:
                wizard.common_day = days[records[0]]

    @api.depends("template_id", "start_date", "end_date", "needs_date", "common_day")
    @api.depends_context("uid", "lang")
    def _compute_date_text(self):
        for wizard in self:
            wizard.date_text = wizard._get_date_text()

    def _get_date_text(self):
        """Describe where the date comes from: “From “Expected Closing””."""
        template = self.template_id
        label = self._is_dated_by_field() and template._get_date_field_label()
        if not label:
            return False
        label = quote(self.env, label)
        if self._is_linked():
            if self._get_entered_day():
                return self.env._("From %s. The track follows it.", label)
            return self.env._("From %s of each record. The tracks follow it.", label)
        if not self._get_entered_day():
            return self.env._("%s is empty. Enter a date.", label)
        return self.env._("The date does not follow %s.", label)

    def _is_dated_by_field(self, direction=None):
        """Whether the template takes its date from a field of the record.

        :param str direction: only if it counts in this direction; None for any
        """
        template = self.template_id
        return bool(template.date_field) and direction in (None, self.direction)

    def _get_entered_day(self):
        """The day in the dialog from which the tracks count: ``date``, or False."""
        return self.template_id._get_given_day(self.start_date, self.end_date)

    def _is_linked(self):
        """Whether each track takes its day from the field of its record."""
        if not self._is_dated_by_field() or self.needs_date:
            return False
        entered = self._get_entered_day()
        return not entered or entered == self.common_day

    def _get_dates(self):
        """The dates to pass on, for tracks that are not dated by a field.

        :return: dict with ``start_date`` and ``end_date``
        """
        if self._is_linked():
            return {"start_date": None, "end_date": None}
        is_start = self.direction == "start"
        return {
            "start_date": self.start_date if is_start else None,
            "end_date": self.end_date,
        }

    def _get_obstacle_day(self):
        """The day for ``track.template._get_obstacles``.

        :return: ``date``, or None if each record has its own
        """
        day = self.template_id._get_given_day(**self._get_dates())
        # where no record has a date, none is left out: the user has to enter one
        return day or (date.max if self.needs_date else None)
