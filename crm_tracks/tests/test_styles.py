import re
from pathlib import Path

from lxml import etree

from odoo.tests import TransactionCase
from odoo.tools.misc import file_path

NOT_IN_STYLES = {
    r"#[0-9a-f]{3,8}\b|\brgba?\(": "colours are Odoo's variables",
    r"background(-color)?:\s*\$(gray|white|black)": "a ground for dark colours too",
    r"\b(margin|padding|border)-(left|right)\b": "logical sides, for both directions",
    r"^\s*(left|right):": "logical sides, for both directions",
    r"text-align:\s*(left|right)": "logical sides, for both directions",
}


class TestStyles(TransactionCase):
    """Style sheets support light and dark mode, and both text directions."""

    def test_no_color_and_no_side_is_hard_coded(self):
        sheets = sorted(Path(file_path("crm_tracks/static/src")).rglob("*.scss"))
        self.assertTrue(sheets)
        for sheet in sheets:
            lines = sheet.read_text(encoding="utf-8").splitlines()
            for number, line in enumerate(lines, start=1):
                # comments, and interpolations of SCSS: #{…}
                code = re.sub(r"//.*|#\{.*?\}", "", line)
                for pattern, reason in NOT_IN_STYLES.items():
                    self.assertNotRegex(
                        code, pattern, f"{sheet.name}:{number}: {reason}"
                    )

    def test_dates_have_the_style_of_the_tab_and_of_activities(self):
        # without the option, a date is “Nov 26” in Odoo's own widget
        views = self.env["ir.ui.view"].search(
            [("model", "=like", "track.%"), ("type", "in", ("form", "list"))]
        )
        self.assertGreater(len(views), 10)
        for view in views:
            for node in self.get_date_nodes(view):
                self.assertTrue(
                    node.get("widget") == "tracks_due_date"
                    or "'numeric': true" in node.get("options", ""),
                    f"{view.name}: {node.get('name')}",
                )

    def get_date_nodes(self, view):
        """:return: iterator of the nodes of dates, also in lists within a form"""
        for node in etree.fromstring(view.get_combined_arch()).iterfind(".//field"):
            model = self.env[view.model]
            for outer in reversed(list(node.iterancestors("field"))):
                model = self.env[model._fields[outer.get("name")].comodel_name]
            is_date = model._fields[node.get("name")].type in ("date", "datetime")
            if is_date and node.get("invisible") != "1":
                yield node
