# SPDX-License-Identifier: Apache-2.0
"""Ways in, and ways out."""

from collections.abc import Callable

import pytest

from . import steps
from .walker import Walker

WAYS = [("id", True, 0), ("en", True, 2), ("id", False, 3)]
NAMES = ["id", "en", "id-without-javascript"]


def add_authenticator(walker: Walker) -> Callable[[bool], None]:
    """A made-up device that verifies its user, as Chromium's developer tools offer it. Answers a
    switch: whether somebody touches it when it is asked."""
    session = walker.context.new_cdp_session(walker.page)
    session.send("WebAuthn.enable")
    added = session.send(
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

    def touch(enabled: bool) -> None:
        session.send(
            "WebAuthn.setAutomaticPresenceSimulation",
            {"authenticatorId": added["authenticatorId"], "enabled": enabled},
        )

    return touch


def make_account_with_passkey(walker: Walker, *, email: str) -> None:
    steps.prove_address(walker, email=email, name="Kunci")
    walker.press('main form[data-passkey="create"] button')
    assert walker.path == "/account/recovery-codes/"
    steps.keep_codes(walker)
    steps.sign_out(walker)


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_passkey_signs_in_by_its_button_and_opens_everything(walk, language):
    walker: Walker = walk(language)
    add_authenticator(walker)
    make_account_with_passkey(walker, email=f"kunci-{language}@surel.nusa")
    # A browser that makes no offer of its own, so that only the button can have done it.
    walker.page.add_init_script("delete PublicKeyCredential.isConditionalMediationAvailable")

    walker.go("/account/sign-in/")
    assert walker.path == "/account/sign-in/"
    walker.press('main form[data-passkey="get"] button')
    assert walker.path == "/home/"

    walker.go("/inbox/")
    assert walker.path == "/inbox/", "a passkey alone opens letters (AL2)"


# What the page asks of the browser, in order, and how many requests stood open at most.
WATCH_REQUESTS = """
  window.asked = [];
  window.open_requests = window.most_open = 0;
  const get = navigator.credentials.get.bind(navigator.credentials);
  navigator.credentials.get = async (request) => {
    window.asked.push(request.mediation ?? "modal");
    window.most_open = Math.max(window.most_open, ++window.open_requests);
    try { return await get(request); } finally { window.open_requests--; }
  };
"""


def test_a_passkeys_button_pressed_at_once_does_not_collide_with_the_offer(walk):
    walker: Walker = walk("en")
    touch = add_authenticator(walker)
    make_account_with_passkey(walker, email="kunci-cepat@surel.nusa")
    walker.page.add_init_script(WATCH_REQUESTS)

    # The offer is not taken; the button is pressed as soon as there is one.
    touch(False)
    walker.page.goto(walker.country.portal + "/account/sign-in/", wait_until="commit")
    walker.page.locator('main form[data-passkey="get"] button').click()
    # wait_for_function() would evaluate a string, which the page's security policy forbids.
    for _ in range(300):
        if walker.page.evaluate("window.asked.at(-1)") == "modal":
            break
        walker.page.wait_for_timeout(100)
    assert walker.page.evaluate("window.asked.at(-1)") == "modal"
    walker.page.wait_for_timeout(1000)  # for a refusal, which would be told by now
    assert walker.page.evaluate("window.most_open") == 1
    assert not walker.page.locator("[data-passkey-problem]").is_visible()


def test_a_passkey_is_offered_where_the_address_is_typed(walk):
    walker: Walker = walk("id")
    add_authenticator(walker)
    make_account_with_passkey(walker, email="kunci-tawar@surel.nusa")

    # Conditional mediation: the browser offers it by itself, and somebody takes the offer.
    walker.page.goto(walker.country.portal + "/account/sign-in/")

    walker.page.wait_for_url("**/home/")


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
    walker.submit(code=walker.read_totp(person["totp_secret"]))

    assert walker.path == "/home/"
    assert walker.says(person["name"])


@pytest.mark.parametrize(
    ("language", "javascript", "who"),
    [("id", True, 4), ("en", True, 5), ("id", False, 4)],
    ids=NAMES,
)
def test_a_session_that_is_ended_elsewhere_is_over_at_once(
    walk, country, language, javascript, who
):
    person = country.person(who)
    lost: Walker = walk(language, javascript=javascript)
    kept: Walker = walk(language, javascript=javascript)
    for walker in (lost, kept):
        steps.sign_in(
            walker,
            email=person["email"],
            password=person["password"],
            secret=person["totp_secret"],
        )
    lost.go("/home/")
    assert lost.path == "/home/"

    kept.go("/account/sessions/")
    kept.press('main form[action$="/end/"] button')

    lost.go("/home/")
    assert lost.path == "/account/sign-in/"
    assert lost.says(
        {"id": "diakhiri dari perangkat lain", "en": "ended on another device"}[language]
    )
    assert lost.page.locator('main [name="next"][value="/home/"]').count()
    lost.go("/home/")
    assert not lost.page.locator("main .notice").count(), "it is said once"
    kept.go("/home/")
    assert kept.path == "/home/"


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
def test_changing_the_language_keeps_what_was_typed(walk, javascript):
    walker: Walker = walk("id", javascript=javascript)
    walker.go("/account/sign-up/?next=/inbox/")
    walker.fill(full_name="Nur'aini 🌺", email="nuraini@")

    for language in ("en", "id"):
        walker.press(f'header button[lang="{language}"]')

        assert walker.page.locator("html").get_attribute("lang") == language
        assert walker.page.locator('[name="full_name"]').input_value() == "Nur'aini 🌺"
        assert walker.page.locator('[name="email"]').input_value() == "nuraini@"
        assert not walker.page.locator(".govuk-error-summary").count()
        assert "nuraini" not in walker.page.url


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without"])
def test_the_enter_key_sends_the_form_and_does_not_change_the_language(walk, javascript):
    walker: Walker = walk("id", javascript=javascript)
    walker.go("/account/sign-up/")
    walker.fill(full_name="Nur'aini", email="nuraini@")

    with walker.page.expect_navigation(wait_until="load"):
        walker.page.locator('[name="email"]').press("Enter")

    assert walker.page.locator("html").get_attribute("lang") == "id"
    assert walker.page.locator(".govuk-error-summary").count()

    # A page that answers a form can be read in the other language too, with what was typed.
    walker.press('header button[lang="en"]')
    assert walker.page.locator("html").get_attribute("lang") == "en"
    assert walker.page.locator('[name="full_name"]').input_value() == "Nur'aini"


def test_without_a_script_no_button_is_shown_that_needs_one(walk):
    walker: Walker = walk("id", javascript=False)

    walker.go("/account/sign-in/")

    assert not walker.page.locator("form[data-passkey] button").is_visible()
    assert walker.page.locator('main [name="password"]').is_visible()
