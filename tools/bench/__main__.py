"""./dev bench: the cost of tracks, compared with Odoo without them, as a table.

Both sides of a comparison are measured alternately in one run on one database, after
one round that fills the caches. Each sample is a transaction that is rolled back; its
time includes the precommit hooks (chatter notes, messages). The database is created for
the bench; it grows to a million tasks.
"""

import argparse
import os
import platform
import sys
import time
import traceback

import psycopg2
from part import Sizes
from rows import Bench
from world import World

from odoo import release
from odoo.modules.registry import Registry
from odoo.tools import config

QUICK = Sizes(
    leads=50, plan_leads=5, ticks=20, due=100, shared=400, tasks=(10_000, 50_000)
)
HEADINGS = ("", "median", "min – max", "for each", "queries", "compared", "target", "")


def main():
    options = parse_options()
    if options.check:
        return
    config.parse_config(
        ["-c", options.config, "-d", options.database, "--no-http"]
        + ["--max-cron-threads=0", "--log-level=error"],
        setup_logging=True,
    )
    registry = Registry(options.database)
    sizes = QUICK if options.quick else Sizes()
    if options.huge:
        sizes.tasks += (10_000_000,)
    started = time.monotonic()
    say("making templates, opportunities and the first tasks")
    world = World(registry)
    world.make_base(sizes.due, sizes.running)
    bench = Bench(world, sizes, options.repeat)
    lines, broken = [], []
    for part in Bench.PARTS:
        if part not in options.only:
            continue
        say(f"measuring: {part}")
        try:
            lines += make_lines(getattr(bench, part))
        except Exception:
            traceback.print_exc()
            broken.append(part)
    minutes = (time.monotonic() - started) / 60
    print_report(registry, options, sizes, lines, minutes)
    if broken:
        sys.exit(f"These parts could not be measured: {', '.join(broken)}.")


def parse_options():
    parser = argparse.ArgumentParser(prog="./dev bench")
    parser.add_argument(
        "--only",
        default=list(Bench.PARTS),
        type=parse_parts,
        metavar="PART[,PART…]",
        help=f"of {', '.join(Bench.PARTS)}; all of them when left out",
    )
    parser.add_argument(
        "--repeat", type=parse_count, metavar="N", help="samples of each side; 5"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="small numbers, two samples: whether it works, in about a minute",
    )
    parser.add_argument(
        "--huge",
        action="store_true",
        help="also the cron among 10,000,000 tasks: ten minutes and 10 GB more",
    )
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--config", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--database", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.repeat = options.repeat or (2 if options.quick else 5)
    return options


def parse_parts(text):
    parts = text.split(",")
    if unknown := [part for part in parts if part not in Bench.PARTS]:
        raise argparse.ArgumentTypeError(
            f"there is no {', '.join(unknown)}; choose from {', '.join(Bench.PARTS)}"
        )
    return parts


def parse_count(text):
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of samples")
    return int(text)


def say(text):
    print(f"   {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


# ---------------------------------------------------------------- the table


def make_lines(measure):
    """The lines of one part of the table.

    :param measure: a method of ``Bench``
    :return: list of tuples of str
    """
    lines = [(f"**{measure.__doc__.strip().rstrip('.')}**", *[""] * 7)]
    for row in measure():
        seconds = row.result.seconds
        lines.append(
            (
                row.result.side.name,
                format_time(row.result.median),
                f"{format_time(min(seconds))} – {format_time(max(seconds))}",
                format_time(row.result.per_record),
                f"{row.result.query_count:,}" if row.result.queries else "",
                row.comparison,
                row.target,
                "" if row.met is None else "met" if row.met else "NOT met",
            )
        )
    return lines


def format_time(seconds):
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def print_report(registry, options, sizes, lines, minutes):
    widths = [
        max(3, *(len(line[number]) for line in [HEADINGS, *lines]))
        for number in range(len(HEADINGS))
    ]
    rule = tuple("-" * width for width in widths)
    for line in (HEADINGS, rule, *lines):
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print(f"| {' | '.join(cells)} |")
    print(f"""
Medians of {options.repeat}, by turns, after one turn to warm up; {minutes:.0f} minutes.
Each side ends with the flush and the precommit hooks that a commit begins with, and is
rolled back. "For each" is one opportunity, activity, task or track. ANALYZE was run
before every part: PostgreSQL scans whole tables for foreign keys if never analysed.
The plan for somebody else is measured on {sizes.plan_leads}, as it takes so long.
The cron also compares up to 5,000 tracks with their records in each run (the sweep): it
finds at least {sizes.running:,} running ones in every size. It commits nothing here.
{describe_machine(registry)}""")


def describe_machine(registry):
    """The machine, the versions and the load, which affects the results."""
    model = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as info:
            names = [line for line in info if line.startswith("model name")]
        model = names[0].split(":")[1].strip() if names else model
    with psycopg2.connect(dbname=registry.db_name) as connection:
        version = connection.server_version // 10000
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    return (
        f"{os.cpu_count()} cores of {model}, load {load}; Odoo {release.version}, "
        f"Python {platform.python_version()}, PostgreSQL {version}; "
        f"{time.strftime('%Y-%m-%d')}."
    )


main()
