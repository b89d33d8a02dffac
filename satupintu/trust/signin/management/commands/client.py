# SPDX-License-Identifier: Apache-2.0
"""`satupintu client`: register relying parties, list them, end what they hold.

Machines read `--json` (client metadata of RFC 7591); people read the rest.
"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone

from satupintu.foundation.errors import Refusal
from satupintu.trust.agencies import actions as agencies
from satupintu.trust.agencies import queries
from satupintu.trust.signin import actions
from satupintu.trust.signin.provider.clients import AUTH_METHODS
from satupintu.trust.signin.rules import OFFLINE_ACCESS, PERSON_SCOPES, SIGN_IN_SCOPES

PRIVATE_PARTS = {"d", "p", "q", "dp", "dq", "qi", "k"}


class Command(BaseCommand):
    help = (
        "Register a relying party of an agency, list those that are registered, end their tokens."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(
            dest="command", required=True, metavar="add|list|end-tokens"
        )
        add = commands.add_parser(
            "add",
            help="register a relying party and print what it needs to know",
            description="Register a relying party. A secret is shown this once and kept as a hash.",
        )
        add.add_argument("--agency", required=True, help="the agency's slug, e.g. tax")
        add.add_argument(
            "--redirect-uri",
            action="append",
            default=[],
            dest="redirect_uris",
            help="where people come back to; may be given more than once",
        )
        add.add_argument(
            "--post-logout-redirect-uri",
            action="append",
            default=[],
            dest="post_logout_redirect_uris",
            help="where people land after signing out; may be given more than once",
        )
        add.add_argument(
            "--backchannel-logout-uri",
            default="",
            help="where the portal tells that a person signed out (Back-Channel Logout)",
        )
        add.add_argument(
            "--backchannel-logout-session-required",
            action="store_true",
            help="the client needs the session's name (sid) in what it is told",
        )
        add.add_argument("--auth", required=True, choices=AUTH_METHODS)
        add.add_argument("--jwks", type=Path, help="a file with the public keys (private_key_jwt)")
        add.add_argument("--name", default="", help="what people of the agency call it")
        add.add_argument(
            "--scope",
            default=" ".join(PERSON_SCOPES),
            help="what it may ask for (default: %(default)s); messages:send and questions:answer"
            " are for the agency API",
        )
        add.add_argument(
            "--refresh",
            action="store_true",
            help="give it refresh tokens, good while the person's session lasts; with the scope"
            " offline_access it may ask people for longer (OpenID Connect Core, section 11)",
        )
        add.add_argument(
            "--require-par",
            action="store_true",
            help="take its requests only when they were pushed (RFC 9126)",
        )
        add.add_argument(
            "--dpop",
            action="store_true",
            help="give it tokens only with a key that each call must show (RFC 9449)",
        )
        add.add_argument(
            "--profile",
            default="",
            choices=["", queries.FAPI2],
            help="fapi2: hold it to the FAPI 2.0 Security Profile",
        )
        add.add_argument("--id-token-alg", default="ES256", choices=["ES256", "RS256"])
        add.add_argument("--json", action="store_true", help="client metadata (RFC 7591), only")
        show = commands.add_parser("list", help="list the relying parties")
        show.add_argument("--agency", default="", help="of this agency only")
        show.add_argument("--json", action="store_true", help="client metadata (RFC 7591), only")
        end = commands.add_parser(
            "end-tokens",
            help="end every code and token that relying parties hold",
            description="End every code, refresh and access token. Nobody is signed out here; agencies"
            " have people sign in again. Give it after every restore of the database, which would"
            " make used and revoked tokens good again, and for one client that lost its tokens.",
        )
        whose = end.add_mutually_exclusive_group(required=True)
        whose.add_argument("--client", default="", help="of this client")
        whose.add_argument("--all", action="store_true", help="of all: after a restore")

    @no_translations
    def handle(self, *_: Any, **options: Any) -> None:
        if options["command"] == "add":
            self._add(options)
        elif options["command"] == "end-tokens":
            self._end_tokens(options["client"])
        else:
            self._list(options)

    def _add(self, options: dict[str, Any]) -> None:
        at = timezone.now()
        scopes = options["scope"].split()
        try:
            registered = agencies.register_client(
                agency_slug=options["agency"],
                name=options["name"] or options["agency"],
                redirect_uris=options["redirect_uris"],
                post_logout_redirect_uris=options["post_logout_redirect_uris"],
                backchannel_logout_uri=options["backchannel_logout_uri"],
                backchannel_logout_session_required=options["backchannel_logout_session_required"],
                auth_method=options["auth"],
                jwks=_read_keys(options["jwks"]),
                scopes=scopes,
                grant_types=_list_grants(
                    options["redirect_uris"], scopes, refresh=options["refresh"]
                ),
                id_token_alg=options["id_token_alg"],
                requires_pushed_requests=options["require_par"],
                dpop_bound_access_tokens=options["dpop"],
                profile=options["profile"],
                at=at,
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        card = queries.get_client(client_id=registered.client_id)
        if card is None:
            raise CommandError("The agency is suspended.")
        metadata = _describe(card) | {"client_id_issued_at": int(at.timestamp())}
        if registered.client_secret is not None:
            # 0: it does not expire (RFC 7591, section 3.2.1).
            metadata |= {
                "client_secret": registered.client_secret,
                "client_secret_expires_at": 0,
            }
        if options["json"]:
            self.stdout.write(json.dumps(metadata, indent=2))
            return
        for name, value in metadata.items():
            self.stdout.write(f"{name}: {value if isinstance(value, str) else json.dumps(value)}")

    def _end_tokens(self, client_id: str) -> None:
        if client_id and queries.describe_client(client_id=client_id) is None:
            raise CommandError(f"There is no client {client_id}.")
        actions.end_all_tokens(client_id=client_id or None, at=timezone.now())
        self.stdout.write("Every code and token is over; people sign in again.")

    def _list(self, options: dict[str, Any]) -> None:
        slugs = [options["agency"]] if options["agency"] else _list_agencies()
        cards = [card for slug in slugs for card in queries.list_clients(agency_slug=slug)]
        if options["json"]:
            self.stdout.write(json.dumps([_describe(card) for card in cards], indent=2))
            return
        for card in cards:
            state = " (suspended)" if card.is_suspended else ""
            self.stdout.write(f"{card.client_id}  {card.agency.slug}  {card.auth_method}{state}")


def _list_agencies() -> list[str]:
    return [card.slug for card in queries.list_agencies()]


def _list_grants(redirect_uris: list[str], scopes: list[str], *, refresh: bool) -> list[str]:
    """Who has nowhere to send people back to signs nobody in; who asks for no scope of the API
    needs no token of its own."""
    grants = ["authorization_code"] if redirect_uris else []
    if refresh or OFFLINE_ACCESS in scopes:
        grants.append("refresh_token")
    return grants + (["client_credentials"] if set(scopes) - set(SIGN_IN_SCOPES) else [])


def _read_keys(file: Path | None) -> dict[str, Any] | None:
    if file is None:
        return None
    try:
        jwks = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise CommandError(f"{file} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{file} is not JSON.") from error
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise CommandError(f'{file} is no key set: it needs {{"keys": [...]}}.')
    if any(PRIVATE_PARTS & set(key) for key in keys):
        raise CommandError(f"{file} holds a private key. Give only the public part away.")
    return jwks


def _describe(card: queries.ClientCard) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "client_id": card.client_id,
        "client_name": card.name,
        "redirect_uris": list(card.redirect_uris),
        "grant_types": list(card.grant_types),
        "response_types": ["code"] if "authorization_code" in card.grant_types else [],
        "scope": " ".join(card.scopes),
        "token_endpoint_auth_method": card.auth_method,
        "id_token_signed_response_alg": card.id_token_alg,
        "require_pushed_authorization_requests": card.requires_pushed_requests,
        "dpop_bound_access_tokens": card.dpop_bound_access_tokens,
        "subject_type": "pairwise",
    }
    if card.post_logout_redirect_uris:
        metadata["post_logout_redirect_uris"] = list(card.post_logout_redirect_uris)
    if card.backchannel_logout_uri:
        metadata |= {
            "backchannel_logout_uri": card.backchannel_logout_uri,
            "backchannel_logout_session_required": card.backchannel_logout_session_required,
        }
    return metadata | ({"jwks": card.jwks} if card.jwks else {})
