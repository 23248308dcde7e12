import re
from pathlib import Path
from textwrap import dedent

from odoo.tests import BaseCase, tagged

ROOT = Path(__file__).parents[2]
EXAMPLE = re.compile(r"<!-- (\S+) -->\n\n```\w+\n(.*?)```\n", re.S)


@tagged("post_install", "-at_install")
class TestDocs(BaseCase):
    """The documents for developers show code that runs: each block is in its file."""

    PAGES = ("own_models.md", "extending.md")

    def setUp(self):
        super().setUp()
        self.texts = {
            page: (ROOT / "docs" / page).read_text("utf-8") for page in self.PAGES
        }

    def squeeze(self, text):
        """The lines without indentation and without empty ones."""
        return [line.strip() for line in text.splitlines() if line.strip()]

    def assertInFile(self, lines, path):
        of_file = self.squeeze((ROOT / path).read_text("utf-8"))
        for line in lines:
            self.assertIn(line, of_file, f"{path} has this line of the page")
        # block by block, for the page may leave out what stands between two of them
        starts = [number for number, line in enumerate(of_file) if line == lines[0]]
        self.assertTrue(
            any(of_file[start : start + len(lines)] == lines for start in starts),
            f"{path} has these lines one after the other:\n" + "\n".join(lines),
        )

    def get_examples(self, page):
        """The blocks of code of a page: (path of the file, code)."""
        return EXAMPLE.findall(self.texts[page])

    def test_every_block_of_code_says_where_it_is_from(self):
        for page, text in self.texts.items():
            examples = self.get_examples(page)
            self.assertEqual(text.count("```"), 2 * len(examples), page)
            self.assertGreaterEqual(len(examples), 3, page)

    def test_every_block_of_code_is_in_its_file(self):
        for page in self.PAGES:
            for path, code in self.get_examples(page):
                for block in re.split(r"\n\s*\n", dedent(code)):
                    with self.subTest(page=page, path=path, block=block):
                        self.assertInFile(self.squeeze(block), path)

    def test_a_tab_and_a_rule_of_closed_take_ten_lines_of_code(self):
        by_path = {}
        for path, code in self.get_examples("own_models.md"):
            by_path.setdefault(path, []).append(len(self.squeeze(code)))
        tab = by_path["test_crm_tracks/views/toy_ticket_views.xml"][0]
        closed = by_path["test_crm_tracks/models/toy_ticket.py"][0]
        self.assertLessEqual(tab + closed, 10)

    def test_every_link_leads_somewhere(self):
        for page, text in self.texts.items():
            links = re.findall(r"\]\(([^)#]+)\)", text)
            self.assertGreater(len(links), 3, page)
            for link in links:
                self.assertTrue((ROOT / "docs" / link).exists(), f"{page}: {link}")
