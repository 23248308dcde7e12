from odoo.addons.crm_tracks.tests.common import TracksCase


class ExamplesCase(TracksCase):
    """The automation rules of the demo data, activated by the tests that need them."""

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
        """Prepare the records of a test; requires demo data."""

    @classmethod
    def demo(cls, name):
        """A demo record of this addon."""
        return cls.env.ref(f"crm_tracks_examples.{name}")

    @classmethod
    def switch_on(cls, *names):
        """Activate only these rules of the demo data."""
        for name in names:
            cls.demo(name).active = True
