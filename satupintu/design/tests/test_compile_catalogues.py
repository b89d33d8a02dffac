# SPDX-License-Identifier: Apache-2.0
import re

import pytest

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
