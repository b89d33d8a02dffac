# SPDX-License-Identifier: Apache-2.0
"""Everything that changes an agency or a client."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from satupintu.foundation import crypto
from satupintu.foundation.errors import Refusal

from . import queries
from .models import Agency, Client
from .rules import are_strong, compute_thumbprint

# The characters of RFC 3986, without the asterisk.
PLAIN_URI = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()+,;=%-]+")


class UnknownAgency(Refusal):
    code = "unknown_agency"
    message = _("There is no such agency.")


class BadRedirectUri(Refusal):
    code = "bad_redirect_uri"
    message = _(
        "A redirect address must be absolute, https, and without fragment, space or asterisk."
    )


class BadClientMetadata(Refusal):
    code = "bad_client_metadata"
    message = _("This client's description is not complete.")


class UnknownClient(Refusal):
    code = "unknown_client"
    message = _("There is no such client.")
    status = 404


class UnknownKey(Refusal):
    code = "unknown_key"
    message = _("This client has no such key.")
    status = 404


@dataclass(frozen=True)
class RegisteredClient:
    """What the agency must keep. The secret is shown once and stored nowhere."""

    client_id: str
    client_secret: str | None


@transaction.atomic
def register_agency(
    *,
    slug: str,
    name_id: str,
    name_en: str,
    summary_id: str,
    summary_en: str,
    level: str,
    sector: str,
    icon: str,
    site_url: str,
    api_url: str,
    sees: Sequence[dict[str, str]],
    at: datetime,
    login_url: str = "",
) -> UUID:
    """Add an agency, or bring what is known of it up to date. Its slug never changes."""
    known = {
        "name_id": name_id,
        "name_en": name_en,
        "summary_id": summary_id,
        "summary_en": summary_en,
        "level": level,
        "sector": sector,
        "icon": icon,
        "site_url": site_url,
        "login_url": login_url,
        "api_url": api_url,
        "sees": list(sees),
    }
    agency, _created = Agency.objects.update_or_create(
        slug=slug, defaults=known, create_defaults=known | {"joined_at": at}
    )
    queries.forget_directory()
    return agency.id


def _refuse_bad_redirect(uri: str) -> None:
    # Addresses are compared character for character: one with a wildcard never fits, and whoever
    # wrote it believes that it does.
    if not PLAIN_URI.fullmatch(uri):
        raise BadRedirectUri
    try:
        parts = urlsplit(uri)
    except ValueError as error:
        raise BadRedirectUri from error
    loopback = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    # RFC 8252, section 7.3: loopback may be plain http; outside the demo nothing else may.
    secure = parts.scheme == "https" or (
        parts.scheme == "http" and loopback and settings.LOOPBACK_ALLOWED
    )
    if not secure or not parts.netloc or "#" in uri or parts.username or parts.password:
        raise BadRedirectUri


def _refuse_bad_addresses(*addresses: str) -> None:
    for address in filter(None, addresses):
        _refuse_bad_redirect(address)


@transaction.atomic
def register_client(
    *,
    agency_slug: str,
    name: str,
    redirect_uris: Sequence[str],
    auth_method: str,
    at: datetime,
    jwks: dict[str, Any] | None = None,
    scopes: Sequence[str] = ("openid",),
    grant_types: Sequence[str] = ("authorization_code",),
    post_logout_redirect_uris: Sequence[str] = (),
    backchannel_logout_uri: str = "",
    backchannel_logout_session_required: bool = False,
    id_token_alg: str = "ES256",  # noqa: S107  an algorithm, no password
    requires_pushed_requests: bool = False,
    dpop_bound_access_tokens: bool = False,
    profile: str = "",
    client_id: str = "",
) -> RegisteredClient:
    """Register a client of an agency and answer its id and, where it uses one, its secret.

    Raises UnknownAgency, BadRedirectUri or BadClientMetadata; nothing is stored then.
    """
    agency = Agency.objects.filter(slug=agency_slug).first()
    if agency is None:
        raise UnknownAgency
    _refuse_bad_addresses(*redirect_uris, *post_logout_redirect_uris, backchannel_logout_uri)
    is_fapi2 = profile == queries.FAPI2
    uses_keys = auth_method == Client.AuthMethod.PRIVATE_KEY_JWT
    if (
        auth_method not in Client.AuthMethod.values
        or uses_keys != bool(jwks and jwks.get("keys"))
        or ("authorization_code" in grant_types and not redirect_uris)
        # What is refreshed was given to a person's sign-in.
        or ("refresh_token" in grant_types and "authorization_code" not in grant_types)
        or id_token_alg not in {"ES256", "RS256"}
        or profile not in {"", queries.FAPI2}
        or (is_fapi2 and not (uses_keys and id_token_alg != "RS256" and are_strong(jwks)))  # noqa: S105
    ):
        raise BadClientMetadata
    secret = None if uses_keys else crypto.new_secret()
    client = Client.objects.create(
        client_id=client_id or f"{agency_slug}-{crypto.new_code(length=12).lower()}",
        agency=agency,
        name=name,
        auth_method=auth_method,
        secret_hash="" if secret is None else crypto.hash_secret(secret),
        jwks=jwks if uses_keys else None,
        redirect_uris=list(redirect_uris),
        post_logout_redirect_uris=list(post_logout_redirect_uris),
        backchannel_logout_uri=backchannel_logout_uri,
        backchannel_logout_session_required=backchannel_logout_session_required,
        grant_types=list(grant_types),
        scopes=list(scopes),
        id_token_alg=id_token_alg,
        requires_pushed_requests=requires_pushed_requests or is_fapi2,
        dpop_bound_access_tokens=dpop_bound_access_tokens or is_fapi2,
        profile=profile,
        registered_at=at,
    )
    queries.forget_directory()
    return RegisteredClient(client_id=client.client_id, client_secret=secret)


def record_provisional_service(*, slug: str, serves: bool, at: datetime) -> None:
    """Note that an agency has shown in its conformance report that it serves provisional links
    safely (safety rule 9), or that this is true no longer. For stewards and the product's own
    command, never for the agency. Twice is as good as once. Raises UnknownAgency."""
    agencies = Agency.objects.filter(slug=slug)
    if not agencies.exists():
        raise UnknownAgency
    if serves:
        agencies.filter(serves_provisional_since=None).update(serves_provisional_since=at)
    else:
        agencies.update(serves_provisional_since=None)
    queries.forget_directory()


def suspend_agency(*, slug: str, at: datetime) -> None:
    """End everything an agency may do, everywhere within 60 s (safety rule 24)."""
    Agency.objects.filter(slug=slug, suspended_at=None).update(suspended_at=at)
    queries.forget_directory()


def lift_agency(*, slug: str) -> None:
    """Whoever calls it has two people's word (staff, four eyes)."""
    Agency.objects.filter(slug=slug).update(suspended_at=None)
    queries.forget_directory()


