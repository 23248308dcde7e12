"""tools/neighbours_table.py FOLDER MODULE…: what ./dev neighbours found.

Reads the results that pytest wrote to ``without.xml``, ``with.xml``, ``together.xml``
and ``ours.xml`` in the folder; the last one may be absent. Prints a table, and each
test that differs, and exits with 1 if there are such tests.
"""

import re
import sys
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

FAILED = ("error", "failure")
# Tests of modules that end in another way with ours, and why that is no fault of ours.
EXPECTED = {
    # reads "__domain", which Odoo 19 does not give, and so expects no other activities
    # in the database than its own: our demo data have some
    "mail_activity_board.tests.test_mail_activity_board.TestMailActivityBoardMethods"
    ".test_redirect_to_activities",
}


def read_results(file):
    """The results of the tests in a file, by name."""
    results = defaultdict(lambda: "passed")
    for case in ElementTree.parse(file).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        name = re.sub(r"^.*\bodoo\.addons\.", "", name)
        for kind in ("skipped", *FAILED):
            if case.find(kind) is not None:
                results[name] = kind
        results[name]  # passed
    return dict(results)


def describe(results):
    """The number of tests, and of those that did not pass."""
    failed = sum(result in FAILED for result in results.values())
    return f"{len(results)} tests" + (f", {failed} failed" if failed else "")


def print_row(name, release, ran, verdict):
    print(f"{name:34}{release:16}{ran:26}{verdict}")


def compare(module, without, with_ours):
    """Print the row of a module; return the lines about the tests that differ."""
    of_module = [
        {name: side[name] for name in side if name.startswith(f"{module}.")}
        for side in (without, with_ours)
    ]
    differing = {
        name
        for name in of_module[0].keys() | of_module[1].keys()
        if of_module[0].get(name) != of_module[1].get(name)
    }
    lines = [
        f"{name}: {', '.join(side.get(name, 'absent') for side in of_module)} with ours"
        for name in sorted(differing - EXPECTED)
    ]
    verdict = f"{len(lines)} differ" if lines else "same with ours"
    if differing & EXPECTED:
        verdict += f" ({len(differing & EXPECTED)} expected to differ)"
    if not of_module[0]:
        lines, verdict = [*lines, f"{module}: no test ran"], "no test ran"
    release = version(f"odoo-addon-{module.replace('_', '-')}")
    print_row(module, release, describe(of_module[0]), verdict)
    return lines


def check(title, results):
    """Print the row of tests of ours; return the lines about those that failed."""
    failed = [
        f"{name}: {result} beside them"
        for name, result in sorted(results.items())
        if result in FAILED
    ]
    verdict = f"{len(failed)} failed" if failed else "passed"
    print_row(title, "", f"{len(results)} tests", verdict)
    return failed


def main(folder, *modules):
    folder = Path(folder)
    without, with_ours = (
        read_results(folder / f"{side}.xml") for side in ("without", "with")
    )
    lines = []
    for module in modules:
        lines += compare(module, without, with_ours)
    for name, title in (("together", "both together"), ("ours", "ours, beside them")):
        if (folder / f"{name}.xml").exists():
            lines += check(title, read_results(folder / f"{name}.xml"))
    if lines:
        print("\nWhat differs:", *lines, f"The logs are in {folder}.", sep="\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
