"""tools/warm_assets.py DB CONFIG: compile the web client once, for all browser tests.

A test rolls back what it makes, compiled style sheets and scripts included: each would
compile them anew, within the time that a page is given to load. Odoo's own test runner
does the same before its browser tests; pytest does not.
"""

import sys

sys.dont_write_bytecode = True


def main(db, config_file):
    # not above: Odoo is slow to import, and wants its configuration first
    from odoo.api import SUPERUSER_ID, Environment
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(
        ["-c", config_file, "-d", db, "--no-http", "--log-level=error"],
        setup_logging=True,
    )
    with Registry(db).cursor() as cr:
        Environment(cr, SUPERUSER_ID, {})["ir.qweb"]._pregenerate_assets_bundles()


main(*sys.argv[1:])
