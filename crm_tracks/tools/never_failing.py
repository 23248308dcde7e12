from contextlib import contextmanager

from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

# The exceptions after which Odoo retries a transaction. Other errors of PostgreSQL (a
# statement timeout, a refused connection) would occur again.
CONFLICTS = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)


@contextmanager
def never_failing(env, logger, message, *args, expected=(), is_reading=False):
    """Roll back and log an exception of the block, without raising it.

    The block is one savepoint, and pending values are written before: a plain savepoint
    would run the precommit hooks, which splits mail's tracking messages and costs ten
    queries a lead. ``CONFLICTS`` are raised, so that Odoo retries the transaction.

    :param env: the environment whose transaction it is
    :param logger: where an exception is logged, with ``message % args``
    :param expected: exceptions that the caller reports itself, which are not logged
    :param bool is_reading: whether the block only reads. The cache stays then, and with
        it the values of unsaved records, which are nowhere else
    :return: as the target of ``with``, a list that contains the exception afterwards
    """
    errors = []
    env.flush_all()
    try:
        with env.cr.savepoint(flush=False):
            yield errors
            env.flush_all()
    except CONFLICTS:
        raise
    except Exception as error:
        errors.append(error)
        if not is_reading:
            # nothing else is lost: all values were written before the savepoint
            env.clear()
        if not isinstance(error, expected):
            logger.exception(message, *args)
