"""Placeholders in the texts of tasks: words in braces, such as ``{customer}``.

They are found by one regular expression over these words. A text is never formatted
(``str.format``), so it cannot reach anything else.
"""

import re

from lxml import etree, html
from markupsafe import Markup, escape

WORDS = ("customer", "record", "owner", "starter", "company", "start", "end")

_PLACEHOLDER = re.compile(r"\{(" + "|".join(WORDS) + r")\}")
# What a user may have meant as a placeholder. Numbers, JSON and CSS are none.
_IN_BRACES = re.compile(r"\{\s*[^\W\d][\w\s.-]*\}")
# Characters that a document cannot contain.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Elements within a line of text: a placeholder may begin in one and end in another.
_INLINE = frozenset(
    "a abbr b bdi big code del em font i ins mark s small span strike strong sub sup "
    "u".split()
)
_WITHOUT_TEXT = ("script", "style")


class CopiedText(str):
    """A text that code copies, with words in braces that may be no placeholders.

    Only texts that people enter are checked. This is a type, because a client cannot
    send it.
    """

    __slots__ = ()


def find_in_braces(text, is_html=False):
    """The words in braces in a text.

    :param str text: may be empty
    :param bool is_html: attributes are not looked at
    :return: list of str with their braces, each once, in their order
    """
    if not text or not isinstance(text, str) or not re.search("[{&]", text):
        return []
    lines = _get_lines(_parse(text)) if is_html else [text]
    found = (
        match[0]
        for line in lines
        for match in _IN_BRACES.finditer(
            line if isinstance(line, str) else "".join(map(_read, line))
        )
    )
    return list(dict.fromkeys(found))


def fill_text(text, get_value):
    """Replace the placeholders in a plain text.

    :param str text: may be empty
    :param get_value: function that returns the value of a word, without braces; None
        leaves the placeholder as it is
    :return: str
    """
    if not text or "{" not in text:
        return text

    def replace(match):
        value = get_value(match[1])
        return match[0] if value is None else _clean(value)

    return _PLACEHOLDER.sub(replace, text)


def fill_html(text, get_value):
    """Replace the placeholders in the text of a note; values are escaped.

    :param str text: sanitized HTML, may be empty
    :param get_value: as of :func:`fill_text`
    :return: ``Markup``, or ``text`` itself where there is nothing to replace
    """
    if not text or "{" not in text:
        return text
    root = _parse(text)
    # all of them: a generator would stop at the first line that was changed
    if not any([_fill_line(line, get_value) for line in _get_lines(root)]):
        return text
    parts = (html.tostring(child, encoding="unicode") for child in root)
    return escape(root.text or "") + Markup("").join(map(Markup, parts))


def _clean(value):
    """A value as it can stand within a line of text or HTML."""
    return " ".join(NOT_IN_XML.sub(" ", value or "").split())


def _parse(text):
    return html.document_fromstring(f"<html><body>{text}</body></html>").body


def _get_lines(root):
    """The texts of a document, line by line.

    :return: list of lists of (element, ``text`` or ``tail``), the parts of a line
    """
    lines = [[]]
    events = ("start", "end", "comment", "pi")
    for event, element in etree.iterwalk(root, events=events):
        is_inline = event in ("comment", "pi") or element.tag in _INLINE
        if not is_inline:
            lines.append([])
        if event == "start":
            if element.tag not in _WITHOUT_TEXT:
                lines[-1].append((element, "text"))
        elif element is not root:
            lines[-1].append((element, "tail"))
    return lines


def _read(part):
    return getattr(*part) or ""


def _fill_line(line, get_value):
    """Replace the placeholders in a line of HTML, which tags may split.

    :return: bool, whether there were any
    """
    texts = [_read(part) for part in line]
    is_filled = False
    # from the end, so that the positions of the earlier ones stay
    for match in reversed([*_PLACEHOLDER.finditer("".join(texts))]):
        value = get_value(match[1])
        if value is not None:
            _replace(texts, *match.span(), _clean(value))
            is_filled = True
    if is_filled:
        for (element, name), text in zip(line, texts, strict=True):
            setattr(element, name, text)
    return is_filled


def _replace(texts, start, end, value):
    """Replace a part of the text that these texts are together, in place."""
    position = 0
    for number, text in enumerate(texts):
        first, last = max(start - position, 0), min(end - position, len(text))
        if first < last:
            texts[number] = text[:first] + value + text[last:]
            value = ""
        position += len(text)
