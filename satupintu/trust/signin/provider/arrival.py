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
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin.rules import (
    SILENT_ERRORS,
    BadRequest,
    Demand,
    Step,
    UnattainableLevel,
    decide_step,
    read_demand,
)

from .freshness import read_mark
from .grants import SignInGrant
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
    account_id: UUID | None
    assurance: accounts.Assurance | None
    identity: int  # the proofing level of the person
    agreed: frozenset[str]
    came_back: bool  # from a page of ours to which this request was sent

    @property
    def agency(self) -> AgencyCard:
        return self.asked.client.card.agency

    @property
    def missing(self) -> frozenset[str]:
        """What this agency would be told for the first time."""
        return self.demand.attributes - self.agreed


def receive_arrival(request: HttpRequest, asked: ProviderRequest) -> Arrival:
    """Raises OAuth2Error; its `redirect_uri` is set only where telling the agency is safe."""
    if not asked.payload.is_storable:
        raise InvalidRequestError("A parameter contains a NUL character")
    grant = server.get_consent_grant(asked)
    agency = asked.client.card.agency
    try:
        demand = read_demand(
            asked.payload.data,
            scopes=tuple(asked.scope.split()),
            level=_LEVELS[
                rulebook.get_text("signin.authentication_level", agency=agency.slug, at=asked.at)
            ],
            identity=identities.get_required_level(agency_slug=agency.slug, at=asked.at),
        )
    except BadRequest as error:
        raise InvalidRequestError(str(error), redirect_uri=grant.redirect_uri) from error
    except UnattainableLevel as error:
        raise UnmetAuthenticationRequirements(redirect_uri=grant.redirect_uri) from error

    account_id, assurance, agreed = None, None, frozenset[str]()
    identity = 0
    if request.user.is_authenticated:
        account_id = request.user.pk
        assurance = accounts.get_assurance(session=request.session, at=asked.at)
        identity = identities.get_level_of_user(request.user, at=asked.at)
        agreed = consents.list_consented_attributes(account_id=account_id, agency_slug=agency.slug)
    marked_at = read_mark(asked.payload.data)
    step = decide_step(
        demand,
        level=assurance.level if assurance else None,
        identity=identity,
        authenticated_at=assurance.authenticated_at if assurance else None,
        agreed=agreed,
        asked_again_at=marked_at,
        at=asked.at,
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
        account_id=account_id,
        assurance=assurance,
        identity=identity,
        agreed=agreed,
        came_back=marked_at is not None,
    )
