# SPDX-License-Identifier: Apache-2.0
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.errors import Refusal
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin.dpop import BadProof, read_proof

from .assertions import use_assertion


class InvalidDpopProof(Refusal):
    """`reason` is for the client's developers, in ASCII."""

    code = "invalid_dpop_proof"
    message = _("The DPoP proof is missing, was used before, or does not fit this call.")
    status = 401

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


def check_proof(text: str, *, method: str, path: str, at: datetime, token: str = "") -> str:
    """The thumbprint of the key that a DPoP proof shows for this call, which uses the proof up.

    Raises InvalidDpopProof.
    """
    skew = rulebook.get_duration("signin.assertion_skew", at=at)
    max_age = rulebook.get_duration("signin.dpop_proof_age", at=at)
    try:
        proof = read_proof(
            text,
            method=method,
            address=settings.PUBLIC_URL + path,
            token=token,
            skew=skew,
            max_age=max_age,
            at=at,
        )
    except BadProof as error:
        raise InvalidDpopProof(str(error)) from error
    # A proof is used up like an assertion, by its key's owner; no client's id has a colon.
    is_new = use_assertion(
        client_id=f"dpop:{proof.thumbprint}",
        jti=proof.jti,
        expires_at=proof.issued_at + (skew + max_age).total_seconds(),
    )
    if not is_new:
        raise InvalidDpopProof("The proof was used before; make a new one for each request")
    return proof.thumbprint
