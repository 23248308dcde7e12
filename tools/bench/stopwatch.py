"""Taking times and counting queries, of several sides by turns."""

import gc
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from unittest.mock import patch

from odoo.api import Environment


@dataclass
class Side:
    """One of the things that are compared.

    :ivar name: what the table calls it
    :ivar count: for how many records, so that sides of unlike size can be compared
    :ivar prepare: gets a fresh environment and returns the call that is measured; what
        it does itself is not
    :ivar check: gets the environment afterwards, and asserts that the work was done
    :ivar uid: the user who does it; None is the one of the bench
    :ivar then: what is measured next, in the same transaction
    """

    name: str
    count: int
    prepare: Callable
    check: Callable | None = None
    uid: int | None = None
    then: "Side | None" = None


@dataclass
class Result:
    """What a side took, sample by sample."""

    side: Side
    seconds: list
    queries: list

    @property
    def median(self):
        return median(self.seconds)

    @property
    def per_record(self):
        return self.median / self.side.count

    @property
    def query_count(self):
        return round(median(self.queries))


def compare(registry, uid, sides, repeat):
    """Measure these sides by turns (A, B, A, B, …), after one turn to warm up.

    :return: a ``Result`` for each side, in their order, what comes ``then`` behind it
    """
    all_results = []
    for turn in range(repeat + 1):
        for number, side in enumerate(sides):
            samples = take_samples(registry, uid, side)
            if not turn:
                all_results.append([Result(part, [], []) for part, *_rest in samples])
                continue
            for result, sample in zip(all_results[number], samples, strict=True):
                result.seconds.append(sample[1])
                result.queries.append(sample[2])
    return [result for results in all_results for result in results]


def take_samples(registry, uid, side):
    """Measure a side once, and what comes ``then``; undo what they did.

    :return: list of (side, seconds, queries)
    """
    samples = []
    with registry.cursor() as cr:
        try:
            users = Environment(cr, side.uid or uid, {})["res.users"]
            env = users.with_context(users.context_get()).env
            while side:
                samples.append((side, *take_sample(env, side)))
                side = side.then
        finally:
            cr.rollback()
            registry.reset_changes()
    return samples


def take_sample(env, side):
    """Measure a side once, precommit hooks included.

    :return: seconds, queries
    """
    call = side.prepare(env)
    env.cr.flush()
    env.invalidate_all()
    gc.collect()
    queries, start = env.cr.sql_log_count, perf_counter()
    call()
    env.cr.flush()  # what a commit does first: pending writes, precommit hooks
    seconds, queries = perf_counter() - start, env.cr.sql_log_count - queries
    if side.check:
        side.check(env)
    return seconds, queries


@contextmanager
def without_commits(cr):
    """Let commits do all they do, but leave the transaction open, to be undone."""

    def commit():
        cr.flush()
        cr.clear()
        cr.postcommit.clear()

    with patch.object(cr, "commit", commit):
        yield
