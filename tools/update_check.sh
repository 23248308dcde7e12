#!/usr/bin/env bash
# tools/update_check.sh [--break NAME]: an update from the last release loses no data.
#
# Installs the addons of the last release (its commit is in tools/last_release), with demo
# data, into the database update_check, creates tracks in every state and changes of
# administrators with that code, and updates the database to the current addons. The visible
# data before and after are compared; expected differences are listed in
# tools/update_check/expected.py. The update must not log a warning.
# With --break, the data are damaged as in tools/update_check/sabotage.py, which the check has
# to notice. Exits with 1 if a check fails; the database is dropped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/common.sh
source tools/common.sh
db=update_check
work=$PWD/.dev/$db
sabotage=
case ${1-} in
'') ;;
--break) sabotage=${2-} ;;
*) echo "tools/update_check.sh does not know \"$1\": it takes --break NAME or nothing." >&2; exit 2 ;;
esac
release=$(grep -v '^#' tools/last_release)

# A download without history or a shallow clone does not contain the commit.
if ! git cat-file -e "$release^{commit}" 2>/dev/null; then
    echo "Skipped: the commit of the last release, $release, is not in this checkout."
    exit
fi

# run LOG CODE ARGUMENTS…: run Odoo with the addons of CODE, release or present.
run() {
    local log=$work/$1.log code=$2
    shift 2
    "$python" -m odoo server -c "$work/$code.conf" -d "$db" --no-http --max-cron-threads 0 \
        --stop-after-init "$@" >"$log" 2>&1 && ! grep -q ' CRITICAL \| ERROR ' "$log" && return
    { grep -A 25 ' CRITICAL \| ERROR ' "$log" || cat "$log"; } | tail -n 40 >&2
    echo "NOT ok: Odoo failed with the addons of the $code ($log)" >&2
    exit 1
}

# people CODE VERB…: run tools/update_check with the addons of CODE.
people() {
    local code=$1
    shift
    "$python" tools/update_check --config "$work/$code.conf" --database "$db" "$@"
}

export PYTHONDONTWRITEBYTECODE=1
unset ODOO_ADDONS_PATH
"$python" tools/update_check --check ${sabotage:+--break "$sabotage"} # check the options before the long work
trap 'code=$?; drop "$db"; [ $code != 0 ] || rm -rf "$work"; exit $code' EXIT
drop "$db"
rm -rf "$work"
mkdir -p "$work/release"
git archive "$release" | tar -x -C "$work/release"
sed -E "s#^(addons_path = (.*,)?)[^,]*\$#\1$work/release#" .dev/odoo.conf >"$work/release.conf"
cp .dev/odoo.conf "$work/present.conf"
addons=("$work"/release/*/__manifest__.py)
addons=("${addons[@]%/*}")
product=()
for addon in "${addons[@]##*/}"; do [[ $addon == test_* ]] || product+=("$addon"); done
modules=$(IFS=, && echo "${product[*]}")

echo "=> $db: installing $modules as of ${release:0:12}"
run install release -i "$modules" --with-demo
people release fill "$work/before.json"
[ -z "$sabotage" ] || people release damage "$sabotage"

# The update would add the demo data of the present code, which are no change of what was there.
"$python" tools/sql.py "$db" "UPDATE ir_module_module SET demo = false"

echo "=> $db: updating them to the present code"
run update present -u "$modules"
# The log must not contain warnings.
if grep -E ' WARNING | ERROR | CRITICAL |Traceback' "$work/update.log" >&2; then
    not_ok "the update logs warnings ($work/update.log)"
else
    ok "the update logs no warning"
fi
people present compare "$work/before.json" || status=1
exit $status
