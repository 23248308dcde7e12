import ast
import importlib
import inspect
import sys
import textwrap
import unittest

from odoo.tests import TransactionCase, tagged

from .common import HOOT, QUERIES, TOURS

# The calls by which a test of each kind is recognized, directly or through helpers.
KINDS = {
    QUERIES: {"assertQueryCount", "count_queries", "sql_log_count"},
    TOURS: {"start_tour"},
    HOOT: {"browser_js"},
}


@tagged("post_install", "-at_install")
class TestTags(TransactionCase):
    """Tests of queries, tours and widgets have tags, by which they can be selected."""

    maxDiff = None

    def test_every_test_has_the_tags_of_its_kind_and_no_others(self):
        found = {kind: 0 for kind in KINDS}
        wrong = []
        for cls, name in self.get_tests():
            tags = cls(name).test_tags
            for kind, words in KINDS.items():
                is_one = is_using(cls, name, words, set())
                found[kind] += is_one
                if is_one != (kind in tags):
                    what = "lacks" if is_one else "should not have"
                    wrong.append(
                        f"{cls.__module__}.{cls.__name__}.{name} {what} {kind}"
                    )
        self.assertEqual(wrong, [])
        self.assertTrue(all(found.values()), found)

    def get_tests(self):
        """:return: iterator of the class and the name of each test of the addons"""
        addons = self.env["ir.module.module"].search(
            [("name", "like", "crm_tracks"), ("state", "=", "installed")]
        )
        packages = [f"odoo.addons.{name}.tests" for name in addons.mapped("name")]
        for package in packages:
            importlib.import_module(package)
        for name, module in sorted(sys.modules.items()):
            if not name.startswith(tuple(f"{package}." for package in packages)):
                continue
            for cls in vars(module).values():
                if isinstance(cls, type) and cls.__module__ == name:
                    if issubclass(cls, unittest.TestCase):
                        for test in unittest.TestLoader().getTestCaseNames(cls):
                            yield cls, test


def is_using(cls, name, words, seen):
    """Whether this method contains one of the words, or calls a helper that does."""
    seen.add(name)
    method = inspect.unwrap(getattr(cls, name))
    if "crm_tracks" not in getattr(method, "__module__", ""):
        return False
    source = textwrap.dedent(inspect.getsource(method))
    names = {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
    }
    return bool(names & words) or any(
        is_using(cls, other, words, seen)
        for other in names - seen
        if inspect.isroutine(getattr(cls, other, None))
    )
