"""What a block of code knows of itself while it runs, for whatever it calls.

Any plain savepoint empties ``cr.precommit.data``, ``env.clear()`` empties ``cr.cache``,
and RPC clients set contexts. What guards a block must outlast the first two, and nobody
but the code itself may set it.
"""

from contextlib import contextmanager
from weakref import WeakKeyDictionary

_blocks = WeakKeyDictionary()


def get_block_value(env, key, default=None):
    """The value that a block around this call has set.

    :param str key: its name
    :return: what the innermost block of this transaction set, or ``default``
    """
    return _blocks.get(env.cr, {}).get(key, default)


@contextmanager
def block_value(env, key, value):
    """Within the block, ``key`` is ``value`` for everything in this transaction.

    Restored when the block ends, by whatever way: blocks may be nested.
    """
    values = _blocks.setdefault(env.cr, {})
    before = dict(values)
    values[key] = value
    try:
        yield
    finally:
        values.clear()
        values.update(before)


@contextmanager
def block_ids(env, key, ids):
    """Within the block, these ids belong to it; those of blocks around it are left out.

    :param str key: what the ids are of
    :param ids: ids of records
    :return: as the target of ``with``, the set of ids that no block had before
    """
    held = get_block_value(env, key, frozenset())
    added = frozenset(ids) - held
    with block_value(env, key, held | added):
        yield added
