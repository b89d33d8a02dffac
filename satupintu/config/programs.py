# SPDX-License-Identifier: Apache-2.0
"""The two programs of the portal, web and worker, and the database they stand on."""

import asyncio
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from satupintu.foundation.postgres import EmbeddedPostgres

RESCUE_EVERY_SECONDS = 15
WORKER_COUNTS_AS_DEAD_AFTER_SECONDS = 30

log = logging.getLogger(__name__)


class SettingsRefusal(Exception):
    """The environment does not say what this installation needs; one sentence says what."""


@contextmanager
def open_database(*, home: Path) -> Iterator[None]:
    """DATABASE_URL is set inside: as given, else the server of `home`, started where none runs
    and ended with this program if this program started it."""
    if os.environ.get("DATABASE_URL"):
        _check_settings()
        yield
        return
    server = EmbeddedPostgres(home / "postgres")
    os.environ["DATABASE_URL"] = server.url
    try:
        # Before a server is made for an installation that can't run.
        _check_settings()
        if server.pid is None:
            server.start()
        yield
    finally:
        server.stop()
        del os.environ["DATABASE_URL"]


def _check_settings() -> None:
    """Read them now. Raises SettingsRefusal."""
    from django.conf import settings  # noqa: PLC0415

    try:
        str(settings.SECRET_KEY)
    except ImproperlyConfigured as error:
        raise SettingsRefusal(str(error)) from error


def migrate_database() -> None:
    """Tables, the rulebook's first values, static files. May run at any time, and again."""
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from satupintu.trust.rulebook import actions as rulebook  # noqa: PLC0415

    call_command("migrate", interactive=False, verbosity=0)
    rulebook.seed_rulebook()
    call_command("collectstatic", interactive=False, verbosity=0)


def run_web(*, host: str, port: int, workers: int) -> int:
    """Serve until a signal ends it. A worker process that dies is replaced."""
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415
    from granian.server import Server  # noqa: PLC0415

    Server(
        "satupintu.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        # As many as the connection pool holds: a thread more would only wait for one.
        blocking_threads=int(os.environ.get("SATUPINTU_DB_POOL", "4")),
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=3,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()
    return 0


def run_worker(*, concurrency: int) -> int:
    """Carry out jobs until a signal ends it."""
    import django  # noqa: PLC0415

    django.setup()
    from procrastinate.contrib.django import app  # noqa: PLC0415

    # A second app for the worker's own reads and writes: a task that defers another still does so
    # on Django's connection, inside its transaction, which is what makes the outbox one.
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    jobs = app.with_connector(connector)
    asyncio.run(_work(jobs, concurrency=concurrency))
    return 0


async def _work(jobs: App, *, concurrency: int) -> None:
    async with jobs.open_async():
        rescue = asyncio.create_task(_rescue_stalled_jobs(jobs))
        try:
            await jobs.run_worker_async(
                concurrency=concurrency,
                delete_jobs="successful",
                shutdown_graceful_timeout=3,
            )
        finally:
            rescue.cancel()


async def _rescue_stalled_jobs(jobs: App) -> None:
    """A job whose worker was killed in its midst is given to another."""
    while True:
        try:
            stalled = await jobs.job_manager.get_stalled_jobs(
                seconds_since_heartbeat=WORKER_COUNTS_AS_DEAD_AFTER_SECONDS
            )
            for job in stalled:
                log.warning("job_rescued id=%s task=%s", job.id, job.task_name)
                await jobs.job_manager.retry_job(job)
        except ConnectorException as error:
            log.warning("rescue_postponed reason=%s", type(error).__name__)
        await asyncio.sleep(RESCUE_EVERY_SECONDS)
