"""Values that are set within a block of code, for the code that it calls.

A plain savepoint clears ``cr.precommit.data``, ``env.clear()`` clears ``cr.cache``, and
RPC clients can set contexts. These values outlast the first two, and only code can set
them.
"""

from contextlib import contextmanager
from weakref import WeakKeyDictionary

_blocks = WeakKeyDictionary()


def get_block_value(env, key, default=None):
    """The value that a block around this call has set.

    :param str key: its name
    :return: the value of the innermost block of this transaction, or ``default``
    """
    return _blocks.get(env.cr, {}).get(key, default)


@contextmanager
def block_value(env, key, value):
    """Within the block, ``key`` is ``value`` for everything in this transaction.

    The previous value is restored at the end, also after an exception: blocks may be
    nested.
    """
    values = _blocks.setdefault(env.cr, {})
    before = dict(values)
    values[key] = value
    try:
        yield
    finally:
        values.clear()
        values.update(before)


def collect_for_commit(cr, key, entries, send):
    """Collect entries on the transaction, to be sent together before its commit.

    A savepoint that is rolled back clears them, and what is to be sent with them.

    :param str key: the name of the collection in ``cr.precommit.data``
    :param list entries: to be added to it
    :param send: the function that takes the collection from there, and sends it
    """
    data = cr.precommit.data
    if key not in data:
        cr.precommit.add(send)
    data.setdefault(key, []).extend(entries)


@contextmanager
def block_ids(env, key, ids):
    """Mark these ids within the block, unless an outer block has marked them.

    :param str key: the name of the mark
    :param ids: ids of records
    :return: as the target of ``with``, the set of ids that were not marked before
    """
    held = get_block_value(env, key, frozenset())
    added = frozenset(ids) - held
    with block_value(env, key, held | added):
        yield added
