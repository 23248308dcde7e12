"""Domains on fields that only SQL calculates."""

from odoo.fields import Domain
from odoo.tools import SQL

_COMPARISONS = {
    "in": SQL("IN"),
    "<": SQL("<"),
    ">": SQL(">"),
    "<=": SQL("<="),
    ">=": SQL(">="),
}


def compare_number(name, operator, value):
    """The records on which the database finds such a number in a field.

    :param str name: of a number field that ``_field_to_sql`` of its model calculates
    :param str operator: of a domain, as a search method gets it
    :param value: number, or a collection of numbers for ``in``
    :return: ``Domain``; NotImplemented for operators that the caller can invert, and
        those that a number does not have
    """
    comparison = _COMPARISONS.get(operator)
    if comparison is None:
        return NotImplemented
    numbers = tuple(number or 0 for number in value) if operator == "in" else value
    if not numbers and operator == "in":
        return Domain.FALSE
    return Domain.custom(
        to_sql=lambda model, alias, query: SQL(
            "%s %s %s", model._field_to_sql(alias, name, query), comparison, numbers
        )
    )
