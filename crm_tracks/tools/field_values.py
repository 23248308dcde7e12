"""The values that a task writes to its record: parsing, checks and descriptions.

Each value is stored as the text that the author entered: ``true``, ``12.5``, the key
of a selection, the ids of records separated by commas; for a date, the number of days
after the day on which the task runs.
"""

from datetime import timedelta
from math import isfinite

from odoo import Command
from odoo.exceptions import UserError
from odoo.fields import Datetime
from odoo.models import MAGIC_COLUMNS
from odoo.tools import (
    format_date,
    format_datetime,
    html2plaintext,
    is_html_empty,
)

from .dates import get_day, get_start_of_day
from .record_names import find_existing, get_names

NUMBERS = ("integer", "float", "monetary")
WORDS = ("char", "text", "html")
DAYS = ("date", "datetime")
RELATIONS = ("many2one", "many2many")
SUPPORTED = frozenset((*NUMBERS, *WORDS, *DAYS, *RELATIONS, "boolean", "selection"))
# The greatest integer, and id, that PostgreSQL can store.
_MAX_INTEGER = 2**31 - 1
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def is_settable(field):
    """Whether a task may set this field: stored and writable for users."""
    return (
        field.type in SUPPORTED
        and not field.readonly
        and field.name not in MAGIC_COLUMNS
        and (field.store or field.inverse)
    )


def may_be_shown(model, field):
    """Whether the reader may see the value of this field.

    Texts that the engine writes (a note, an error) are for all readers of the record,
    so they do not contain fields that are restricted to groups.

    :param model: a recordset of the field's model
    """
    if model.env.su:
        return not field.groups
    return model._has_field_access(field, "read")


def is_filled_in(record, name):
    """Whether a field of this record has a value.

    A number of 0 and an unchecked checkbox count as empty: neither has another empty
    value.
    """
    value = record[name]
    kind = record._fields[name].type
    if kind == "html":
        return not is_html_empty(value)
    return bool(value.strip() if kind in WORDS and value else value)


def parse_ids(value):
    """The ids in a text: ``"3,5"``.

    :raise ValueError: when the text has another format
    """
    return [_parse_integer(part) for part in (value or "").split(",") if part.strip()]


def _parse_integer(text):
    number = int(text)
    if abs(number) > _MAX_INTEGER:
        raise ValueError
    return number


def _parse_float(text):
    number = float(text)
    if not isfinite(number):
        raise ValueError
    return number


def prepare_value(model, name, operation, value, zone):
    """Convert a text to the value that ``write`` expects.

    :param model: an empty recordset of the record's model
    :param str name: of the field
    :param str operation: ``set``, ``clear``, or ``add`` and ``remove``, for many values
    :param str value: the text of the author
    :param str zone: the name of the time zone of the current day
    :raise UserError: with a message that names the field and the problem
    """
    env = model.env
    field = model._fields.get(name)
    text = "" if operation == "clear" else (value or "").strip()
    problem = _get_problem(model, name, operation, text)
    if problem:
        raise UserError(problem)
    if operation == "clear":
        return [Command.clear()] if field.type == "many2many" else False
    try:
        return _read_text(model, field, operation, text, zone)
    except (ValueError, KeyError, OverflowError):
        raise UserError(
            env._(
                "“%(value)s” is not a value of “%(field)s”. Enter another one.",
                value=text,
                field=field._description_string(env),
            )
        ) from None


def _get_problem(model, name, operation, text):
    """The error if a field cannot be set in this way, else None."""
    env = model.env
    field = model._fields.get(name)
    if field is None or not is_settable(field):
        return env._(
            "“%(field)s” of %(model)s cannot be set by a task. Select another field.",
            field=field._description_string(env) if field else name,
            model=env["ir.model"]._get(model._name).sudo().name,
        )
    label = field._description_string(env)
    if operation in ("add", "remove") and field.type != "many2many":
        return env._("“%s” has only one value. Select “Set to” or “Clear”.", label)
    if text:
        return None
    if field.required and field.type not in ("boolean", *NUMBERS):
        return env._("“%s” cannot be empty. Enter a value.", label)
    if operation != "clear" and field.type not in ("boolean", *WORDS):
        return env._("Enter a value for “%s”.", label)
    return None


def _read_text(model, field, operation, text, zone):
    """Parse a text; raises ``ValueError`` or ``KeyError`` if it is invalid."""
    env = model.env
    if field.type in WORDS:
        return text or False
    if field.type == "boolean":
        return _BOOLEANS[text.lower() or "false"]
    if field.type in NUMBERS:
        parse = _parse_integer if field.type == "integer" else _parse_float
        return parse(text)
    if field.type == "selection":
        if text not in field.get_values(env):
            raise ValueError
        return text
    if field.type in DAYS:
        day = get_day(Datetime.now(), zone) + timedelta(days=int(text))
        return day if field.type == "date" else get_start_of_day(day, zone)
    ids = parse_ids(text)
    # sudo: only their existence is checked; the write checks the access
    found = find_existing(env[field.comodel_name].sudo(), ids)
    if len(found) != len(set(ids)) or (field.type == "many2one" and len(ids) != 1):
        raise UserError(
            env._(
                "The value for “%s” no longer exists. Select another one.",
                field._description_string(env),
            )
        )
    if field.type == "many2one":
        return ids[0]
    return {
        "set": [Command.set(ids)],
        "add": [Command.link(id_) for id_ in ids],
        "remove": [Command.unlink(id_) for id_ in ids],
    }[operation]


def format_setting(model, name, operation, value):
    """Describe how a field is set: “Stage: Won”, “Tags: + Delinquent”.

    :param model: an empty recordset of the record's model
    :return: str
    """
    env = model.env
    field = model._fields.get(name)
    if field is None:
        return name
    label = field._description_string(env)
    if operation == "clear":
        return env._("%s: cleared", label)
    sign = {"add": "+ ", "remove": "− "}.get(operation, "")
    return f"{label}: {sign}{_format_text(model, field, (value or '').strip())}"


def _format_text(model, field, text):
    env = model.env
    if not text and field.type != "boolean":
        return "…"
    if field.type == "boolean":
        return env._("yes") if _BOOLEANS.get(text.lower()) else env._("no")
    if field.type == "selection":
        return dict(field._description_selection(env)).get(text, text)
    try:
        if field.type in DAYS:
            days = int(text)
            if not days:
                return env._("day of the task")
            if days == 1:
                return env._("1 day after the task")
            return env._("%s days after the task", days)
        if field.type in RELATIONS:
            found = get_names(env[field.comodel_name], parse_ids(text))
            if not found:
                return env._("(deleted)")
            names = filter(None, found.values())
            return ", ".join(names) or env._("(no access)")
    except ValueError:
        return text
    return text


def format_stored(record, name):
    """The value of a record's field, as a text.

    :return: str, empty without a value
    """
    env, field, value = record.env, record._fields[name], record[name]
    if field.type == "boolean":
        return env._("yes") if value else env._("no")
    if field.type in RELATIONS:
        # sudo: readers of the record may see the names of related records
        return ", ".join(value.sudo().mapped("display_name"))
    if field.type == "selection":
        return dict(field._description_selection(env)).get(value, value) or ""
    if field.type == "date":
        return format_date(env, value)
    if field.type == "datetime":
        return format_datetime(env, value)
    if field.type == "html":
        return html2plaintext(value or "")
    return str(value) if value or field.type in NUMBERS else ""
