"""The differences between two dumps, and the expected ones.

A dump is ``{section: {row: {field: value}}}``. Fields and sections that only the second
one has are new features, and no differences.
"""

from fnmatch import fnmatchcase

NOTHING = "nothing"


class Difference:
    """:ivar str path: ``section / row / field``, with further keys for nested values"""

    def __init__(self, path, before, after):
        self.path = " / ".join(path)
        self.before = before
        self.after = after

    def __str__(self):
        before, after = (
            value if value is NOTHING else repr(value)[:200]
            for value in (self.before, self.after)
        )
        return f"{self.path}: {before} became {after}"


def compare(before, after, path=()):
    """:return: iterator of :class:`Difference`"""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before:
            yield from compare(before[key], after.get(key, NOTHING), (*path, key))
        if len(path) == 1:  # rows of an existing section
            for key in after.keys() - before.keys():
                yield Difference((*path, key), NOTHING, after[key])
    elif (
        isinstance(before, list)
        and isinstance(after, list)
        and len(before) == len(after)
    ):
        for number, pair in enumerate(zip(before, after, strict=True)):
            yield from compare(*pair, (*path, str(number)))
    elif before != after:
        yield Difference(path, before, after)


def are_of_one_length(*values):
    are_lists = all(isinstance(value, list) for value in values)
    return are_lists and len(set(map(len, values))) == 1


def find_unexpected(differences, expected):
    """:param expected: pairs of a pattern for the paths, and the reason"""
    return [
        difference
        for difference in differences
        if not any(fnmatchcase(difference.path, pattern) for pattern, _why in expected)
    ]


def find_unused(differences, expected):
    """The patterns of expected differences that were not found."""
    paths = [difference.path for difference in differences]
    return [
        pattern
        for pattern, _why in expected
        if not any(fnmatchcase(path, pattern) for path in paths)
    ]
