# SPDX-License-Identifier: Apache-2.0
"""A person goes to an identity provider to prove who she is, and comes back."""

import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.crypto import decrypt, encrypt
from satupintu.foundation.errors import Refusal
from satupintu.trust.identity import provider
from satupintu.trust.identity.rules import CEILINGS, Method, is_same_name
from satupintu.trust.rulebook import queries as rulebook

from .record import Evidence, NameDiffers, record_proofing


class VisitLost(Refusal):
    """What came back does not belong to what this session began."""

    code = "visit_lost"
    message = _(
        "This return does not belong to what you began on this device, or it took too long. "
        "Nothing happened to your account. Please begin again."
    )


class VisitDeclined(Refusal):
    code = "visit_declined"
    message = _("You stopped on the way. Nothing happened to your account.")


@dataclass(frozen=True)
class Started:
    """Where to send the browser, and what its session keeps until it comes back (sealed)."""

    url: str
    sealed: str


def start_visit(*, account_id: UUID, redirect_uri: str, language: str, at: datetime) -> Started:
    """Raises provider.ProviderUnavailable or provider.ProviderAnswersNonsense."""
    endpoints = provider.discover(at=at)
    verifier = secrets.token_urlsafe(48)
    kept = {
        "account": str(account_id),
        "endpoints": asdict(endpoints),
        "state": secrets.token_urlsafe(32),
        "nonce": secrets.token_urlsafe(32),
        "verifier": verifier,
        "redirect_uri": redirect_uri,
        "until": (at + rulebook.get_duration("identity.visit_lifetime", at=at)).timestamp(),
    }
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": settings.IDENTITY_PROVIDER["client_id"],
        "redirect_uri": redirect_uri,
        "scope": "openid profile",
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "ui_locales": language,
        # She proves now who she is: somebody else's open session there proves nothing.
        "prompt": "login",
    }
    separator = "&" if "?" in endpoints.authorization else "?"
    return Started(
        url=f"{endpoints.authorization}{separator}{urlencode(query)}",
        sealed=encrypt(json.dumps(kept)),
    )


def finish_visit(
    *, account_id: UUID, full_name: str, sealed: str, answer: Mapping[str, str], at: datetime
) -> UUID:
    """What came back: believe it only if this session began it, and write down what it proves.

    The caller has taken `sealed` out of the session, so nothing comes back twice. Of what the
    provider says nothing is kept but a hash of its name for her, the level, and that her name
    fitted. Raises VisitLost, VisitDeclined, NameDiffers, EvidenceHeldElsewhere,
    ProviderUnavailable or ProviderAnswersNonsense; then nothing is written.
    """
    kept = json.loads(decrypt(sealed)) if sealed else {}
    belongs = (
        kept.get("account") == str(account_id)
        and hmac.compare_digest(kept["state"].encode(), answer.get("state", "").encode())
        # Required, not only compared where given: all our providers say it (RFC 9207, 2.4).
        and answer.get("iss") == kept["endpoints"]["issuer"]
        and at.timestamp() < kept["until"]
    )
    if not belongs:
        raise VisitLost
    if answer.get("error") == "access_denied":
        raise VisitDeclined
    if "error" in answer or not answer.get("code"):
        raise provider.ProviderAnswersNonsense
    identity = provider.exchange_code(
        endpoints=provider.Endpoints(**kept["endpoints"]),
        code=answer["code"],
        verifier=kept["verifier"],
        nonce=kept["nonce"],
        redirect_uri=kept["redirect_uri"],
        at=at,
    )
    if not is_same_name(identity.name, full_name):
        raise NameDiffers
    return record_proofing(
        account_id=account_id,
        evidence=Evidence(
            method=Method.PROVIDER,
            # However sure it says it is: more than this we believe nobody from afar.
            level=min(identity.level, CEILINGS[Method.PROVIDER]),
            by=settings.IDENTITY_PROVIDER["slug"],
            role="identity_provider",
            subject=identity.subject,
            full_name=identity.name,
            matched=("full_name",),
        ),
        at=at,
    )
