# SPDX-License-Identifier: Apache-2.0
"""Read what people have agreed to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import get_language

from satupintu.trust.agencies import queries as agencies
from satupintu.trust.rulebook import queries as rulebook

from .attributes import ATTRIBUTES, LEGAL_BASIS, PURPOSES, Words
from .models import Consent, Wording
from .rules import State, name_state

__all__ = ["LEGAL_BASIS", "ConsentCard", "State"]

# Without it an agency is told nothing at all.
IDENTITY = "identity_confirmed"

# By which name an agency knows a person; answers None for one it does not know.
Pseudonym = Callable[[UUID, str], str | None]
_pseudonyms: list[Pseudonym] = []


@dataclass(frozen=True)
class ConsentCard:
    """One consent, in the words that were shown when it was given."""

    id: UUID
    agency: agencies.AgencyCard | None  # None when the agency is no longer known
    agency_slug: str
    attribute: str
    purpose: str
    what: Words
    what_for: Words
    legal_basis: str
    category: str
    is_specific: bool
    given_at: datetime
    ends_at: datetime | None
    level: int | None
    words_version: str
    ended_at: datetime | None
    ended_by: str
    state: State

    @property
    def what_said(self) -> str:
        """In the language of the running request."""
        return self.what.speak(get_language())

    @property
    def what_for_said(self) -> str:
        """In the language of the running request."""
        return self.what_for.speak(get_language())

    @property
    def agency_name(self) -> str:
        return self.agency.name if self.agency else self.agency_slug

    @property
    def is_identity(self) -> bool:
        return self.attribute == IDENTITY


@dataclass(frozen=True)
class Compelled:
    """What a law makes the portal tell an agency when a person signs in there."""

    attribute: str
    what: Words
    law: str

    @property
    def what_said(self) -> str:
        """In the language of the running request."""
        return self.what.speak(get_language())


@dataclass(frozen=True)
class AgencyConsents:
    """All that one agency may know about a person."""

    agency_slug: str
    agency: agencies.AgencyCard | None
    consents: tuple[ConsentCard, ...]
    compelled: tuple[Compelled, ...]


def list_specific() -> frozenset[str]:
    """The codes that are never asked for together with anything else."""
    return frozenset(code for code, attribute in ATTRIBUTES.items() if attribute.is_specific)


def list_consented_attributes(
    *, account_id: UUID, agency_slug: str, at: datetime
) -> frozenset[str]:
    """What this person lets this agency see now. One that has run out gives nothing."""
    # Written out because every sign-in at an agency asks it twice.
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT attribute FROM consent_consent
            WHERE account_id = %s AND agency = %s AND withdrawn_at IS NULL AND ends_at > %s
            """,
            [account_id, agency_slug, at],
        )
        return frozenset(attribute for (attribute,) in cursor.fetchall())


def get_end(*, agency_slug: str, at: datetime) -> datetime:
    """Until when a yes that is given now would hold."""
    return at + rulebook.get_duration("consent.lifetime", agency=agency_slug, at=at)


def list_compelled(*, agency_slug: str, at: datetime) -> tuple[Compelled, ...]:
    """What the rulebook says that a law compels, for one agency: policies `consent.law.<code>`,
    whose value cites the law; "" is none. That it is her is never compelled: she signs in
    herself. Costs no statement."""
    found = []
    for code, attribute in ATTRIBUTES.items():
        try:
            law = rulebook.get_text(f"consent.law.{code}", agency=agency_slug, at=at)
        except rulebook.PolicyUndecided:
            # No law was entered: nothing is compelled.
            continue
        if law and code != IDENTITY:
            found.append(Compelled(attribute=code, what=attribute.words, law=law))
    return tuple(found)


def list_allowed_attributes(*, account_id: UUID, agency_slug: str, at: datetime) -> frozenset[str]:
    """What may be told now: by her consent, or because a law compels it."""
    agreed = list_consented_attributes(account_id=account_id, agency_slug=agency_slug, at=at)
    compelled = list_compelled(agency_slug=agency_slug, at=at)
    return agreed | {each.attribute for each in compelled}


