# SPDX-License-Identifier: Apache-2.0
"""WebAuthn ceremonies (W3C WebAuthn 2), by fido2; stored as django-allauth stores them.

User verification is always required: a passkey without it would be one factor. Each challenge
is used once, and a session keeps a few of them, so two tabs do not spoil each other.
"""

import struct
from collections.abc import MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from satupintu.foundation.errors import Refusal

CHALLENGES = "accounts.challenges"
KEPT_CHALLENGES = 5
LIFETIME = timedelta(minutes=10)
# What reading bytes that no authenticator makes ends in: cut short, nested without end, of a kind
# that nobody knows.
UNREADABLE = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    struct.error,
)

Session = MutableMapping[str, Any]


class PasskeyRefused(Refusal):
    code = "passkey_refused"
    message = _("That passkey did not work. Try again, or use another way.")


class PasskeyKnownAlready(Refusal):
    code = "passkey_known_already"
    message = _("This passkey is on your account already.")


def _get_server() -> Fido2Server:
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=host, name="Satu Pintu"),
        verify_origin=lambda origin: origin == settings.PUBLIC_URL,
    )


def _keep_challenge(session: Session, kind: str, state: dict[str, Any], at: datetime) -> None:
    kept = session.get(CHALLENGES, [])[1 - KEPT_CHALLENGES :]
    session[CHALLENGES] = [
        *kept,
        {
            "kind": kind,
            "challenge": state["challenge"],
            "user_verification": str(UserVerificationRequirement.REQUIRED.value),
            "at": at.timestamp(),
        },
    ]


def _take_challenge(session: Session, kind: str, challenge: bytes, at: datetime) -> dict[str, Any]:
    """The state that belongs to a challenge; it is used up. Raises PasskeyRefused."""
    kept = session.get(CHALLENGES, [])
    wanted = websafe_encode(challenge)
    for state in kept:
        if state["challenge"] == wanted and state["kind"] == kind:
            session[CHALLENGES] = [other for other in kept if other is not state]
            if at - datetime.fromtimestamp(state["at"], tz=UTC) < LIFETIME:
                return state
    raise PasskeyRefused


def _list_stored(account_id: UUID) -> list[tuple[Authenticator, AttestedCredentialData]]:
    rows = Authenticator.objects.filter(user_id=account_id, type=Authenticator.Type.WEBAUTHN)
    return [(row, row.wrap().authenticator_data.credential_data) for row in rows]


def begin_creation(
    *, session: Session, account_id: UUID, email: str, full_name: str, at: datetime
) -> dict[str, Any]:
    """Options for `navigator.credentials.create()`. The account need not exist yet."""
    options, state = _get_server().register_begin(
        PublicKeyCredentialUserEntity(
            id=account_id.bytes, name=email, display_name=full_name or email
        ),
        credentials=[credential for _row, credential in _list_stored(account_id)],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
        extensions={"credProps": True},
    )
    _keep_challenge(session, "create", state, at)
    return dict(options)


def complete_creation(*, session: Session, answer: Any, at: datetime) -> dict[str, Any]:
    """Check what the browser made; answers what `store_passkey` keeps. Raises PasskeyRefused."""
    try:
        response = RegistrationResponse.from_dict(answer)
        challenge = response.response.client_data.challenge
        state = _take_challenge(session, "create", challenge, at)
        checked = _get_server().register_complete(state, response)
        return _keep_checked(response, checked)
    except UNREADABLE as error:
        raise PasskeyRefused from error


def _keep_checked(response: RegistrationResponse, checked: AuthenticatorData) -> dict[str, Any]:
    """What was checked, in the members that allauth reads. Whatever else was sent is dropped."""
    if checked.credential_data is None:
        raise PasskeyRefused
    credential_id = websafe_encode(checked.credential_data.credential_id)
    return {
        "id": credential_id,
        "rawId": credential_id,
        "type": response.type.value,
        "response": {
            "clientDataJSON": websafe_encode(response.response.client_data),
            "attestationObject": websafe_encode(response.response.attestation_object),
        },
        "clientExtensionResults": {},
    }


def store_passkey(
    *, account_id: UUID, name: str, credential: dict[str, Any], at: datetime
) -> Authenticator:
    """Raises PasskeyKnownAlready where this account has it: a second tab or press."""
    new = RegistrationResponse.from_dict(credential).raw_id
    if any(stored.credential_id == new for _row, stored in _list_stored(account_id)):
        raise PasskeyKnownAlready
    return Authenticator.objects.create(
        user_id=account_id,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": name, "credential": credential},
        created_at=at,
    )


def begin_use(*, session: Session, at: datetime) -> dict[str, Any]:
    """Options for `navigator.credentials.get()`. They name no credential, so they tell nobody
    who has one; passkeys are discoverable."""
    options, state = _get_server().authenticate_begin(
        user_verification=UserVerificationRequirement.REQUIRED
    )
    _keep_challenge(session, "get", state, at)
    return dict(options)


def _read_owner(answer: Any) -> UUID:
    handle = websafe_decode(answer["response"]["userHandle"])
    return UUID(bytes=bytes(handle))


@transaction.atomic
def complete_use(*, session: Session, answer: Any, at: datetime) -> tuple[UUID, str]:
    """Whose passkey signed, and whether its key is bound to a device ("hwk") or synchronised
    ("swk"). Raises PasskeyRefused for anything else."""
    try:
        response = AuthenticationResponse.from_dict(answer)
        state = _take_challenge(session, "get", response.response.client_data.challenge, at)
        account_id = _read_owner(answer)
        stored = _list_stored(account_id)
        used = _get_server().authenticate_complete(
            state, [credential for _row, credential in stored], response
        )
    except UNREADABLE as error:
        raise PasskeyRefused from error
    row_id = next(row.pk for row, credential in stored if credential == used)
    row = Authenticator.objects.select_for_update(of=("self",)).get(pk=row_id)
    data = response.response.authenticator_data
    # A counter that goes back is a copied key (WebAuthn 6.1.1); synchronised ones stay at 0.
    if data.counter and data.counter <= row.data.get("counter", 0):
        raise PasskeyRefused
    row.data["counter"] = data.counter
    row.last_used_at = at
    row.save(update_fields=["data", "last_used_at"])
    backup_eligible = bool(data.flags & 0x08)
    return account_id, "swk" if backup_eligible else "hwk"
