"""The OCA's own tests of modules, for example of those that the bridges extend.

Usage: python tools/oca_tests.py DATABASE CONFIG MODULE… [OPTIONS OF PYTEST]

A test class that inherits Odoo's WebSuite also contains Odoo's JavaScript tests, some
of which cannot pass there. Only tests in the files of the module itself are run.
``./dev core-tests MODULE`` and ``./dev neighbours`` compare a run with our addons with
one without.
"""

import importlib.util
import inspect
import sys
from itertools import takewhile
from pathlib import Path

import pytest


class OwnTestsOnly:
    def __init__(self, folders):
        self.folders = folders

    def pytest_collection_modifyitems(self, items):
        items[:] = [item for item in items if self.is_own(item)]

    def is_own(self, item):
        # a module that inherits the tests of another one repeats them
        files = item.path, Path(inspect.getsourcefile(item.function))
        return any(
            all(folder in file.resolve().parents for file in files)
            for folder in self.folders
        )


database, config, *arguments = sys.argv[1:]
modules = list(takewhile(lambda argument: not argument.startswith("-"), arguments))
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
            *arguments[len(modules) :],
            *map(str, folders),
        ],
        plugins=[OwnTestsOnly(folders)],
    )
)
