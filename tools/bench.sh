#!/usr/bin/env bash
# ./dev bench [--only PART[,PART…]] [--repeat N] [--quick] [--huge]: what tracks cost, as a table.
#
# Installs crm_tracks without demo data into the database tracks_bench, runs tools/bench
# on it, and drops it. See tools/bench/__main__.py for the method.
#
#   --only PART,…   of own, others, closing, ticking, form, dashboard, automated,
#                   updating, cron, pair, lists
#   --repeat N      samples of each side (default: 5)
#   --huge          the cron among 10,000,000 tasks, too
#   --quick         small numbers, two samples: a smoke test, about a minute
#
# Prints the table to stdout, the progress to stderr. Exits with 0 if everything could be
# measured, whether or not the targets are met; the table marks missed targets.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/common.sh
source tools/common.sh
db=tracks_bench
log=.dev/log/$db.log
export PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH=tools # for what other checks use, too
bench=("$python" tools/bench --config .dev/odoo.conf --database "$db")

"${bench[@]}" --check "$@" # check the options before the long work
trap 'drop "$db"' EXIT
drop "$db"
echo "=> $db: installing crm_tracks" >&2
"$python" -m odoo server -c .dev/odoo.conf -d "$db" -i crm_tracks --no-http \
    --max-cron-threads 0 --stop-after-init >"$log" 2>&1 ||
    { tail -n 20 "$log" >&2; echo "crm_tracks could not be installed." >&2; exit 2; }
"${bench[@]}" "$@"
