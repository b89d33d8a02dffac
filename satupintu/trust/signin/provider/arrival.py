# SPDX-License-Identifier: Apache-2.0
"""Where a person who comes from an agency stands: what is asked, and what is still missing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from django.http import HttpRequest

from satupintu.trust.accounts import queries as accounts
from satupintu.trust.agencies.queries import AgencyCard
from satupintu.trust.consent import queries as consents
from satupintu.trust.identity import queries as identities
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin import queries
from satupintu.trust.signin.requested_claims import RequestedClaims, read_requested_claims
from satupintu.trust.signin.rules import (
    SILENT_ERRORS,
    BadRequest,
    Demand,
    Step,
    UnattainableLevel,
    decide_step,
    read_demand,
)

from .freshness import Mark, read_mark
from .grants import SignInGrant
from .hints import read_hinted_subject
from .requests import ProviderRequest
from .server import server

_LEVELS = {"AL1": 1, "AL2": 2}


class UnmetAuthenticationRequirements(OAuth2Error):
    """OpenID Connect Core Error Code unmet_authentication_requirements 1.0."""

    error = "unmet_authentication_requirements"


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
    grant = server.get_consent_grant(asked)
    demand = _read_demand(asked, grant)
    agency = asked.client.card.agency
    account_id, assurance, agreed = None, None, frozenset[str]()
    identity = 0
    if request.user.is_authenticated:
        account_id = request.user.pk
        assurance = accounts.get_assurance(session=request.session, at=asked.at)
        identity = identities.get_level_of_user(request.user, at=asked.at)
        agreed = consents.list_consented_attributes(account_id=account_id, agency_slug=agency.slug)
    mark = read_mark(asked.payload.data)
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
    )
    if demand.is_silent and step is not Step.ANSWER:
        raise PageNeeded(error=SILENT_ERRORS[step], redirect_uri=grant.redirect_uri)
    if step is Step.PROVE_IDENTITY:
        raise UnmetAuthenticationRequirements(redirect_uri=grant.redirect_uri)
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
    )


def _read_demand(asked: ProviderRequest, grant: SignInGrant) -> Demand:
    """Raises OAuth2Error, to be told to the agency."""
    params, card = asked.payload.data, asked.client.card
    floor = rulebook.get_text("signin.authentication_level", agency=card.agency.slug, at=asked.at)
    try:
        claims = read_requested_claims(params.get("claims", ""), registered_scopes=card.scopes)
        demand = read_demand(
            params,
            scopes=tuple(asked.scope.split()),
            level=_LEVELS[floor],
            identity=identities.get_required_level(agency_slug=card.agency.slug, at=asked.at),
            asked_levels=claims.levels,
        )
        subject = _read_subject(params, claims, client_id=card.client_id)
    except BadRequest as error:
        raise InvalidRequestError(str(error), redirect_uri=grant.redirect_uri) from error
    except UnattainableLevel as error:
        raise UnmetAuthenticationRequirements(redirect_uri=grant.redirect_uri) from error
    except OAuth2Error as error:
        error.redirect_uri = grant.redirect_uri
        raise
    asked.requested_claims = claims
    return replace(demand, essential=claims.essential, voluntary=claims.attributes, subject=subject)


def _read_subject(
    params: Mapping[str, str], claims: RequestedClaims, *, client_id: str
) -> str | None:
    hint = params.get("id_token_hint")
    if not hint:
        return claims.subject
    subject = read_hinted_subject(hint, client_id=client_id)
    if claims.subject not in {None, subject}:
        raise BadRequest("id_token_hint and claims mean two different people")
    return subject


def _is_expected(demand: Demand, *, account_id: UUID | None, sector: str) -> bool:
    if demand.subject is None or account_id is None:
        return True
    return demand.subject == queries.get_subject(account_id=account_id, sector=sector)
