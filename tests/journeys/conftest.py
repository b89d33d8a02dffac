# SPDX-License-Identifier: Apache-2.0
"""Journeys: a real country, a real browser, one person each."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .country import Country, read_country, run_country
from .walker import Walker


@pytest.fixture(scope="session")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    """One country for all journeys; one that runs already is named by SATUPINTU_JOURNEYS_HOME."""
    running_home = os.environ.get("SATUPINTU_JOURNEYS_HOME")
    if running_home:
        yield read_country(Path(running_home))
        return
    with run_country(tmp_path_factory.mktemp("country") / "home") as running:
        yield running


@pytest.fixture
def walk(country: Country, browser: Browser) -> Iterator[Callable[..., Walker]]:
    """walk("id", javascript=False) is a new browser of a person who reads that language."""
    walkers: list[Walker] = []

    def begin(language: str, *, javascript: bool = True, width: int = 360) -> Walker:
        context = browser.new_context(
            locale={"id": "id-ID", "en": "en-GB"}[language],
            viewport={"width": width, "height": 780},
            java_script_enabled=javascript,
            timezone_id="Asia/Jakarta",
            reduced_motion="reduce",
        )
        context.set_default_timeout(60_000)
        walker = Walker(
            country=country, context=context, language=language, javascript=javascript, width=width
        )
        walkers.append(walker)
        return walker

    yield begin
    for walker in walkers:
        walker.context.close()
    problems = [problem for walker in walkers for problem in walker.problems]
    assert problems == []
