"""Conditions of tasks and goals of templates: domains that are stored as texts.

A text is read as a literal, so it can name fields and values, but run no code. Dates
may be relative to the current day, as Odoo's domain editor stores them: ``today +7d``.
"""

import ast
from datetime import date, datetime

from odoo.fields import Domain
from odoo.tools import format_date, format_datetime
from odoo.tools.date_utils import parse_iso_date

from .field_values import RELATIONS, may_be_shown
from .record_names import get_names

_SUBDOMAINS = ("any", "not any")
# A field with several records is not a record, but contains it.
_OPERATORS_OF_SEVERAL = {
    "=": "ilike",
    "in": "ilike",
    "!=": "not ilike",
    "not in": "not ilike",
}


def parse_condition(text):
    """Read a condition.

    :param str text: a domain, as a literal of Python
    :return: ``Domain``
    :raise ValueError: when the text is no domain, or is always true or false
    """
    try:
        value = ast.literal_eval(text.strip())
        domain = Domain(value) if isinstance(value, list) else Domain.TRUE
        conditions = list(_iter_conditions(domain))
    except (SyntaxError, TypeError, RecursionError, MemoryError, AttributeError) as err:
        raise ValueError(str(err)) from err
    if not conditions:
        raise ValueError(text)
    return domain


def _iter_conditions(domain):
    """The conditions on fields in a domain, without those within ``any``."""
    return (each for each in domain.iter_conditions() if hasattr(each, "field_expr"))


def _get_subdomain(condition):
    """The domain in a condition with ``any``, or None.

    :raise ValueError: when it is no domain
    """
    if condition.operator not in _SUBDOMAINS:
        return None
    value = condition.value
    if not isinstance(value, Domain | list | tuple):
        raise ValueError(str(condition))
    return Domain(list(value)) if isinstance(value, tuple) else Domain(value)


def get_first_fields(domain):
    """The fields of the record from which the conditions start.

    :param domain: ``Domain``
    :return: set of field names
    """
    return {each.field_expr.split(".")[0] for each in _iter_conditions(domain)}


def get_used_fields(model, domain):
    """Every field that a condition reads, along paths and in subdomains.

    :param model: an empty recordset of the record's model
    :param domain: ``Domain``
    :return: list of (empty recordset of a model, its ``Field``)
    :raise KeyError: when a model has no field of this name, with the name
    :raise ValueError: when a subdomain is no domain
    """
    used = []
    for condition in _iter_conditions(domain):
        path, end = _follow_path(model, condition.field_expr)
        used += path
        subdomain = _get_subdomain(condition)
        if subdomain is not None:
            if end is None:
                raise ValueError(str(condition))
            used += get_used_fields(end, subdomain)
    return used


def _follow_path(model, path):
    """The fields along a path, and the model to which it leads.

    What follows a field that is no relation (a property, a part of a date) is no field.

    :param model: an empty recordset
    :param str path: field names with dots between them
    :return: list as of :func:`get_used_fields`, and an empty recordset or None
    """
    found = []
    for name in path.split("."):
        field = model._fields[name]
        found.append((model, field))
        if not field.relational:
            return found, None
        model = model.env[field.comodel_name]
    return found, model


def find_hidden_field(model, domain):
    """The first field of a condition that the user of the environment may not read.

    Fields of models that the user may not read count, too.

    :param model: an empty recordset of the record's model
    :param domain: ``Domain``
    :return: ``Field``, or None
    """
    for owner, field in get_used_fields(model, domain):
        models = [owner]
        if field.relational:
            models.append(owner.env[field.comodel_name])
        if not may_be_shown(owner, field) or not all(
            each.has_access("read") for each in models
        ):
            return field
    return None


class Sight:
    """Which conditions on some records their user may know the answers of.

    Conditions are evaluated in sudo. A user who may not read every field of a condition
    and every record that it looks at would learn from the answer what these contain.
    Records that several conditions look at are checked once.

    :param records: of the model of the conditions, which the user may read, in the
        user's environment
    """

    # operators that follow the parents of a record
    _HIERARCHY = ("child_of", "parent_of")

    def __init__(self, records):
        self._model = records.browse()
        # sudo: only for the ids of the records along the paths
        self._records = records.sudo().with_context(active_test=False)
        self._readable = {}

    def may_read(self, domain):
        """Whether the user may read every field and record that a condition looks at.

        The id in a many to one field is a value of the record that has the field, so
        the record to which it leads counts only if a field of it is compared.

        :param domain: ``Domain``
        """
        if self._model.env.su:
            return True
        return not find_hidden_field(self._model, domain) and self._may_read(
            self._records, domain
        )

    def _may_read(self, records, domain):
        return all(
            self._may_read_one(records, condition)
            for condition in _iter_conditions(domain)
        )

    def _may_read_one(self, records, condition):
        *path, name = condition.field_expr.split(".")
        for step in path:
            if not records._fields[step].relational:
                return True  # a property, or a part of a date
            records = records[step]
            if not self._are_readable(records):
                return False
        field = records._fields.get(name)
        subdomain = _get_subdomain(condition)
        if subdomain is not None:
            records = records[name]
            return self._are_readable(records) and self._may_read(records, subdomain)
        leads_on = condition.operator in self._HIERARCHY
        if field and field.relational and (leads_on or field.type != "many2one"):
            return self._are_readable(records[name])
        return True

    def _are_readable(self, records):
        key = records._name, frozenset(records._ids)
        if key not in self._readable:
            named = self._model.env[records._name].browse(records._ids)
            self._readable[key] = named._filtered_access("read") == named
        return self._readable[key]


