#!/usr/bin/env bash
# tools/postgres_check.sh: the server of .dev/ runs with the options that ./dev gives it.
#
# The shell that pg_ctl starts parses them, and may drop options without an error. Exits
# with 1 if a check fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# The server of .dev/, whatever server the tests use.
unset PGHOST PGPORT PGUSER PGPASSWORD
# shellcheck source=tools/common.sh
source tools/common.sh
db=postgres
expect "PostgreSQL listens on loopback only" 127.0.0.1 "SHOW listen_addresses"
expect "it makes no socket, whose folder may be closed to the user" "" "SHOW unix_socket_directories"
expect "its memory is set" 256MB "SHOW shared_buffers"
for option in fsync synchronous_commit full_page_writes; do
    expect "it waits for no disk ($option)" off "SHOW $option"
done
exit $status
