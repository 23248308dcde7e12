from odoo import fields
from odoo.exceptions import UserError

# The greatest number that PostgreSQL stores in such a column.
_MAX = 2**31 - 1


class OptionalInteger(fields.Integer):
    """An integer field that can be empty: then it reads as False, and 0 is a number.

    Odoo's own integer fields read 0 where the column is empty. Rows from before the
    field existed, and those of users who enter nothing, could not be told from 0.
    """

    falsy_value = None
    aggregator = None

    def convert_to_column(self, value, record, values=None, validate=True):
        return self.convert_to_cache(value, record)

    def convert_to_cache(self, value, record, validate=True):
        if value is None or value is False or value == "":
            return None
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError):
            number = None
        is_exact = number is not None and (isinstance(value, str) or number == value)
        if value is True or not is_exact or abs(number) > _MAX:
            raise UserError(
                record.env._(
                    "“%(value)s” is not a number for “%(label)s”. Enter a whole "
                    "number.",
                    value=value,
                    label=self._description_string(record.env),
                )
            )
        return number

    def convert_to_record(self, value, record):
        return False if value is None else value

    def convert_to_export(self, value, record):
        return "" if value is False else value
