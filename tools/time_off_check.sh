#!/usr/bin/env bash
# tools/time_off_check.sh: stand-ins and late tasks, with the time off of Odoo's Time Off.
#
# Crm_tracks does not need hr_holidays, which the test database does not have. Both are
# installed, without demo data, into the database time_off_check, in which
# tools/time_off_tests.py runs. Exits with 1 if a test fails; the database is dropped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/common.sh
source tools/common.sh
db=time_off_check
log=.dev/log/$db.log
export PYTHONDONTWRITEBYTECODE=1

trap 'drop "$db"' EXIT
drop "$db"
echo "=> $db: installing crm_tracks and hr_holidays"
"$python" -m odoo server -c .dev/odoo.conf -d "$db" -i crm_tracks,hr_holidays --no-http \
    --max-cron-threads 0 --stop-after-init >"$log" 2>&1 ||
    { tail -n 20 "$log" >&2; echo "crm_tracks and hr_holidays could not be installed." >&2; exit 1; }
"$python" -m pytest -q --tb=short --odoo-database "$db" --odoo-config .dev/odoo.conf \
    -p no:cacheprovider --rootdir "$PWD" tools/time_off_tests.py
