from odoo.tests import tagged

from odoo.addons.crm_tracks.tests.translations import AddonTranslationsCase


@tagged("post_install", "-at_install")
class TestTranslations(AddonTranslationsCase):
    """The German, French and Spanish translations are complete."""

    def test_every_text_is_translated(self):
        self.assertTranslated("crm_tracks_mail_activity_team", 20)
