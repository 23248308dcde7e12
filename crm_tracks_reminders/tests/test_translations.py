import re

import polib

from odoo.modules.module import get_module_path
from odoo.tests import BaseCase, tagged

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?s")


@tagged("post_install", "-at_install")
class TestTranslations(BaseCase):
    """The German, French and Spanish translations are complete."""

    def test_every_text_is_translated(self):
        folder = f"{get_module_path('crm_tracks_reminders')}/i18n"
        texts = {
            entry.msgid for entry in polib.pofile(f"{folder}/crm_tracks_reminders.pot")
        }
        self.assertGreater(len(texts), 5)
        for lang in ("de", "fr", "es"):
            with self.subTest(lang=lang):
                entries = polib.pofile(f"{folder}/{lang}.po")
                self.assertFalse(texts - {entry.msgid for entry in entries})
                self.assertFalse(entries.fuzzy_entries())
                for entry in entries:
                    if not entry.msgstr:
                        # a text that is the same in both languages has no translation
                        # (oca-checks-po)
                        self.assertLess(len(entry.msgid), 25, entry.msgid)
                        continue
                    self.assertEqual(
                        sorted(PLACEHOLDER.findall(entry.msgstr)),
                        sorted(PLACEHOLDER.findall(entry.msgid)),
                    )
