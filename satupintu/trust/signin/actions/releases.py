# SPDX-License-Identifier: Apache-2.0
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from satupintu.foundation.audit import actions as audit
from satupintu.trust.agencies.queries import AgencyCard
from satupintu.trust.consent import queries as consents

PURPOSE = "signin"
IDENTITY = "identity_confirmed"
# What has no words for the person here cannot be released.
_NAMED = {
    "full_name": audit.Words(id="nama lengkap", en="full name"),
    "email": audit.Words(id="alamat e-mail", en="e-mail address"),
}


def record_release(
    *,
    account_id: UUID,
    agency: AgencyCard,
    attributes: Iterable[str],
    at: datetime,
    is_offline: bool = False,
) -> None:
    """Say in the person's access log what an agency was told: when she signed in there, or
    (`is_offline`) while she was away.

    In the caller's transaction: what is not logged is not told.
    """
    told = set(attributes)
    audit.record_access(
        account_id=account_id,
        actor=audit.Actor(kind="agency", agency=agency.slug),
        what=", ".join(sorted(told)),
        purpose_code=PURPOSE,
        words=_say_offline(told) if is_offline else _say(told),
        legal_basis="; ".join(_name_bases(told, agency=agency.slug, at=at)),
        at=at,
    )


def _name_bases(told: set[str], *, agency: str, at: datetime) -> list[str]:
    """Her consent, and the law for what was told because of it alone."""
    laws = {
        each.law
        for each in consents.list_compelled(agency_slug=agency, at=at)
        if each.attribute in told
    }
    return [consents.LEGAL_BASIS, *sorted(laws)]


def _name(told: set[str]) -> tuple[str, str]:
    """What was told besides that it is her, in both languages."""
    unnamed = told - {IDENTITY} - set(_NAMED)
    if unnamed:
        raise ValueError(f"no words for the release of {', '.join(sorted(unnamed))}")
    named = [words for attribute, words in _NAMED.items() if attribute in told]
    return " dan ".join(words.id for words in named), " and ".join(words.en for words in named)


def _say_offline(told: set[str]) -> audit.Words:
    in_indonesian, in_english = _name(told)
    return audit.Words(
        id=(
            f"melihat {f'{in_indonesian} Anda' if in_indonesian else 'bahwa akun ini milik Anda'}"
            " saat Anda tidak sedang masuk di sana, sesuai izin Anda"
        ),
        en=(
            f"saw {f'your {in_english}' if in_english else 'that this account is yours'}"
            " while you were not signed in there, as you allowed"
        ),
    )


def _say(told: set[str]) -> audit.Words:
    """All that was told, by name: "was told your full name, and that it is you, ..."."""
    in_indonesian, in_english = _name(told)
    return audit.Words(
        id=(
            f"menerima {f'{in_indonesian} Anda, dan ' if in_indonesian else ''}"
            "kepastian bahwa ini Anda, saat Anda masuk di sana"
        ),
        en=(
            f"was told {f'your {in_english}, and ' if in_english else ''}"
            "that it is you, when you signed in there"
        ),
    )
