"""The checks that wait until the outermost ``write`` of some templates ends."""

from collections import defaultdict
from contextlib import contextmanager

from .transaction import block_value, get_block_value

_KEY = "crm_tracks.deferred_checks"


def defer(records, check):
    """Leave the check of what belongs to a template to the end of that one's save.

    :param records: with a method ``_get_template``
    :param str check: the name of the method of them that is called then, in the
        environment in which it was to be called now
    :return: those of the records that are checked then
    """
    waiting = get_block_value(records.env, _KEY, {})
    deferred = records.filtered(lambda record: record._get_template().id in waiting)
    for record in deferred:
        checks = waiting[record._get_template().id]
        checks[record.env, record._name, check].add(record.id)
    return deferred


@contextmanager
def deferring(templates):
    """Within the block, what belongs to these templates is not checked; at its end it
    is. Nested blocks leave their templates to the outermost one."""
    known = get_block_value(templates.env, _KEY, {})
    added = {id_: defaultdict(set) for id_ in templates.ids if id_ not in known}
    with block_value(templates.env, _KEY, {**known, **added}):
        yield
    merged = defaultdict(set)
    for checks in added.values():
        for key, ids in checks.items():
            merged[key] |= ids
    for (env, model, check), ids in merged.items():
        getattr(env[model].browse(sorted(ids)).exists(), check)()
