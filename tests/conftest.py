# SPDX-License-Identifier: Apache-2.0
"""One Chromium for every test that looks at a page: two at once share no event loop."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Chromium's own background traffic has no place in a test.
QUIET = [
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-gpu",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chosen = os.environ.get("SATUPINTU_CHROMIUM")
    path = shutil.which(chosen) if chosen else next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        said = "no Chromium was found: get it with `apt-get install chromium`"
        pytest.fail(said) if os.environ.get("CI") == "true" else pytest.skip(said)
    # Chromium's sandbox refuses root.
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else QUIET
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=arguments)
        yield running
        running.close()
