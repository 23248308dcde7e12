#!/usr/bin/env bash
# ./dev neighbours [--quick] [MODULE…]: our addons beside those of requirements-neighbours.txt
# and requirements-addons.txt, or beside the named ones of them.
#
# Runs the modules' own tests in a database without our addons and in a copy of it into which
# ours were installed as well, where they must end in the same way; then, in the copy, the
# tests of what users do with both (tools/neighbours_tests.py), and all of our tests, or with
# --quick only those of the bridges to these modules. The databases are called
# neighbours_without and neighbours_with, and dropped in the end; logs and results are in
# .dev/neighbours/. Prints a table of the modules, and exits with 1 if a test differs, or one
# of ours fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/common.sh
source tools/common.sh
out=.dev/neighbours
export PYTHONDONTWRITEBYTECODE=1
quick=
if [ "${1-}" = --quick ]; then
    quick=1
    shift
fi

known=$(sed -nE 's/^odoo-addon-([a-z0-9-]+)==.*/\1/p' requirements-addons.txt requirements-neighbours.txt |
    tr '-' '_' | LC_ALL=C sort)
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $known
for name in "$@"; do
    grep -qxF -e "$name" <<<"$known" ||
        { printf 'There is no neighbour "%s". These are known:\n%s\n' "$name" "$known" >&2; exit 2; }
done
ours=(*/__manifest__.py)
ours=("${ours[@]%/*}")

# finish NAME COMMAND…: run the tests into NAME.log and NAME.xml. Failed tests exit with 1: the
# results are read in the end. So do no tests at all, with 5.
finish() {
    local name=$1
    shift
    "$@" --tb=short "--junitxml=$out/$name.xml" >"$out/$name.log" 2>&1 ||
        [[ $? =~ ^[15]$ ]] || { tail -n 20 "$out/$name.log" >&2; exit 2; }
}

# run_tests SIDE MODULE…: the modules' own tests; their results are in SIDE.xml.
run_tests() {
    local side=$1
    shift
    sed "s/^http_port = .*/http_port = $(free_port)/" .dev/odoo.conf >"$out/odoo.conf"
    "$python" tools/warm_assets.py "neighbours_$side" "$out/odoo.conf" >"$out/$side-assets.log" 2>&1 ||
        { tail -n 20 "$out/$side-assets.log" >&2; exit 2; }
    echo "=> neighbours_$side: the tests of $*"
    finish "$side" "$python" tools/oca_tests.py "neighbours_$side" "$out/odoo.conf" "$@"
}

# run_ours NAME PATH…: tests of ours. Queries are counted without neighbours only: theirs
# cannot be told from ours.
run_ours() {
    local name=$1
    shift
    echo "=> neighbours_with: the tests of $*"
    finish "$name" "$python" -m pytest -q --odoo-database neighbours_with --odoo-config "$out/odoo.conf" \
        --odoo-http -p no:cacheprovider --rootdir "$PWD" -m "not crm_tracks_queries" "$@"
}

trap 'drop neighbours_without; drop neighbours_with' EXIT
mkdir -p "$out"
rm -f "$out"/*.{xml,log}
drop neighbours_without
drop neighbours_with
install_modules without neighbours_without "$(IFS=, && echo "base_automation,$*")" --with-demo
"$python" tools/sql.py postgres "CREATE DATABASE neighbours_with TEMPLATE neighbours_without"
[ ! -d .dev/data/filestore/neighbours_without ] ||
    cp -r .dev/data/filestore/neighbours_without .dev/data/filestore/neighbours_with
install_modules with neighbours_with "$(IFS=, && echo "${ours[*]}")" --with-demo
run_tests without "$@"
run_tests with "$@"
run_ours together tools/neighbours_tests.py
if [ -n "$quick" ]; then
    ours=()
    for name in "$@"; do [ ! -d "crm_tracks_$name" ] || ours+=("crm_tracks_$name"); done
fi
[ ${#ours[@]} -eq 0 ] || run_ours ours "${ours[@]}"
"$python" tools/neighbours_table.py "$out" "$@"
