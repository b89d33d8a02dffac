# SPDX-License-Identifier: Apache-2.0
import re

import pytest
from babel.messages.pofile import read_po

from satupintu.design import catalogues


def test_every_sentence_has_its_indonesian():
    assert list(catalogues.list_missing("id")) == []


def test_a_compiled_catalogue_is_never_older_than_its_source():
    catalogues.compile_catalogues()

    assert catalogues.compile_catalogues() == 0
    for source in catalogues.list_sources():
        assert source.with_suffix(".mo").stat().st_mtime >= source.stat().st_mtime


@pytest.mark.parametrize("path", catalogues.list_sources(), ids=lambda path: path.parts[-5])
def test_a_translation_keeps_every_placeholder(path):
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        for message in read_po(file):
            source = message.id if isinstance(message.id, str) else message.id[-1]
            target = message.string if isinstance(message.string, str) else message.string[-1]
            if source:
                names = re.compile(r"%\(\w+\)[sd]|%\{\w+\}")
                assert sorted(names.findall(source)) == sorted(names.findall(target)), source


def test_one_sentence_has_one_translation():
    """All catalogues become one when the portal runs: of two translations, one would stand where
    nobody meant it."""
    found: dict[tuple[str | None, str], set[str]] = {}
    for source in catalogues.list_sources():
        if source.is_relative_to(catalogues.ROOT / "satupintu"):
            with source.open("rb") as file:
                for message in read_po(file, locale="id"):
                    if message.id:
                        key = (message.context, str(message.id))
                        found.setdefault(key, set()).add(str(message.string))

    assert len(found) > 1000
    assert {key: said for key, said in found.items() if len(said) > 1} == {}
