import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TranslationModuleReader

ROOT = Path(__file__).parents[2]
# The addons of the product; those that are not installed are left out.
PRODUCT = (
    "crm_tracks",
    "crm_tracks_calendar_public_holiday",
    "crm_tracks_helpdesk_mgmt",
    "crm_tracks_helpdesk_mgmt_merge",
    "crm_tracks_mail_activity_team",
    "crm_tracks_examples",
    "crm_tracks_reminders",
)
LONGEST_LABEL = 4
# Odoo's own help of a field to which the product adds options begins so.
OF_ODOO = "Type of server action."
# The texts that are labels. Selections are labels of their options.
LABELS = frozenset(
    (
        "ir.model,name",
        "ir.model.fields,field_description",
        "ir.model.fields.selection,name",
        "ir.ui.menu,name",
        "ir.actions.act_window,name",
    )
)
# Words that do not name the thing, and those that plain technical English does not use.
WORDS = (
    r"anew",
    r"by now",
    r"vanish\w*",
    r"(?:hang|hangs|hung|hanging) on",
    r"(?:come|comes|came) to a halt",
    r"how-manieth",
    r"whoever",
    r"whomever",
    r"somebody",
    r"set aside",
    r"(?:hand|hands|handed|handing) (?:\w+ ){0,3}over",
    r"SPEC",
    r"rules? \d+",
)
# What only developers know, or what is no sentence of its own.
ON_SCREEN = (
    *WORDS,
    r"cron",
    r"by (?:itself|themselves)",
    r"gone",
)
# An error is two sentences: the second one does not follow a colon.
ADVICE = (
    r": (?:add|ask|choose|complete|count|enter|install|keep|leave|look|mark|move"
    r"|restore|say|select|set|skip|take|use)\b"
)
PLURAL = r"\(s\)"
# Citations of rules by number, in any file of the addons.
CITATION = re.compile(r"\bSPEC\b|\b[Rr]ules? \d+")
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]+`", re.MULTILINE | re.DOTALL)
# Between paragraphs, and before the items of a list and the rows of a table.
BREAK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*|#]|\d+\.\s))")


def compile_words(words, *others):
    """One pattern for whole words, and for other patterns."""
    pattern = "|".join([rf"\b(?:{'|'.join(words)})\b", *others])
    return re.compile(pattern, re.IGNORECASE)


IN_TEXTS = compile_words(ON_SCREEN, ADVICE, PLURAL)
IN_DOCUMENTS = compile_words(WORDS, PLURAL)


def find_words(pattern, text):
    """The words of a text that are not to be used, as a list of str."""
    return [
        found.group(0)
        for part in BREAK.split(text)
        for found in pattern.finditer(" ".join(part.split()))
    ]


def is_too_long(label):
    """Whether a label has more words than fit a button or the head of a column."""
    words = [word for word in label.split() if re.search(r"\w", word)]
    return len(words) > LONGEST_LABEL


@tagged("post_install", "-at_install")
class TestDiction(TransactionCase):
    """Texts on the screen and documents are in plain technical English.

    The texts are the translatable terms of the installed addons of the product, as
    Odoo's export of terms finds them in the database, the code and the components.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        installed = cls.env["ir.module.module"]._installed()
        cls.modules = [name for name in PRODUCT if name in installed]
        cls.terms = [
            (f"{module}: {name}", name, source)
            for module, _kind, name, _res_id, source, *_others in (
                TranslationModuleReader(cls.env.cr, modules=cls.modules)
            )
            if not source.startswith(OF_ODOO)
        ]

    def get_paths(self, *patterns):
        return sorted({path for pattern in patterns for path in ROOT.glob(pattern)})

    # ------------------------------------------------------------------
    # The finders find
    # ------------------------------------------------------------------

    def test_each_word_is_found_in_an_invented_sentence(self):
        for text, word in (
            ("It is dated anew.", "anew"),
            ("It is for other records by now.", "by now"),
            ("Its activities vanish.", "vanish"),
            ("The task VANISHED.", "VANISHED"),
            ("Every task that hangs on it is moved.", "hangs on"),
            ("Tracks come to a halt here.", "come to a halt"),
            ("The how-manieth task this is.", "how-manieth"),
            ("Whoever starts the track", "Whoever"),
            ("Waiting for Somebody Else", "Somebody"),
            ("A track is\nset aside.", "set aside"),
            ("Hand these tracks over", "Hand these tracks over"),
            ("See SPEC.", "SPEC"),
            ("As rule 12 says.", "rule 12"),
            ("As rules 3 and 4 say.", "rules 3"),
        ):
            with self.subTest(text=text):
                self.assertEqual(find_words(IN_DOCUMENTS, text), [word])
                self.assertEqual(find_words(IN_TEXTS, text), [word])

    def test_each_word_of_the_screen_is_found_in_an_invented_sentence(self):
        for text, word in (
            ("The cron creates it.", "cron"),
            ("Tasks run by themselves.", "by themselves"),
            ("The record is gone.", "gone"),
            ("“%s” has no template: choose one.", ": choose"),
            ("It is late: skip it.", ": skip"),
        ):
            with self.subTest(text=text):
                self.assertEqual(find_words(IN_TEXTS, text), [word])
                self.assertEqual(find_words(IN_DOCUMENTS, text), [])
        self.assertEqual(find_words(IN_TEXTS, "%s task(s) started."), ["(s)"])

    def test_ordinary_words_are_not_found(self):
        for text in (
            "Rules that start tracks: Apply a Track, Stop Tracks.",
            "The synchronous part of a microns list, handover included.",
            "Settings: the ruler has 12 inches.",
            "“%s” has no tasks. Add tasks before you apply it.",
            "Start it by a rule\n\n1. Open the rules:\n2. Select one.",
        ):
            with self.subTest(text=text):
                self.assertEqual(find_words(IN_TEXTS, text), [])

    def test_a_label_of_five_words_is_too_long(self):
        self.assertTrue(is_too_long("When the Record Is Closed"))
        for label in ("When Record Is Closed", "Done in Time (%)", "Tasks · My Tasks"):
            self.assertFalse(is_too_long(label))

    # ------------------------------------------------------------------
    # The texts of the product
    # ------------------------------------------------------------------

    def test_all_kinds_of_texts_are_read(self):
        names = {name for _where, name, _source in self.terms}
        self.assertFalse(LABELS - names)
        self.assertGreater(len(self.terms), 500)

    def test_labels_are_short(self):
        long = sorted(
            {
                (where, source)
                for where, name, source in self.terms
                if name in LABELS and is_too_long(source)
            }
        )
        self.assertEqual(long, [])

    def test_texts_are_in_plain_words(self):
        found = sorted(
            {
                (where, source, *find_words(IN_TEXTS, source))
                for where, _name, source in self.terms
                if find_words(IN_TEXTS, source)
            }
        )
        self.assertEqual(found, [])

    def test_documents_are_in_plain_words(self):
        paths = self.get_paths("README.md", "docs/*.md", "*/README.md", "*/readme/*")
        if not (ROOT / "docs").is_dir():
            self.skipTest("the addon was installed without its repository")
        self.assertGreater(len(paths), 10)
        found = []
        for path in paths:
            text = CODE.sub("", path.read_text("utf-8"))
            words = find_words(IN_DOCUMENTS, text)
            if words:
                found.append((path.relative_to(ROOT).as_posix(), words))
        self.assertEqual(found, [])

    def test_no_file_cites_a_rule_by_its_number(self):
        this = Path(__file__)
        paths = self.get_paths(
            *(
                f"{module}/**/*.{ending}"
                for module in PRODUCT
                for ending in ("py", "js", "xml", "scss")
            )
        )
        self.assertGreater(len(paths), 100)
        found = [
            (path.relative_to(ROOT).as_posix(), cited.group(0))
            for path in paths
            if path != this
            for cited in CITATION.finditer(path.read_text("utf-8"))
        ]
        self.assertEqual(found, [])
