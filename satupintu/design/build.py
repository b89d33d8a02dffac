# SPDX-License-Identifier: Apache-2.0
"""Builds what browsers load, from npm packages and our own sources: `python -m satupintu.design.build`.

Run by `make setup` and by the wheel's build, so that whoever installs the wheel needs no node.
Nothing is done where nothing changed, and a failed build leaves the last good one in place.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MODULES = ROOT / "node_modules"
OUTPUT = HERE / "static" / "design"
STAMP = ".built-from"
FONT = "plus-jakarta-sans"

LICENCES = {
    "govuk-frontend": HERE / "brand" / "licences" / "govuk-frontend.txt",
    "lucide": MODULES / "lucide-static" / "LICENSE",
    FONT: MODULES / "@fontsource-variable" / FONT / "LICENSE",
}


class BuildFailed(Exception):
    """Something the build needs is missing, said in a sentence."""


def compute_fingerprint() -> str:
    """Changes when anything does that the output depends on."""
    digest = hashlib.sha256()
    sources = [
        path for folder in ("styles", "scripts", "brand") for path in (HERE / folder).rglob("*")
    ]
    for path in sorted([*sources, HERE / "icons.txt", Path(__file__), ROOT / "package-lock.json"]):
        if path.is_file():
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def list_icon_names() -> list[str]:
    lines = (HERE / "icons.txt").read_text("utf-8").splitlines()
    return sorted({line.strip() for line in lines if line.strip() and not line.startswith("#")})


def collect_icons() -> dict[str, str]:
    """The inner drawing of each icon we use; the `<svg>` around it is written by `icons.py`."""
    drawings = {}
    for name in list_icon_names():
        path = MODULES / "lucide-static" / "icons" / f"{name}.svg"
        if not path.exists():
            raise BuildFailed(f"icons.txt names {name!r}, which lucide does not have.")
        inner = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text("utf-8"), re.DOTALL)
        assert inner, path  # noqa: S101 - a broken package, not a user's mistake
        drawings[name] = re.sub(r"\s*\n\s*", "", inner.group(1)).replace(" />", "/>")
    return drawings


def run_node(script: Path, *arguments: str) -> None:
    beside = Path(sys.executable).parent / "node"
    node = str(beside) if beside.exists() else shutil.which("node")
    if node is None:
        raise BuildFailed("node is missing: run `make setup`, which brings it.")
    done = subprocess.run(  # noqa: S603 - our own scripts with our own arguments
        [node, str(script), *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildFailed(f"{script.name} failed:\n{done.stdout}{done.stderr}")


def write_assets(target: Path) -> None:
    run_node(
        MODULES / "sass" / "sass.js",
        "--style=compressed",
        "--no-source-map",
        "--quiet-deps",
        f"--load-path={MODULES / 'govuk-frontend' / 'dist'}",
        str(HERE / "styles" / "site.scss"),
        str(target / "site.css"),
    )
    run_node(
        MODULES / "esbuild" / "bin" / "esbuild",
        str(HERE / "scripts" / "site.js"),
        "--bundle",
        "--minify",
        "--format=esm",
        "--target=es2020",
        "--log-level=warning",
        "--legal-comments=none",
        f"--outfile={target / 'site.js'}",
    )
    (target / "icons.json").write_text(json.dumps(collect_icons(), indent=0), "utf-8")
    fonts = MODULES / "@fontsource-variable" / FONT / "files"
    for script in ("latin", "latin-ext"):
        shutil.copyfile(
            fonts / f"{FONT}-{script}-wght-normal.woff2",
            target / "fonts" / f"{FONT}-{script}.woff2",
        )
    for drawing in ("kawung.svg", "favicon.svg"):
        shutil.copyfile(HERE / "brand" / drawing, target / drawing)
    for name, licence in LICENCES.items():
        shutil.copyfile(licence, target / "licences" / f"{name}.txt")


def build() -> bool:
    """Build if anything changed; True where it did."""
    fingerprint = compute_fingerprint()
    stamp = OUTPUT / STAMP
    if stamp.exists() and stamp.read_text("utf-8") == fingerprint:
        return False
    if not MODULES.is_dir():
        raise BuildFailed("node_modules is missing: run `make setup`, which fills it.")
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OUTPUT.parent, prefix=".design-") as folder:
        target = Path(folder) / "new"
        (target / "fonts").mkdir(parents=True)
        (target / "licences").mkdir()
        write_assets(target)
        (target / STAMP).write_text(fingerprint, "utf-8")
        # A page that is served meanwhile finds either the old files or the new ones.
        if OUTPUT.exists():
            OUTPUT.rename(Path(folder) / "old")
        target.rename(OUTPUT)
    return True


def main() -> int:
    try:
        changed = build()
    except BuildFailed as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    sys.stdout.write(f"Design assets: {'built' if changed else 'up to date'}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
