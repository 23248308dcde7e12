import ast
from collections import defaultdict
from pathlib import Path

from odoo.models import AbstractModel
from odoo.modules.module import get_module_path
from odoo.orm.models import MetaModel
from odoo.tests import BaseCase, tagged

ADDONS = ("crm_tracks", "crm_tracks_helpdesk_mgmt")
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
