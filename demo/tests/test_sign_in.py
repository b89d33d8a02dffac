# SPDX-License-Identifier: Apache-2.0
"""Signing in at an agency that really runs, with a stand-in for the portal."""

import re
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from demo.tests.stub_portal import read_claims

LINK_ID = "0190a1b2-0000-7000-8000-0000000000a1"


@pytest.fixture
def browser(tax):
    with httpx.Client(base_url=tax.url, timeout=10) as client:
        yield client


def begin(browser, portal) -> dict[str, str]:
    """Press the button; answers what the agency sent to the portal."""
    sent = browser.get("/signin").headers["location"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(sent).query).items()}
    portal.nonce = query["nonce"]
    return query


def come_back(browser, query, **changes) -> httpx.Response:
    return browser.get("/callback", params={"code": "c", "state": query["state"]} | changes)


def sign_in(browser, portal) -> httpx.Response:
    return come_back(browser, begin(browser, portal))


def test_the_button_sends_pkce_state_nonce_and_asks_for_two_factors(browser, portal, tax):
    query = begin(browser, portal)

    assert query["response_type"] == "code"
    assert query["code_challenge_method"] == "S256"
    assert query["client_id"] == "tax-site"
    assert query["redirect_uri"] == f"{tax.url}/callback"
    assert query["scope"] == "openid"
    assert query["acr_values"] == "urn:satupintu:acr:ip0:al2"
    assert len(query["state"]) > 20
    assert len(query["nonce"]) > 20


def test_the_agency_proves_itself_with_a_short_assertion_of_its_published_key(browser, portal, tax):
    sign_in(browser, portal)
    sign_in(browser, portal)

    keys = KeySet.import_key_set(httpx.get(f"{tax.url}/jwks.json").json())
    assertions = [form["client_assertion"][0] for form in portal.token_requests]
    claims = [jwt.decode(one, keys, algorithms=["ES256"]).claims for one in assertions]
    assert all(form["code_verifier"] for form in portal.token_requests)
    assert all("client_secret" not in form for form in portal.token_requests)
    assert claims[0]["jti"] != claims[1]["jti"]
    assert claims[0]["exp"] - claims[0]["iat"] == 60
    assert claims[0]["aud"] == f"{portal.url}/openid/token"
    assert read_claims(assertions[0])["sub"] == "tax-site"


def test_a_person_whose_record_is_joined_sees_it(browser, portal, tax):
    portal.subject = "sees-her-record"
    tax.join(email="sari@surel.nusa", subject=portal.subject, link_id=LINK_ID)

    arrived = sign_in(browser, portal)
    page = browser.get("/record")
    tax.call("DELETE", f"/linking/links/{portal.subject}")

    assert arrived.headers["location"] == "/record"
    assert "Sari Wulandari" in page.text
    assert "Rp1.250.000" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_a_person_whose_record_is_not_joined_is_told_where_to_join_it(browser, portal, tax):
    portal.subject = "nobody-here"

    sign_in(browser, portal)
    page = browser.get("/record?lang=en")

    assert page.status_code == 200
    assert "Your record is not joined yet" in page.text
    assert f"{portal.url}/services/tax/" in page.text


def test_unlinking_ends_the_persons_visit_here(browser, portal, tax):
    portal.subject = "parts-again"
    tax.join(email="bayu@surel.nusa", subject=portal.subject, link_id=LINK_ID)
    sign_in(browser, portal)

    tax.call("DELETE", f"/linking/links/{portal.subject}")

    assert browser.get("/record").headers["location"] == "/signin"


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"aud": "another-client"},
        {"aud": ["tax-site", "another-client"]},
        {"iss": "https://elsewhere.example"},
        {"exp": 1_000_000_000},
        {"iat": 4_000_000_000},
        {"azp": "another-client"},
        {"at_hash": "another"},
        {"sub": None},
    ],
)
def test_an_id_token_that_is_not_ours_signs_nobody_in(browser, portal, changes):
    portal.id_token_changes = changes

    answer = sign_in(browser, portal)

    assert answer.status_code == 400
    assert "tax-visit" not in answer.headers.get("set-cookie", "")
    assert browser.get("/record").headers["location"] == "/signin"


def test_one_factor_alone_opens_no_record(browser, portal):
    portal.id_token_changes = {"acr": "urn:satupintu:acr:ip0:al1"}

    answer = sign_in(browser, portal)

    assert answer.status_code == 403
    assert "Perlu satu langkah lagi" in answer.text


def test_an_answer_with_anothers_state_or_in_another_browser_signs_nobody_in(browser, portal, tax):
    query = begin(browser, portal)

    forged = come_back(browser, query | {"state": "made-up"})
    with httpx.Client(base_url=tax.url) as other:
        stolen = come_back(other, query)

    assert (forged.status_code, stolen.status_code) == (400, 400)
    assert portal.token_requests == []


