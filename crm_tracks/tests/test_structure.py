import ast
from collections import defaultdict
from pathlib import Path

from odoo.models import AbstractModel
from odoo.modules.module import get_module_path
from odoo.modules.registry import Registry
from odoo.orm.models import MetaModel
from odoo.tests import BaseCase, get_db_name, tagged

ADDONS = ("crm_tracks", "crm_tracks_helpdesk_mgmt", "crm_tracks_reminders")
TOOLS = Path(__file__).parents[2] / "tools"
# Private names that the tools use of cursors, fields, processes, Odoo's tests, and the
# OCA's addons.
ELSEWHERE = {
    "_cnx",
    "_exit",
    "_get_activities_to_remind",
    "_modules",
    "_wait_ready",
    "_wait_remaining_requests",
    "_websocket_request",
}
# The attributes that the ORM sets on every class.
KEPT_BY_ORM = {*vars(AbstractModel), *vars(type("", (), {})), "_inherit", "_module"}


def get_shared_definitions(classes):
    """The names that several classes of an addon define for the same model."""
    defined = defaultdict(list)
    for cls in classes:
        for name, value in vars(cls).items():
            is_method = callable(value) and not name.startswith("__")
            if is_method or name not in KEPT_BY_ORM:
                defined[cls._name, name].append(cls.__module__)
    return {key: files for key, files in defined.items() if len(files) > 1}


def get_long_functions(source, limit=40):
    """The functions in a text of Python that have more lines than the limit."""
    return {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= limit
    }


def is_private(name):
    return name.startswith("_") and not name.startswith("__")


@tagged("post_install", "-at_install")
class TestStructure(BaseCase):
    def test_no_two_files_define_the_same_attribute_of_a_model(self):
        # the order of imports must not affect the behaviour
        for addon in ADDONS:
            classes = MetaModel._module_to_models__[addon]
            self.assertTrue(classes, addon)
            self.assertEqual(get_shared_definitions(classes), {}, addon)

    def test_a_method_in_two_files_is_noticed(self):
        one = type("One", (), {"_name": "a", "__module__": "one", "write": print})
        other = type("Other", (), {"_name": "a", "__module__": "two", "write": print})
        shared = get_shared_definitions([one, other])
        self.assertEqual(shared, {("a", "write"): ["one", "two"]})

    def test_odoo_finds_every_file_of_tests(self):
        # pytest finds files by their names, Odoo by what the package imports
        for addon in ADDONS:
            tests = Path(get_module_path(addon)) / "tests"
            package = ast.parse((tests / "__init__.py").read_text("utf-8"))
            imported = {
                alias.name
                for node in package.body
                if isinstance(node, ast.ImportFrom)
                for alias in node.names
            }
            files = {path.stem for path in tests.glob("test_*.py")}
            self.assertTrue(files, addon)
            self.assertEqual(files - imported, set(), addon)

    def test_no_function_is_longer_than_40_lines(self):
        for addon in ADDONS:
            files = [
                path
                for path in Path(get_module_path(addon)).rglob("*.py")
                if "tests" not in path.parts
            ]
            self.assertGreater(len(files), 5, addon)
            for path in files:
                with self.subTest(path=path):
                    self.assertEqual(get_long_functions(path.read_text("utf-8")), {})

    def test_a_long_function_is_noticed(self):
        lines = "\n".join(["def long():"] + ["    pass"] * 40)
        self.assertEqual(get_long_functions(lines), {"long": 41})
        self.assertEqual(get_long_functions(lines.rsplit("\n", 1)[0]), {})

    def test_every_private_name_that_the_tools_use_exists(self):
        # nobody calls all of ./dev bench and its kin in a test
        if not TOOLS.is_dir():
            self.skipTest("The tools are in the repository only.")
        used, own = set(), set()
        for path in TOOLS.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    own.add(node.name)
                elif isinstance(node, ast.Attribute) and is_private(node.attr):
                    is_set = isinstance(node.ctx, ast.Store)
                    (own if is_set else used).add(node.attr)
        registry = Registry(get_db_name())
        known = {name for model in registry.values() for name in dir(model)}
        self.assertIn("_cron_begin", used)
        self.assertEqual(used - own - known - ELSEWHERE, set())
