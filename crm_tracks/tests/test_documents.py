import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_open
from odoo.tools.translate import TranslationModuleReader

ROOT = Path(__file__).parents[2]
# Odoo's own names, and the addon whose terms contain them.
OF_ODOO = {
    "Access Rights": "base",
    "Add API Key": "base",
    "Export": "web",
    "I want to update data (import-compatible export)": "web",
    "Import": "base_import",
    "My Preferences": "web",
    "New": "web",
    "Security": "base",
    "User: Own Documents Only": "sales_team",
}
# Menu entries of addons that need not be installed.
OPTIONAL = {
    "Settings > Technical > Automation > Automation Rules": "base_automation",
}
# Documents about the code, in which bold texts are no names on the screen.
OF_CODE = frozenset(("docs/architecture.md", "docs/extending.md"))
# The translatable texts that are names on the screen.
NAMES = re.compile(r"ir\.(model\.fields|ui|actions)\b|res\.groups")
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]+`", re.MULTILINE | re.DOTALL)
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
TAG = re.compile(r"<[^>]+>")


def squeeze(text):
    """The text on one line."""
    return " ".join(text.split())


def get_anchor(heading):
    """The anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@tagged("post_install", "-at_install")
class TestDocuments(TransactionCase):
    """Bold texts of the documents are on the screen, and their links are valid.

    A bold text with " > " is a path of menus. Every other bold text is the name of a
    button, field, choice, filter or page.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        installed = cls.env["ir.module.module"]._installed()
        cls.installed = frozenset(installed)
        cls.documents = {
            path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
            for path in cls.get_paths()
        }
        cls.on_screen = cls.get_screen_texts() if cls.documents else frozenset()

    @classmethod
    def get_paths(cls):
        """The documents of the checkout, except those of missing addons."""
        if not (ROOT / "docs").is_dir():
            return []
        of_addons = (
            path
            for pattern in ("*/README.md", "*/readme/*.md")
            for path in sorted(ROOT.glob(pattern))
            if path.relative_to(ROOT).parts[0] in cls.installed
        )
        return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *of_addons]

    def setUp(self):
        super().setUp()
        if not self.documents:
            self.skipTest("the addon was installed without its repository")

    def get_bold(self, text):
        """The bold texts of a document, except those in code."""
        return [squeeze(bold) for bold in BOLD.findall(CODE.sub("", text))]

    def get_all_bold(self):
        """Each bold text of the documents, with the document that has it."""
        return {
            (document, bold)
            for document, text in self.documents.items()
            if document not in OF_CODE
            for bold in self.get_bold(text)
        }

    @classmethod
    def get_screen_texts(cls):
        """Every name that the addons show on the screen, in English.

        Found by Odoo's export of terms, in views, fields, actions and menus of the
        database, and in the code and components of the addons.
        """
        ours = {path.parent.name for path in ROOT.glob("*/__manifest__.py")}
        modules = sorted(cls.installed & ours)
        texts = set()
        for row in TranslationModuleReader(cls.env.cr, modules=modules):
            _module, kind, name, _res_id, source = row[:5]
            if kind == "code" or (NAMES.match(name) and not name.endswith(",help")):
                texts.add(squeeze(TAG.sub("", source)))
        return texts

    def has_menu(self, path):
        """Whether this path of menus exists.

        :param str path: the names of the menus, from the app on, separated by " > "
        """
        menus = self.env["ir.ui.menu"].with_context(
            lang="en_US", **{"ir.ui.menu.full_list": True}
        )
        parents = False
        for name in path.split(" > "):
            parents = menus.search(
                [
                    ("name", "=", name),
                    ("parent_id", "in", parents.ids)
                    if parents
                    else ("parent_id", "=", False),
                ]
            )
            if not parents:
                return False
        return True

    def test_every_menu_path_is_in_the_menus(self):
        paths = [
            (document, bold)
            for document, bold in sorted(self.get_all_bold())
            if " > " in bold and OPTIONAL.get(bold, "base") in self.installed
        ]
        self.assertGreater(len(paths), 20)
        wrong = [(where, path) for where, path in paths if not self.has_menu(path)]
        self.assertEqual(wrong, [])

    def test_every_other_bold_text_is_on_the_screen(self):
        on_screen = self.on_screen | OF_ODOO.keys()
        names = [bold for bold in sorted(self.get_all_bold()) if " > " not in bold[1]]
        self.assertGreater(len(names), 100)
        wrong = [(where, name) for where, name in names if name not in on_screen]
        self.assertEqual(wrong, [])

    def test_the_names_of_odoo_are_odoo_s(self):
        for name, module in OF_ODOO.items():
            with (
                self.subTest(name=name),
                file_open(f"{module}/i18n/{module}.pot") as terms,
            ):
                self.assertIn(f'msgid "{name}"\n', terms.read())

    def test_an_invented_path_is_in_no_menu(self):
        self.assertTrue(self.has_menu("CRM > Tracks > Overview"))
        for path in (
            "CRM > Tracks > Surveys",
            "CRM > Overview",
            "Tracks > Overview",
            "CRM > Tracks > Overview > Tasks",
        ):
            with self.subTest(path=path):
                self.assertFalse(self.has_menu(path))

    def test_an_invented_name_is_not_on_the_screen(self):
        text = "Click **Apply\na trail**, `**code**` aside, in **CRM > Tracks**."
        self.assertEqual(self.get_bold(text), ["Apply a trail", "CRM > Tracks"])
        self.assertTrue("Apply a Track" in self.on_screen)
        self.assertFalse("Apply a trail" in self.on_screen)
        # a help text is not a name either
        self.assertFalse("A user moved the date." in self.on_screen)

    def test_every_link_leads_somewhere(self):
        links = 0
        for document, text in self.documents.items():
            for link in LINK.findall(text):
                path, _hash, anchor = link.partition("#")
                if "://" in link:
                    continue
                links += 1
                target = (ROOT / document).parent / path if path else ROOT / document
                with self.subTest(document=document, link=link):
                    self.assertTrue(target.exists())
                    if anchor:
                        headings = HEADING.findall(
                            CODE.sub("", target.read_text("utf-8"))
                        )
                        self.assertIn(anchor, map(get_anchor, headings))
        self.assertGreater(links, 40)

    def test_the_first_pages_are_short(self):
        for document, most in (("README.md", 500), ("crm_tracks/README.md", 350)):
            with self.subTest(document=document):
                self.assertLessEqual(len(self.documents[document].split()), most)

    def test_the_two_commands_to_try_it_are_on_the_first_page(self):
        lines = self.documents["README.md"].splitlines()
        start = lines.index("```sh")
        commands = [line.split("#")[0].strip() for line in lines[start + 1 : start + 3]]
        self.assertEqual(commands, ["./dev demo", "./dev test"])
        self.assertEqual(lines[start + 3], "```")
