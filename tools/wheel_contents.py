"""Compare wheels with the addons that they were built from; exit with 1 if they differ.

Usage: python tools/wheel_contents.py FOLDER_OF_WHEELS ADDON…
"""

import ast
import re
import sys
import tempfile
from email import message_from_string
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement

# Made by a program or an editor, or needed for the build alone.
NOT_PACKED = re.compile(
    r"(^|/)(\.|__pycache__/)|(~|\.py[cod]|\.orig|\.rej)$|^(build/|pyproject\.toml$)"
)


# What of an app's name the Apps list shows.
LONGEST_NAME = 25


def files_in(folder):
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix() for file in files}


def missing_for_odoo(addon, manifest, addons_dir):
    """What the manifest names, and what the Apps list shows, that is not there."""
    paths = [f"{addon}/{path}" for path in ("__manifest__.py", "__init__.py")]
    paths += [f"{addon}/{path}" for path in manifest.get("data", [])]
    paths += [f"{addon}/{path}" for path in manifest.get("demo", [])]
    for entries in manifest.get("assets", {}).values():
        # a path, or an operation that ends with one
        globs = [entry if isinstance(entry, str) else entry[-1] for entry in entries]
        paths += [glob for glob in globs if glob.startswith(f"{addon}/")]
    if not addon.startswith("test_"):
        paths += [
            f"{addon}/README.md",
            f"{addon}/readme/CONTRIBUTORS.md",
            f"{addon}/readme/DESCRIPTION.md",
            f"{addon}/i18n/{addon}.pot",
            f"{addon}/static/description/icon.png",
            f"{addon}/static/description/index.html",
        ]
    return [path for path in paths if not any(addons_dir.glob(path))]


def wrong_metadata(addon, manifest, metadata, addons):
    expected = {
        "Name": f"odoo-addon-{addon}",
        "Version": manifest["version"],
        "License": manifest["license"],
    }
    wrong = [
        f"{key}: {metadata[key]}, expected {value}"
        for key, value in expected.items()
        if metadata[key] != value
    ]
    if len(manifest["name"]) > LONGEST_NAME:
        wrong.append(f"{manifest['name']}: more than {LONGEST_NAME} letters")
    required = map(Requirement, metadata.get_all("Requires-Dist", []))
    specifiers = {requirement.name: requirement.specifier for requirement in required}
    ours = [f"odoo-addon-{name}" for name in manifest["depends"] if name in addons]
    for name in ("odoo", *ours):
        for version in ("18.0.1", "19.0", "19.0.1.2.3", "20.0"):
            allowed = name not in specifiers or version in specifiers[name]
            if allowed != version.startswith("19.0"):
                wrong.append(f"Requires-Dist: {name} {specifiers.get(name, 'missing')}")
                break
    readme = Path(addon, "README.md")
    if readme.exists() and (
        metadata["Description-Content-Type"] != "text/markdown"
        or metadata.get_payload().strip() != readme.read_text("utf-8").strip()
    ):
        wrong.append("Description: not README.md")
    return wrong


def check(wheel, addon, addons):
    """Return what is wrong with the wheel: {what was checked: [complaints]}"""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        ZipFile(wheel).extractall(root)
        packed = files_in(root)
        [info] = root.glob("*.dist-info")
        metadata = message_from_string((info / "METADATA").read_text("utf-8"))
        manifest = ast.literal_eval(Path(addon, "__manifest__.py").read_text("utf-8"))
        missing = missing_for_odoo(addon, manifest, root / "odoo" / "addons")
        wrong = wrong_metadata(addon, manifest, metadata, addons)
    packed = {path for path in packed if not path.startswith(f"{info.name}/")}
    expected = {
        f"odoo/addons/{addon}/{path}"
        for path in files_in(Path(addon))
        if not NOT_PACKED.search(path)
    }
    return {
        f"has every file of {addon}/": sorted(expected - packed),
        "has nothing else": sorted(packed - expected),
        "has what Odoo looks for": missing,
        "says what it is and requires": wrong,
    }


failed = False
folder, *addons = sys.argv[1:]
for addon in addons:
    [wheel] = Path(folder).glob(f"odoo_addon_{addon}-*.whl")
    for what, complaints in check(wheel, addon, addons).items():
        failed = failed or bool(complaints)
        print(f"{'NOT ok' if complaints else 'ok'}: {wheel.name} {what}")
        for complaint in complaints:
            print(f"    {complaint}")
sys.exit(failed)
