"""Track definitions of Capsule, as its public interface returns them.

Files are written by people and programs, so every value can have any type: what cannot
be read is reported, and does not prevent the import of the rest.
"""

from collections import Counter

from odoo.tools import plaintext2html

from .capsule_file import read_rows
from .definitions import (
    Definition,
    Problem,
    Responsible,
    TaskDefinition,
    UnreadableSource,
    separate,
)
from .loose_values import (
    choose,
    has_markup,
    keep_markup,
    read_integer,
    read_line,
    read_text,
    show,
)

MAX_DEFINITIONS = 2000
# Of all definitions together: a request ends after two minutes.
MAX_TASKS = 20000
# So many unknown names are listed.
MAX_UNKNOWN = 20
# Longer names are not readable in any list.
MAX_NAME = 250
MAX_DELAY = 9999

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
    rows = read_rows(data)
    if not any(isinstance(row, dict) and _KEYS & row.keys() for row in rows):
        raise UnreadableSource("no_definitions")
    if len(rows) > MAX_DEFINITIONS:
        raise UnreadableSource("too_many", count=len(rows), max=MAX_DEFINITIONS)
    tasks = sum(_count_tasks(row) for row in rows)
    if tasks > MAX_TASKS:
        raise UnreadableSource("too_many_in_file", count=tasks, max=MAX_TASKS)
    unknown = Counter()
    definitions = [
        _DefinitionReader(row, number, unknown).read_definition()
        for number, row in enumerate(rows, start=1)
    ]
    return separate(definitions), _describe_unknown(unknown)


def _count_tasks(row):
    tasks = row.get("taskDefinitions") if isinstance(row, dict) else None
    return len(tasks) if isinstance(tasks, list) else 0


def _describe_unknown(unknown):
    """The problems for unknown keys: the first ones, and how many others."""
    shown = Counter()
    for key, count in unknown.items():
        shown[show(key)] += count
    problems = [
        Problem("unknown_key", {"name": name, "count": count})
        for name, count in list(shown.items())[:MAX_UNKNOWN]
    ]
    if len(shown) > MAX_UNKNOWN:
        rest = len(shown) - MAX_UNKNOWN
        problems.append(Problem("more_unknown_keys", {"count": rest}))
    return problems


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
            for tag in filter(None, map(str.strip, (name or "").split(","))):
                if len(tag) > MAX_NAME:
                    self.definition.add_problem(
                        "long_tag", value=show(tag), max=MAX_NAME
                    )
                else:
                    tags.setdefault(tag.casefold(), tag)
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
        return keep_markup(text) if has_markup(text) else str(plaintext2html(text))

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
        problem = self._get_assignee_problem(found, named)
        if problem:
            self._add_problem(problem, value=show(kind))
            return Responsible()
        return Responsible(found, named if found in ("user", "team") else ())

    def _get_assignee_problem(self, found, named):
        """Why a ``responsible_type`` cannot be used, as a kind; or None."""
        if found is None:
            return "unknown_assignee"
        if found in ("user", "team") and not named:
            return "no_assignee_name"
        is_end = self.definition.direction == "end"
        if found == "previous" and (self.is_first or is_end):
            return "no_previous_assignee"
        return None

    def _find_named(self, value):
        """The texts that name a user or team in an assignee, which is nested in it."""
        for key, nested in value.items() if isinstance(value, dict) else ():
            if isinstance(nested, dict):
                texts = [nested.get(name) for name in ("username", "email", "name")]
            else:
                texts = [nested] if key in ("user", "team") else []
            named = tuple(filter(None, map(read_line, texts)))
            if named:
                return named
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