def test_an_answer_of_another_issuer_is_refused_before_the_code_is_spent(browser, portal):
    answer = come_back(browser, begin(browser, portal), iss="https://elsewhere.example")

    assert answer.status_code == 400
    assert portal.token_requests == []


def test_two_tabs_can_sign_in_and_a_second_click_on_the_way_back_does_no_harm(browser, portal):
    first, second = begin(browser, portal), begin(browser, portal)

    portal.nonce = first["nonce"]
    assert come_back(browser, first).headers["location"] == "/record"
    assert come_back(browser, first).headers["location"] == "/record"
    portal.nonce = second["nonce"]
    assert come_back(browser, second).headers["location"] == "/record"


def test_declining_at_the_portal_is_a_kind_page(browser, portal):
    query = begin(browser, portal)

    answer = browser.get("/callback", params={"error": "access_denied", "state": query["state"]})

    assert answer.status_code == 400
    assert "Anda belum masuk" in answer.text


def test_signing_out_needs_our_own_form_and_ends_the_visit(browser, portal):
    portal.subject = "signs-out"
    sign_in(browser, portal)

    forged = browser.post("/signout", data={"form_key": "guess"})
    assert forged.status_code == 403
    page = browser.get("/record").text
    form_key = page.split('name="form_key" value="')[1].split('"')[0]
    signed_out = browser.post("/signout", data={"form_key": form_key})

    assert signed_out.headers["location"] == "/signed-out"
    assert browser.get("/record").headers["location"] == "/signin"


def read_fields(html) -> dict[str, str]:
    """The hidden fields of a page's form."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))


def sign_out(browser) -> httpx.Response:
    fields = read_fields(browser.get("/record").text)
    return browser.get(browser.post("/signout", data=fields).headers["location"])


def test_who_signs_out_is_offered_to_sign_out_at_the_portal_too(browser, portal, tax):
    """OpenID Connect RP-Initiated Logout 1.0, section 2: by a form, so that the ID token stands in
    no address."""
    portal.subject = "signs-out-twice"
    sign_in(browser, portal)

    page = sign_out(browser)

    assert f'action="{portal.url}/openid/logout"' in page.text
    assert f"form-action 'self' {portal.url};" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    fields = read_fields(page.text)
    assert read_claims(fields["id_token_hint"])["sub"] == "signs-out-twice"
    assert fields["post_logout_redirect_uri"] == f"{tax.url}/signed-out"
    assert fields["ui_locales"] == "id"


def test_back_from_the_portal_the_page_says_that_both_are_over(browser, portal):
    portal.subject = "signs-out-of-both"
    sign_in(browser, portal)
    state = read_fields(sign_out(browser).text)["state"]

    forged = browser.get("/signed-out", params={"state": "guess"})
    back = browser.get("/signed-out", params={"state": state})
    again = browser.get("/signed-out", params={"state": state})

    assert "Keluar juga dari Satu Pintu" in forged.text
    assert "Anda juga sudah keluar dari Satu Pintu" in back.text
    assert "id_token_hint" not in back.text
    assert "Anda juga sudah keluar dari Satu Pintu" not in again.text


def test_without_a_visit_the_page_leads_to_the_portal_and_names_nobody(browser, portal):
    page = browser.get("/signed-out")

    assert page.status_code == 200
    assert f'href="{portal.url}/"' in page.text
    assert "id_token_hint" not in page.text


def test_cookies_are_out_of_reach_for_scripts_and_other_sites_posts(browser, portal):
    cookie = sign_in(browser, portal).headers["set-cookie"].lower()

    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert cookie.startswith("tax-visit=")


def test_safety_09_bank_account_and_address_wait_while_the_portal_says_so(tax, browser, portal):
    portal.subject = "waits"
    tax.join(email="maria@surel.nusa", subject=portal.subject, link_id=LINK_ID.replace("a1", "a9"))
    portal.id_token_changes = {"changes_wait_until": int(time.time()) + 3600}
    sign_in(browser, portal)
    waiting = browser.get("/record").text

    portal.id_token_changes = {}
    sign_in(browser, portal)
    settled = browser.get("/record").text

    assert 'id="waits"' in waiting
    assert 'id="waits"' not in settled


def test_a_visit_holds_no_more_than_an_hour(tax, browser, portal):
    from demo.agency import register

    portal.subject = "an-hour"
    sign_in(browser, portal)

    with register.read_register(tax.home / "register.sqlite3") as connection:
        ends = connection.execute(
            "SELECT expires_at FROM visit WHERE subject = 'an-hour'"
        ).fetchone()[0]
    assert ends - time.time() <= 3600
