#!/usr/bin/env bash
# tools/script_check.sh: ./dev with an Odoo and a PostgreSQL server that a person already has.
#
# A copy of this folder is set up as for a developer who has both: Odoo as a checkout of its
# repository, and a PostgreSQL server with a role that may only create databases. ./dev demo
# has to serve, and ./dev stop must not change the server; every wrong setting has to be
# answered with one sentence. The Python packages are those of .dev/. Exits with 1 if a
# check fails; all created files are removed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
here=$PWD
# shellcheck source=tools/common.sh
source tools/common.sh
ROOT=$here DEV=$here/.dev LOGS=$here/.dev/log VENV=$here/.dev/venv
# shellcheck source=tools/setup.sh
source tools/setup.sh
unset PGHOST PGPORT PGUSER PGPASSWORD ODOO_HOME

if ! find_pg_bin; then
    echo "Skipped: there is no PostgreSQL on this machine to make a second server of."
    exit
fi

work=$(mktemp -d /var/tmp/tracks-script.XXXXXX)
chmod 755 "$work" # readable for the user postgres, if root calls this
copy=$work/copy
log=$here/.dev/log/script_check.log
port=$(free_port)
server_port=$(free_port)
: >"$log"

clean_up() {
    in_copy ./dev stop >>"$log" 2>&1 || true
    as_pg "$PG_BIN/pg_ctl" -D "$work/server" -m immediate stop >>"$log" 2>&1 || true
    rm -rf "$work"
}

# in_copy [NAME=VALUE…] COMMAND…: in the copy, in the environment of the person.
in_copy() { (cd "$copy" && env -u DISPLAY -u WAYLAND_DISPLAY "$@"); }

# theirs COMMAND…: the same, with the person's Odoo and server named.
theirs() {
    in_copy ODOO_HOME=../checkout PGHOST=127.0.0.1 PGPORT="$server_port" PGUSER=person \
        PGPASSWORD=secret "$@"
}

# succeeds WHAT COMMAND…
succeeds() {
    local what=$1
    shift
    if "$@" >>"$log" 2>&1; then ok "$what"; else
        tail -n 20 "$log" >&2
        not_ok "$what"
    fi
}

# answers WHAT SENTENCE COMMAND…: the command fails, and prints only this sentence.
answers() {
    local what=$1 sentence=$2 output code=0
    shift 2
    output=$("$@" 2>&1 </dev/null) || code=$?
    output=$(sed $'s/\x1b\\[[0-9]*m//g' <<<"$output")
    if [ $code != 0 ] && [ "$output" = "$sentence" ]; then ok "$what is answered with one sentence"; else
        not_ok "$(printf '%s\nexpected:\n%s\nanswered (%s):\n%s' "$what" "$sentence" $code "$output")"
    fi
}

# as_boss STATEMENT: on the person's server, as its superuser.
as_boss() {
    PGHOST=127.0.0.1 PGPORT=$server_port PGUSER=boss PGPASSWORD=secret \
        "$python" tools/sql.py postgres "$1"
}

# ---------------------------------------------------------------- what the person has

make_copy() {
    mkdir -p "$copy/.dev/stamps"
    tar --exclude=./.dev --exclude=./.git --exclude=__pycache__ -c . | tar -x -C "$copy"
    # A separate environment, because ./dev writes the path of Odoo into it. Its packages
    # are those of .dev/, without Odoo: a .pth file does not follow other .pth files.
    "$python" -m venv --without-pip "$copy/.dev/venv"
    local site='import sysconfig; print(sysconfig.get_path("purelib"))'
    "$python" -c "$site" >"$("$copy/.dev/venv/bin/python" -c "$site")/packages.pth"
    ln -s "$(type -P false)" "$copy/.dev/venv/bin/pip" # nothing must be installed
    sha1sum requirements.txt >"$copy/.dev/stamps/requirements"
    sha1sum requirements-addons.txt >"$copy/.dev/stamps/addons"
}

# make_checkout: our Odoo, in the folders of its repository.
make_checkout() {
    local site tree addon
    site=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    tree=$(cat "$site/odoo_tree.pth")
    mkdir -p "$work/checkout/odoo/addons" "$work/checkout/addons"
    find "$tree/odoo" -mindepth 1 -maxdepth 1 ! -name addons ! -name __pycache__ \
        -exec ln -s -t "$work/checkout/odoo" {} +
    for addon in "$tree"/odoo/addons/*/ "$tree"/addons/*/; do
        [ -f "$addon/__manifest__.py" ] || continue
        case $(basename "$addon") in
        base | test_*) ln -s "${addon%/}" "$work/checkout/odoo/addons/" ;;
        *) ln -s "${addon%/}" "$work/checkout/addons/" ;;
        esac 2>>"$log" || true # Debian's package contains a second, incomplete copy of most addons
    done
}

make_server() {
    local password=$work/password
    install -d "$work/server"
    echo secret >"$password"
    [ "$(id -u)" != 0 ] || chown postgres "$work/server"
    as_pg "$PG_BIN/initdb" -D "$work/server" -U boss -A scram-sha-256 --pwfile="$password" \
        -E UTF8 --locale=C.UTF-8 --no-sync >>"$log" 2>&1
    as_pg "$PG_BIN/pg_ctl" -D "$work/server" -w -t 300 -l "$work/server/log" -o \
        "-c listen_addresses=127.0.0.1 -c port=$server_port -c unix_socket_directories='$work/server' -c fsync=off" \
        start >>"$log" 2>&1
    as_boss "CREATE ROLE person LOGIN CREATEDB PASSWORD 'secret'"
    as_boss "CREATE ROLE guest LOGIN PASSWORD 'secret'"
    as_boss "CREATE DATABASE precious OWNER person"
}

