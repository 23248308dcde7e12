from contextlib import contextmanager

from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

# What Odoo starts a transaction over for. Other trouble with a server, PostgreSQL's own
# included (a statement timeout, a refused connection), would come again each time.
CONFLICTS = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)


@contextmanager
def never_failing(env, logger, message, *args, expected=()):
    """What goes wrong in the block is taken back and logged, and stops nothing else.

    In one savepoint, with what is pending written before: a plain savepoint would run
    the precommit hooks, which splits mail's tracking messages and costs ten queries a
    lead. ``CONFLICTS`` are raised, for which Odoo starts the transaction over.

    :param env: the environment whose transaction it is
    :param logger: where an exception is logged, with ``message % args``
    :param expected: the exceptions that the caller reports itself: these are not logged
    :return: as the target of ``with``, a list that holds the exception afterwards
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
        # nothing of others is lost: all was written before the savepoint
        env.clear()
        if not isinstance(error, expected):
            logger.exception(message, *args)
