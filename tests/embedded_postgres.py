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

os.environ["SATUPINTU_TEST"] = "1"
for name in ("SATUPINTU_DEMO", "SATUPINTU_DEBUG", "SATUPINTU_PUBLIC_URL", "SATUPINTU_SMTP_URL"):
    os.environ.pop(name, None)
_folder = (
    Path(tempfile.mkdtemp(prefix="satupintu-test-")) if "DATABASE_URL" not in os.environ else None
)
_server = None

if _folder is not None:
    # Imported here, so that a run against another server needs no wheel of PostgreSQL.
    from satupintu.foundation.postgres import EmbeddedPostgres

    _server = EmbeddedPostgres(_folder / "postgres", throwaway=True)
    os.environ["DATABASE_URL"] = _server.start()
    os.environ["SATUPINTU_HOME"] = str(_folder)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    if _server is not None and _folder is not None:
        _server.stop()
        shutil.rmtree(_folder, ignore_errors=True)
        os.environ.pop("DATABASE_URL", None)
