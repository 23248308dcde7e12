#!/usr/bin/env bash
# The linters of ./dev lint [--fix], over the files that git knows or would add.
# All of them run, even if one fails; ./dev installs them into .dev/.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
export PATH=$PWD/.dev/venv/bin:$PWD/.dev/npm/node_modules/.bin:$PATH

fix=
case ${1-} in
'') ;;
--fix) fix=1 ;;
*) echo "./dev lint does not know \"$1\": it takes --fix or nothing." >&2; exit 2 ;;
esac

all=()
while IFS= read -r -d '' file; do
    case $file in */static/lib/* | package-lock.json | .dev/*) continue ;; esac
    [ -f "$file" ] && all+=("$file")
done < <(git ls-files -coz --exclude-standard | LC_ALL=C sort -zu)

# An addon is a folder at the top that has a manifest.
addons=()
for manifest in */__manifest__.py; do [ -f "$manifest" ] && addons+=("${manifest%/*}"); done

# matching REGEX [FOLDER…]: fills the array files, from these folders or from everywhere.
matching() {
    local regex=$1 file folder
    shift
    files=()
    for file in ${all[@]+"${all[@]}"}; do
        [[ $file =~ $regex ]] || continue
        [ $# -gt 0 ] || files+=("$file")
        for folder in "$@"; do [[ $file == "$folder"/* ]] && files+=("$file"); done
    done
}

failed=()
# run NAME COMMAND…: the command on the array files, if there are any.
run() {
    local name=$1
    shift
    if [ ${#files[@]} -eq 0 ]; then
        printf '\033[1m=> %s\033[0m (no files)\n' "$name"
        return
    fi
    printf '\033[1m=> %s\033[0m\n' "$name"
    "$@" "${files[@]}" || failed+=("$name")
}

matching '\.py$'
run "ruff check" ruff check --quiet --output-format concise --force-exclude ${fix:+--fix}
if [ -n "$fix" ]; then
    run "ruff format" ruff format --quiet --force-exclude
else
    run "ruff format" ruff format --quiet --force-exclude --check
fi

files=()
[ ${#addons[@]} -eq 0 ] || matching '\.py$' "${addons[@]}"
run pylint-odoo pylint --rcfile=.pylintrc

files=(${addons[@]+"${addons[@]}"})
run oca-checks-odoo-module oca-checks-odoo-module ${fix:+--fix}
matching '\.pot?$'
run oca-checks-po oca-checks-po ${fix:+--fix}

matching '\.(xml|js|cjs|mjs|scss|css|json|ya?ml)$'
if [ -n "$fix" ]; then
    run prettier prettier --log-level warn --write
else
    run prettier prettier --log-level warn --check
fi
matching '\.(js|cjs|mjs)$'
run eslint eslint ${fix:+--fix}

if [ ${#failed[@]} -gt 0 ]; then
    printf '\033[31mlint: failed: %s\033[0m\n' "$(IFS=,; echo "${failed[*]}" | sed 's/,/, /g')"
    exit 1
fi
echo "lint: all clean"
