# SPDX-License-Identifier: Apache-2.0
"""What the documents promise in public, a test shows: each promise names it, and it is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"`(test_\w+)`")
TEST = re.compile(r"^ *(?:async )?def (test_\w+)\(", re.MULTILINE)
# And the fewest tests each must name, so that a document that was emptied is no proof.
DOCUMENTS = {"docs/agencies/openid.md": 60, "docs/security.md": 60, "docs/asvs.md": 180}


def list_rows(document: str) -> list[str]:
    """The rows of its tables that promise something, without their heads."""
    lines = (ROOT / document).read_text("utf-8").splitlines()
    heads = ("| clause |", "| promise |", "| attack |", "|---")
    return [line for line in lines if line.startswith("|") and not line.startswith(heads)]


def list_tests() -> set[str]:
    folders = (ROOT / "satupintu", ROOT / "demo", ROOT / "tests")
    files = [file for folder in folders for file in folder.rglob("test_*.py")]
    return {name for file in files for name in TEST.findall(file.read_text("utf-8"))}


@pytest.mark.parametrize("document", ["docs/agencies/openid.md", "docs/security.md"])
def test_every_promise_names_its_test(document):
    assert [row for row in list_rows(document) if not NAME.search(row)] == []


@pytest.mark.parametrize(("document", "fewest"), DOCUMENTS.items())
def test_every_test_that_a_document_names_is_there(document, fewest):
    named = set(NAME.findall((ROOT / document).read_text("utf-8")))

    assert named - list_tests() == set()
    assert len(named) >= fewest
