# SPDX-License-Identifier: Apache-2.0
"""The `claims` parameter: what an agency asks for claim by claim (OpenID Connect Core 1.0, 5.5).

A claim is essential when the agency marks it so; otherwise the person may leave it out. Either
way it is released only with her consent, and a claim that is not released is no error (5.5.1).
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from .rules import CLAIM_OF_ATTRIBUTE, SCOPE_OF_ATTRIBUTE, BadRequest

# Far above what any agency has to ask.
LONGEST = 4000
_ATTRIBUTE_OF_CLAIM = {claim: attribute for attribute, claim in CLAIM_OF_ATTRIBUTE.items()}


@dataclass(frozen=True)
class RequestedClaims:
    """What the parameter asks for, of what this client is registered to be told."""

    in_userinfo: frozenset[str] = frozenset()  # attributes
    in_id_token: frozenset[str] = frozenset()  # attributes
    essential: frozenset[str] = frozenset()  # attributes
    levels: tuple[str, ...] = ()
    subject: str | None = None

    @property
    def attributes(self) -> frozenset[str]:
        return self.in_userinfo | self.in_id_token


def read_requested_claims(text: str, *, registered_scopes: Collection[str]) -> RequestedClaims:
    """Claims that nobody here knows, or that this client is not registered for, are left out.

    Raises BadRequest where the parameter is not what section 5.5 describes.
    """
    if not text:
        return RequestedClaims()
    asked = _read_object(text)
    wanted = {}
    for place in ("userinfo", "id_token"):
        members = asked.get(place)
        if members is None:
            members = {}
        if not isinstance(members, dict) or not all(
            request is None or isinstance(request, dict) for request in members.values()
        ):
            raise BadRequest(f"claims.{place} holds null or an object for each claim")
        wanted[place] = {name: request or {} for name, request in members.items()}
    known = {
        claim: attribute
        for claim, attribute in _ATTRIBUTE_OF_CLAIM.items()
        if SCOPE_OF_ATTRIBUTE[attribute] in registered_scopes
    }
    return RequestedClaims(
        in_userinfo=frozenset(known[name] for name in wanted["userinfo"] if name in known),
        in_id_token=frozenset(known[name] for name in wanted["id_token"] if name in known),
        essential=frozenset(
            known[name]
            for members in wanted.values()
            for name, request in members.items()
            if name in known and request.get("essential") is True
        ),
        levels=_list_values(wanted["id_token"].get("acr", {})),
        subject=_read_subject(wanted),
    )


def _read_object(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise BadRequest(f"claims is longer than {LONGEST} characters")
    try:
        asked = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadRequest("claims is not JSON") from error
    if not isinstance(asked, dict):
        raise BadRequest("claims is no JSON object")
    return asked


def _list_values(request: dict[str, Any]) -> tuple[str, ...]:
    """`value` or `values` of one claim, which are text for every claim that we heed."""
    values = request.get("values", [request["value"]] if "value" in request else [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadRequest("A value in claims is not text")
    return tuple(values)


def _read_subject(wanted: dict[str, dict[str, dict[str, Any]]]) -> str | None:
    """The one person whom the agency means (section 5.5.1, on `sub`)."""
    named = {value for members in wanted.values() for value in _list_values(members.get("sub", {}))}
    if len(named) > 1:
        raise BadRequest("claims names more than one sub")
    return next(iter(named), None)
