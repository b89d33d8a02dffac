# SPDX-License-Identifier: Apache-2.0
"""What docs/agencies/openid.md promises clause by clause, a test shows."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLAUSES = ROOT / "docs" / "agencies" / "openid.md"
NAME = re.compile(r"`(test_\w+)`")
TEST = re.compile(r"^def (test_\w+)\(", re.MULTILINE)


def list_rows() -> list[str]:
    lines = CLAUSES.read_text("utf-8").splitlines()
    heads_and_rules = ("| clause |", "|---")
    return [line for line in lines if line.startswith("|") and not line.startswith(heads_and_rules)]


def list_tests() -> set[str]:
    folders = (ROOT / "satupintu", ROOT / "demo", ROOT / "tests")
    files = [file for folder in folders for file in folder.rglob("test_*.py")]
    return {name for file in files for name in TEST.findall(file.read_text("utf-8"))}


def test_every_clause_names_its_test():
    assert [row for row in list_rows() if not NAME.search(row)] == []


def test_every_test_that_a_clause_names_is_there():
    named = {name for row in list_rows() for name in NAME.findall(row)}

    assert named - list_tests() == set()
    assert len(named) > 60
