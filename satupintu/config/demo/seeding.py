# SPDX-License-Identifier: Apache-2.0
"""The made-up country in the portal's own tables: agencies, their clients, people, staff.

Runs at every start and changes only what is missing or moved: what people did since stays.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from demo.nusaid.residents import list_residents
from demo.people import DemoPerson, list_people
from satupintu.trust.accounts import actions as accounts
from satupintu.trust.agencies import actions, queries
from satupintu.trust.rulebook import actions as rulebook
from satupintu.trust.staff import actions as staff

STAFF = (
    ("Dewi Anggraini", "dewi.anggraini@koordinasi.nusa", "", "steward"),
    ("Made Wirawan", "made.wirawan@koordinasi.nusa", "", "steward"),
    ("Yohanes Lasut", "yohanes.lasut@pajak.nusa", "tax", "fraud_desk"),
    ("Ratna Sihombing", "ratna.sihombing@pajak.nusa", "tax", "owner"),
    ("Teguh", "teguh@pajak.nusa", "tax", "integrator"),
    ("Rina Kartika", "rina.kartika@pajak.nusa", "tax", "help_desk"),
    ("Nurul Hidayah", "nurul.hidayah@sehat.nusa", "health", "owner"),
    ("Putu Ayu Lestari", "putu.lestari@pasirputih.nusa", "pasir-putih", "help_desk"),
)
# Who has shown that it serves provisional links safely (safety rule 9): the demo's agencies hold
# back changes of bank details and address, all but one, whose people see the waiting page.
SERVE_PROVISIONAL = frozenset({"tax", "health", "pasir-putih", "school"})
# So short that a visitor of the demo sees its end.
SHORT_WAITS = {"bukit-hijau": "3 min"}
# One person has no second factor yet, so that the way to it can be seen.
WITHOUT_SECOND_FACTOR = frozenset({"slamet@surel.nusa"})


def seed_country(*, agencies: list[dict[str, Any]], at: datetime) -> dict[str, Any]:
    """Answers what `demo.json` says of people and staff."""
    for agency in agencies:
        _seed_agency(agency, at=at)
    return {
        "people": [_seed_person(person, at=at) for person in list_people()],
        "staff": _seed_staff(at=at),
    }


def _seed_agency(agency: dict[str, Any], *, at: datetime) -> None:
    client = agency["client"]
    actions.register_agency(
        **{
            name: agency[name]
            for name in (
                "slug",
                "name_id",
                "name_en",
                "summary_id",
                "summary_en",
                "level",
                "sector",
                "icon",
                "site_url",
                "api_url",
                "sees",
            )
        },
        login_url=agency.get("login_url", ""),
        at=at,
    )
    actions.record_provisional_service(
        slug=agency["slug"], serves=agency["slug"] in SERVE_PROVISIONAL, at=at
    )
    if agency["slug"] in SHORT_WAITS:
        rulebook.decide_policy(
            name="linking.cooling_off",
            kind="duration",
            value=SHORT_WAITS[agency["slug"]],
            source="The demo: its visitors have little time",
            agency=agency["slug"],
            valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        )
    known = queries.list_clients(agency_slug=agency["slug"])
    if any(one.client_id == client["client_id"] for one in known):
        actions.renew_client(
            client_id=client["client_id"],
            redirect_uris=client["redirect_uris"],
            post_logout_redirect_uris=client["post_logout_redirect_uris"],
            **_read_backchannel(client),
            jwks=client["jwks"],
        )
        return
    actions.register_client(
        agency_slug=agency["slug"],
        client_id=client["client_id"],
        name=client["client_name"],
        auth_method=client["token_endpoint_auth_method"],
        jwks=client["jwks"],
        redirect_uris=client["redirect_uris"],
        post_logout_redirect_uris=client["post_logout_redirect_uris"],
        **_read_backchannel(client),
        scopes=client["scope"].split(),
        grant_types=client["grant_types"],
        id_token_alg=client["id_token_signed_response_alg"],
        at=at,
    )


def _read_backchannel(client: dict[str, Any]) -> dict[str, Any]:
    names = ("backchannel_logout_uri", "backchannel_logout_session_required")
    return {name: client[name] for name in names}


def _seed_person(person: DemoPerson, *, at: datetime) -> dict[str, Any]:
    """An account as somebody has it who signed up some time ago."""
    secret = "" if person.email in WITHOUT_SECOND_FACTOR else _totp_secret(person.email)
    accounts.create_demo_account(
        email=person.email,
        full_name=person.name,
        password=person.password,
        totp_secret=secret,
        language="id",
        at=at,
    )
    return {
        "name": person.name,
        "email": person.email,
        "password": person.password,
        "totp_secret": secret or None,
        "nusaid": _find_card(person.email),
    }


def _find_card(email: str) -> dict[str, str] | None:
    """What stands on this person's NusaID card; None for somebody without papers."""
    card = next((one for one in list_residents() if one.email == email), None)
    return None if card is None else {"number": card.number, "pin": card.pin}


def _totp_secret(email: str) -> str:
    """The same at every start of this country, another in every other country."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"demo totp {email}".encode(), hashlib.sha256)
    return base64.b32encode(digest.digest()[:20]).decode()


def _seed_staff(*, at: datetime) -> list[dict[str, str]]:
    """Each with a link that makes her passkey, while she has none: a hand opens it, and so does a
    script with a virtual authenticator."""
    return [
        {
            "name": name,
            "email": email,
            "agency": agency,
            "role": role,
            "join_url": staff.ensure_demo_member(
                email=email, full_name=name, role=role, agency_slug=agency, at=at
            ),
        }
        for name, email, agency, role in STAFF
    ]
