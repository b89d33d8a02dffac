# SPDX-License-Identifier: Apache-2.0
"""What the home page shows, gathered from the apps that own it.

With ten linked agencies the whole page costs six statements, the session's and the account's
included; a test counts them.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language

from satupintu.dealings.inbox import queries as inbox
from satupintu.dealings.linking import queries as linking
from satupintu.foundation.audit import queries as audit
from satupintu.trust.accounts import queries as accounts
from satupintu.trust.agencies import queries as agencies

LETTERS_SHOWN = 3
ACCESSES_SHOWN = 3


@dataclass(frozen=True)
class AccessLine:
    """One line of the access log, with the agency's name as people know it."""

    agency_name: str
    words: str  # in the language of the running request
    at: datetime
    legal_basis: str


@dataclass(frozen=True)
class Overview:
    """Everything on a signed-in person's front page."""

    links: tuple[linking.LinkCard, ...]
    pending: tuple[linking.LinkCard, ...]
    waiting: inbox.Waiting
    last_sign_in: accounts.SignIn | None
    accesses: tuple[AccessLine, ...]
    next_agencies: tuple[agencies.AgencyCard, ...]


def list_access_lines(*, account_id: UUID, limit: int) -> tuple[AccessLine, ...]:
    """Who saw this person's data, newest first."""
    lines = []
    for access in audit.list_accesses(account_id=account_id, limit=limit):
        agency = agencies.describe_agency(slug=access.actor_agency)
        lines.append(
            AccessLine(
                agency_name=agency.name if agency else "Satu Pintu",
                words=access.words_id if get_language() == "id" else access.words_en,
                at=access.at,
                legal_basis=access.legal_basis,
            )
        )
    return tuple(lines)


def get_overview(*, account_id: UUID, session_id: UUID, waiting: inbox.Waiting) -> Overview:
    """`waiting` is handed in because the menu of the same page has asked for it already."""
    links = linking.list_links(account_id=account_id)
    known = {link.agency.slug for link in links}
    return Overview(
        links=tuple(link for link in links if link.state == "active"),
        pending=tuple(link for link in links if link.state == "pending"),
        waiting=waiting,
        last_sign_in=accounts.get_last_sign_in(account_id=account_id, session_id=session_id),
        accesses=list_access_lines(account_id=account_id, limit=ACCESSES_SHOWN),
        next_agencies=tuple(
            agency for agency in agencies.list_agencies() if agency.slug not in known
        ),
    )
