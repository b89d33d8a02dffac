# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL from a wheel, for the demo, for tests, and for whoever has no server yet."""

from .leash import leash
from .server import DATABASE, EmbeddedPostgres, PostgresRefusal

__all__ = ["DATABASE", "EmbeddedPostgres", "PostgresRefusal", "leash"]
