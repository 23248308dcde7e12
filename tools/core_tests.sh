#!/usr/bin/env bash
# ./dev core-tests [MODULES]: Odoo's own tests of MODULES, without and with crm_tracks.
#
# Writes .dev/core/{without,with}.log and the sorted names of the failed tests to
# .dev/core/{without,with}.txt; prints the counts and the difference, and exits with 1 if
# there is one. Failures on both sides are unrelated: these tests need all of Odoo, a
# network, or a registry without later modules. Tours may fail randomly: run them again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/common.sh
source tools/common.sh
modules=${1:-crm,mail,test_mail}
out=.dev/core
mkdir -p "$out"
trap 'drop core_without; drop core_with' EXIT

# The tests run on an existing database, without -i and -u: Odoo 19 then runs the tests
# of every loaded module (odoo/modules/loading.py: "or not update_from_config";
# odoo/service/server.py: registry._init_modules), and nothing is updated in between.
#
# By default Odoo runs the at_install tests of crm right after loading crm, before
# crm_tracks is loaded, so that they do not cover its code; most tests of mail are of this
# type. All tests are therefore moved to the post_install suite.
read -r -d '' run_all_tests <<'PYTHON' || true
from odoo.tests import loader

make_suite = loader.make_suite

def make_late_suite(module_names, position="at_install"):
    if position == "at_install":
        return make_suite([], position)
    return make_suite(module_names, "at_install,post_install")

loader.make_suite = make_late_suite

from odoo.cli.command import main

main()
PYTHON

# without_demo ADDON: install it without its demo data. Odoo loads demo data whenever all
# dependencies have theirs, whatever the options; so the dependencies are marked as
# installed without demo data meanwhile.
without_demo() {
    local of_others="name IN (SELECT depends.name
        FROM ir_module_module_dependency depends
        JOIN ir_module_module module ON module.id = depends.module_id
        WHERE module.name = '$1')"
    sql "UPDATE ir_module_module SET demo = false WHERE $of_others"
    install_modules "$name-addon" "$db" "$1"
    sql "UPDATE ir_module_module SET demo = true WHERE $of_others"
    if grep -q "Module $1: loading demo" "$out/$name-addon-install.log"; then
        echo "The demo data of $1 are there after all." >&2
        exit 2
    fi
}

# run NAME [ADDON]: the addon is installed without demo data, because a test of test_mail
# expects fewer completed activities in the database.
run() {
    local name=$1 db=core_$1 log=$out/$1.log port
    drop "$db"
    install_modules "$1" "$db" "$modules" --with-demo
    [ $# -eq 1 ] || without_demo "$2"
    port=$(free_port)
    echo "=> $db: the tests of $modules"
    # Failed tests exit with 1: read the result from the log.
    PYTHONDONTWRITEBYTECODE=1 "$python" -c "$run_all_tests" server -c .dev/odoo.conf -d "$db" \
        --http-port "$port" --max-cron-threads 0 --test-tags "/${modules//,/,/}" \
        --stop-after-init >"$log" 2>&1 || true
    if ! grep -q ' of [1-9][0-9]* tests when loading database' "$log"; then
        tail -n 20 "$log" >&2
        echo "No tests of $db ran, or they did not come to an end; the whole log is $log." >&2
        exit 2
    fi
    # … ERROR core_with odoo.addons.crm.tests.test_x: FAIL: TestX.test_y
    # Numbers of records and addresses in a subtest's name differ from run to run.
    sed -nE 's/^.* ERROR [^ ]+ ([^ ]+): (FAIL|ERROR): (.*)$/\1 \3/p' "$log" |
        sed -E 's/^odoo\.addons\.//; s/0x[0-9a-f]+/0x/g; s/\(([0-9]+,? ?)+\)/(n)/g' |
        LC_ALL=C sort -u >"$out/$1.txt"
}

run without
run with crm_tracks

for name in without with; do
    printf '%-8s %s failed; %s\n' "$name" "$(wc -l <"$out/$name.txt")" \
        "$(grep -o '[0-9]* failed, [0-9]* error(s) of [0-9]* tests' "$out/$name.log" | tail -n 1)"
done
if ! diff -u "$out/without.txt" "$out/with.txt"; then
    echo "crm_tracks changes the outcome of these tests; the logs are in $out." >&2
    status=1
fi
exit $status
