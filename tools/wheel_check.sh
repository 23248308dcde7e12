#!/usr/bin/env bash
# tools/wheel_check.sh: the wheels of the addons are complete, and can be installed by pip.
#
# Builds a wheel of every addon and compares it with the addon's folder; then installs
# those of the product with pip into a separate environment, and from there into the
# database wheel_check, without an addons_path. Exits with 1 if a check fails; the log is
# .dev/wheel_check.log, all other files are removed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/common.sh
source tools/common.sh
db=wheel_check
log=.dev/$db.log
work=$PWD/.dev/$db
addons=(*/__manifest__.py)
addons=("${addons[@]%/*}")
product=()
for addon in "${addons[@]}"; do [[ $addon == test_* ]] || product+=("$addon"); done
modules=$(IFS=, && echo "${product[*]}")

# give_up WHAT: exits, because the next steps need this one.
give_up() {
    { grep -A 25 ' CRITICAL \| ERROR ' "$log" || cat "$log"; } | tail -n 40 >&2
    echo "NOT ok: $1 ($log)" >&2
    exit 2
}

if [ ! -e .git ]; then
    echo "Skipped: whool packs what git knows, and this folder is no checkout of git."
    exit
fi
trap 'drop "$db"; rm -rf "$work"' EXIT
drop "$db"
rm -rf "$work"
mkdir -p "$work/data"

echo "=> building the wheels of ${addons[*]}"
# whool packs the files that git tracks. Here new files are included as in ./dev lint, by a
# separate index, so that the index of the checkout does not change. The whool of .dev/venv
# builds the wheels without a network; therefore the two pins have to agree.
cp "$(git rev-parse --git-path index)" "$work/index"
GIT_INDEX_FILE=$work/index git add --all --intent-to-add -- "${addons[@]}"
whool=$(grep '^whool==' requirements.txt)
for addon in "${addons[@]}"; do
    grep -qxF "requires = [\"$whool\"]" "$addon/pyproject.toml" ||
        not_ok "$addon/pyproject.toml does not require $whool, as requirements.txt does"
    GIT_INDEX_FILE=$work/index "$python" -m pip wheel --disable-pip-version-check -q \
        --no-deps --no-build-isolation --wheel-dir "$work/wheels" "./$addon" >"$log" 2>&1 ||
        give_up "no wheel could be built of $addon"
done
"$python" tools/wheel_contents.py "$work/wheels" "${addons[@]}" || status=1

echo "=> installing $modules with pip into an environment of its own"
# Odoo and its requirements are taken from the folders of ./dev by two .pth files, because
# installing them again would take minutes. A .pth file only adds the folders that it
# names: an addon that is installed there as editable, by another .pth file, is not found.
# Neither is the current folder, nor PYTHONPATH (-I).
"$python" -m venv --without-pip "$work/venv"
clean=("$work/venv/bin/python" -I)
purelib='import sysconfig; print(sysconfig.get_path("purelib"))'
packages=$("$python" -c "$purelib")
site=$("${clean[@]}" -c "$purelib")
cp "$packages/odoo_tree.pth" "$site" # ODOO_HOME or .dev/odoo
echo "$packages" >"$site/packages.pth"
unset ODOO_ADDONS_PATH

"${clean[@]}" - "${addons[@]}" >"$log" 2>&1 <<'PYTHON' || give_up "the environment is not clean"
import importlib.util
import sys

import odoo.release

there = [name for name in sys.argv[1:] if importlib.util.find_spec(f"odoo.addons.{name}")]
assert not there, f"there without a wheel: {there}"
PYTHON
# --no-deps: pip would not find every requirement of Debian's Odoo; requirements.txt is ours
"${clean[@]}" -m pip install --disable-pip-version-check -q --no-index --no-deps \
    --find-links "$work/wheels" "${product[@]/#/odoo-addon-}" >"$log" 2>&1 ||
    give_up "pip could not install $modules"

echo "=> $db: installing $modules from there"
printf '[options]\ndata_dir = %s\n' "$work/data" >"$work/odoo.conf"
"${clean[@]}" -m odoo server -c "$work/odoo.conf" -d "$db" -i "$modules" --no-http \
    --stop-after-init >"$log" 2>&1 || give_up "Odoo could not install $modules"
"${clean[@]}" -m odoo shell -c "$work/odoo.conf" -d "$db" --no-http --max-cron-threads 0 \
    >>"$log" 2>&1 <<PYTHON || give_up "Odoo does not find everything in the wheel's folder"
import sys
from pathlib import Path
from odoo.modules import Manifest

for addon in "$modules".split(","):
    folder = Path("$site", "odoo", "addons", addon)
    manifest = Manifest.for_addon(addon)
    assert Path(manifest.path) == folder, manifest.path
    assert Path(sys.modules[f"odoo.addons.{addon}"].__file__).parent == folder
    for bundle in manifest["assets"]:
        files = [str(asset[1]) for asset in env["ir.asset"]._get_asset_paths(bundle, {})]
        assert any(file.startswith(f"{folder}/") for file in files), bundle
PYTHON
expect_clean "$log"
for addon in "${product[@]}"; do
    version=$(sed -nE 's/^ +"version": "(.*)",$/\1/p' "$addon/__manifest__.py")
    expect "$addon is installed in its version" "$(printf 'installed\t%s' "$version")" \
        "SELECT state, latest_version FROM ir_module_module WHERE name = '$addon'"
done
kinds=(ir.actions.act_window ir.cron ir.model.access ir.rule ir.ui.menu ir.ui.view res.groups)
expect "its views, menus, actions, rights and scheduled actions are there" \
    "$(printf '%s\n' "${kinds[@]}")" \
    "SELECT DISTINCT model FROM ir_model_data WHERE module = 'crm_tracks'
        AND model IN ($(printf "'%s', " "${kinds[@]}")'') ORDER BY model"
exit $status
