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

# The number of steps before a new world is created.
STEPS_OF_ONE = 50
# The number of steps between two lines of progress.
STEPS_OF_A_LINE = 1000


def report(text):
    """Print this on the terminal at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def walk(case, steps, seed=None):
    """Walk this many steps, and fail at the first difference.

    :param WalkCase case: the test in whose transaction it happens
    :param int steps: the approximate number
    :param int seed: None runs the same walk each time, without shrinking
    :raise Difference: with the shortest sequence that was found
    """
    progress = _Progress(0 if seed is None else steps)
    phases = [Phase.generate] if seed is None else [Phase.generate, Phase.shrink]
    _walk(case, steps, seed, phases, progress)
    progress.tell()


def find_missed(case, steps, seed, names):
    """Break the addon in each of these ways, and walk until the defect is noticed.

    :param case: as of :func:`walk`
    :param int steps: the number after which a defect counts as missed
    :param int seed: as of :func:`walk`
    :param names: the names of the defects
    :return: list of the names of the missed defects
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
    # Otherwise hypothesis reads constants from Odoo's source, and the walk changes with
    # every line of it.
    with patch.object(providers, "_get_local_constants", Constants):
        run_state_machine_as_test(
            make,
            settings=settings(
                max_examples=max(1, steps // STEPS_OF_ONE),
                stateful_step_count=STEPS_OF_ONE,
                derandomize=seed is None,
                database=None,  # leaves no files in the checkout
                deadline=None,
                phases=phases,
                suppress_health_check=list(HealthCheck),
                print_blob=False,
                report_multiple_bugs=False,
            ),
        )


class _Progress:
    """Prints the progress of a long walk from time to time.

    :param int steps: the total number; 0 prints nothing
    """

    def __init__(self, steps):
        # not imported by name, because freezegun would replace it here
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
