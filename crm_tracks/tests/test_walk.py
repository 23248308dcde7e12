import os
import unittest

from odoo.tests import tagged

from .walk.world import WalkCase

try:
    from .walk.runner import find_missed, walk
    from .walk.sabotage import SABOTAGES
except ImportError:  # hypothesis is a development requirement
    walk = None


@tagged("post_install", "-at_install")
@unittest.skipUnless(walk, "needs hypothesis, which ./dev installs")
class TestWalk(WalkCase):
    """After any sequence of actions, tracks are as the plain model says.

    A short walk, the same each time. ``./dev walk`` sets the number of steps, the seed
    and the defect in ``TRACKS_WALK``.
    """

    SHORT = "600"

    def test_walk(self):
        steps, *rest = os.environ.get("TRACKS_WALK", self.SHORT).split()
        seed = int(rest[0]) if rest else None
        if rest[1:]:
            names = SABOTAGES if rest[1] == "all" else rest[1:]
            self.assertFalse(find_missed(self, int(steps), seed, names))
        else:
            walk(self, int(steps), seed)
