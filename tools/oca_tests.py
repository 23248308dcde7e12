"""The OCA's own tests of the modules that the bridges extend.

Usage: python tools/oca_tests.py DATABASE CONFIG MODULE…

A test class that inherits Odoo's WebSuite also contains Odoo's JavaScript tests, some
of which cannot pass there. Only tests in the files of the module itself are run.
``./dev core-tests MODULE`` compares a run with our addons with one without.
"""

import importlib.util
import inspect
import sys
from pathlib import Path

import pytest


class OwnTestsOnly:
    def __init__(self, folders):
        self.folders = folders

    def pytest_collection_modifyitems(self, items):
        items[:] = [item for item in items if self.is_own(item.function)]

    def is_own(self, function):
        file = Path(inspect.getsourcefile(function)).resolve()
        return any(folder in file.parents for folder in self.folders)


database, config, *modules = sys.argv[1:]
folders = []
for module in modules:
    [location] = importlib.util.find_spec(
        f"odoo.addons.{module}"
    ).submodule_search_locations
    folders.append(Path(location, "tests").resolve())
sys.dont_write_bytecode = True
sys.exit(
    pytest.main(
        [
            "-q",
            *("-p", "no:cacheprovider"),
            *("--rootdir", str(Path(__file__).parents[1])),
            *("--odoo-database", database),
            *("--odoo-config", config),
            "--odoo-http",
            *map(str, folders),
        ],
        plugins=[OwnTestsOnly(folders)],
    )
)
