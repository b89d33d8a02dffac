# SPDX-License-Identifier: Apache-2.0
"""Give and withdraw consent. Nothing else writes it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from satupintu.foundation.errors import Refusal

from .attributes import (
    ATTRIBUTES,
    PURPOSES,
    Attribute,
    SpecificKind,
    Words,
    name_version,
    register_attribute,
)
from .models import Consent, Wording
from .queries import IDENTITY, get_end, list_compelled, list_specific
from .rules import is_bundled

__all__ = [
    "Attribute",
    "CompelledByLaw",
    "ConsentBundled",
    "ConsentNotRunning",
    "ProofTooWeak",
    "SpecificKind",
    "Words",
    "give_consent",
    "register_attribute",
    "register_withdrawal",
    "withdraw_attribute",
    "withdraw_consent",
]

# Called inside the transaction of a withdrawal: whose, from which agency, of which attribute.
Withdrawal = Callable[[UUID, str, str, datetime], None]
_withdrawals: dict[str, Withdrawal] = {}


class ConsentBundled(Refusal):
    """Specific data was asked for together with something else (safety rule 23)."""

    code = "consent_bundled"
    message = _("Sensitive data is asked for on its own, never together with something else.")


class ProofTooWeak(Refusal):
    code = "proof_too_weak"
    message = _("To agree to this, first show with a second proof that it is you.")
    status = 403


class ConsentNotRunning(Refusal):
    """Never given, not hers, expired or ended already: nobody learns which."""

    code = "consent_not_running"
    message = _("This permission has ended already.")
    status = 404


class CompelledByLaw(Refusal):
    code = "compelled_by_law"
    message = _("A law requires that this agency knows it. It cannot be taken back here.")
    status = 409


def register_withdrawal(name: str, withdrawal: Withdrawal) -> None:
    """From `AppConfig.ready()` only. What holds tokens takes them back in the same transaction, so
    no moment lies between the person's word and its effect."""
    _withdrawals[name] = withdrawal


@transaction.atomic
def give_consent(
    *,
    account_id: UUID,
    agency_slug: str,
    attributes: Iterable[str],
    purpose: str,
    level: int,
    at: datetime,
) -> None:
    """Record a yes for each attribute, until the day that the rulebook sets; what is agreed to
    already stays as it was, its end too.

    Call it only after the person was shown each attribute in plain words and agreed. `level` is
    what her session had proved (1 or 2). Raises ConsentBundled or ProofTooWeak (nothing is
    stored), and KeyError for an attribute or a purpose that has no words.
    """
    wanted = [ATTRIBUTES[code] for code in sorted(set(attributes))]
    meant = PURPOSES[purpose]
    if is_bundled([each.code for each in wanted], specific=list_specific()):
        raise ConsentBundled
    if level < meant.level or (level < 2 and any(each.is_specific for each in wanted)):
        raise ProofTooWeak
    codes = [each.code for each in wanted]
    _end_expired(account_id=account_id, agency_slug=agency_slug, attributes=codes, at=at)
    ends_at = get_end(agency_slug=agency_slug, at=at)
    Wording.objects.bulk_create(
        [
            Wording(
                version=name_version(each, meant),
                attribute=each.code,
                purpose=meant.code,
                attribute_words_id=each.words.id,
                attribute_words_en=each.words.en,
                purpose_words_id=meant.words.id,
                purpose_words_en=meant.words.en,
                legal_basis=each.legal_basis,
                first_shown_at=at,
            )
            for each in wanted
        ],
        ignore_conflicts=True,
    )
    Consent.objects.bulk_create(
        [
            Consent(
                account_id=account_id,
                agency=agency_slug,
                attribute=each.code,
                purpose=meant.code,
                given_at=at,
                ends_at=ends_at,
                level=level,
                words_version=name_version(each, meant),
                withdrawn_by="",
            )
            for each in wanted
        ],
        # Two tabs may agree at once; the constraint keeps one.
        ignore_conflicts=True,
    )


def _end_expired(
    *, account_id: UUID, agency_slug: str, attributes: list[str], at: datetime
) -> None:
    """One that has run out makes room for the new one, and keeps the day on which it ran out."""
    running = Consent.objects.filter(
        account_id=account_id, agency=agency_slug, attribute__in=attributes, withdrawn_at=None
    )
    running.filter(ends_at__lte=at).update(
        withdrawn_at=F("ends_at"), withdrawn_by=Consent.EndedBy.TIME
    )
    running.filter(ends_at=None).update(withdrawn_at=at, withdrawn_by=Consent.EndedBy.TIME)


@transaction.atomic
def withdraw_attribute(*, account_id: UUID, consent_id: UUID, at: datetime) -> None:
    """The person takes one permission back; it holds from the next call of the agency on.

    Without the permission to know that it is her, the others tell nothing: they end with it, and
    so does every sign-in that the agency holds. Raises ConsentNotRunning, or CompelledByLaw where
    taking it back would change nothing.
    """
    consent = (
        Consent.objects.select_for_update(of=("self",))
        .filter(account_id=account_id, id=consent_id, withdrawn_at=None, ends_at__gt=at)
        .first()
    )
    if consent is None:
        raise ConsentNotRunning
    laws = list_compelled(agency_slug=consent.agency, at=at)
    if consent.attribute in {each.attribute for each in laws}:
        raise CompelledByLaw
    if consent.attribute == IDENTITY:
        _end(
            account_id=account_id,
            agency_slug=consent.agency,
            by=Consent.EndedBy.PERSON,
            at=at,
        )
    else:
        Consent.objects.filter(account_id=account_id, id=consent_id).update(
            withdrawn_at=at, withdrawn_by=Consent.EndedBy.PERSON
        )
    for withdrawal in _withdrawals.values():
        withdrawal(account_id, consent.agency, consent.attribute, at)


def withdraw_consent(*, account_id: UUID, agency_slug: str, at: datetime) -> int:
    """End every running consent to one agency because the person unlinked her record there;
    answers how many ended."""
    return _end(account_id=account_id, agency_slug=agency_slug, by=Consent.EndedBy.UNLINKED, at=at)


def _end(*, account_id: UUID, agency_slug: str, by: "Consent.EndedBy", at: datetime) -> int:
    _end_expired(account_id=account_id, agency_slug=agency_slug, attributes=list(ATTRIBUTES), at=at)
    return Consent.objects.filter(
        account_id=account_id, agency=agency_slug, withdrawn_at=None
    ).update(withdrawn_at=at, withdrawn_by=by)
