# SPDX-License-Identifier: Apache-2.0
"""What a request that Authlib found valid demands of the sign-in itself."""

from collections.abc import Mapping
from dataclasses import replace

from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError

from satupintu.trust.identity import queries as identities
from satupintu.trust.rulebook import queries as rulebook
from satupintu.trust.signin.acr import LEVELS
from satupintu.trust.signin.requested_claims import RequestedClaims, read_requested_claims
from satupintu.trust.signin.rules import BadRequest, Demand, UnattainableLevel, read_demand

from .grants import SignInGrant
from .hints import read_hinted_subject
from .requests import ProviderRequest


class UnmetAuthenticationRequirements(OAuth2Error):
    """OpenID Connect Core Error Code unmet_authentication_requirements 1.0."""

    error = "unmet_authentication_requirements"


def read_demand_of(asked: ProviderRequest, grant: SignInGrant) -> Demand:
    """Raises OAuth2Error, to be told to the agency."""
    params, card = asked.payload.data, asked.client.card
    floor = rulebook.get_text("signin.authentication_level", agency=card.agency.slug, at=asked.at)
    try:
        claims = read_requested_claims(params.get("claims", ""), registered_scopes=card.scopes)
        demand = read_demand(
            params,
            scopes=tuple(asked.scope.split()),
            level=LEVELS[floor],
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
