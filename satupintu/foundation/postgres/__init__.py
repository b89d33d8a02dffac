# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL from a wheel, for the demo, for tests, and for whoever has no server yet."""

from .explain import explain_folder_error
from .leash import leash
from .server import DATABASE, EmbeddedPostgres, PostgresRefusal

__all__ = ["DATABASE", "EmbeddedPostgres", "PostgresRefusal", "explain_folder_error", "leash"]
