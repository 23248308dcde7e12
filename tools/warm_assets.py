"""tools/warm_assets.py DB CONFIG: compile the web client for all browser tests.

A test rolls back all of its changes, including compiled style sheets and scripts.
Without this step, each test would compile them again within the timeout of a page.
Odoo's own test runner does the same before its browser tests; pytest does not.
"""

import sys

sys.dont_write_bytecode = True


def main(db, config_file):
    # imported here, because Odoo is slow to import, and needs its configuration first
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
