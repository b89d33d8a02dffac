# SPDX-License-Identifier: Apache-2.0
"""What may be asked about a person's account and session."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import signing
from django.db import connection
from django.http import HttpRequest

from satupintu.trust.rulebook import queries as rulebook

from .models import Account, AccountSession, Activity, EndedSession, Pause, RecoveryCode
from .rules.assurance import Assurance, assess, can_be_extended, is_password_needed, read_events
from .rules.devices import Origin, name_device, name_network
from .session_store import hash_key

DEVICE_COOKIE = "__Host-satupintu_device" if settings.HTTPS else "satupintu_device"
DEVICE_SALT = "satupintu.accounts.device"
UNKNOWN_DEVICE = "unknown"
# What lets a browser see how a frozen account stands, and nothing more.
FROZEN_VIEW = "accounts.frozen_view"
# A condition for another app's own statement, with the session's id as its parameter: true while
# the session stands, which then can't end before that statement's transaction is over.
SESSION_STANDS = "EXISTS (SELECT 1 FROM accounts_session WHERE id = %s FOR KEY SHARE)"

__all__ = ["Assurance", "Origin"]


@dataclass(frozen=True)
class Contact:
    """How to address a person, and where to write."""

    email: str
    full_name: str
    language: str


@dataclass(frozen=True)
class SignIn:
    at: datetime
    device: str
    network: str


@dataclass(frozen=True)
class SessionCard:
    id: UUID
    device: str
    network: str
    started_at: datetime
    last_seen_at: datetime
    is_this_one: bool


@dataclass(frozen=True)
class ActivityLine:
    kind: str
    words: str
    at: datetime
    device: str
    network: str


@dataclass(frozen=True)
class PauseCard:
    """A pause of an account: what brought it ("link" or "guard", and which), and its end."""

    id: UUID
    origin: str
    about: UUID
    started_at: datetime
    ends_at: datetime

    @classmethod
    def read(cls, row: Pause) -> Self:
        return cls(row.id, row.origin, row.about, row.started_at, row.ends_at)

    def is_running(self, *, at: datetime) -> bool:
        return self.ends_at > at


@dataclass(frozen=True)
class ProofEnd:
    """When AL2 lapses unless another page is opened before, and whether that would help."""

    at: datetime
    can_extend: bool


@dataclass(frozen=True)
class Ending:
    """Why a session is over: "elsewhere", "password", "paused", "suspended" or "lapsed"."""

    account_id: UUID
    why: str
    at: datetime


@dataclass(frozen=True)
class PasskeyCard:
    id: int
    name: str
    added_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class Guards:
    """What guards an account."""

    has_password: bool
    has_app: bool
    passkeys: tuple[PasskeyCard, ...]
    unused_codes: int

    @property
    def has_second_factor(self) -> bool:
        return self.has_app or bool(self.passkeys)


def get_assurance(*, session: Mapping[str, Any], at: datetime) -> Assurance | None:
    """The authentication level of a session at a moment; None when nobody is signed in.

    AL2 lapses to AL1 after an hour without a page or 24 hours in all (safety rule 7). No query
    beyond the one that loaded the session.
    """
    row = session.row  # type: ignore[attr-defined]
    if row is None or row.account_id is None:
        return None
    return assess(
        read_events(row.authentication_events),
        al2_until=row.al2_until,
        at=at,
        al1_lifetime=rulebook.get_duration("session.al1_lifetime", at=at),
    )


def get_proof_end(*, session: Mapping[str, Any], at: datetime) -> ProofEnd | None:
    """None below AL2. No query beyond the one that loaded the session."""
    row = session.row  # type: ignore[attr-defined]
    if row is None or row.account_id is None or row.al2_until is None or row.al2_until <= at:
        return None
    lifetime = rulebook.get_duration("session.al2_lifetime", at=at)
    events = read_events(row.authentication_events)
    return ProofEnd(
        at=row.al2_until,
        can_extend=can_be_extended(events, al2_until=row.al2_until, lifetime=lifetime),
    )


def has_lapsed(*, session: Mapping[str, Any], at: datetime) -> bool:
    """Whether this session was at AL2 before and is not now: an hour without a page, or a day."""
    row = session.row  # type: ignore[attr-defined]
    return row is not None and row.al2_until is not None and row.al2_until <= at


def get_ending(*, session_key: str, at: datetime) -> Ending | None:
    """Why the session of this cookie is over; None where it never was one, is one still, or was
    signed out. Only whoever holds its 256 bits can ask."""
    key = hash_key(session_key)
    told_since = at - rulebook.get_duration("session.ending_told", at=at)
    ended = EndedSession.objects.filter(session_key=key, ended_at__gte=told_since).first()
    if ended is not None:
        return Ending(account_id=ended.account_id, why=ended.why, at=ended.ended_at)
    # Expired, and not swept yet.
    row = AccountSession.objects.filter(
        session_key=key, expire_date__lte=at, account_id__isnull=False
    ).first()
    if row is None or row.account_id is None:
        return None
    return Ending(account_id=row.account_id, why="lapsed", at=row.expire_date)


def get_session_id(*, session: Mapping[str, Any]) -> UUID | None:
    """The id of a session, which may appear in tokens; None for a visitor without one."""
    row = session.row  # type: ignore[attr-defined]
    return None if row is None else row.id


def get_contact(*, account_id: UUID) -> Contact | None:
    row = (
        Account.objects.filter(id=account_id, is_active=True)
        .values_list("email", "full_name", "language")
        .first()
    )
    return None if row is None else Contact(*row)


def is_sign_in_open(*, account_id: UUID, session_id: UUID | None, at: datetime) -> bool:
    """Whether this person may be signed in, and this session of hers runs still. Without a session
    the answer is about her account alone. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT 1 FROM accounts_account WHERE id = %s AND is_active AND (
                %s::uuid IS NULL OR EXISTS (
                    SELECT 1 FROM accounts_session
                    WHERE id = %s AND account_id = accounts_account.id AND expire_date > %s
                )
            )
            """,
            [account_id, session_id, session_id, at],
        )
        return cursor.fetchone() is not None


def get_running_pause(*, account_id: UUID, at: datetime) -> PauseCard | None:
    """The pause in which an account is now, by a code from a letter or an old mailbox."""
    row = Pause.objects.filter(account_id=account_id, ends_at__gt=at).order_by("-ends_at").first()
    return None if row is None else PauseCard.read(row)


def get_frozen_account(*, session: Mapping[str, Any], at: datetime) -> UUID | None:
    """The frozen account whose proofs were all given in this browser a short while ago."""
    kept = session.get(FROZEN_VIEW)
    if not kept:
        return None
    since = at - datetime.fromtimestamp(kept["at"], tz=UTC)
    if since >= rulebook.get_duration("accounts.frozen_view", at=at):
        return None
    found = Account.objects.filter(id=UUID(kept["account_id"]), frozen_at__isnull=False)
    return found.values_list("id", flat=True).first()


def get_last_sign_in(*, account_id: UUID, session_id: UUID | None) -> SignIn | None:
    """The latest sign-in that was not this session's own."""
    # Written out because every home page pays for it.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT at, device, network FROM accounts_activity
            WHERE account_id = %s AND kind = %s AND session_id IS DISTINCT FROM %s
            ORDER BY at DESC LIMIT 1
            """,
            [account_id, Activity.Kind.SIGNED_IN.value, session_id],
        )
        line = cursor.fetchone()
    return None if line is None else SignIn(*line)


def list_sessions(
    *, account_id: UUID, session_id: UUID | None, at: datetime
) -> tuple[SessionCard, ...]:
    """The running session first, then the most recent."""
    rows = AccountSession.objects.filter(account_id=account_id, expire_date__gt=at).defer(
        "session_data"
    )
    cards = [
        SessionCard(
            id=row.id,
            device=row.device,
            network=row.network,
            started_at=row.started_at,
            last_seen_at=row.last_seen_at,
            is_this_one=row.id == session_id,
        )
        for row in rows.order_by("-last_seen_at")
    ]
    return tuple(sorted(cards, key=lambda card: not card.is_this_one))


def count_sessions(*, account_id: UUID, at: datetime) -> int:
    return AccountSession.objects.filter(account_id=account_id, expire_date__gt=at).count()


def list_activity(*, account_id: UUID, limit: int = 50) -> tuple[ActivityLine, ...]:
    """Newest first."""
    rows = Activity.objects.filter(account_id=account_id).order_by("-at", "-id")[:limit]
    return tuple(
        ActivityLine(
            kind=row.kind,
            words=row.get_kind_display(),
            at=row.at,
            device=row.device,
            network=row.network,
        )
        for row in rows
    )


def get_guards(*, account_id: UUID) -> Guards:
    """What guards this account. Raises Account.DoesNotExist for an unknown one."""
    account = Account.objects.only("password").get(id=account_id)
    has_app, passkeys = False, []
    for entry in Authenticator.objects.filter(user_id=account_id).order_by("created_at"):
        if entry.type == Authenticator.Type.TOTP:
            has_app = True
        elif entry.type == Authenticator.Type.WEBAUTHN:
            passkeys.append(
                PasskeyCard(
                    id=entry.pk,
                    name=entry.data.get("name", ""),
                    added_at=entry.created_at,
                    last_used_at=entry.last_used_at,
                )
            )
    return Guards(
        has_password=account.has_usable_password(),
        has_app=has_app,
        passkeys=tuple(passkeys),
        unused_codes=RecoveryCode.objects.filter(
            account_id=account_id, used_at__isnull=True
        ).count(),
    )


def is_freshly_proved(*, account_id: UUID, session: Mapping[str, Any], at: datetime) -> bool:
    """Whether the session gave all the proof that this account can give, minutes ago."""
    assurance = get_assurance(session=session, at=at)
    if assurance is None:
        return False
    since = at - assurance.authenticated_at
    if since >= rulebook.get_duration("session.reauthentication", at=at):
        return False
    return assurance.level == 2 or not has_second_factor(account_id=account_id)


def has_second_factor(*, account_id: UUID) -> bool:
    """An authenticator app or a passkey."""
    return Authenticator.objects.filter(
        user_id=account_id, type__in=(Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    ).exists()


def is_password_still_needed(*, session: Mapping[str, Any], at: datetime) -> bool:
    """Whether a second factor alone would not bring this session to AL2: the password was typed
    too long ago."""
    row = session.row  # type: ignore[attr-defined]
    return row is None or is_password_needed(
        read_events(row.authentication_events),
        at=at,
        lifetime=rulebook.get_duration("session.al2_lifetime", at=at),
    )


def read_device_cookie(request: HttpRequest) -> dict[str, Any]:
    """{"id": ..., "accounts": [...]}; empty where the cookie is missing or not ours."""
    try:
        content = signing.loads(request.COOKIES.get(DEVICE_COOKIE, ""), salt=DEVICE_SALT)
    except signing.BadSignature:
        return {}
    return content if isinstance(content, dict) and "id" in content else {}


def get_origin(request: HttpRequest) -> Origin:
    """Device and network of a request, for counting tries and for the person's own lists."""
    cookie = read_device_cookie(request)
    address = request.META.get("REMOTE_ADDR", "")
    if settings.HTTPS:
        # In production a proxy of ours stands in front; what it saw is the last entry.
        address = request.headers.get("X-Forwarded-For", address).rsplit(",", 1)[-1].strip()
    return Origin(
        device=name_device(request.headers.get("User-Agent", "")[:500]),
        network=name_network(address),
        device_key=str(cookie.get("id", "")),
        known_accounts=frozenset(cookie.get("accounts", ())),
    )


def device_key(request: HttpRequest) -> str:
    """An opaque, stable id of this device, for counting tries by account together with device.

    A device gets its id when somebody signs in on it. All others answer the same "unknown": a
    guesser cannot make himself a new device for each try (OWASP, "device cookies").
    """
    return str(read_device_cookie(request).get("id", UNKNOWN_DEVICE))
