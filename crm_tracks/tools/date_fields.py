"""Fields of records that contain a date from which tracks count: ``date_deadline``."""

from datetime import datetime

from .dates import get_company_zone, get_day
from .field_values import DAYS


def find_date_field(model, name):
    """The date or datetime of a model with this name, whose changes can be noticed.

    :param model: a recordset of the record's model
    :param str name: a field name, or empty
    :return: ``Field``; None if there is no such field, or it is not stored
    """
    field = model._fields.get(name or "")
    if field is None or field.type not in DAYS or not field.store:
        return None
    return field


def is_open_to_readers(model, field):
    """Whether every user who sees the tracks of a record may read this field.

    All of them see the dates of its tracks, and with them the date in the field.

    :param model: a recordset of the field's model, which has activities
    """
    return not field.groups or field.groups == model._fields["activity_ids"].groups


def get_field_day(record, field, company):
    """The day in a field of a record.

    :param record: one record, in sudo
    :param field: ``Field``, as of :func:`find_date_field`
    :param company: ``res.company``, in the time zone of whose schedule a moment is read
    :return: ``date``, or None if the field is empty
    """
    if field.company_dependent:
        record = record.with_company(company)
    value = record[field.name]
    if isinstance(value, datetime):
        return get_day(value, get_company_zone(company))
    return value or None
