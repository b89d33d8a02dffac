# SPDX-License-Identifier: Apache-2.0
"""A person's passkeys: ceremonies by foundation/webauthn, stored as django-allauth stores them."""

from collections.abc import MutableMapping
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AttestedCredentialData, RegistrationResponse

from satupintu.foundation import webauthn
from satupintu.foundation.errors import Refusal

CHALLENGES = "accounts.challenges"

Session = MutableMapping[str, Any]


class PasskeyRefused(Refusal):
    code = "passkey_refused"
    message = _("That passkey did not work. Try again, or use another way.")


class PasskeyKnownAlready(Refusal):
    code = "passkey_known_already"
    message = _("This passkey is on your account already.")


def _list_stored(account_id: UUID) -> list[tuple[Authenticator, AttestedCredentialData]]:
    rows = Authenticator.objects.filter(user_id=account_id, type=Authenticator.Type.WEBAUTHN)
    return [(row, row.wrap().authenticator_data.credential_data) for row in rows]


def begin_creation(
    *, session: Session, account_id: UUID, email: str, full_name: str, at: datetime
) -> dict[str, Any]:
    """Options for `navigator.credentials.create()`. The account need not exist yet."""
    return webauthn.begin_creation(
        session=session,
        place=CHALLENGES,
        handle=account_id.bytes,
        name=email,
        display_name=full_name or email,
        known=[credential for _row, credential in _list_stored(account_id)],
        at=at,
    )


def complete_creation(*, session: Session, answer: Any, at: datetime) -> dict[str, Any]:
    """Check what the browser made; answers what `store_passkey` keeps. Raises PasskeyRefused."""
    try:
        return webauthn.complete_creation(
            session=session, place=CHALLENGES, answer=answer, at=at
        ).response
    except webauthn.CeremonyFailed as error:
        raise PasskeyRefused from error


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
    """Options for `navigator.credentials.get()`. They name nobody."""
    return webauthn.begin_use(session=session, place=CHALLENGES, at=at)


@transaction.atomic
def complete_use(*, session: Session, answer: Any, at: datetime) -> tuple[UUID, str]:
    """Whose passkey signed, and whether its key is bound to a device ("hwk") or synchronised
    ("swk"). Raises PasskeyRefused for anything else."""
    stored: list[tuple[Authenticator, AttestedCredentialData]] = []

    def find_keys(handle: bytes) -> list[AttestedCredentialData]:
        stored.extend(_list_stored(UUID(bytes=handle)))
        return [credential for _row, credential in stored]

    try:
        used = webauthn.complete_use(
            session=session, place=CHALLENGES, answer=answer, find_keys=find_keys, at=at
        )
    except webauthn.CeremonyFailed as error:
        raise PasskeyRefused from error
    row_id = next(row.pk for row, key in stored if key.credential_id == used.credential_id)
    row = Authenticator.objects.select_for_update(of=("self",)).get(pk=row_id)
    # A counter that goes back is a copied key (WebAuthn 6.1.1); synchronised ones stay at 0.
    if used.counter and used.counter <= row.data.get("counter", 0):
        raise PasskeyRefused
    row.data["counter"] = used.counter
    row.last_used_at = at
    row.save(update_fields=["data", "last_used_at"])
    return UUID(bytes=used.handle), "swk" if used.synchronised else "hwk"
