from odoo.tests import tagged

from odoo.addons.web.tests.test_js import unit_test_error_checker

from .common import HOOT, PatientHttpCase


class HootCase(PatientHttpCase):
    """Runs the hoot tests in static/tests, as Odoo runs its own."""

    SUITE = "@crm_tracks"

    def run_suite(self, preset):
        """Run our suite in the browser.

        :param str preset: the device that hoot emulates, and further filters
        """
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset={preset}&timeout=60000"
            f"&id={self.get_suite_id(self.SUITE)}",
            "",
            "",
            login="admin",
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )

    def get_suite_id(self, name):
        """The id of a suite in hoot: a 32-bit hash of its name."""
        number = 0
        for letter in name:
            number = (31 * number + ord(letter)) & 0xFFFFFFFF
        return f"{number:08x}"


@tagged("post_install", "-at_install", HOOT)
class TestHootDesktop(HootCase):
    """The components on a desktop."""

    def test_the_states_of_the_widgets(self):
        self.run_suite("desktop")


@tagged("post_install", "-at_install", HOOT)
class TestHootPhone(HootCase):
    """The components on a phone."""

    browser_size = "375x667"
    touch_enabled = True

    def test_the_states_of_the_widgets(self):
        self.run_suite("mobile&tag=-headless")
