"""Track definitions of Capsule, as its public interface returns them.

A file has one page of ``GET /api/v2/trackdefinitions``, a list of pages, or a list of
definitions. Files are written by people and programs, so every value can have any type:
what cannot be read is reported, and does not prevent the import of the rest.
"""

import json
from collections import Counter

from odoo.tools import plaintext2html

from .definitions import (
    Definition,
    Problem,
    Responsible,
    TaskDefinition,
    UnreadableSource,
    separate,
)
from .loose_values import choose, has_markup, read_integer, read_line, read_text, show

# Of a file, in bytes. Capsule's own limits allow about a tenth of this.
MAX_SIZE = 10 * 1024 * 1024
MAX_DEFINITIONS = 2000
# Longer names are not readable in any list.
MAX_NAME = 250
MAX_DELAY = 9999

_PAGE_KEY = "trackDefinitions"
_KEYS = {
    "id",
    "description",
    "tag",
    "captureRule",
    "direction",
    "createdAt",
    "updatedAt",
    "taskDefinitions",
}
_TASK_KEYS = {
    "id",
    "description",
    "detail",
    "daysAfterRule",
    "daysAfter",
    "dayDelayRule",
    "displayOrder",
    "category",
    "trackTaskAssignee",
    "createdAt",
    "updatedAt",
}
_TARGETS = {
    "ALL": "",
    "PARTY": "res.partner",
    "OPPORTUNITY": "crm.lead",
    "PROJECT": "case",
    "KASE": "case",
    "CASE": "case",
}
_DIRECTIONS = {"START_DATE": "start", "END_DATE": "end"}
_COUNTED_FROM = {"TRACK_START": "start", "LAST_TASK": "previous"}
_UNITS = {"TRACK_DAYS": "days", "TRACK_WORKDAYS": "weekdays", "TRACK_WEEKS": "weeks"}
# Capsule's documents name only the first one; the others are found by these words.
_ASSIGNEES = {"ENTITY_OWNER": "owner"}
_ASSIGNEE_WORDS = {
    "OWNER": "owner",
    "PREVIOUS": "previous",
    "LAST": "previous",
    "COMPLET": "previous",
    "TEAM": "team",
    "APPL": "starter",
    "CREATOR": "starter",
    "USER": "user",
}


def read_capsule(data):
    """Read Capsule's track definitions.

    :param data: the content of a file, as bytes or str, or the parsed JSON
    :return: (list of :class:`Definition`, list of :class:`Problem` of the whole file)
    :raise UnreadableSource: when there is no definition to read
    """
    if isinstance(data, str | bytes | bytearray):
        data = _parse(data)
    rows = _find_rows(data)
    if not rows:
        raise UnreadableSource("no_definitions")
    if len(rows) > MAX_DEFINITIONS:
        raise UnreadableSource("too_many", count=len(rows), max=MAX_DEFINITIONS)
    unknown = Counter()
    definitions = [
        _DefinitionReader(row, number, unknown).read_definition()
        for number, row in enumerate(rows, start=1)
    ]
    problems = [
        Problem("unknown_key", {"name": show(key), "count": count})
        for key, count in unknown.items()
    ]
    return separate(definitions), problems


