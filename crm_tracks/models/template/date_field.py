from odoo import fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.date_fields import find_date_field, get_field_day, is_open_to_readers
from ...tools.dates import check_day
from ...tools.field_values import may_be_shown
from ...tools.words import quote


class TrackOptionsMixin(models.AbstractModel):
    """The field of the record with the date from which a track counts.

    How tracks follow it is in ``changes/linked_dates.py``.
    """

    _inherit = "track.options.mixin"

    date_field = fields.Char(
        string="Dated By",
        help="Field of the record with the start date of the track, or with its end "
        "date if the template counts back. When the field changes, the dates of the "
        "track move. For export and import: its technical name, for example "
        "date_deadline.",
    )

    def _get_date_name(self):
        """The field of a track with the date from which it counts."""
        return "end_date" if self.direction == "end" else "start_date"

    def _follows_field(self):
        """Whether the dates follow a field of the record."""
        return bool(self.date_field)

    def _get_date_field(self):
        """The field of the record from which tracks count.

        :return: ``Field``; None without one, or if it can no longer be followed: it
            was deleted, is no longer stored, or restricted to some users
        """
        model = self._get_target_model()
        field = model is not None and find_date_field(model, self.date_field)
        return field if field and is_open_to_readers(model, field) else None

    def _get_readable_date_field(self):
        """As :meth:`_get_date_field`; None also if the reader may not read it."""
        field = self._get_date_field()
        # not in sudo: the rights of the reader count
        model = field and self._get_target_model().sudo(False)
        is_readable = field and model.has_access("read") and may_be_shown(model, field)
        return field if is_readable else None

    def _get_date_field_label(self):
        """The label of the field from which tracks count, as far as the reader may
        know it; empty if it is hidden or gone."""
        field = self._get_readable_date_field()
        return field._description_string(self.env) if field else ""

    def _get_date_field_text(self):
        """Describe that the dates follow a field, if they do."""
        if not self._follows_field():
            return None
        if label := self._get_date_field_label():
            return self.env._("Dates follow %s", quote(self.env, label))
        if self._get_date_field():
            return self.env._("Dates follow a field with restricted access")
        return self.env._("Dates followed a field that can no longer be used")


class TrackTemplate(models.Model):
    _inherit = "track.template"

    # ------------------------------------------------------------------
    # Checks when a template is saved
    # ------------------------------------------------------------------

    def _check_author_of_date_field(self):
        """Refuse fields from which tracks cannot count, or hidden from the author.

        :raise ValidationError: in a sentence that names the field
        """
        for template in self.filtered("date_field"):
            model = template._get_target_model()
            if model is None:
                raise ValidationError(
                    self.env._(
                        "“%s” is dated by a field, so it needs exactly one model. "
                        "Select one in “Applies To”.",
                        template.name,
                    )
                )
            problem = template._get_date_field_problem(model)
            if problem:
                field = model._fields.get(template.date_field)
                raise ValidationError(
                    problem
                    % {
                        "field": field._description_string(self.env)
                        if field
                        else template.date_field,
                        "model": self.env["ir.model"]._get(model._name).sudo().name,
                        "template": template.name,
                    }
                )

    def _get_date_field_problem(self, model):
        """Why tracks cannot count from the field of this template.

        :param model: an empty recordset of the record's model
        :return: a sentence with ``%(field)s``, ``%(model)s`` and ``%(template)s``, or
            None
        """
        field = model._fields.get(self.date_field)
        # "su" is the engine, or an administrator's script
        if field and not self.env.su:
            readable = model.has_access("read") and model._has_field_access(
                field, "read"
            )
            if not readable:
                return self.env._(
                    "You do not have permission to read “%(field)s” of %(model)s, "
                    "from which “%(template)s” counts. Select another field."
                )
        if field is None or field.type not in ("date", "datetime"):
            return self.env._(
                "“%(field)s” is not a date of %(model)s. Select another field."
            )
        if find_date_field(model, self.date_field) is None:
            return self.env._(
                "“%(field)s” of %(model)s is not stored, so its changes cannot be "
                "followed. Select another field."
            )
        if not is_open_to_readers(model, field):
            return self.env._(
                "“%(field)s” of %(model)s is restricted to some users, but all who can "
                "read a record see the dates of its tracks. Select another field."
            )
        return None

    # ------------------------------------------------------------------
    # The dates of new tracks
    # ------------------------------------------------------------------

    def _get_given_day(self, start_date, end_date):
        """Of these two dates, the one from which tracks of this template count."""
        return end_date if self.direction == "end" else start_date

    def _find_field_days(self, records):
        """The day in its field from which a track of each of these records would count.

        :param records: records of one model, in the environment of the user
        :return: (dict by record of ``date``, dict by record of sentences without a
            period: why it has none)
        """
        template = self.sudo()
        # the model of the records: the template may have been changed
        field = find_date_field(records, template.date_field)
        if field is None or not is_open_to_readers(records, field):
            return {}, dict.fromkeys(
                records,
                self.env._(
                    "The field from which the template counts can no longer be used"
                ),
            )
        if not (records.env.su or records._has_field_access(field, "read")):
            return {}, dict.fromkeys(
                records,
                self.env._(
                    "You do not have permission to read the field from which the "
                    "template counts"
                ),
            )
        return self._read_field_days(records, field)

    def _read_field_days(self, records, field):
        """As :meth:`_find_field_days`, of a field that the user may read."""
        companies = self.env["track.run"]._get_record_companies(records)
        days, reasons = {}, {}
        for record in records:
            company = companies[record] or records.env.company
            # sudo: access to the record and to the field is checked by the callers
            day = get_field_day(record.sudo(), field, company)
            try:
                check_day(self.env, day)
            except UserError as error:
                reasons[record] = str(error).rstrip(".")
                continue
            if day:
                days[record] = day
            else:
                label = field._description_string(self.env)
                reasons[record] = self.env._("“%s” is empty", label)
        return days, reasons

    def _get_undated(self, records, day):
        """Find the records on which a track of this template would have no date.

        :param records: records of one model, which the user may read
        :param date day: from which the tracks are to count, or None
        :return: dict by record of sentences, without a period
        """
        if day or not self.sudo().date_field:
            return {}
        return self._find_field_days(records)[1]

    def _needs_date(self, record):
        """Whether a user has to enter the date from which a track of a record counts.

        :param record: one record, in the environment of the user
        """
        if self.sudo().date_field:
            return bool(self._get_undated(record, None))
        return self.direction == "end"

    def _prepare_dates_vals(self, records, start_date, end_date):
        """The values of new tracks whose dates follow the field of this template.

        :param records: as of :meth:`_find_field_days`
        :param date start_date: as it was passed, or None
        :param date end_date: as it was passed, or None
        :return: dict by record of dicts, empty where a date was passed
        :raise UserError: when a record has no date
        """
        if not self.date_field or self._get_given_day(start_date, end_date):
            return {}
        days, reasons = self._find_field_days(records)
        if reasons:
            raise UserError(records._tracks_format_obstacles(self, reasons))
        name = self._get_date_name()
        return {
            record: {name: day, "date_linked": True} for record, day in days.items()
        }
