# SPDX-License-Identifier: Apache-2.0
"""OpenID Connect RP-Initiated Logout 1.0."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from joserfc import jwk, jwt

from satupintu.trust.accounts.models import AccountSession
from satupintu.trust.accounts.tests.factories import sign_in
from satupintu.trust.agencies import actions as agencies
from satupintu.trust.signin import actions

from .parties import Party, make_party, read_answer, read_keys

pytestmark = pytest.mark.django_db

LEFT = "https://tax.nusa.example/signed-out"
LOGOUT = "/openid/logout"


@pytest.fixture
def party(db) -> Party:
    return make_party(
        post_logout_redirect_uris=[LEFT, f"{LEFT}?from=portal"],
        backchannel_logout_uri="https://tax.nusa.example/told",
    )


def get_id_token(person, party) -> str:
    person.agree(party)
    code = read_answer(party.ask(person.browser))["code"]
    return party.exchange(Browser(), code).json()["id_token"]


def is_signed_in(person) -> bool:
    return AccountSession.objects.filter(id=person.session.row.id).exists()


def confirm(browser, page, **options):
    asked = re.search(r'name="asked" value="([^"]*)"', page.content.decode())[1]
    return browser.post(f"{LOGOUT}/confirm", {"asked": asked}, **options)


def test_with_her_own_id_token_she_is_signed_out_and_led_back(person, party):
    hint = get_id_token(person, party)

    response = person.browser.get(
        LOGOUT, {"id_token_hint": hint, "post_logout_redirect_uri": LEFT, "state": "s&1"}
    )

    assert response.status_code == 303
    location = urlsplit(response.headers["Location"])
    assert response.headers["Location"].startswith(f"{LEFT}?")
    assert parse_qs(location.query) == {"state": ["s&1"]}
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_signed_in(person)


def test_without_an_address_she_lands_on_our_own_last_page(person, party):
    response = person.browser.get(LOGOUT, {"id_token_hint": get_id_token(person, party)})

    assert response.headers["Location"] == reverse("accounts:signed_out")
    assert not is_signed_in(person)


def test_an_address_that_has_a_query_keeps_it(person, party):
    address = f"{LEFT}?from=portal"
    hint = get_id_token(person, party)

    response = person.browser.get(
        LOGOUT, {"id_token_hint": hint, "post_logout_redirect_uri": address, "state": "1"}
    )

    assert response.headers["Location"] == f"{address}&state=1"


def test_an_expired_id_token_is_as_good(person, party):
    hint = get_id_token(person, party)

    with time_machine.travel(timezone.now() + timedelta(minutes=50), tick=False):
        person.browser.get(LOGOUT, {"id_token_hint": hint})

    assert not is_signed_in(person)


def test_a_form_from_the_site_works_and_keeps_the_id_token_out_of_the_address(person, party):
    hint = get_id_token(person, party)
    elsewhere = Browser(enforce_csrf_checks=True)

    # No cookie comes along with a form of another site.
    sent = elsewhere.post(
        LOGOUT, {"id_token_hint": hint, "post_logout_redirect_uri": LEFT, "state": "1"}
    )
    response = person.browser.get(sent.headers["Location"])

    assert hint not in sent.headers["Location"]
    assert response.headers["Location"] == f"{LEFT}?state=1"
    assert not is_signed_in(person)


# --- A kind page, where it is not sure ------------------------------------------------------------


def make_foreign_token(person, party) -> str:
    key = jwk.ECKey.generate_key("P-256", auto_kid=True)
    claims = {"iss": settings.PUBLIC_URL, "aud": party.client.client_id, "acr": "a", "sid": "x"}
    return jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key, algorithms=["ES256"])


def make_unsigned_token(person, party) -> str:
    return get_id_token(person, party).rpartition(".")[0] + "."


def make_portal_token(person, party) -> str:
    return actions.sign_portal_token(
        audience=party.client.client_id, scope="linking", at=timezone.now()
    )


@pytest.mark.parametrize(
    "make_hint",
    [
        lambda person, party: "",
        lambda person, party: "no.such.token",
        make_foreign_token,
        make_unsigned_token,
        make_portal_token,
    ],
    ids=["none", "nonsense", "foreign key", "unsigned", "token of a call"],
)
def test_without_a_valid_id_token_she_is_asked_and_led_nowhere(person, party, make_hint):
    page = person.browser.get(
        LOGOUT,
        {
            "id_token_hint": make_hint(person, party),
            "client_id": party.client.client_id,
            "post_logout_redirect_uri": LEFT,
        },
    )

    assert page.status_code == 200
    assert "Keluar dari Satu Pintu?" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert is_signed_in(person)
    response = confirm(person.browser, page)
    assert response.headers["Location"] == reverse("accounts:signed_out")
    assert not is_signed_in(person)


def test_the_page_names_where_she_will_be_signed_out_too(person, party):
    get_id_token(person, party)

    page = person.browser.get(LOGOUT)

    assert party.client.agency.name_id in page.content.decode()


def test_an_id_token_of_another_session_is_asked_about_and_then_leads_back(person, party):
    phone = Browser()
    sign_in(phone, person.account)
    hint = get_id_token(person, party)

    page = phone.get(LOGOUT, {"id_token_hint": hint, "post_logout_redirect_uri": LEFT})

    assert page.status_code == 200
    assert confirm(phone, page).headers["Location"] == LEFT
    # The one that the token named is another browser's, and goes on.
    assert is_signed_in(person)


def test_an_id_token_of_somebody_else_signs_nobody_out_unasked(make_person, party):
    sari, thief = make_person(), make_person()

    page = sari.browser.get(LOGOUT, {"id_token_hint": get_id_token(thief, party)})

    assert page.status_code == 200
    assert is_signed_in(sari)


def test_safety_09_another_sites_form_signs_nobody_out(person, party):
    strict = Browser(enforce_csrf_checks=True)
    strict.cookies[settings.SESSION_COOKIE_NAME] = person.session.session_key

    forged = strict.post(f"{LOGOUT}/confirm", {"asked": ""})
    strict.post(LOGOUT, {})
    strict.get(LOGOUT)

    assert forged.status_code == 403
    assert is_signed_in(person)


def test_nobody_signed_in_is_led_back_all_the_same(person, party, client):
    hint = get_id_token(person, party)

    response = client.get(LOGOUT, {"id_token_hint": hint, "post_logout_redirect_uri": LEFT})

    assert response.headers["Location"] == LEFT
    assert client.get(LOGOUT).headers["Location"] == reverse("accounts:signed_out")


# --- Hints ------------------------------------------------------------------------------------------

OTHER = "another account than the one you are signed in to"


def ask_page(person, params) -> str:
    person.browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = person.browser.get(LOGOUT, params)
    assert page.status_code == 200
    return page.content.decode()


def test_the_page_names_the_account(person):
    assert f"You are signed in as {person.account.email}." in ask_page(person, {})


@pytest.mark.parametrize("write", [str, str.upper], ids=["as it is", "in capitals"])
def test_a_hint_that_is_her_address_is_nothing_to_speak_of(person, write):
    assert OTHER not in ask_page(person, {"logout_hint": write(person.account.email)})


def test_the_page_says_when_the_site_means_another_account(person):
    assert OTHER in ask_page(person, {"logout_hint": "somebody.else@surel.nusa"})
    # In whose words this would name her, nobody knows.
    assert OTHER not in ask_page(person, {"logout_hint": "12345"})


def test_a_site_may_mean_her_by_its_own_name_for_her_or_for_her_session(person, party):
    hint = get_id_token(person, party)
    phone = Browser()
    sign_in(phone, person.account)
    phone.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    claims = jwt.decode(hint, read_keys(phone), algorithms=["ES256"]).claims

    def says_another(name) -> bool:
        page = phone.get(LOGOUT, {"id_token_hint": hint, "logout_hint": name})
        return OTHER in page.content.decode()

    assert not says_another(claims["sub"])
    assert says_another("somebody-else")
    # Of this phone's session the site knows nothing; the ID token is of another one.
    assert says_another(claims["sid"])


def test_safety_01_a_hint_decides_nothing_so_no_site_finds_out_an_address_by_trying(person, party):
    hint = get_id_token(person, party)
    answers = []
    for guess in (person.account.email, "somebody.else@surel.nusa"):
        sent = Browser().post(
            LOGOUT, {"id_token_hint": hint, "post_logout_redirect_uri": LEFT, "logout_hint": guess}
        )
        assert guess not in sent.headers["Location"]
        answers.append(Browser().get(sent.headers["Location"]).headers["Location"])

    assert answers == [LEFT, LEFT]
    person.browser.get(LOGOUT, {"id_token_hint": hint, "logout_hint": "somebody.else@surel.nusa"})
    assert not is_signed_in(person)


@pytest.mark.parametrize(
    ("locales", "language"), [("en", "en"), ("fr en-GB id", "en"), ("id", "id"), ("fr", "")]
)
def test_the_last_page_speaks_the_language_that_the_site_names(client, locales, language):
    for ask in (client.get, lambda *asked: client.get(client.post(*asked).headers["Location"])):
        landed = ask(LOGOUT, {"ui_locales": locales}).headers["Location"]

        assert landed == reverse("accounts:signed_out") + (f"?lang={language}" if language else "")


def test_what_she_chose_on_this_device_stands_above_it(person, party):
    person.browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "id"
    hint = get_id_token(person, party)

    response = person.browser.get(LOGOUT, {"id_token_hint": hint, "ui_locales": "en"})

    assert response.headers["Location"] == reverse("accounts:signed_out")


# --- Never an open redirect -----------------------------------------------------------------------

OTHERS = [
    "https://evil.example/",
    f"{LEFT}/",
    f"{LEFT}?x=1",
    f"{LEFT}#x",
    LEFT.upper(),
    LEFT.replace("https:", "http:"),
    "//evil.example",
    "javascript:alert(1)",
    f"https://evil.example/?{LEFT}",
]


@pytest.mark.parametrize("address", OTHERS)
def test_an_address_that_is_not_registered_is_never_gone_to(person, party, address):
    hint = get_id_token(person, party)

    response = person.browser.get(
        LOGOUT, {"id_token_hint": hint, "post_logout_redirect_uri": address}
    )

    assert response.headers["Location"] == reverse("accounts:signed_out")
    assert not is_signed_in(person)


def test_another_clients_address_is_not_this_ones(person, party):
    other = make_party(post_logout_redirect_uris=["https://health.nusa.example/out"])
    hint = get_id_token(person, party)

    response = person.browser.get(
        LOGOUT,
        {
            "id_token_hint": hint,
            "client_id": other.client.client_id,
            "post_logout_redirect_uri": "https://health.nusa.example/out",
        },
    )

    # A hint and a client_id that disagree prove nothing: she is asked.
    assert response.status_code == 200
    assert is_signed_in(person)


@given(sealed=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_what_we_did_not_seal_leads_to_our_own_page(client, sealed):
    response = client.get(LOGOUT, {"asked": sealed})

    assert response.headers["Location"] == reverse("accounts:signed_out")


def test_a_sealed_request_is_good_for_an_hour_and_while_the_client_may_speak(person, party):
    hint = get_id_token(person, party)
    form = {"id_token_hint": hint, "post_logout_redirect_uri": LEFT}
    sealed = Browser().post(LOGOUT, form).headers["Location"]
    ours = reverse("accounts:signed_out")
    assert Browser().get(sealed).headers["Location"] == LEFT

    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert Browser().get(sealed).headers["Location"] == ours
    agencies.suspend_client(client_id=party.client.client_id, at=timezone.now())

    assert Browser().get(sealed).headers["Location"] == ours


def test_in_a_browser_a_page_that_moves_on_follows_the_form(person, party):
    hint = get_id_token(person, party)
    phone = Browser()
    sign_in(phone, person.account)
    page = phone.get(LOGOUT, {"id_token_hint": hint, "post_logout_redirect_uri": LEFT})

    response = confirm(phone, page, headers={"Sec-Fetch-Dest": "document"})

    assert response.status_code == 200
    assert f'content="0;url={LEFT}"' in response.content.decode()


def test_the_endpoint_is_published(client):
    found = client.get("/.well-known/openid-configuration").json()

    assert found["end_session_endpoint"] == f"{settings.PUBLIC_URL}{LOGOUT}"
    assert "sid" in found["claims_supported"]
    assert read_keys(client)