# ----------------------------------------------------------------------
# In words
# ----------------------------------------------------------------------


def describe_condition(model, domain):
    """Describe a condition: “Stage is Won and Expected Revenue ≥ 1000”.

    :param model: an empty recordset of the record's model; records that its user may
        not read are not named
    :param domain: ``Domain``
    :return: str
    """
    return _describe(model, domain, is_part=False)


def get_named(model, domain):
    """The records that the description of a condition names.

    :param model: as of :func:`describe_condition`
    :param domain: ``Domain``
    :return: list of (empty recordset, list of ids)
    """
    named = []
    for condition in _iter_conditions(domain):
        _path, end = _follow_path(model, condition.field_expr)
        subdomain = _get_subdomain(condition)
        if subdomain is not None:
            named += get_named(end, subdomain)
        elif end is not None:
            named.append((end, _get_ids(condition.value)))
    return named


def _get_ids(value):
    """The ids among the values that a condition compares a field with."""
    is_many = not isinstance(value, str) and hasattr(value, "__iter__")
    return [each for each in (value if is_many else [value]) if type(each) is int]


def _describe(model, domain, is_part):
    env = model.env
    if hasattr(domain, "field_expr"):
        return _describe_one(model, domain)
    child = getattr(domain, "child", None)
    if child is not None:
        return env._("not (%s)", _describe(model, child, is_part=False))
    children = getattr(domain, "children", ())
    parts = [_describe(model, each, is_part=True) for each in children]
    if not parts:
        return env._("always") if domain.is_true() else env._("never")
    glue = env._(" and ") if domain.OPERATOR == "&" else env._(" or ")
    text = glue.join(parts)
    return f"({text})" if is_part and len(parts) > 1 else text


def _describe_one(model, condition):
    """Describe a condition on one field, as Odoo's domain editor does."""
    env = model.env
    path, end = _follow_path(model, condition.field_expr)
    label = " ➜ ".join(field._description_string(env) for _owner, field in path)
    owner, field = path[-1]
    subdomain = _get_subdomain(condition)
    if subdomain is not None:
        values = {"field": label, "value": _describe(end, subdomain, is_part=False)}
        if condition.operator == "any":
            return env._("%(field)s matches (%(value)s)", **values)
        return env._("%(field)s matches no (%(value)s)", **values)
    value, operator = condition.value, condition.operator
    if operator in ("=", "!=") and value is False and field.type != "boolean":
        if operator == "=":
            return env._("%s is not set", label)
        return env._("%s is set", label)
    shown = _format_value(owner, field, value)
    if field.type in ("many2many", "one2many"):
        operator = _OPERATORS_OF_SEVERAL.get(operator, operator)
    phrase = _get_phrase(env, operator)
    return phrase % {"field": label, "value": shown}


def _get_phrase(env, operator):
    """The words for an operator, with ``%(field)s`` and ``%(value)s``."""
    phrases = {
        "=": env._("%(field)s is %(value)s"),
        "!=": env._("%(field)s is not %(value)s"),
        "in": env._("%(field)s is %(value)s"),
        "not in": env._("%(field)s is not %(value)s"),
        "<": "%(field)s < %(value)s",
        ">": "%(field)s > %(value)s",
        "<=": "%(field)s ≤ %(value)s",
        ">=": "%(field)s ≥ %(value)s",
        "ilike": env._("%(field)s contains %(value)s"),
        "like": env._("%(field)s contains %(value)s"),
        "not ilike": env._("%(field)s does not contain %(value)s"),
        "not like": env._("%(field)s does not contain %(value)s"),
        "child_of": env._("%(field)s is %(value)s or below"),
        "parent_of": env._("%(field)s is %(value)s or above"),
    }
    return phrases.get(operator, f"%(field)s {operator} %(value)s")


def _format_value(model, field, value):
    """A value, or several, that a condition compares a field with.

    :param model: an empty recordset of the field's model
    :return: str
    """
    env = model.env
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        ids = _get_ids(value)
        if field.type in (*RELATIONS, "one2many") and len(ids) == len(list(value)):
            return env._(" or ").join(_get_names(env[field.comodel_name], ids))
        return env._(" or ").join(_format_value(model, field, each) for each in value)
    if field.type == "boolean":
        return env._("yes") if value else env._("no")
    if value is False:
        return env._("not set")
    if field.relational and type(value) is int:
        return ", ".join(_get_names(env[field.comodel_name], [value]))
    if field.type == "selection":
        return dict(field._description_selection(env)).get(value, str(value))
    if field.type in ("date", "datetime"):
        return _format_day(env, value)
    return str(value)


def _get_names(model, ids):
    """The names of records as its user may read them, each on its own."""
    found = get_names(model, ids).values()
    names = [name for name in found if name is not None]
    if len(names) < len(found):
        names.append(model.env._("(no access)"))
    return names or [model.env._("(deleted)")]


def _format_day(env, value):
    """A day or moment in the reader's format; relative ones as they were entered."""
    if isinstance(value, str):
        try:
            value = parse_iso_date(value)
        except ValueError:
            return value
    if isinstance(value, datetime):
        return format_datetime(env, value)
    return format_date(env, value) if isinstance(value, date) else str(value)
