# Shared by the checks in tools/. They are called by ./dev, or manually after its set-up;
# each creates its own databases, and drops them. It sources this file
# from the root of the repository, and sets db where it uses sql or expect.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154

VENV=$PWD/.dev/venv
python=$VENV/bin/python
if [ -z "${PGHOST:-}" ]; then # without ./dev
    set -a
    # shellcheck disable=SC1091
    source .dev/postgres.env
    set +a
fi

# drop DB: the database and its files.
drop() {
    "$python" tools/sql.py postgres "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)"
    rm -rf ".dev/data/filestore/$1"
}

# sql STATEMENT: on the database db; prints the rows, their columns separated by tabs.
sql() { "$python" tools/sql.py "$db" "$1"; }

# shellcheck source=tools/ports.sh
source tools/ports.sh

# install_modules NAME DB MODULES [OPTIONS]: the log is NAME-install.log in the folder out. Exits,
# because the next steps need the modules.
install_modules() {
    local log=$out/$1-install.log db=$2 modules=$3
    shift 3
    echo "=> $db: installing $modules"
    "$python" -m odoo server -c .dev/odoo.conf -d "$db" -i "$modules" "$@" --no-http \
        --stop-after-init >"$log" 2>&1 ||
        { tail -n 20 "$log" >&2; echo "$modules could not be installed." >&2; exit 2; }
    # Odoo only warns of demo data that cannot be loaded, and goes on without them.
    local errors=' CRITICAL \| ERROR \|demo data failed'
    if grep -q "$errors" "$log"; then
        grep -A 20 "$errors" "$log" | tail -n 40 >&2
        echo "$modules could not be installed." >&2
        exit 2
    fi
}

status=0 # the exit code of the check

ok() { echo "ok: $1"; }

# not_ok WHAT: does not exit, because the other results may tell the reason.
not_ok() {
    echo "NOT ok: $1" >&2
    status=1
}

# expect WHAT EXPECTED STATEMENT
expect() {
    local actual
    actual=$(sql "$3")
    if [ "$actual" == "$2" ]; then
        ok "$1"
    else
        not_ok "$(printf '%s\nexpected:\n%s\nfound:\n%s' "$1" "$2" "$actual")"
    fi
}

# expect_clean LOG [REGEX]: no error in the log of an Odoo, and nothing like REGEX.
expect_clean() {
    if grep -E " (ERROR|CRITICAL) |Traceback${2:+|$2}" "$1" >&2; then
        not_ok "the log has errors ($1)"
    else
        ok "no error in the log"
    fi
}
