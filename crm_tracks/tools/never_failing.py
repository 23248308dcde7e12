from contextlib import contextmanager

import psycopg2


@contextmanager
def never_failing(env, logger, message, *args, expected=()):
    """What goes wrong in the block is taken back and logged, and stops nothing else.

    In one savepoint, with what is pending written before: a plain savepoint would run
    the precommit hooks, which splits mail's tracking messages and costs ten queries a
    lead. Locks and conflicts are raised, for which Odoo starts the transaction over.

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
    except psycopg2.OperationalError:
        raise
    except Exception as error:
        errors.append(error)
        # nothing of others is lost: all was written before the savepoint
        env.clear()
        if not isinstance(error, expected):
            logger.exception(message, *args)
