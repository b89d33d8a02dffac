# SPDX-License-Identifier: Apache-2.0
"""Staff passkeys: making one, using one, keeping a second."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestedCredentialData

from satupintu.foundation import webauthn
from satupintu.foundation.errors import Refusal
from satupintu.trust.staff.models import StaffMember, StaffPasskey, StaffSession

CHALLENGES = "staff.challenges"


class PasskeyRefused(Refusal):
    """One word for every reason: unknown key, old challenge, a member who left."""

    code = "staff_passkey_refused"
    message = _("That passkey did not work here. Try again, or ask the owner of your agency.")


class LastPasskey(Refusal):
    code = "staff_last_passkey"
    message = _("This is your only passkey. Add another one first.")


def list_credentials(member_id: UUID) -> list[AttestedCredentialData]:
    stored = StaffPasskey.objects.filter(member_id=member_id).values_list("credential", flat=True)
    return [AttestedCredentialData(websafe_decode(text)) for text in stored]


def begin_creation(*, visit: StaffSession, member: StaffMember, at: datetime) -> dict[str, Any]:
    options = webauthn.begin_creation(
        session=visit.ceremony,
        place=CHALLENGES,
        handle=member.id.bytes,
        name=member.email,
        display_name=member.full_name,
        known=list_credentials(member.id),
        at=at,
    )
    visit.save(update_fields=["ceremony"])
    return options


def complete_creation(
    *, visit: StaffSession, member_id: UUID, answer: Any, name: str, at: datetime
) -> None:
    """Keep a new passkey. Raises PasskeyRefused; nothing is stored then."""
    try:
        made = webauthn.complete_creation(
            session=visit.ceremony, place=CHALLENGES, answer=answer, at=at
        )
    except webauthn.CeremonyFailed as error:
        raise PasskeyRefused from error
    visit.save(update_fields=["ceremony"])
    try:
        with transaction.atomic():
            StaffPasskey.objects.create(
                member_id=member_id,
                credential_id=made.credential_id,
                credential=websafe_encode(bytes(made.credential)),
                name=name,
                added_at=at,
            )
    except IntegrityError as error:
        # On somebody's desk already, perhaps one's own.
        raise PasskeyRefused from error


def use_passkey(*, visit: StaffSession, answer: Any, at: datetime) -> StaffMember:
    """Whose passkey signed. Raises PasskeyRefused. Says nothing of whether she may come in."""
    try:
        used = webauthn.complete_use(
            session=visit.ceremony,
            place=CHALLENGES,
            answer=answer,
            find_keys=lambda handle: list_credentials(UUID(bytes=handle)),
            at=at,
        )
    except webauthn.CeremonyFailed as error:
        raise PasskeyRefused from error
    visit.save(update_fields=["ceremony"])
    key = (
        StaffPasskey.objects.select_for_update(of=("self",))
        .filter(member_id=UUID(bytes=used.handle), credential_id=websafe_encode(used.credential_id))
        .first()
    )
    # A counter that goes back is a copied key (WebAuthn 6.1.1); synchronised ones stay at 0.
    if key is None or (used.counter and used.counter <= key.counter):
        raise PasskeyRefused
    key.counter, key.last_used_at = used.counter, at
    key.save(update_fields=["counter", "last_used_at"])
    return StaffMember.objects.select_related("agency").get(id=key.member_id)


def _lock_own_session(session_id: UUID) -> StaffSession:
    return StaffSession.objects.select_for_update(of=("self",)).get(id=session_id)


@transaction.atomic
def begin_adding(*, session_id: UUID, member_id: UUID, at: datetime) -> dict[str, Any]:
    """Options for one more passkey of somebody who is signed in."""
    member = StaffMember.objects.get(id=member_id)
    return begin_creation(visit=_lock_own_session(session_id), member=member, at=at)


@transaction.atomic
def add_passkey(*, session_id: UUID, member_id: UUID, answer: Any, name: str, at: datetime) -> None:
    """Raises PasskeyRefused."""
    complete_creation(
        visit=_lock_own_session(session_id), member_id=member_id, answer=answer, name=name, at=at
    )


@transaction.atomic
def remove_passkey(*, member_id: UUID, passkey_id: UUID) -> None:
    """Raises LastPasskey. Somebody else's, or gone already, is as good as gone."""
    StaffMember.objects.select_for_update(of=("self",)).get(id=member_id)
    own = StaffPasskey.objects.filter(member_id=member_id)
    if own.filter(id=passkey_id).exists() and own.count() == 1:
        raise LastPasskey
    own.filter(id=passkey_id).delete()
