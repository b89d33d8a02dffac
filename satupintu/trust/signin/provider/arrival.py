# SPDX-License-Identifier: Apache-2.0
"""Where a person who comes from an agency stands: what is asked, and what is still missing."""

from dataclasses import dataclass
from uuid import UUID

from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from django.http import HttpRequest

from satupintu.trust.accounts import queries as accounts
from satupintu.trust.agencies.queries import AgencyCard
from satupintu.trust.consent import queries as consents
from satupintu.trust.identity import queries as identities
from satupintu.trust.signin import queries
from satupintu.trust.signin.rules import (
    SILENT_ERRORS,
    Demand,
    Step,
    decide_step,
)

from .demands import read_demand_of
from .freshness import Mark, read_mark
from .grants import SignInGrant
from .pushed import fetch_pushed
from .requests import ProviderRequest
from .server import server


class PageNeeded(OAuth2Error):
    """prompt=none, and there is something to ask; `error` says what."""


@dataclass(frozen=True)
class Arrival:
    """A valid authorization request, and the person in front of this browser."""

    asked: ProviderRequest
    grant: SignInGrant
    demand: Demand
    step: Step
    mark: Mark | None  # from a page of ours to which this request was sent
    account_id: UUID | None
    session_id: UUID | None
    assurance: accounts.Assurance | None
    identity: int  # the proofing level of the person
    agreed: frozenset[str]
    passage: queries.Passage

    @property
    def agency(self) -> AgencyCard:
        return self.asked.client.card.agency

    @property
    def missing(self) -> frozenset[str]:
        """What this agency would be told for the first time."""
        return self.demand.attributes - self.agreed

    @property
    def offered(self) -> frozenset[str]:
        """What she may let it know besides, and does not yet."""
        return self.demand.optional - self.agreed


def receive_arrival(request: HttpRequest, asked: ProviderRequest) -> Arrival:
    """Raises OAuth2Error; its `redirect_uri` is set only where telling the agency is safe."""
    if not asked.payload.is_storable:
        raise InvalidRequestError("A parameter contains a NUL character")
    fetch_pushed(asked)
    grant = server.get_consent_grant(asked)
    demand = read_demand_of(asked, grant)
    agency = asked.client.card.agency
    account_id, assurance, agreed = None, None, frozenset[str]()
    identity, passage = 0, queries.Passage(is_open=True)
    if request.user.is_authenticated:
        account_id = request.user.pk
        assurance = accounts.get_assurance(session=request.session, at=asked.at)
        identity = identities.get_level_of_user(request.user, at=asked.at)
        passage = queries.get_passage(
            account_id=account_id, agency_slug=agency.slug, at=asked.at, user=request.user
        )
        agreed = consents.list_allowed_attributes(
            account_id=account_id, agency_slug=agency.slug, at=asked.at
        )
    mark = read_mark(asked.address)
    step = decide_step(
        demand,
        level=assurance.level if assurance else None,
        identity=identity,
        authenticated_at=assurance.authenticated_at if assurance else None,
        agreed=agreed,
        asked_again_at=mark.at if mark else None,
        at=asked.at,
        is_expected=_is_expected(demand, account_id=account_id, sector=agency.sector),
        has_chosen=mark is not None and mark.has_chosen,
        must_wait=not passage.is_open,
    )
    if demand.is_silent and step is not Step.ANSWER:
        raise PageNeeded(error=SILENT_ERRORS[step], redirect_uri=grant.redirect_uri)
    return Arrival(
        asked=asked,
        grant=grant,
        demand=demand,
        step=step,
        mark=mark,
        account_id=account_id,
        session_id=accounts.get_session_id(session=request.session) if account_id else None,
        assurance=assurance,
        identity=identity,
        agreed=agreed,
        passage=passage,
    )


def _is_expected(demand: Demand, *, account_id: UUID | None, sector: str) -> bool:
    if demand.subject is None or account_id is None:
        return True
    return demand.subject == queries.get_subject(account_id=account_id, sector=sector)
