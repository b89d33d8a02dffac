# SPDX-License-Identifier: Apache-2.0
"""Django's PostgreSQL engine, with a health check that costs no round trip.

Django's own sends an empty statement before each request. Here a connection that the server has
closed is known by its socket: between two requests nothing is to be read from a live one, and
from a dead one the end of the stream is.
"""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import ConnectionPool


def check_open(connection: psycopg.Connection[Any]) -> None:
    """Raises where the server has spoken unasked: it says good-bye, or it is gone."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        # Seldom, and not always the end (a notice, a changed setting): now it is worth asking.
        ConnectionPool.check_connection(connection)


class DatabaseWrapper(base.DatabaseWrapper):
    @property
    def pool(self) -> ConnectionPool[Any] | None:
        # The stubs do not know Django's property yet.
        pool: ConnectionPool[Any] | None = super().pool  # type: ignore[misc]
        if pool is not None and self.settings_dict["CONN_HEALTH_CHECKS"]:
            pool._check = check_open  # noqa: SLF001 - Django takes no other check
        return pool
