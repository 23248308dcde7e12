"""The steps of tools/update_check.sh in a database: fill, dump, compare.

    fill FILE     make tracks in every state, and what people change about them, and
                  write down what people see
    damage NAME   damage the data in one of the ways of sabotage.py
    compare FILE  compare what people see with that file, and go on with the tracks

The clock is frozen at the same time for each step, so that tasks are late or due on
both sides.
"""

import argparse
import json
import sys
from contextlib import contextmanager
from pathlib import Path

import clock
from compare import compare, find_unexpected, find_unused
from expected import EXPECTED
from sabotage import NOTICED_EACH_TIME, SABOTAGES


def main():
    options = parse_options()
    if options.check:
        return
    with open_environment(options) as env:
        failed = VERBS[options.verb](env, options.argument)
    sys.exit(bool(failed))


def parse_options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", nargs="?", choices=VERBS)
    parser.add_argument("argument", nargs="?")
    parser.add_argument("--config")
    parser.add_argument("--database")
    parser.add_argument("--break", metavar="NAME", choices=SABOTAGES)
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


@contextmanager
def open_environment(options):
    """An environment of OdooBot with the frozen clock."""
    # imported here: slow, and not needed for invalid options
    from odoo.api import SUPERUSER_ID, Environment
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(
        ["-c", options.config, "-d", options.database, "--no-http"]
        + ["--max-cron-threads=0", "--log-level=critical"],
        setup_logging=True,
    )
    registry = Registry(options.database)
    with clock.standing_still(), registry.cursor() as cursor:
        yield Environment(cursor, SUPERUSER_ID, {"lang": "en_US"})


# ---------------------------------------------------------------- the verbs


def fill(env, path):
    from dump import make_dump
    from fill import Filling

    Filling(env).fill()
    env.cr.commit()
    clock.move_to(clock.NOW)  # as it stands when they are compared
    env.invalidate_all()
    seen = make_dump(env)
    Path(path).write_text(json.dumps(seen, indent=1, sort_keys=True))
    print(f"{sum(map(len, seen.values()))} records and views are written down")


def damage(env, name):
    env.cr.execute(SABOTAGES[name])
    assert env.cr.rowcount, f"{name} found nothing to damage"
    env.cr.commit()


def compare_with(env, path):
    """:return: whether there is an unexpected difference"""
    from dump import make_dump
    from fill import go_on

    before = json.loads(Path(path).read_text())
    differences = list(compare(before, make_dump(env)))
    unexpected = find_unexpected(differences, EXPECTED)
    report("nothing is lost or changed by the update", unexpected)
    unused = find_unused(differences, EXPECTED)
    report("what is expected to differ does so (expected.py)", unused)
    blind = [
        f"{name}: it was not noticed"
        for name in NOTICED_EACH_TIME
        if not is_noticed(env, name, before)
    ]
    report("damage would be noticed", blind)
    stuck = go_on(env)
    report("the tracks go on", stuck)
    return bool(unexpected or unused or blind or stuck)


def is_noticed(env, name, before):
    """Whether the comparison notices this damage, which is rolled back.

    Only one user's view is compared, because each takes a while.
    """
    from dump import make_dump
    from world import READERS

    env.cr.execute(SABOTAGES[name])
    assert env.cr.rowcount, f"{name} found nothing to damage"
    env.invalidate_all(flush=False)
    after = make_dump(env, READERS[:1])
    differences = list(compare({name: before[name] for name in after}, after))
    env.cr.rollback()
    env.invalidate_all(flush=False)
    return bool(find_unexpected(differences, EXPECTED))


def report(what, complaints):
    print(f"{'NOT ok' if complaints else 'ok'}: {what}", flush=True)
    for complaint in complaints[:40]:
        print(f"    {complaint}")
    if complaints[40:]:
        print(f"    … and {len(complaints) - 40} more")


VERBS = {"fill": fill, "damage": damage, "compare": compare_with}

main()
