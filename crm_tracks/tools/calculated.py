"""Fields that are not stored, and that the database calculates."""

from odoo import fields


class _Calculated:
    """A field with a value in SQL, by which records are sorted, grouped and searched.

    :param str sql: the name of a method of the model. It gets the alias of its table in
        a query, and returns ``SQL``, an expression.
    """

    sql = None

    def to_sql(self, model, alias):
        return getattr(model, self.sql)(alias)


class CalculatedDate(_Calculated, fields.Date):
    """A date that the database calculates."""


class CalculatedFloat(_Calculated, fields.Float):
    """A number that the database calculates."""


class CalculatedInteger(_Calculated, fields.Integer):
    """A whole number that the database calculates."""


class CalculatedMany2one(_Calculated, fields.Many2one):
    """A record that the database finds."""


class CalculatedSelection(_Calculated, fields.Selection):
    """One of several values that the database calculates."""
