# SPDX-License-Identifier: Apache-2.0
"""Everything that changes what the provider keeps. Nothing else in the product writes it."""

from .assertions import use_assertion
from .codes import Release, SessionOver, SignIn, redeem_code, store_code
from .end import SIGNED_OUT, end_sign_ins
from .families import end_family_of_reused, renew, start_family
from .given import end_all_tokens, end_grant
from .keys import (
    KeySuspendedAlready,
    NextKeyTooNew,
    UnknownKey,
    ensure_signing_keys,
    forget_old_keys,
    get_signing_key,
    rotate_secrets,
    rotate_signing_key,
    suspend_signing_key,
)
from .passage import register_passage
from .portal_token import sign_portal_token
from .proofs import InvalidDpopProof, check_proof
from .pushed import close_request, open_request, push_request
from .releases import PURPOSE, record_release
from .revoke import revoke_token
from .subjects import ensure_subject
from .suspend import end_tokens_of_suspended
from .sweep import sweep_expired
from .tell import LogoutNotHeard, tell_client
from .tokens import store_token
from .withdraw import revoke_sign_ins, take_back_sign_ins

__all__ = [
    "PURPOSE",
    "SIGNED_OUT",
    "InvalidDpopProof",
    "KeySuspendedAlready",
    "LogoutNotHeard",
    "NextKeyTooNew",
    "Release",
    "SessionOver",
    "SignIn",
    "UnknownKey",
    "check_proof",
    "close_request",
    "end_all_tokens",
    "end_family_of_reused",
    "end_grant",
    "end_sign_ins",
    "end_tokens_of_suspended",
    "ensure_signing_keys",
    "ensure_subject",
    "forget_old_keys",
    "get_signing_key",
    "open_request",
    "push_request",
    "record_release",
    "redeem_code",
    "register_passage",
    "renew",
    "revoke_sign_ins",
    "revoke_token",
    "rotate_secrets",
    "rotate_signing_key",
    "sign_portal_token",
    "start_family",
    "store_code",
    "store_token",
    "suspend_signing_key",
    "sweep_expired",
    "take_back_sign_ins",
    "tell_client",
    "use_assertion",
]
