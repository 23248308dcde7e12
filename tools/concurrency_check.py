"""tools/concurrency_check.py: concurrent transactions and killed processes.

Uses real connections, commits and processes on the database concurrency_check, which is
created for the check and dropped. Prints every expectation, and exits with 1 if any of
them fails.

    people     two people change one track
    cron       the cron and a person change one track, in every order
    processes  concurrent crons, with people, and killed
    automated  the same for automated tasks
    pausing    crons that resume paused tracks, with people, and killed
    late       the same for late tasks
    recurring  the same for tracks that repeat
    dates      the same for dates that follow a field
    reminders  the same for the morning mail
    updating   the same for updates of tracks from their template

With a name, runs that part only. ``--break NAME`` adds one of the defects of
tools/concurrency/sabotage.py, to verify that the check notices it.
"""

import argparse
import hashlib
import importlib
import logging
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg2

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / ".dev"
DB = "concurrency_check"
TEST_DB = "tracks_test"
ADDONS = "crm_tracks,crm_tracks_reminders"
# A statement that waits longer than this for a lock ends with an error, not never.
LOCK_TIMEOUT = "60s"
PARTS = (
    "people",
    "cron",
    "processes",
    "automated",
    "pausing",
    "late",
    "recurring",
    "dates",
    "reminders",
    "updating",
)


def main():
    options = parse_options()
    use_our_postgres()
    refuse_to_run_twice()
    make_database()
    try:
        failed = run(options)
    finally:
        drop_database()
    sys.exit(bool(failed))


def parse_options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="?", choices=PARTS)
    parser.add_argument("--break", dest="sabotage", metavar="NAME")
    return parser.parse_args()


def run(options):
    """:return: how many expectations failed"""
    os.environ["PGOPTIONS"] = f"-c lock_timeout={LOCK_TIMEOUT}"
    # imported here, and so are the parts: they need Odoo, which reads the environment
    from concurrency.sabotage import SABOTAGES
    from concurrency.world import World

    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(
        ["-c", str(DEV / "odoo.conf"), "-d", DB, "--no-http"]
        + ["--max-cron-threads=0", "--log-level=error"],
        setup_logging=True,
    )
    # conflicts are expected here, and no errors
    logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
    if options.sabotage not in (None, *SABOTAGES):
        sys.exit(f"There is no {options.sabotage}: choose from {', '.join(SABOTAGES)}.")
    started = time.monotonic()
    world = World(Registry(DB))
    if options.sabotage:
        SABOTAGES[options.sabotage](world)
    for part in PARTS:
        if options.part in (None, part):
            importlib.import_module(f"concurrency.{part}").check(world)
    print(
        f"{world.count} expectations, {world.failed} of them NOT ok,"
        f" in {time.monotonic() - started:.0f} s",
        flush=True,
    )
    return world.failed


# ---------------------------------------------------------------- the database


def use_our_postgres():
    """Without ./dev, use the server of .dev/."""
    if "PGHOST" not in os.environ:
        os.environ.update(read_own_server())


def read_own_server():
    path = DEV / "postgres.env"
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(line.split("=", 1) for line in lines if line.startswith("PG"))


def refuse_to_run_twice():
    """A second check would drop the database of the first one."""
    # kept open, because closing the file releases the lock
    main.connection = connection = psycopg2.connect(dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [DB])
        if not cursor.fetchone()[0]:
            sys.exit(f"This check runs already, on the database {DB}.")


def psql(statement):
    connection = psycopg2.connect(dbname="postgres")
    connection.autocommit = True
    try:
        connection.cursor().execute(statement)
    finally:
        connection.close()


def drop_database():
    if odoo_sql := sys.modules.get("odoo.sql_db"):
        odoo_sql.close_all()
    psql(f'DROP DATABASE IF EXISTS "{DB}" WITH (FORCE)')
    shutil.rmtree(DEV / "data" / "filestore" / DB, ignore_errors=True)


def make_database():
    """A copy of the test database, if that is up to date and not in use."""
    drop_database()
    if is_test_database_current():
        try:
            psql(f'CREATE DATABASE "{DB}" TEMPLATE "{TEST_DB}"')
            print(f"=> {DB}: a copy of {TEST_DB}", flush=True)
            return
        except (psycopg2.errors.ObjectInUse, psycopg2.errors.InvalidCatalogName):
            pass  # the database is in use, or has been dropped
    print(f"=> {DB}: installing {ADDONS}", flush=True)
    log = DEV / "log" / f"{DB}.log"
    with open(log, "w") as output:
        command = [sys.executable, "-m", "odoo", "server", "-c", DEV / "odoo.conf"]
        command += ["-d", DB, "-i", ADDONS, "--no-http", "--max-cron-threads=0"]
        code = subprocess.call(
            [*command, "--stop-after-init"], cwd=ROOT, stdout=output, stderr=output
        )
    if code:
        sys.exit(f"{ADDONS} could not be installed: {log}")


def is_test_database_current():
    """Whether the test database is up to date with the files of the addons."""
    own = read_own_server()
    is_own = own.get("PGPORT") == os.environ.get("PGPORT")
    named = f"{os.environ['PGHOST'].replace('/', '_')}-{os.environ['PGPORT']}"
    server = "own" if is_own else named
    stamp = DEV / f"{TEST_DB}@{server}.stamp"
    return stamp.exists() and stamp.read_text().startswith(f"{hash_addons()}-")


def hash_addons():
    """As ``addons_hash`` of ./dev."""
    sums = []
    for manifest in ROOT.glob("*/__manifest__.py"):
        for path in manifest.parent.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                digest = hashlib.sha1(path.read_bytes()).hexdigest()
                sums.append((os.fsencode(path.relative_to(ROOT)), digest))
    listing = b"".join(
        b"%s  %s\n" % (sum_.encode(), path) for path, sum_ in sorted(sums)
    )
    return hashlib.sha1(listing).hexdigest()


main()