def lift_client(*, client_id: str) -> None:
    """Whoever calls it has two people's word (staff, four eyes)."""
    Client.objects.filter(client_id=client_id).update(suspended_at=None)
    queries.forget_directory()


@transaction.atomic
def suspend_key(*, client_id: str, thumbprint: str) -> None:
    """A key proves nothing any more, everywhere within 60 s (safety rule 24), also when the client
    brings it again under another name. Raises UnknownClient or UnknownKey."""
    client = Client.objects.select_for_update(of=("self",)).filter(client_id=client_id).first()
    if client is None:
        raise UnknownClient
    known = {compute_thumbprint(key) for key in (client.jwks or {}).get("keys", ())}
    if thumbprint not in known:
        raise UnknownKey
    client.suspended_keys = sorted({*(client.suspended_keys or ()), thumbprint})
    client.save(update_fields=["suspended_keys"])
    queries.forget_directory()


@transaction.atomic
def lift_key(*, client_id: str, thumbprint: str) -> None:
    """Whoever calls it has two people's word (staff, four eyes)."""
    client = Client.objects.select_for_update(of=("self",)).filter(client_id=client_id).first()
    if client is not None:
        client.suspended_keys = [one for one in client.suspended_keys or () if one != thumbprint]
        client.save(update_fields=["suspended_keys"])
    queries.forget_directory()


def suspend_client(*, client_id: str, at: datetime) -> None:
    """End everything a client may do, everywhere within 60 s (safety rule 24).

    Twice is as good as once. Raises UnknownClient: whoever mistyped it must not go home.
    """
    clients = Client.objects.filter(client_id=client_id)
    if not clients.exists():
        raise UnknownClient
    clients.filter(suspended_at=None).update(suspended_at=at)
    queries.forget_directory()


def renew_client(
    *,
    client_id: str,
    redirect_uris: Sequence[str],
    post_logout_redirect_uris: Sequence[str] = (),
    backchannel_logout_uri: str = "",
    backchannel_logout_session_required: bool = False,
    jwks: dict[str, Any] | None = None,
) -> None:
    """Take over a client's new addresses and, where it proves itself by keys, its new keys.

    Raises BadRedirectUri; nothing is stored then. An unknown client stays unknown.
    """
    _refuse_bad_addresses(*redirect_uris, *post_logout_redirect_uris, backchannel_logout_uri)
    changed = {
        "redirect_uris": list(redirect_uris),
        "post_logout_redirect_uris": list(post_logout_redirect_uris),
        "backchannel_logout_uri": backchannel_logout_uri,
        "backchannel_logout_session_required": backchannel_logout_session_required,
    }
    clients = Client.objects.filter(client_id=client_id)
    clients.exclude(jwks=None).update(**changed, **({"jwks": jwks} if jwks else {}))
    clients.filter(jwks=None).update(**changed)
    queries.forget_directory()
