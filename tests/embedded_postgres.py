# SPDX-License-Identifier: Apache-2.0
"""A pytest plugin: one throwaway PostgreSQL for the whole run, before Django reads its settings.

With DATABASE_URL set, that server is used instead. Under xdist the controller starts it and its
workers inherit the address (pytest-django gives each a database of its own).
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from satupintu.foundation.postgres import EmbeddedPostgres

os.environ["SATUPINTU_TEST"] = "1"
for name in ("SATUPINTU_DEMO", "SATUPINTU_DEBUG", "SATUPINTU_PUBLIC_URL", "SATUPINTU_SMTP_URL"):
    os.environ.pop(name, None)

_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
_folder = None if _IS_WORKER else Path(tempfile.mkdtemp(prefix="satupintu-test-"))
_server: EmbeddedPostgres | None = None

if _folder is not None:
    os.environ["SATUPINTU_HOME"] = str(_folder)
    # Temporary folders of this run alone. Another run that starts meanwhile closes the shared one
    # for everybody but root, and so for the servers that tests start in it.
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(_folder)
    if "DATABASE_URL" not in os.environ:
        _server = EmbeddedPostgres(_folder / "postgres", throwaway=True)
        os.environ["DATABASE_URL"] = _server.start()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    if _server is not None:
        _server.stop()
        os.environ.pop("DATABASE_URL", None)
    if _folder is not None:
        shutil.rmtree(_folder, ignore_errors=True)
