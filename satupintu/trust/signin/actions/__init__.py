# SPDX-License-Identifier: Apache-2.0
"""Everything that changes what the provider keeps. Nothing else in the product writes it."""

from .keys import ensure_signing_keys, rotate_signing_key
from .portal_token import sign_portal_token
from .subjects import ensure_subject

__all__ = [
    "ensure_signing_keys",
    "ensure_subject",
    "rotate_signing_key",
    "sign_portal_token",
]
