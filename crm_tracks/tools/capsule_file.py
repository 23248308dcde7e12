"""The file with track definitions of Capsule: its encoding, its pages, its rows.

A file has one page of ``GET /api/v2/trackdefinitions``, several pages as a list or one
after the other, or definitions in the place of pages.
"""

import json
import re

from .definitions import UnreadableSource

# Of a file, in bytes. Capsule's own limits allow about a tenth of this.
MAX_SIZE = 10 * 1024 * 1024

_PAGE_KEY = "trackDefinitions"
# of the answer to the request for one definition
_SINGLE_KEY = "trackDefinition"
_BLANK = "\ufeff \t\r\n"
_SEPARATOR = re.compile(rf"[{_BLANK}]*,?[{_BLANK}]*")


def read_rows(data):
    """The rows of a file, each of which should be a definition.

    :param data: the content of a file, as bytes or str, or the parsed JSON
    :return: list of values of any type
    :raise UnreadableSource: when the content is no JSON
    """
    if isinstance(data, str | bytes | bytearray):
        data = _parse(data)
    return _find_rows(data)


def _parse(data):
    """Parse the content of a file, in any of the usual encodings.

    Pages that were appended to one another are read as a list of pages.
    """
    if len(data) > MAX_SIZE:
        raise UnreadableSource("too_large", max=MAX_SIZE // 1024 // 1024)
    text = data if isinstance(data, str) else _decode(bytes(data))
    text = text.strip(_BLANK)
    if not text:
        raise UnreadableSource("empty")
    decoder = json.JSONDecoder(parse_int=_parse_integer)
    documents, position = [], 0
    try:
        while position < len(text):
            document, position = decoder.raw_decode(text, position)
            documents.append(document)
            # what separates pages; a comma where they were about to become a list
            position = _SEPARATOR.match(text, position).end()
    except json.JSONDecodeError as error:
        raise UnreadableSource(
            "not_json", line=error.lineno, column=error.colno
        ) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableSource("too_deep") from error
    return documents if len(documents) > 1 else documents[0]


def _decode(data):
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        # of an old Windows program, or cut off
        is_utf8 = encoding.startswith("utf-8")
        return data.decode("cp1252" if is_utf8 else encoding, "replace")


def _parse_integer(text):
    # Python refuses to convert thousands of digits
    return int(text) if len(text) < 100 else float("inf")


def _find_rows(data, depth=3):
    """The definitions in a page, in a list of pages, or in a list of definitions.

    What is neither is a row, too, and named as no definition. ``depth`` is how deep
    lists can lie in one another.
    """
    if isinstance(data, dict):
        if _PAGE_KEY in data:
            page = data[_PAGE_KEY]
            if page is None:
                return []
            return list(page) if isinstance(page, list) else [page]
        return [data[_SINGLE_KEY]] if _SINGLE_KEY in data else [data]
    if not isinstance(data, list | tuple) or not depth:
        return [data]
    return [row for each in data for row in _find_rows(each, depth - 1)]
