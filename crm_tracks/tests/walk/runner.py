"""Runs walks: short ones as a test, long ones for ``./dev walk``."""

import sys
from unittest.mock import patch

import freezegun.api
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.stateful import run_state_machine_as_test

from .observed import Difference
from .rules_records import Walk
from .sabotage import SABOTAGES

# How many steps begin in one world, before another one is made.
STEPS_OF_ONE = 50
# How many steps of a long walk are told of in one line.
STEPS_OF_A_LINE = 1000


def report(text):
    """Say this on the terminal, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def walk(case, steps, seed=None):
    """Walk this many steps, and fail with what the product does otherwise.

    :param WalkCase case: the test in whose transaction it happens
    :param int steps: about how many
    :param int seed: None is the same walk each time, in which nothing is shrunk
    :raise Difference: in the shortest way to it that was found
    """
    progress = _Progress(0 if seed is None else steps)
    phases = [Phase.generate] if seed is None else [Phase.generate, Phase.shrink]
    _walk(case, steps, seed, phases, progress)
    progress.tell()


def find_missed(case, steps, seed, names):
    """Break the product in these ways, and walk until each is noticed.

    :param case: as of :func:`walk`
    :param int steps: after how many a way has gone unnoticed
    :param int seed: as of :func:`walk`
    :param names: of the ways
    :return: list of the names of those that no walk noticed
    """
    missed = []
    for name in names:
        progress = _Progress(0)
        try:
            with SABOTAGES[name](case.env):
                _walk(case, steps, seed, [Phase.generate], progress)
        except Difference:
            report(f"ok: {name} is noticed after {progress.done} steps")
        else:
            report(f"NOT ok: {name} is missed")
            missed.append(name)
    return missed


def _walk(case, steps, seed, phases, progress):
    def make():
        return Walk(case, progress)

    if seed is not None:
        make._hypothesis_internal_use_seed = seed
    # It would read all of Odoo's source for constants to try, and walk another way
    # whenever a line of it changes.
    with patch.object(providers, "_get_local_constants", Constants):
        run_state_machine_as_test(
            make,
            settings=settings(
                max_examples=max(1, steps // STEPS_OF_ONE),
                stateful_step_count=STEPS_OF_ONE,
                derandomize=seed is None,
                database=None,  # leaves nothing in the checkout
                deadline=None,
                phases=phases,
                suppress_health_check=list(HealthCheck),
                print_blob=False,
                report_multiple_bugs=False,
            ),
        )


class _Progress:
    """Says now and then how far a long walk is.

    :param int steps: how many there are to be; 0 says nothing
    """

    def __init__(self, steps):
        # not imported by its name, for freezegun would replace it here
        self.steps = steps
        self.done = 0
        self.started = freezegun.api.real_time()

    def count(self):
        self.done += 1
        if not self.done % STEPS_OF_A_LINE:
            self.tell()

    def tell(self):
        if self.steps:
            seconds = freezegun.api.real_time() - self.started
            report(f"   {self.done} steps in {seconds:.0f} s")
