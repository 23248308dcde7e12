import re

import polib

from odoo.modules.module import get_module_path
from odoo.tests import tagged

from .common import TracksCase
from .translations import PLACEHOLDER


@tagged("post_install", "-at_install")
class TestTranslations(TracksCase):
    """The German, French and Spanish translations are complete."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = f"{get_module_path('crm_tracks')}/i18n"
        cls.texts = {entry.msgid for entry in polib.pofile(f"{folder}/crm_tracks.pot")}
        cls.files = {
            lang: polib.pofile(f"{folder}/{lang}.po") for lang in ("de", "fr", "es")
        }

    def test_every_text_is_translated(self):
        for lang, entries in self.files.items():
            with self.subTest(lang=lang):
                self.assertFalse(self.texts - {entry.msgid for entry in entries})
                self.assertFalse(entries.fuzzy_entries())
                # a text that is the same in both languages has no translation
                # (oca-checks-po)
                same = [entry.msgid for entry in entries if not entry.msgstr]
                self.assertLess(len(same), len(self.texts) / 30)
                words = [re.sub(r"<[^>]*>|%\(\w+\)s", "", text) for text in same]
                self.assertFalse([text for text in words if len(text) > 15])

    def test_what_is_filled_in_is_the_same(self):
        for lang, entries in self.files.items():
            for entry in entries:
                if entry.msgstr:
                    with self.subTest(lang=lang, text=entry.msgid):
                        self.assertEqual(
                            sorted(PLACEHOLDER.findall(entry.msgstr)),
                            sorted(PLACEHOLDER.findall(entry.msgid)),
                        )

    def test_messages_are_in_the_language_of_whoever_reads_them(self):
        for lang, words in (
            ("de_DE", "Ihnen"),
            ("fr_FR", "assign"),
            ("es_ES", "asign"),
        ):
            self.env["res.lang"]._activate_lang(lang)
            self.env["ir.module.module"].search(
                [("name", "=", "crm_tracks")]
            )._update_translations([lang])
            self.seller.lang = lang
            self.env.cr.flush()
            last = self.env["mail.message"].search([], order="id desc", limit=1)
            self.make_leads(2).with_user(self.seller_all).tracks_apply(
                self.make_chain("Write")
            )
            self.env.cr.flush()
            message = self.env["mail.message"].search(
                [("id", ">", last.id), ("message_type", "=", "user_notification")]
            )
            self.assertIn(words, message.subject)
