"""The definition of a track as another system describes it, before it is a template.

Each source has a reader that produces these definitions, and one place creates
templates from them (``models/template/moving_in.py``). What a reader cannot take over
is not lost silently: it is a :class:`Problem`, which ``tools/definition_words.py``
describes.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace


@dataclass
class Problem:
    """What cannot be taken over, and why.

    ``kind`` is a key of ``tools/definition_words.py``, ``values`` are the values in its
    sentence. ``task`` is the name of the task, empty for the whole track.
    """

    kind: str
    values: dict = field(default_factory=dict)
    task: str = ""


class UnreadableSource(Exception):
    """A source from which no definition can be read, with its :class:`Problem`."""

    def __init__(self, kind, **values):
        super().__init__(kind)
        self.problem = Problem(kind, values)


@dataclass
class Responsible:
    """Who does a task: a ``responsible_type``, and for a user or a team the texts by
    which to find it, the most certain one first, or the id of a user of this
    database."""

    kind: str = "owner"
    names: tuple = ()
    user_id: int = 0


@dataclass
class TaskDefinition:
    """One task of a track; ``note`` is HTML that is not sanitized yet.

    ``type_name`` is the name of an activity type, empty for the default type;
    ``type_id`` is the id of one of this database.
    """

    summary: str
    note: str = ""
    delay_count: int = 0
    delay_unit: str = "days"
    delay_from: str = "start"
    type_name: str = ""
    type_id: int = 0
    responsible: Responsible = field(default_factory=Responsible)


@dataclass
class Definition:
    """The definition of a track.

    ``key`` identifies it within its source; a second import finds its template by that.
    ``target`` is the name of a model, ``case``, or empty for all records. ``error`` is
    the :class:`Problem` for which no template can be created.
    """

    name: str
    key: str = ""
    direction: str = "start"
    target: str = ""
    tags: tuple = ()
    tasks: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    error: Problem | None = None

    def add_problem(self, kind, task="", **values):
        self.problems.append(Problem(kind, values, task))

    def get_content(self):
        """A text that differs where the name or the content differs."""
        content = asdict(replace(self, key="", problems=[], error=None))
        return json.dumps(content, sort_keys=True)

    def get_digest(self):
        """A key for a definition without an own one."""
        return hashlib.sha256(self.get_content().encode()).hexdigest()[:20]


def separate(definitions):
    """Give each definition a key of its own.

    A definition without a key is recognized by its content. The same definition twice
    is one, as on two pages that overlap. Another definition with the same key cannot be
    told from the first one later, so it gets an error.

    :param definitions: list of :class:`Definition`
    :return: list of those to import
    """
    known = {}
    separated = []
    for definition in definitions:
        if not definition.error:
            definition.key = definition.key or f"content_{definition.get_digest()}"
            first = known.setdefault(definition.key, definition)
            if first is not definition:
                if first.get_content() == definition.get_content():
                    continue
                definition.error = Problem("same_key", {"other": first.name})
        separated.append(definition)
    return separated
