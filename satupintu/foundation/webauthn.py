# SPDX-License-Identifier: Apache-2.0
"""WebAuthn ceremonies (W3C WebAuthn 2), by fido2. Whose keys they are, callers know.

User verification is always required: a passkey without it would be one factor. Each challenge
is used once, and a session keeps a few of them, so two tabs do not spoil each other.
"""

import struct
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

KEPT_CHALLENGES = 5
LIFETIME = timedelta(minutes=10)
# Authenticator data, flag BE (WebAuthn 6.1): the key may leave its device with a backup.
BACKUP_ELIGIBLE = 0x08
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


class CeremonyFailed(Exception):
    """The answer proves nothing. Callers say so in words of their own, and never why."""


@dataclass(frozen=True)
class CreatedKey:
    """A new key, checked. `response` is what an authenticator's answer says of it, no more."""

    credential: AttestedCredentialData
    synchronised: bool
    response: dict[str, Any]

    @property
    def credential_id(self) -> str:
        return websafe_encode(self.credential.credential_id)


@dataclass(frozen=True)
class UsedKey:
    """A key that just signed, and for whom (`handle` is what its making named the owner)."""

    handle: bytes
    credential_id: bytes
    counter: int
    synchronised: bool


def _get_server() -> Fido2Server:
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=host, name="Satu Pintu"),
        verify_origin=lambda origin: origin == settings.PUBLIC_URL,
    )


def _keep_challenge(
    session: Session, place: str, kind: str, state: dict[str, Any], at: datetime
) -> None:
    kept = session.get(place, [])[1 - KEPT_CHALLENGES :]
    session[place] = [
        *kept,
        {
            "kind": kind,
            "challenge": state["challenge"],
            "user_verification": str(UserVerificationRequirement.REQUIRED.value),
            "at": at.timestamp(),
        },
    ]


def _take_challenge(
    session: Session, place: str, kind: str, challenge: bytes, at: datetime
) -> dict[str, Any]:
    """The state that belongs to a challenge; it is used up."""
    kept = session.get(place, [])
    wanted = websafe_encode(challenge)
    for state in kept:
        if state["challenge"] == wanted and state["kind"] == kind:
            session[place] = [other for other in kept if other is not state]
            if at - datetime.fromtimestamp(state["at"], tz=UTC) < LIFETIME:
                return state
    raise CeremonyFailed


def begin_creation(
    *,
    session: Session,
    place: str,
    handle: bytes,
    name: str,
    display_name: str,
    known: Sequence[AttestedCredentialData],
    at: datetime,
) -> dict[str, Any]:
    """Options for `navigator.credentials.create()`. `place` names where `session` keeps the
    challenge: one for each kind of owner, so that no answer serves another kind."""
    options, state = _get_server().register_begin(
        PublicKeyCredentialUserEntity(id=handle, name=name, display_name=display_name),
        credentials=list(known),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
        extensions={"credProps": True},
    )
    _keep_challenge(session, place, "create", state, at)
    return dict(options)


def complete_creation(*, session: Session, place: str, answer: Any, at: datetime) -> CreatedKey:
    """Check what the browser made. Raises CeremonyFailed."""
    try:
        response = RegistrationResponse.from_dict(answer)
        challenge = response.response.client_data.challenge
        state = _take_challenge(session, place, "create", challenge, at)
        checked = _get_server().register_complete(state, response)
        if checked.credential_data is None:
            raise CeremonyFailed
        credential_id = websafe_encode(checked.credential_data.credential_id)
        return CreatedKey(
            credential=checked.credential_data,
            synchronised=bool(checked.flags & BACKUP_ELIGIBLE),
            # Whatever else was sent is dropped.
            response={
                "id": credential_id,
                "rawId": credential_id,
                "type": response.type.value,
                "response": {
                    "clientDataJSON": websafe_encode(response.response.client_data),
                    "attestationObject": websafe_encode(response.response.attestation_object),
                },
                "clientExtensionResults": {},
            },
        )
    except UNREADABLE as error:
        raise CeremonyFailed from error


def begin_use(*, session: Session, place: str, at: datetime) -> dict[str, Any]:
    """Options for `navigator.credentials.get()`. They name no credential, so they tell nobody
    who has one; passkeys are discoverable."""
    options, state = _get_server().authenticate_begin(
        user_verification=UserVerificationRequirement.REQUIRED
    )
    _keep_challenge(session, place, "get", state, at)
    return dict(options)


def complete_use(
    *,
    session: Session,
    place: str,
    answer: Any,
    find_keys: Callable[[bytes], Sequence[AttestedCredentialData]],
    at: datetime,
) -> UsedKey:
    """Which of the owner's keys signed. `find_keys` answers those of a handle, and may raise
    ValueError for a handle that names nobody. Raises CeremonyFailed.

    The caller compares and keeps the counter: only it knows the one before.
    """
    try:
        response = AuthenticationResponse.from_dict(answer)
        state = _take_challenge(session, place, "get", response.response.client_data.challenge, at)
        handle = bytes(websafe_decode(answer["response"]["userHandle"]))
        used = _get_server().authenticate_complete(state, list(find_keys(handle)), response)
        data = response.response.authenticator_data
        return UsedKey(
            handle=handle,
            credential_id=bytes(used.credential_id),
            counter=data.counter,
            synchronised=bool(data.flags & BACKUP_ELIGIBLE),
        )
    except UNREADABLE as error:
        raise CeremonyFailed from error
