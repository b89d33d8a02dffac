# SPDX-License-Identifier: Apache-2.0
"""Ways in, and ways out."""

import pytest

from . import steps
from .walker import Walker, compute_totp

WAYS = [("id", True, 0), ("en", True, 2), ("id", False, 3)]
NAMES = ["id", "en", "id-without-javascript"]


def add_authenticator(walker: Walker) -> None:
    """A made-up device that verifies its user, as Chromium's developer tools offer it."""
    session = walker.context.new_cdp_session(walker.page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_passkey_signs_in_and_opens_everything(walk, language):
    walker: Walker = walk(language)
    add_authenticator(walker)
    steps.prove_address(walker, email=f"kunci-{language}@surel.nusa", name="Kunci")

    walker.press('main form[data-passkey="create"] button')
    walker.page.wait_for_url("**/home/")
    walker.look()
    steps.sign_out(walker)
    walker.go("/account/sign-in/")
    walker.press('main form[data-passkey="get"] button')
    walker.page.wait_for_url("**/home/")

    walker.go("/inbox/")
    assert walker.path == "/inbox/", "a passkey alone opens letters (AL2)"


@pytest.mark.parametrize(("language", "javascript", "who"), WAYS, ids=NAMES)
def test_password_and_app_sign_in_and_a_wrong_code_is_told_kindly(
    walk, country, language, javascript, who
):
    walker: Walker = walk(language, javascript=javascript)
    person = country.person(who)
    walker.go("/account/sign-in/")

    walker.submit(email=person["email"], password="bukan kata sandinya")
    assert walker.page.locator(".govuk-error-summary, [role=alert]").count()
    walker.submit(email=person["email"], password=person["password"])
    walker.submit(code="000000")
    assert walker.page.locator(".govuk-error-summary, [role=alert]").count()
    walker.submit(code=compute_totp(person["totp_secret"]))

    assert walker.path == "/home/"
    assert walker.says(person["name"])


@pytest.mark.parametrize(
    ("language", "javascript", "who"),
    [("id", True, 4), ("en", True, 5), ("id", False, 4)],
    ids=NAMES,
)
def test_a_session_that_is_ended_elsewhere_is_over_at_once(
    walk, country, language, javascript, who, used_codes
):
    person = country.person(who)
    lost: Walker = walk(language, javascript=javascript)
    kept: Walker = walk(language, javascript=javascript)
    for walker in (lost, kept):
        used_codes[who] = steps.sign_in(
            walker,
            email=person["email"],
            password=person["password"],
            secret=person["totp_secret"],
            used=used_codes.get(who, ""),
        )
    lost.go("/home/")
    assert lost.path == "/home/"

    kept.go("/account/sessions/")
    kept.press('main form[action$="/end/"] button')

    lost.go("/home/")
    assert lost.path == "/account/sign-in/"
    kept.go("/home/")
    assert kept.path == "/home/"
