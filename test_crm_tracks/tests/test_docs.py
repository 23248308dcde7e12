import re
from pathlib import Path
from textwrap import dedent

from odoo.tests import BaseCase, tagged

ROOT = Path(__file__).parents[2]
EXAMPLE = re.compile(r"<!-- (\S+) -->\n\n```\w+\n(.*?)```\n", re.S)


@tagged("post_install", "-at_install")
class TestDocs(BaseCase):
    """docs/own_models.md shows code that runs: every block of it is in its file."""

    def setUp(self):
        super().setUp()
        self.text = (ROOT / "docs" / "own_models.md").read_text("utf-8")

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

    def test_every_block_of_code_says_where_it_is_from(self):
        self.assertEqual(self.text.count("```"), 2 * len(EXAMPLE.findall(self.text)))
        self.assertGreaterEqual(len(EXAMPLE.findall(self.text)), 5)

    def test_every_block_of_code_is_in_its_file(self):
        for path, code in EXAMPLE.findall(self.text):
            for block in re.split(r"\n\s*\n", dedent(code)):
                with self.subTest(path=path, block=block):
                    self.assertInFile(self.squeeze(block), path)

    def test_a_tab_and_a_rule_of_closed_take_ten_lines_of_code(self):
        by_path = {}
        for path, code in EXAMPLE.findall(self.text):
            by_path.setdefault(path, []).append(len(self.squeeze(code)))
        tab = by_path["test_crm_tracks/views/toy_ticket_views.xml"][0]
        closed = by_path["test_crm_tracks/models/toy_ticket.py"][0]
        self.assertLessEqual(tab + closed, 10)

    def test_every_link_leads_somewhere(self):
        links = re.findall(r"\]\(([^)#]+)\)", self.text)
        self.assertGreater(len(links), 3)
        for link in links:
            self.assertTrue((ROOT / "docs" / link).exists(), link)
