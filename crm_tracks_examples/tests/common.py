from odoo.addons.crm_tracks.tests.common import TracksCase


class ExamplesCase(TracksCase):
    """The rules of the demo data, each switched on by the test that it is for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.has_demo = bool(
            cls.env.ref("crm_tracks_examples.rule_overdue", raise_if_not_found=False)
        )
        if cls.has_demo:
            cls.set_up_story()

    def setUp(self):
        super().setUp()
        if not self.has_demo:
            self.skipTest("crm_tracks_examples was installed without demo data")

    @classmethod
    def set_up_story(cls):
        """What a story needs besides the users; only with demo data."""

    @classmethod
    def demo(cls, name):
        """A record of this addon's demo data."""
        return cls.env.ref(f"crm_tracks_examples.{name}")

    @classmethod
    def switch_on(cls, *names):
        """Let these rules of the demo data run, and no others."""
        for name in names:
            cls.demo(name).active = True
