"""Checks that are deferred to the end of the outermost ``write`` of templates."""

from collections import defaultdict
from contextlib import contextmanager

from .transaction import block_value, get_block_value

_KEY = "crm_tracks.deferred_checks"


def defer(records, check):
    """Defer the check of records to the end of the save of their template.

    :param records: records with a method ``_get_template``
    :param str check: the name of their method to call, in their environment
    :return: the records whose check is deferred
    """
    waiting = get_block_value(records.env, _KEY, {})
    deferred = records.filtered(lambda record: record._get_template().id in waiting)
    for record in deferred:
        checks = waiting[record._get_template().id]
        checks[record.env, record._name, check].add(record.id)
    return deferred


@contextmanager
def deferring(templates):
    """Defer the checks of records of these templates to the end of the block. Nested
    blocks leave their templates to the outermost one."""
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