def list_agency_consents(*, account_id: UUID, at: datetime) -> tuple[AgencyConsents, ...]:
    """What each agency may know now, by the agency's name."""
    running: dict[str, list[ConsentCard]] = {}
    for card in _read(account_id=account_id, at=at, only_running=True):
        running.setdefault(card.agency_slug, []).append(card)
    groups = []
    for slug, cards in running.items():
        laws = list_compelled(agency_slug=slug, at=at)
        by_law = {each.attribute for each in laws}
        groups.append(
            AgencyConsents(
                agency_slug=slug,
                agency=cards[0].agency,
                # Where a law compels, a button that takes the consent back would do nothing.
                consents=tuple(
                    sorted(
                        (card for card in cards if card.attribute not in by_law),
                        key=lambda card: (not card.is_identity, card.attribute),
                    )
                ),
                compelled=laws,
            )
        )
    return tuple(sorted(groups, key=lambda group: group.agency.name if group.agency else ""))


def list_history(*, account_id: UUID, at: datetime, limit: int = 200) -> tuple[ConsentCard, ...]:
    """Every consent that was ever given, newest first."""
    return _read(account_id=account_id, at=at, limit=limit)


def get_consent(*, account_id: UUID, consent_id: UUID, at: datetime) -> ConsentCard | None:
    """One consent of this person's, running or ended; another person's is not there."""
    found = _read(account_id=account_id, at=at, consent_id=consent_id)
    return found[0] if found else None


def _read(
    *,
    account_id: UUID,
    at: datetime,
    only_running: bool = False,
    consent_id: UUID | None = None,
    limit: int = 200,
) -> tuple[ConsentCard, ...]:
    rows = Consent.objects.filter(account_id=account_id)
    if only_running:
        rows = rows.filter(withdrawn_at=None, ends_at__gt=at)
    if consent_id is not None:
        rows = rows.filter(id=consent_id)
    found = list(rows.order_by("-given_at", "-id")[:limit])
    wordings = Wording.objects.in_bulk({row.words_version for row in found})
    return tuple(_show(row, wordings.get(row.words_version), at=at) for row in found)


def _show(row: Consent, wording: Wording | None, *, at: datetime) -> ConsentCard:
    attribute, purpose = ATTRIBUTES.get(row.attribute), PURPOSES.get(row.purpose)
    if wording is not None:
        what = Words(id=wording.attribute_words_id, en=wording.attribute_words_en)
        what_for = Words(id=wording.purpose_words_id, en=wording.purpose_words_en)
    else:
        # From before versions were kept, or of an app that is no longer there.
        bare, bare_for = Words(row.attribute, row.attribute), Words(row.purpose, row.purpose)
        what = attribute.words if attribute else bare
        what_for = purpose.words if purpose else bare_for
    return ConsentCard(
        id=row.id,
        agency=agencies.describe_agency(slug=row.agency),
        agency_slug=row.agency,
        attribute=row.attribute,
        purpose=row.purpose,
        what=what,
        what_for=what_for,
        legal_basis=wording.legal_basis if wording else LEGAL_BASIS,
        category=attribute.category if attribute else "dpv:PersonalData",
        is_specific=attribute.is_specific if attribute else False,
        given_at=row.given_at,
        ends_at=row.ends_at,
        level=row.level,
        words_version=row.words_version,
        ended_at=row.withdrawn_at,
        ended_by=row.withdrawn_by,
        state=name_state(ends_at=row.ends_at, ended_at=row.withdrawn_at, at=at),
    )


def register_pseudonym(pseudonym: Pseudonym) -> None:
    """From `AppConfig.ready()` only: by which name the agencies of a sector know a person."""
    _pseudonyms[:] = [pseudonym]


def get_pseudonym(*, account_id: UUID, sector: str) -> str | None:
    """The name of this person in one sector, and in no other (design rule 1)."""
    return next((name for ask in _pseudonyms if (name := ask(account_id, sector))), None)
