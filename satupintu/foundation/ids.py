# SPDX-License-Identifier: Apache-2.0
"""Identifiers of everything we store."""

import uuid

import uuid_utils.compat


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562, section 5.7): sortable by the time of its making, so that
    inserts land at the end of an index. It reveals that time, so it is no secret."""
    return uuid_utils.compat.uuid7()
