import os
import unittest

from odoo.tests import tagged

from .walk.world import WalkCase

try:
    from .walk.runner import find_missed, walk
    from .walk.sabotage import SABOTAGES
except ImportError:  # hypothesis is a tool of those who develop the addon
    walk = None


@tagged("post_install", "-at_install")
@unittest.skipUnless(walk, "needs hypothesis, which ./dev installs")
class TestWalk(WalkCase):
    """Whatever people do, in any order: tracks stand as the plain model says.

    A short walk, the same each time. ``./dev walk`` goes on as far as one likes: it
    says in ``TRACKS_WALK`` how far, from which seed and with what broken.
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