# ---------------------------------------------------------------- what is tried

server_pid() { cat "$copy/.dev/server.pid"; }

# The databases on the person's server, except that of the demo.
look_at_server() {
    as_boss "SELECT rolname, rolpassword FROM pg_authid ORDER BY 1"
    as_boss "SELECT datname, datdba, oid FROM pg_database WHERE datname != 'tracks_demo' ORDER BY 1"
    as_boss "SELECT name, setting FROM pg_settings WHERE source NOT IN ('client', 'session') ORDER BY 1"
    as_boss "SELECT pg_postmaster_start_time()"
}

check_wrong_values() {
    local elsewhere=$work/elsewhere
    mkdir -p "$elsewhere/empty" "$elsewhere/old/odoo"
    echo "version_info = (18, 0, 0, FINAL, 0, '')" >"$elsewhere/old/odoo/release.py"
    answers "ODOO_HOME without an Odoo" \
        "ODOO_HOME is $elsewhere/empty, but there is no Odoo in it (no odoo/release.py). Set it to the folder of an Odoo 19.0." \
        theirs ODOO_HOME="$elsewhere/empty" ./dev demo --port "$port"
    answers "ODOO_HOME that does not exist" \
        "ODOO_HOME is $elsewhere/nowhere, but there is no Odoo in it (no odoo/release.py). Set it to the folder of an Odoo 19.0." \
        theirs ODOO_HOME="$elsewhere/nowhere" ./dev demo --port "$port"
    answers "an Odoo of another version" \
        "The Odoo in $elsewhere/old is not version 19.0. Set ODOO_HOME to the folder of an Odoo 19.0." \
        theirs ODOO_HOME="$elsewhere/old" ./dev demo --port "$port"
    answers "a server that does not answer" \
        "PostgreSQL at 127.0.0.1:$port cannot be used: Connection refused. Set PGHOST, PGPORT, PGUSER and PGPASSWORD to those of a server that runs." \
        theirs PGPORT="$port" ./dev demo --port "$port"
    answers "a wrong password" \
        "PostgreSQL at 127.0.0.1:$server_port does not accept the role person: password authentication failed. Set PGUSER and PGPASSWORD." \
        theirs PGPASSWORD=wrong ./dev demo --port "$port"
    answers "a role that may not create databases" \
        "The role guest may not create the database tracks_demo on 127.0.0.1. Allow it with: ALTER ROLE guest CREATEDB" \
        theirs PGUSER=guest ./dev demo --port "$port"
    answers "the role postgres, which Odoo refuses" \
        "Odoo refuses to work as the PostgreSQL user postgres. Set PGUSER to another role that may create databases." \
        theirs PGUSER=postgres ./dev demo --port "$port"
}

check_demo() {
    local pid before
    before=$(look_at_server)
    succeeds "./dev demo serves with the person's Odoo and server" theirs ./dev demo --port "$port"
    succeeds "the login page takes admin, admin" \
        "$python" tools/sign_in.py "http://127.0.0.1:$port"
    [ "$(as_boss "SELECT rolsuper FROM pg_roles WHERE rolname = 'person'")" = False ] &&
        ok "the role has no rights of a superuser" || not_ok "the role is a superuser"
    pid=$(server_pid)
    succeeds "./dev demo can be called again" theirs ./dev demo --port "$port"
    [ "$pid" = "$(server_pid)" ] && ok "and lets the server run" ||
        not_ok "./dev demo, called again, has started another server"
    succeeds "./dev stop ends it" theirs ./dev stop
    # a zombie process has no command line
    ! grep -q . "/proc/$pid/cmdline" 2>/dev/null && ok "no Odoo runs" || not_ok "Odoo runs on: $pid"
    [ "$before" = "$(look_at_server)" ] && ok "the person's server is as it was" ||
        not_ok "$(diff <(echo "$before") <(look_at_server))"
    [ ! -e "$copy/.dev/postgres.env" ] && ok "./dev has made no server of its own" ||
        not_ok "./dev has made a server of its own beside the person's"
}

# A database of the same name that ./dev has not created belongs to the person.
check_foreign_database() {
    rm -f "$copy"/.dev/tracks_demo@*
    local oid="SELECT oid FROM pg_database WHERE datname = 'tracks_demo'" before
    before=$(as_boss "$oid")
    answers "a database of this name that ./dev has not created" \
        "The database tracks_demo on 127.0.0.1 was not created from this folder. Remove or rename it first." \
        theirs ./dev demo --fresh --port "$port"
    # the same server, by its folder of sockets
    answers "PGHOST that is a folder" \
        "The database tracks_demo on $work/server was not created from this folder. Remove or rename it first." \
        theirs PGHOST="$work/server" ./dev demo --port "$port"
    [ "$before" = "$(as_boss "$oid")" ] && ok "it is left alone" || not_ok "it was dropped"
}

# The options of the server that ./dev creates by default.
check_own_server() {
    (
        ROOT=$copy DEV=$copy/.dev LOGS=$copy/.dev/log
        setup_postgres
    ) >>"$log" 2>&1 || not_ok "./dev makes no server of its own"
    (cd "$copy" && bash tools/postgres_check.sh) || status=1
    succeeds "./dev stop ends it" in_copy ./dev stop
    rm -f "$copy/.dev/postgres.env"
}

trap clean_up EXIT
trap 'exit 130' INT TERM
echo "=> laying out an Odoo and a PostgreSQL server that a person has"
make_copy
make_checkout
make_server
echo "=> naming them wrongly"
check_wrong_values
echo "=> ./dev demo with them (about a minute)"
check_demo
check_foreign_database
echo "=> a server of its own"
check_own_server
exit $status
