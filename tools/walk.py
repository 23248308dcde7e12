"""./dev walk [--steps N] [--seed S] [--break NAME]: random walks through the product.

Random actions of users with different rights, compared with a plain model of the rules
(crm_tracks/tests/walk). Exits with 1 and the shortest sequence to the first difference,
or with 0.

    --steps N     how many steps (default: 20,000; 2,000 for each way of breaking)
    --seed S      where to begin (default: another one each time, which is printed)
    --break NAME  break the product in one of the ways of crm_tracks/tests/walk/
                  sabotage, or in ``all`` of them one by one, and end with 0 where
                  each of them is noticed

Run by pytest as a test on the test database, where all changes are rolled back.
"""

import argparse
import os
import random
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / ".dev"

# by its folder, because importing the addon needs Odoo, which only pytest starts
sys.path.insert(0, str(ROOT / "crm_tracks" / "tests"))
sys.dont_write_bytecode = True
from walk.sabotage import SABOTAGES  # noqa: E402


def main():
    options = parse_options()
    steps = options.steps or (2000 if options.sabotage else 20000)
    print(f"=> walking {steps} steps from seed {options.seed}", flush=True)
    environment = {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "1",
        "TRACKS_WALK": f"{steps} {options.seed} {options.sabotage or ''}",
    }
    command = [sys.executable, "-m", "pytest", "--odoo-database", "tracks_test"]
    command += ["--odoo-config", str(DEV / "test.conf"), "-p", "no:cacheprovider"]
    command += ["--rootdir", str(ROOT), "-q", "-s", "--tb=short", "--show-capture=no"]
    command.append("crm_tracks/tests/test_walk.py")
    sys.exit(subprocess.call(command, cwd=ROOT, env=environment))


def parse_options():
    parser = argparse.ArgumentParser(
        prog="./dev walk",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--steps", type=int)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument(
        "--break", dest="sabotage", metavar="NAME", choices=(*SABOTAGES, "all")
    )
    return parser.parse_args()


main()