def _parse(data):
    """Parse the content of a file, in any of the usual encodings."""
    if len(data) > MAX_SIZE:
        raise UnreadableSource("too_large", max=MAX_SIZE // 1024 // 1024)
    text = data if isinstance(data, str) else _decode(bytes(data))
    text = text.strip("\ufeff \t\r\n")
    if not text:
        raise UnreadableSource("empty")
    try:
        return json.loads(text, parse_int=_parse_integer)
    except json.JSONDecodeError as error:
        raise UnreadableSource(
            "not_json", line=error.lineno, column=error.colno
        ) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableSource("too_deep") from error


def _decode(data):
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _parse_integer(text):
    # Python refuses to convert thousands of digits
    return int(text) if len(text) < 100 else float("inf")


def _find_rows(data, depth=2):
    """The definitions in a page, in a list of pages, or in a list of definitions."""
    if isinstance(data, dict):
        if _PAGE_KEY not in data:
            return [data] if _KEYS & data.keys() else []
        data, depth = data[_PAGE_KEY], 0
    if not isinstance(data, list | tuple):
        return []
    rows = []
    for row in data:
        is_page = isinstance(row, list) or (isinstance(row, dict) and _PAGE_KEY in row)
        rows += _find_rows(row, depth - 1) if depth and is_page else [row]
    return rows


def _take_keys(row, known, unknown):
    """Count the unknown keys of a row."""
    unknown.update(key for key in row if key not in known)


class _DefinitionReader:
    """Reads one definition, and notes what it cannot read."""

    def __init__(self, row, number, unknown):
        self.row = row
        self.number = number
        self.unknown = unknown
        self.definition = Definition("")

    def read_definition(self):
        """:return: :class:`Definition`"""
        definition, row = self.definition, self.row
        if not isinstance(row, dict):
            definition.error = Problem("no_object", {"number": self.number})
            return definition
        _take_keys(row, _KEYS, self.unknown)
        name = read_line(row.get("description"))
        if not name:
            definition.error = Problem("no_name", {"number": self.number})
            return definition
        definition.name = name
        if len(name) > MAX_NAME:
            definition.name = f"{name[: MAX_NAME - 1]}…"
            definition.add_problem("long_name", max=MAX_NAME)
        definition.key = self._read_id()
        definition.tags = self._read_tags()
        definition.target = self._choose("captureRule", _TARGETS, "ALL")
        definition.direction = self._choose("direction", _DIRECTIONS, "START_DATE")
        for number, task in enumerate(self._get_task_rows(), start=1):
            if isinstance(task, dict):
                _take_keys(task, _TASK_KEYS, self.unknown)
                reader = _TaskReader(definition, task, number)
                definition.tasks.append(reader.read_task())
            else:
                definition.add_problem("task_no_object", number=number)
        if not definition.tasks:
            definition.add_problem("no_tasks")
        return definition

    def _choose(self, key, choices, default):
        value, used = choose(self.row.get(key), choices, default)
        if used:
            self.definition.add_problem(
                "unknown_value", name=key, value=show(self.row[key]), used=used
            )
        return value

    def _read_id(self):
        value = self.row.get("id")
        number = read_integer(value)
        if number is not None and number > 0:
            return str(number)
        if value is not None:
            self.definition.add_problem("bad_id", value=show(value))
        return ""

    def _read_tags(self):
        """The tags; Capsule separates them by commas, other programs make a list."""
        value = self.row.get("tag")
        texts = value if isinstance(value, list) else [value]
        tags = {}
        for text in texts:
            name = read_line(text.get("name") if isinstance(text, dict) else text)
            if name is None:
                self.definition.add_problem("bad_text", name="tag", value=show(text))
            for tag in (name or "").split(","):
                if tag.strip():
                    tags.setdefault(tag.strip().casefold(), tag.strip()[:MAX_NAME])
        return tuple(tags.values())

    def _get_task_rows(self):
        """The tasks by ``displayOrder``; one without a number follows the one before
        it."""
        rows = self.row.get("taskDefinitions")
        if rows is None:
            return []
        if not isinstance(rows, list):
            self.definition.add_problem(
                "bad_list", name="taskDefinitions", value=show(rows)
            )
            return []
        orders, last = [], float("-inf")
        for row in rows:
            order = read_integer(row.get("displayOrder")) if type(row) is dict else None
            last = last if order is None else order
            orders.append(last)
        return [
            rows[index] for index in sorted(range(len(rows)), key=orders.__getitem__)
        ]


class _TaskReader:
    """Reads one task of a definition."""

    def __init__(self, definition, row, number):
        self.definition = definition
        self.row = row
        self.number = number
        # a definition has its first task when this is read
        self.is_first = not definition.tasks
        self.label = ""

    def read_task(self):
        """:return: :class:`TaskDefinition`"""
        name = read_line(self.row.get("description"))
        self.label = (name or "")[:MAX_NAME] or str(self.number)
        detail = self._read_detail()
        if not name:
            self._add_problem("task_no_name")
        elif len(name) > MAX_NAME:
            # nothing is lost: the note begins with the complete name
            detail = str(plaintext2html(name)) + detail
            name = self.label = f"{name[: MAX_NAME - 1]}…"
            self._add_problem("task_long_name", max=MAX_NAME)
        return TaskDefinition(
            summary=name or "",
            note=detail,
            delay_count=self._read_delay(),
            delay_unit=self._choose("dayDelayRule", _UNITS, "TRACK_DAYS"),
            delay_from=self._read_delay_from(),
            type_name=self._read_category(),
            responsible=self._read_responsible(),
        )

    def _add_problem(self, kind, **values):
        self.definition.add_problem(kind, self.label, **values)

    def _choose(self, key, choices, default):
        value, used = choose(self.row.get(key), choices, default)
        if used:
            self._add_problem(
                "unknown_value", name=key, value=show(self.row[key]), used=used
            )
        return value

    def _read_detail(self):
        value = self.row.get("detail")
        text = read_text(value)
        if text is None:
            self._add_problem("bad_text", name="detail", value=show(value))
        if not text:
            return ""
        return text if has_markup(text) else str(plaintext2html(text))

    def _read_delay(self):
        value = self.row.get("daysAfter")
        if value in (None, ""):
            return 0
        days = read_integer(value)
        if days is None:
            self._add_problem("bad_days", value=show(value))
            return 0
        if days < 0:
            self._add_problem("negative_days", value=show(value))
            return 0
        if days > MAX_DELAY:
            self._add_problem("long_delay", value=show(value), max=MAX_DELAY)
        return min(days, MAX_DELAY)

    def _read_delay_from(self):
        counted_from = self._choose("daysAfterRule", _COUNTED_FROM, "TRACK_START")
        if self.definition.direction == "end":
            if counted_from == "previous":
                self._add_problem("last_task_in_end")
            return "end"
        return "start" if self.is_first else counted_from

    def _read_category(self):
        value = self.row.get("category")
        if isinstance(value, dict) and "name" in value:
            value = value["name"]
        name = read_line(value) if isinstance(value, str) else ""
        if not name and value not in (None, ""):
            self._add_problem("bad_category", value=show(value))
        return name

    def _read_responsible(self):
        value = self.row.get("trackTaskAssignee")
        if value is None:
            return Responsible()
        kind = value.get("assigneeType") if isinstance(value, dict) else value
        named = self._find_named(value)
        found = self._get_assignee(kind, named)
        if found is None or (found in ("user", "team") and not named):
            self._add_problem("unknown_assignee", value=show(kind))
            return Responsible()
        if found == "previous" and (
            self.is_first or self.definition.direction == "end"
        ):
            self._add_problem("no_previous_assignee")
            return Responsible()
        return Responsible(found, named if found in ("user", "team") else ())

    def _find_named(self, value):
        """The texts that name a user or team in an assignee, which is nested in it."""
        for nested in value.values() if isinstance(value, dict) else ():
            if isinstance(nested, dict):
                texts = (nested.get(key) for key in ("username", "email", "name"))
                return tuple(filter(None, map(read_line, texts)))
        return ()

    def _get_assignee(self, kind, named):
        """The ``responsible_type`` for a type of assignee, or None."""
        text = read_text(kind)
        if text is None:
            return None
        name = text.upper()
        if name in _ASSIGNEES:
            return _ASSIGNEES[name]
        for word, responsible_type in _ASSIGNEE_WORDS.items():
            if word in name:
                return responsible_type
        return "user" if named else None
