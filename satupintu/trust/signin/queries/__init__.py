# SPDX-License-Identifier: Apache-2.0
"""What others may ask about subjects, tokens and the portal's public keys."""

from .bearer import (
    BearerClient,
    InsufficientScope,
    InvalidToken,
    authenticate_bearer,
)
from .keys import list_public_keys
from .subjects import get_account_of_subject, get_subject

__all__ = [
    "BearerClient",
    "InsufficientScope",
    "InvalidToken",
    "authenticate_bearer",
    "get_account_of_subject",
    "get_subject",
    "list_public_keys",
]
