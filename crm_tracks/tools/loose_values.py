"""Values of unknown types, as the file of another system has them.

Nothing here raises an error: a value that is none of the expected ones is ``None``.
"""

import re
from difflib import get_close_matches
from math import isfinite

from lxml import html
from lxml.html import defs
from markupsafe import escape

from .placeholders import NOT_IN_XML

_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)\b[^<>]*>")
# Elements around all others: text behind their end would be lost.
_FRAMES = frozenset(("html", "head", "body", "frameset"))
# The longest part of an unknown value that is shown.
_SHOWN = 60


def read_text(value):
    """A value as a text, without characters that cannot be stored.

    :return: str, empty without a value; None for a value that is no text or number
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return format(value, "g") if isfinite(value) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return None if _is_huge(value) else f"{value:d}"
    if not isinstance(value, str):
        return None
    return NOT_IN_XML.sub(" ", value).strip()


def has_markup(text):
    """Whether a text contains elements of HTML; “<customer>” is none."""
    return any(match[1].lower() in defs.tags for match in _TAG.finditer(text))


def keep_markup(text):
    """A text with its elements of HTML; what only looks like one is escaped."""
    return _TAG.sub(_escape_unknown, text)


def _escape_unknown(match):
    name = match[1].lower()
    if name in _FRAMES:
        return " "
    return match[0] if name in defs.tags else str(escape(match[0]))


def read_line(value):
    """As :func:`read_text`, in one line and without markup."""
    text = read_text(value)
    if text and has_markup(text):
        text = keep_markup(text)
        root = html.document_fromstring(f"<html><body>{text}</body></html>").body
        for element in root.xpath(".//script | .//style"):
            element.drop_tree()
        text = " ".join(root.itertext())
    return text and " ".join(text.split())


def read_integer(value):
    """A value as an integer; None for any other value, such as 1.5 or “two”."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", value):
        return int(value)
    if isinstance(value, float) and isfinite(value) and value == int(value):
        value = int(value)
    return value if isinstance(value, int) and abs(value) < 10**18 else None


def choose(value, choices, default):
    """The choice for a value of an enumeration.

    :param dict choices: what each value stands for, by its name in capitals
    :param str default: the name of the value that an empty one stands for
    :return: (what the value, or the most similar one, stands for; the name of that one,
        or None if the value itself is known)
    """
    text = read_text(value)
    name = (text or "").upper().replace(" ", "_").replace("-", "_")
    if text == "":
        return choices[default], None
    if name in choices:
        return choices[name], None
    # “END” is “END_DATE”, and as similar to “START_DATE”
    similar = [choice for choice in choices if name and name in choice]
    if len(similar) != 1:
        similar = get_close_matches(name[:_SHOWN], choices, n=1)
    used = similar[0] if similar else default
    return choices[used], used


def show(value):
    """A value of an unknown type as a short text, for a sentence."""
    if isinstance(value, str | int | float):
        text = str(value) if not _is_huge(value) else "…"
    else:
        # the content may be nested without an end
        text = {dict: "{…}", list: "[…]"}.get(type(value), "…")
    text = " ".join(NOT_IN_XML.sub(" ", text).split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _is_huge(value):
    """Whether Python refuses to write this integer as a text."""
    return isinstance(value, int) and abs(value) >= 10**100
