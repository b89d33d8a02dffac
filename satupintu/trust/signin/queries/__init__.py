# SPDX-License-Identifier: Apache-2.0
"""What others may ask about subjects, tokens and the portal's public keys."""

from .bearer import (
    BearerClient,
    InsufficientScope,
    InvalidToken,
    authenticate_bearer,
)
from .families import get_offline_end
from .keys import (
    PortalKey,
    get_cache_lifetime,
    list_portal_keys,
    list_public_keys,
    read_id_token,
)
from .passage import Passage, get_passage
from .sessions import get_sid, is_session_named, list_agencies_visited
from .subjects import find_name, get_account_of_subject, get_subject

__all__ = [
    "BearerClient",
    "InsufficientScope",
    "InvalidToken",
    "Passage",
    "PortalKey",
    "authenticate_bearer",
    "find_name",
    "get_account_of_subject",
    "get_cache_lifetime",
    "get_offline_end",
    "get_passage",
    "get_sid",
    "get_subject",
    "is_session_named",
    "list_agencies_visited",
    "list_portal_keys",
    "list_public_keys",
    "read_id_token",
]
