from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestTabHoot(HttpCase):
    """The states of our widgets, by the hoot tests in static/tests."""

    def test_the_states_of_the_tab(self):
        self.run_suite("@crm_tracks/tracks_field")

    def test_the_timeline_of_a_template(self):
        self.run_suite("@crm_tracks/track_timeline")

    def run_suite(self, name):
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"&id={self.get_suite_id(name)}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )

    def get_suite_id(self, name):
        """The id that hoot gives to a suite: a 32 bit hash of its name."""
        number = 0
        for letter in name:
            number = (31 * number + ord(letter)) & 0xFFFFFFFF
        return f"{number:08x}"
