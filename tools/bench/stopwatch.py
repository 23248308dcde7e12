"""Measures time and queries of several sides alternately."""

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
    """One side of a comparison.

    :ivar name: the name in the table
    :ivar count: the number of records, to compare sides of different size
    :ivar prepare: gets a new environment and returns the measured call; its own work is
        not measured
    :ivar check: gets the environment afterwards, and asserts that the work was done
    :ivar uid: the user of the environment; None for the user of the bench
    :ivar then: the side measured next, in the same transaction
    """

    name: str
    count: int
    prepare: Callable
    check: Callable | None = None
    uid: int | None = None
    then: "Side | None" = None


@dataclass
class Result:
    """The samples of a side."""

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
    """Measure these sides alternately, after one round that fills the caches.

    :return: a ``Result`` for each side in their order, each followed by its ``then``
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
    """Measure a side and its ``then`` once, and roll back.

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
    env.cr.flush()  # as a commit begins: pending writes, precommit hooks
    seconds, queries = perf_counter() - start, env.cr.sql_log_count - queries
    if side.check:
        side.check(env)
    return seconds, queries


@contextmanager
def without_commits(cr):
    """Let commits do everything but end the transaction, to roll it back later."""

    def commit():
        cr.flush()
        cr.clear()
        cr.postcommit.clear()

    with patch.object(cr, "commit", commit):
        yield
