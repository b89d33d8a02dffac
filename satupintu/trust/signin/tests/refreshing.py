# SPDX-License-Identifier: Apache-2.0
"""An agency's program that goes on without a new sign-in: what the tests of refresh tokens share."""

from datetime import timedelta

from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone
from joserfc import jwk

from satupintu.trust.rulebook.models import Policy

from .parties import Party, make_party, read_answer

TOKEN, USERINFO = "/openid/token", "/openid/userinfo"
REFRESHES = ["authorization_code", "refresh_token", "client_credentials"]
SCOPES = ["openid", "profile", "email", "offline_access", "messages:send"]


def make_refresher(**fields) -> Party:
    """A client that is registered for refresh tokens, and may ask for offline access."""
    return make_party(**({"grant_types": REFRESHES, "scopes": SCOPES} | fields))


def make_key() -> jwk.ECKey:
    return jwk.ECKey.generate_key("P-256", auto_kid=True)


def prove(party) -> dict:
    """As every profile takes it: for the issuer, as a string."""
    return party.proof(aud=settings.PUBLIC_URL) if party.key else party.proof()


def get_code(person, party, *, browser=None, **asked) -> str:
    """She comes from the agency, and agrees if there is a page."""
    browser = browser or person.browser
    if party.client.profile == "fapi2":
        address = party.push_address(Browser(), proof=prove(party), **asked)
    else:
        address = party.address(**asked)
    response = browser.get(address)
    while response.status_code == 303 and "/openid/authorize" in response.headers["Location"]:
        response = browser.get(response.headers["Location"])
    if response.status_code == 200:
        action = response.content.decode().split('action="')
        action = next(part for part in action if part.startswith("/openid/decide"))
        address = action.partition('"')[0].replace("&amp;", "&")
        response = browser.post(address, {"decision": "agree"})
    return read_answer(response)["code"]


def sign_in(
    person, party, *, key=None, scope="openid profile email", browser=None, **asked
) -> dict:
    """The whole answer of the token endpoint to a sign-in."""
    person.agree(party, "openid", "profile", "email")
    code = get_code(person, party, browser=browser, scope=scope, **asked)
    shown = party.show_key(TOKEN, key=key) if key else None
    response = party.exchange(Browser(), code, proof=prove(party), shown=shown)
    assert response.status_code == 200, response.content
    return response.json()


def go_offline(person, party, **asked) -> dict:
    """A sign-in with which she lets the agency ask while she is away too."""
    scope = "openid profile email offline_access"
    return sign_in(person, party, **({"scope": scope, "prompt": "consent"} | asked))


def refresh(party, token, *, key=None, proof=None, **changes):
    form = {"grant_type": "refresh_token", "refresh_token": token} | changes
    shown = party.show_key(TOKEN, key=key) if key else None
    return party.post_token(
        Browser(),
        {name: value for name, value in form.items() if value is not None},
        proof=prove(party) if proof is None else proof,
        shown=shown,
    )


def call(path, party, token, *, proof=None, **form):
    """To revoke or introspect: the client's own proof, and the token in a form."""
    proof = prove(party) if proof is None else proof
    form = {"token": token} | form | proof.get("form", {})
    form = {name: value for name, value in form.items() if value is not None}
    return Browser().post(path, form, headers=proof.get("headers", {}))


def introspect(party, token, **options) -> dict:
    response = call("/openid/introspect", party, token, **options)
    assert response.status_code == 200, response.content
    return response.json()


def ask_userinfo(token) -> int:
    bearer = {"Authorization": f"Bearer {token}"}
    return Browser().get(USERINFO, headers=bearer).status_code


def set_policy(name, value, *, kind="duration", agency="") -> None:
    Policy.objects.create(
        name=name,
        kind=kind,
        value=value,
        agency=agency,
        valid_from=timezone.now() - timedelta(hours=1),
        source="A test",
    )


def refuse(response, error="invalid_grant") -> None:
    """A refusal that says why."""
    assert response.status_code == 400, response.content
    assert response.json()["error"] == error
    assert response.json()["error_description"]
