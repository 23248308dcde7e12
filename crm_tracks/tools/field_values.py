"""The values that a track's task writes to its record: read, checked, and in words.

An author writes each value as one text, which is kept as it is: ``true``, ``12.5``, the
key of a choice, the ids of records with commas between them; for a day, the number of
days after the one on which the task runs.
"""

from datetime import timedelta
from math import isfinite

from odoo import Command
from odoo.exceptions import UserError
from odoo.fields import Datetime
from odoo.models import MAGIC_COLUMNS
from odoo.tools import format_date, format_datetime, html2plaintext

from .dates import get_day, get_start_of_day

NUMBERS = ("integer", "float", "monetary")
WORDS = ("char", "text", "html")
DAYS = ("date", "datetime")
RELATIONS = ("many2one", "many2many")
SUPPORTED = frozenset((*NUMBERS, *WORDS, *DAYS, *RELATIONS, "boolean", "selection"))
# As much as PostgreSQL keeps in an integer, hence in an id.
_MAX_INTEGER = 2**31 - 1
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def is_settable(field):
    """Whether a task may set this field: a stored one that people can write."""
    return (
        field.type in SUPPORTED
        and not field.readonly
        and field.name not in MAGIC_COLUMNS
        and (field.store or field.inverse)
    )


def may_be_shown(model, field):
    """Whether the reader may see what this field is set to.

    What the engine writes (a note, an error) is for everybody who reads the record:
    there, nothing is said of a field that only some may read.

    :param model: a recordset of the field's model
    """
    if model.env.su:
        return not field.groups
    return model._has_field_access(field, "read")


def parse_ids(value):
    """The ids in a text: ``"3,5"``.

    :raise ValueError: when it is something else
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
    """What ``write`` takes for a field.

    :param model: an empty recordset of the record's model
    :param str name: of the field
    :param str operation: ``set``, ``clear``, or ``add`` and ``remove``, for many values
    :param str value: as the author wrote it
    :param str zone: the name of the time zone whose day it is
    :raise UserError: in a sentence that names the field and what is wrong
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
    """Why a field cannot be set in this way, in a sentence; None where it can."""
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
    """The value in a text; raises ``ValueError`` or ``KeyError`` when there is none."""
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
    # sudo: whether they exist is asked; whoever writes may do so or not
    found = env[field.comodel_name].sudo().browse(ids).exists()
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
    """What is done to a field, in words: “Stage: Won”, “Tags: + Delinquent”.

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
                return env._("the day it runs")
            if days == 1:
                return env._("1 day after it runs")
            return env._("%s days after it runs", days)
        if field.type in RELATIONS:
            found = env[field.comodel_name].browse(parse_ids(text)).exists()
            if not found:
                return env._("(deleted)")
            names = found._filtered_access("read").mapped("display_name")
            return ", ".join(names) or env._("(no access)")
    except ValueError:
        return text
    return text


def format_stored(record, name):
    """The value of a record's field, in words.

    :return: str, empty for no value
    """
    env, field, value = record.env, record._fields[name], record[name]
    if field.type == "boolean":
        return env._("yes") if value else env._("no")
    if field.type in RELATIONS:
        # sudo: their names are shown beside the record they are on
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
