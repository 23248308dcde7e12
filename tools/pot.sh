#!/usr/bin/env bash
# ./dev pot: writes i18n/ADDON.pot of every addon of the product from the database
# with all of them, which ./dev has brought up to date. Another database can be named: tools/pot.sh DATABASE.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
database=${1:-tracks_apart}

for manifest in crm_tracks*/__manifest__.py; do
    addon=${manifest%/*}
    pot=$addon/i18n/$addon.pot
    .dev/venv/bin/python -m odoo i18n export -c .dev/odoo.conf -d "$database" "$addon" \
        2>.dev/log/pot.log || { tail -n 20 .dev/log/pot.log >&2; exit 1; }
    # Remove the two dates, and shorten the version of Odoo to its series, so that the
    # file only changes with the texts.
    sed -i -E '/^"(POT-Creation|PO-Revision)-Date: /d; s/^("Project-Id-Version: Odoo Server [0-9.]+).*(\\n")$/\1\2/' "$pot"
    echo "$pot: $(grep -c '^#. module' "$pot") texts"
done
