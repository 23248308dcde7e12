import re

import polib

from odoo.modules.module import get_module_path
from odoo.tests import BaseCase

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?s")


class AddonTranslationsCase(BaseCase):
    """The German, French and Spanish translations of an addon beside the product's."""

    def assertTranslated(self, addon, longest):
        """Each text has a translation with the same placeholders.

        :param int longest: all texts that are the same in both languages, which have no
            translation (oca-checks-po), are shorter
        """
        folder = f"{get_module_path(addon)}/i18n"
        texts = {entry.msgid for entry in polib.pofile(f"{folder}/{addon}.pot")}
        self.assertGreater(len(texts), 5)
        for lang in ("de", "fr", "es"):
            with self.subTest(lang=lang):
                entries = polib.pofile(f"{folder}/{lang}.po")
                self.assertFalse(texts - {entry.msgid for entry in entries})
                self.assertFalse(entries.fuzzy_entries())
                for entry in entries:
                    if not entry.msgstr:
                        self.assertLess(len(entry.msgid), longest, entry.msgid)
                        continue
                    self.assertEqual(
                        sorted(PLACEHOLDER.findall(entry.msgstr)),
                        sorted(PLACEHOLDER.findall(entry.msgid)),
                    )
