# SPDX-License-Identifier: Apache-2.0
"""What others need to know of an agency: the portal to register it, scripts to play its people."""

from typing import Any

from demo.people import list_people_known_to

from . import letterbox, residents
from .definition import load_definition
from .keys import AgencyKeys
from .settings import DEFAULT_SEED, AgencySettings


def describe_agency(*, settings: AgencySettings, keys: AgencyKeys) -> dict[str, Any]:
    """What the portal registers, in its words: names, addresses, what it sees, keys."""
    definition = settings.definition
    url = settings.public_url
    return {
        "slug": definition.slug,
        "name_id": definition.name["id"],
        "name_en": definition.name["en"],
        "summary_id": definition.summary["id"],
        "summary_en": definition.summary["en"],
        "level": definition.level,
        "sector": definition.sector,
        "icon": definition.portal_icon,
        "sees": list(definition.sees),
        "questions": [
            {"id": q.id, "label": q.label, "hint": q.hint, "kind": q.kind}
            for q in definition.questions
        ],
        "site_url": f"{url}/",
        "api_url": settings.api_url,
        "login_url": f"{url}/signin",
        "client": {
            "client_id": settings.client_id,
            "client_name": definition.name["id"],
            "redirect_uris": [f"{url}/callback"],
            "post_logout_redirect_uris": [f"{url}/signed-out"],
            "backchannel_logout_uri": f"{url}/backchannel-logout",
            "backchannel_logout_session_required": True,
            "token_endpoint_auth_method": "private_key_jwt",
            "id_token_signed_response_alg": "ES256",
            "grant_types": ["authorization_code", "client_credentials"],
            "scope": "openid messages:send questions:answer",
            "jwks": keys.public_jwks(),
            "jwks_uri": f"{url}/jwks.json",
        },
    }


def demo_people(
    slug: str, *, seed: int = DEFAULT_SEED, settings: AgencySettings, keys: AgencyKeys
) -> list[dict[str, Any]]:
    """The demo people this agency knows: record, answers, and where their codes arrive."""
    definition = load_definition(slug=slug)
    people = []
    for index, person in enumerate(list_people_known_to(slug=slug)):
        resident = residents.make_resident(
            definition=definition, seed=seed, index=index, person=person
        )
        token = letterbox.letter_token(keys=keys, record_ref=resident.ref)
        contact = (
            {"channel": "email", "address": resident.email}
            if resident.email
            else {"channel": "letter", "url": f"{settings.public_url}/letters/{token}"}
        )
        people.append(
            {
                "name": person.name,
                "email": person.email,
                "record_ref": resident.ref,
                "answers": residents.answers_of(definition=definition, resident=resident),
                "contact": contact,
                "letter_url": f"{settings.public_url}/letters/{token}",
            }
        )
    return people
