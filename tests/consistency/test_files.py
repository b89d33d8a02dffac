# SPDX-License-Identifier: Apache-2.0
"""What is true of every file."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMENTED = {".py", ".html", ".scss", ".js", ".mjs", ".toml", ".yaml", ".yml"}
LONGEST = 400


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("the project's files are listed by git, and this is no checkout")
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_every_source_file_carries_its_licence():
    missing = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if path.suffix in COMMENTED
        and "SPDX-License-Identifier: Apache-2.0" not in path.read_text("utf-8")[:400]
        and path.stat().st_size > 0
    ]

    assert missing == []


def test_no_source_file_outgrows_a_sitting():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked_files()
        if path.suffix in {".py", ".html", ".scss", ".js"}
        and "migrations" not in path.parts
        and (lines := len(path.read_text("utf-8").splitlines())) > LONGEST
    }

    assert long == {}


def test_no_built_or_vendored_file_is_committed():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()

    built = [
        line
        for line in listed
        if line.endswith((".mo", ".min.js", ".woff2"))
        or line.startswith(("node_modules/", "satupintu/design/static/design/"))
    ]

    assert built == []
