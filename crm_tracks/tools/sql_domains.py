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

    :param str name: of a number field that the database calculates
    :param str operator: of a domain, as a search method gets it
    :param value: number, or a collection of numbers for ``in``
    :return: ``Domain``; NotImplemented for operators that the caller can invert, and
        those that a number does not have
    :raise ValueError: when a value is no number
    """
    comparison = _COMPARISONS.get(operator)
    if comparison is None:
        return NotImplemented
    if operator != "in":
        numbers = _get_number(name, value)
    elif not (numbers := tuple(_get_number(name, number) for number in value)):
        return Domain.FALSE
    return Domain.custom(
        to_sql=lambda model, alias, query: SQL(
            "%s %s %s", model._field_to_sql(alias, name, query), comparison, numbers
        )
    )


def _get_number(name, value):
    """A value of a domain as a number; nothing (False) is 0, as in a number field."""
    try:
        return float(value or 0)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} is not a number to compare {name} with") from None
