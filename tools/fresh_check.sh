#!/usr/bin/env bash
# tools/fresh_check.sh [bookworm|trixie] [--quick] [--again]: README's first steps on a fresh machine.
#
# Creates a bare Debian in .dev/fresh/SUITE, with a user who has sudo, and clones the
# committed HEAD into the home of this user. There the user calls ./dev demo, signs in, and
# calls ./dev stop, ./dev test and ./dev stop. --quick tests a few files only, one of them
# in a browser; --again continues in the system of a failed check.
#
# The system has its own process and mount namespaces: when the check ends in any way, the
# kernel ends all of its processes and removes all of its mounts. The network is shared, so
# ports are those of this machine, and so are package mirrors, proxies and certificates.
#
# Exits with 1 if a check fails. All output is in .dev/log/fresh-SUITE.log.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ROOT=$PWD
DEV=$ROOT/.dev
LOGS=$DEV/log
VENV=$DEV/venv # variables of setup.sh, which is only used for apt and messages
# shellcheck source=tools/setup.sh
source tools/setup.sh

USER_NAME=newcomer
QUICK_TESTS="crm_tracks/tests/test_apply.py crm_tracks/tests/test_template_tour.py"
CERTIFICATES=/usr/local/share/certificates-of-the-host.pem

read_arguments() {
    SUITE=trixie QUICK='' AGAIN=''
    local suites=()
    while [ $# -gt 0 ]; do
        case $1 in
        bookworm | trixie) suites+=("$1") ;;
        --quick) QUICK=1 ;;
        --again) AGAIN=1 ;;
        *) die "./dev fresh-check does not know \"$1\": it takes bookworm or trixie, --quick and --again." ;;
        esac
        shift
    done
    [ ${#suites[@]} -le 1 ] || die "./dev fresh-check takes one suite at a time: bookworm or trixie."
    SUITE=${suites[0]:-$SUITE}
    SYSTEM=$DEV/fresh/$SUITE
    LOG=$LOGS/fresh-$SUITE.log
    PROJECT=/home/$USER_NAME/tracks
}

check_machine() {
    [ "$(id -u)" = 0 ] || die "./dev fresh-check makes a Debian system in a folder, which needs root: call it with sudo."
    command -v apt-get >/dev/null || die "./dev fresh-check needs Debian's debootstrap: call it on a Debian machine."
    git rev-parse -q --verify HEAD >/dev/null || die "./dev fresh-check clones this repository, but this folder is not a git clone."
    mkdir -p "$LOGS" "$DEV/fresh/packages"
    command -v debootstrap >/dev/null || apt_install debootstrap debian-archive-keyring
    unshare --mount --pid --fork true 2>/dev/null || die "./dev fresh-check needs namespaces for mounts and processes, which this machine does not allow."
}

# ---------------------------------------------------------------- the system

make_system() {
    say "Making a bare Debian $SUITE in $SYSTEM (about two minutes)"
    rm -rf "$SYSTEM"
    debootstrap --include=sudo,git --cache-dir="$DEV/fresh/packages" "$SUITE" "$SYSTEM" "$(debian_mirror)" ||
        die "debootstrap failed; the whole log is $SYSTEM/debootstrap/debootstrap.log."
    # Services are not started in a system that is not booted.
    printf '#!/bin/sh\nexit 101\n' >"$SYSTEM/usr/sbin/policy-rc.d"
    chmod 755 "$SYSTEM/usr/sbin/policy-rc.d"
    cp -L /etc/resolv.conf /etc/hosts "$SYSTEM/etc/"
    hostname >"$SYSTEM/etc/hostname"
    chroot "$SYSTEM" useradd --create-home --shell /bin/bash --groups sudo "$USER_NAME"
    echo "$USER_NAME ALL=(ALL) NOPASSWD: ALL" >"$SYSTEM/etc/sudoers.d/$USER_NAME"
    git clone --quiet "$ROOT" "$SYSTEM$PROJECT"
    chroot "$SYSTEM" chown -R "$USER_NAME:" "$PROJECT"
    pass_on_settings
}

# Keep the system with its installed packages and files; check out the current commit.
go_on_with_system() {
    local git=(git -c safe.directory='*' -C "$SYSTEM$PROJECT")
    [ -d "$SYSTEM$PROJECT/.git" ] || die "There is no system of an earlier check in $SYSTEM. Call ./dev fresh-check $SUITE without --again."
    say "Going on in $SYSTEM"
    "${git[@]}" fetch --quiet "$ROOT" HEAD
    "${git[@]}" reset --quiet --hard FETCH_HEAD
    # The kernel has ended its server; its process id may belong to another process now.
    rm -f "$SYSTEM$PROJECT/.dev/postgres/postmaster.pid"
    chroot "$SYSTEM" chown -R "$USER_NAME:" "$PROJECT"
}

# Copy the settings for Debian, PyPI and npm to the new system: proxies, mirrors,
# certificates. Settings that are local folders are not copied.
pass_on_settings() {
    local profile=$SYSTEM/etc/profile.d/settings-of-the-host.sh name value certificates
    apt-config dump --format '%F "%v";%n' Acquire::http Acquire::https Acquire::Check-Date \
        Acquire::Check-Valid-Until | grep -v '::CAInfo ' >"$SYSTEM/etc/apt/apt.conf.d/90settings-of-the-host" || true
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY PIP_DEFAULT_TIMEOUT; do
        [ -z "${!name:-}" ] || printf 'export %s=%q\n' "$name" "${!name}"
    done >"$profile"
    for name in index-url extra-index-url trusted-host proxy; do
        value=$(get_pip_setting "$name" | tr ' ' '\n' | grep -v '^file:' | xargs) || true
        [ -z "$value" ] || printf 'export PIP_%s=%q\n' "$(tr a-z- A-Z_ <<<"$name")" "$value"
    done >>"$profile"
    for name in registry proxy https-proxy; do
        value=$(npm config get "$name" 2>/dev/null) || true
        [[ ${value:-null} =~ ^(null|undefined)$ ]] || printf 'export npm_config_%s=%q\n' "${name//-/_}" "$value"
    done >>"$profile"
    certificates=${PIP_CERT:-$(get_pip_setting cert)}
    certificates=${certificates:-${NODE_EXTRA_CA_CERTS:-}}
    if [ -n "$certificates" ]; then
        cp -L "$certificates" "$SYSTEM$CERTIFICATES"
        printf 'export %s\n' PIP_CERT=$CERTIFICATES NODE_EXTRA_CA_CERTS=$CERTIFICATES >>"$profile"
        echo "Acquire::https::CAInfo \"$CERTIFICATES\";" >>"$SYSTEM/etc/apt/apt.conf.d/90settings-of-the-host"
    fi
}

# get_pip_setting NAME: from the environment or a configuration file, or empty.
get_pip_setting() {
    local python
    for python in python3 "$VENV/bin/python"; do
        "$python" -m pip config get ":env:.$1" 2>/dev/null && return
        "$python" -m pip config get "global.$1" 2>/dev/null && return
    done
    true
}

# ---------------------------------------------------------------- what is done in it

# Runs as process 1 of the namespaces; its end ends all processes.
live_in_it() {
    set -euo pipefail
    trap 'exit 130' INT TERM
    mount -t proc proc "$SYSTEM/proc"
    mount -t sysfs -o ro sysfs "$SYSTEM/sys"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$SYSTEM/dev/pts"
    mount -t tmpfs -o mode=1777 tmpfs "$SYSTEM/dev/shm"
    local port started python=.dev/venv/bin/python tests=${QUICK:+ $QUICK_TESTS}
    port=$(free_port)
    step "./dev demo" "./dev demo --port $port"
    step "the login page takes admin, admin" "$python tools/sign_in.py http://localhost:$port"
    step "./dev demo, called again, lets the server run" \
        "pid=\$(cat .dev/server.pid) && ./dev demo --port $port && [ \$pid = \$(cat .dev/server.pid) ]"
    step "PostgreSQL runs with the options of ./dev" "bash tools/postgres_check.sh"
    check_stop
    started=$SECONDS
    step "./dev test$tests" "./dev test$tests"
    echo "./dev test took $(((SECONDS - started) / 60)) minutes"
    step "what it was tried on" "
        sed -n 's/^PRETTY_NAME=//p' /etc/os-release; $python --version
        set -a; . .dev/postgres.env; $python tools/sql.py postgres 'SHOW server_version'
        git log -1 --format='commit %h'; date +%F"
    check_stop
    step "git sees no change" "git status --porcelain; [ -z \"\$(git status --porcelain)\" ]"
}

check_stop() {
    step "./dev stop" "./dev stop"
    step "no process of the user is left" "! pgrep -a -u $USER_NAME 'python|postgres|chrom'"
}

# as_user COMMAND: in a login shell of the user, in the project's folder.
as_user() { chroot "$SYSTEM" su - "$USER_NAME" -c "cd $PROJECT && $1"; }

# step WHAT COMMAND: the command has to succeed, or the check ends here.
step() {
    say "fresh $SUITE: $1"
    as_user "$2" || {
        echo "NOT ok: $1" >&2
        exit 1
    }
    echo "ok: $1"
}

# The network is shared with this machine, where a demo may be running.
free_port() {
    local port
    while port=$((20000 + RANDOM % 10000)) && (: </dev/tcp/127.0.0.1/$port) 2>/dev/null; do :; done
    echo "$port"
}

# ---------------------------------------------------------------- the end of it

# Nothing may be left behind: neither a mount, nor a process.
check_end() {
    if grep -F " $SYSTEM" /proc/self/mountinfo; then die "NOT ok: mounts are left (above)."; fi
    local left waited=0
    # The kernel needs a moment to end the processes.
    while left=$(find_processes) && [ $((waited++)) -lt 100 ]; do sleep 0.3; done
    [ -z "$left" ] || die "NOT ok: processes are left: $left"
    echo "ok: no mount and no process is left"
}

# find_processes: the processes whose root is the system; fails if there are none.
find_processes() { { find /proc/[0-9]*/root -maxdepth 0 -lname "$SYSTEM*" 2>/dev/null || true; } | grep .; }

main() {
    read_arguments "$@"
    check_machine
    # All processes of the check have this file open.
    exec 9>"$SYSTEM.lock"
    flock -n 9 || die "A check of $SUITE is running. Wait for its end, then call it again."
    exec > >(tee "$LOG") 2>&1
    if [ -n "$AGAIN" ]; then go_on_with_system; else make_system; fi
    export SYSTEM SUITE QUICK QUICK_TESTS PROJECT USER_NAME
    export -f live_in_it check_stop as_user step free_port say die
    local pid code=0
    # In the background, so that a signal to this script is handled at once.
    unshare --mount --pid --fork --kill-child bash -c live_in_it </dev/null &
    pid=$!
    # shellcheck disable=SC2064
    trap "kill -KILL $pid 2>/dev/null" EXIT
    trap 'exit 130' INT TERM
    wait "$pid" || code=$?
    trap - EXIT
    check_end
    [ "$code" = 0 ] || die "The check failed on $SUITE. The system is kept in $SYSTEM (its log is $LOG): --again goes on in it."
    rm -rf "$SYSTEM"
    say "README's first steps work on a${AGAIN:+ once} fresh Debian $SUITE"
}

main "$@"
exit
