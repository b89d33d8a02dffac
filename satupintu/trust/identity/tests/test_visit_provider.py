# SPDX-License-Identifier: Apache-2.0
"""To an identity provider and back, and every way in which that may go wrong."""

import re
import time
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.utils import timezone

from satupintu.foundation.outbox.models import Event
from satupintu.trust.identity import actions, queries
from satupintu.trust.identity.models import EvidenceHolder, Proofing

from .fake_provider import OTHER_KEY

pytestmark = pytest.mark.django_db
GO, BACK, HERE = "/account/identity/provider/", "/account/identity/return/", "/account/identity/"


def level(account):
    return queries.get_level(account_id=account.pk, at=timezone.now())


def go(browser, fake, **fields):
    """From our page to the provider; answers with what the browser comes back."""
    page = browser.post(GO, fields)
    assert page.status_code == 200, page.content
    [address] = re.findall(r'http-equiv="refresh" content="0;url=([^"]*)"', page.content.decode())
    return fake.send_there(unescape(address))


def visit(browser, fake, *, changes=None, **fields):
    answer = go(browser, fake, **fields) | (changes or {})
    return browser.get(BACK, {name: value for name, value in answer.items() if value is not None})


def refused(response, status, words):
    assert response.status_code == status
    assert words in unescape(response.content.decode())
    assert not Proofing.objects.exists()


def test_a_person_proves_who_she_is(fake, make_person):
    browser, account = make_person()

    response = visit(browser, fake)

    assert response.status_code == 302
    assert level(account) == 2
    assert "Identitas Anda terbukti" in browser.get(response.url).content.decode()
    proofing = Proofing.objects.get()
    assert (proofing.method, proofing.by, proofing.matched) == ("provider", "nusaid", "full_name")


def test_what_is_asked_of_the_provider_is_bound_to_this_visit(fake, make_person):
    browser, _account = make_person()

    go(browser, fake)
    first = fake.asked
    go(browser, fake)

    assert first["code_challenge_method"] == "S256"
    assert first["redirect_uri"] == settings.PUBLIC_URL + BACK
    assert first["scope"] == "openid profile"
    assert first["prompt"] == "login"
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 43
        assert first[name] != fake.asked[name]


def test_nothing_of_her_is_kept_but_a_hash_and_a_level(fake, make_person):
    browser, _account = make_person(full_name="Sari Wulandari")
    fake.claims = {"sub": "subject-9917", "birthdate": "1991-04-17"}

    visit(browser, fake)

    stored = [str(list(table.objects.values())) for table in (Proofing, EvidenceHolder, Event)]
    assert not any("9917" in rows or "1991" in rows or "Wulandari" in rows for rows in stored)


def test_she_goes_on_exactly_where_she_was(fake, make_person):
    browser, _account = make_person()
    wanted = "/openid/authorize?client_id=x&state=a%26b"

    done = visit(browser, fake, next=wanted)

    page = browser.get(done.url).content.decode()
    assert wanted.replace("&", "&amp;") in page


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"],
)
def test_nobody_is_sent_elsewhere_afterwards(fake, make_person, elsewhere):
    browser, _account = make_person()

    done = visit(browser, fake, next=elsewhere)

    assert "evil" not in browser.get(done.url).content.decode()
    assert (
        "evil"
        not in browser.get(HERE, {"next": elsewhere})
        .content.decode()
        .replace("next=", "")
        .split("<footer")[0]
        .split("<main")[1]
    )


def test_one_factor_does_not_reach_the_provider(fake, make_person):
    browser, _account = make_person(level=1)

    response = browser.post(GO)

    assert response.url.startswith("/account/confirm/")
    assert not fake.received


# --- Who comes back -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [{"state": "another"}, {"state": None}, {"iss": "https://other.example"}, {"iss": None}],
    ids=str,
)
def test_a_return_that_was_not_begun_here_proves_nothing(fake, make_person, changes):
    browser, _account = make_person()

    response = visit(browser, fake, changes=changes)

    refused(response, 422, "mulai lagi")
    # The code was not even shown to the provider.
    assert [path for path, _form in fake.received if path == "/token"] == []


def test_a_code_that_another_person_brought_proves_nothing(fake, make_person):
    thief, _ = make_person()
    victim, account = make_person()
    answer = go(thief, fake)

    response = victim.get(BACK, answer)

    refused(response, 422, "mulai lagi")
    assert level(account) == 0


def test_a_return_works_once(fake, make_person):
    browser, _account = make_person()
    answer = go(browser, fake)
    browser.get(BACK, answer)

    again = browser.get(BACK, answer)

    assert again.status_code == 422
    assert Proofing.objects.count() == 1


def test_a_return_that_took_too_long_proves_nothing(fake, make_person, time_machine):
    browser, _account = make_person()
    answer = go(browser, fake)
    time_machine.move_to(timezone.now() + timedelta(minutes=16))

    refused(browser.get(BACK, answer), 422, "mulai lagi")


def test_who_cancels_there_is_told_that_nothing_happened(fake, make_person):
    browser, _account = make_person()

    response = visit(browser, fake, changes={"code": None, "error": "access_denied"})

    refused(response, 422, "Anda berhenti di tengah jalan")


def test_another_name_than_the_accounts_proves_nothing_and_is_not_shown(fake, make_person):
    browser, _account = make_person(full_name="Budi Santoso")

    response = visit(browser, fake)

    refused(response, 422, "Nama di sana berbeda")
    assert "Wulandari" not in response.content.decode()


def test_a_second_account_of_one_person_is_refused_and_the_first_is_told(fake, make_person):
    first, owner = make_person()
    visit(first, fake)
    second, account = make_person()

    response = visit(second, fake)

    assert response.status_code == 409
    assert "sudah dipakai untuk akun lain" in response.content.decode()
    assert level(account) == 0
    assert level(owner) == 2
    assert Event.objects.get(type=actions.CLAIMED_TWICE).data["account_id"] == str(owner.pk)


# --- What the provider says -------------------------------------------------------------------------


def _past() -> int:
    return int(time.time()) - 3600


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "another-client"},
        {"aud": ["satupintu", "another-client"]},
        {"azp": "another-client"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": _past()},
        {"exp": None},
        {"exp": "soon"},
        {"iat": _past()},
        {"iat": True},
        {"sub": None},
        {"sub": ""},
        {"sub": "s" * 256},
        {"sub": 7},
        {"acr": "urn:fake:none"},
        {"acr": None},
    ],
    ids=str,
)
def test_an_id_token_that_is_not_exactly_right_proves_nothing(fake, make_person, claims):
    browser, _account = make_person()
    fake.claims = claims

    refused(visit(browser, fake), 502, "Kami tidak melakukan apa pun dengannya")


def test_a_token_of_another_key_proves_nothing(fake, make_person):
    browser, _account = make_person()
    fake.key = OTHER_KEY

    refused(visit(browser, fake), 502, "Kami tidak melakukan apa pun")


def test_the_published_key_is_no_secret_that_signs(fake, make_person):
    browser, _account = make_person()
    fake.confuses_keys = True

    refused(visit(browser, fake), 502, "Kami tidak melakukan apa pun")


@pytest.mark.parametrize("path", ["/token", "/jwks.json"])
@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ((200, b"<html>"), 502),
        ((200, b"[]"), 502),
        ((200, b'{"keys": 1}'), 502),
        ((200, b"x" * 70_000), 502),
        ((302, b""), 502),
        ((400, b'{"error": "invalid_grant"}'), 502),
        ((500, b"{}"), 503),
    ],
    ids=str,
)
def test_nonsense_on_the_way_back_proves_nothing(fake, make_person, path, answer, status):
    browser, _account = make_person()
    returned = go(browser, fake)
    fake.answers = {path: answer}

    response = browser.get(BACK, returned)

    assert response.status_code == status
    assert not Proofing.objects.exists()


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": 7},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
    ids=str,
)
def test_a_provider_that_describes_itself_wrongly_is_not_visited(fake, make_person, described):
    browser, _account = make_person()
    fake.described = described

    response = browser.post(GO)

    assert response.status_code == 502
    assert "evil" not in response.content.decode()


def test_a_provider_that_is_down_is_said_to_be_so(fake, make_person, settings):
    browser, _account = make_person()
    settings.IDENTITY_PROVIDER["issuer"] = "http://127.0.0.1:9"

    refused(browser.post(GO), 503, "sedang tidak menjawab")


def test_a_slow_provider_is_left_waiting(fake, make_person):
    browser, _account = make_person()
    fake.seconds = 30
    began = time.monotonic()

    response = browser.post(GO)

    assert time.monotonic() - began < 10
    refused(response, 503, "sedang tidak menjawab")


def test_without_a_provider_the_page_says_so(make_person):
    browser, _account = make_person()

    assert "Belum dapat dilakukan secara daring" in browser.get(HERE).content.decode()
    assert browser.post(GO).status_code == 404


def test_even_a_provider_that_is_very_sure_reaches_its_ceiling_only(fake, make_person, settings):
    browser, account = make_person()
    settings.IDENTITY_PROVIDER["levels"] = {"urn:fake:high": 3}

    visit(browser, fake)

    assert level(account) == 2


# --- Ending it --------------------------------------------------------------------------------------


def test_she_removes_her_proof_herself(fake, make_person):
    browser, account = make_person()
    visit(browser, fake)
    address = f"{HERE}end/{Proofing.objects.get().id}/"

    assert "Hapus bukti ini?" in browser.get(address).content.decode()
    browser.post(address)

    assert level(account) == 0


def test_nobody_removes_anothers_proof(fake, make_person):
    browser, account = make_person()
    visit(browser, fake)
    stranger, _ = make_person()

    assert stranger.post(f"{HERE}end/{Proofing.objects.get().id}/").status_code == 404

    assert level(account) == 2


def test_the_account_page_says_how_it_stands(fake, make_person):
    browser, _account = make_person()
    assert "Belum terbukti" in browser.get("/account/").content.decode()

    visit(browser, fake)

    page = browser.get("/account/").content.decode()
    assert "Belum terbukti" not in page
    assert HERE in page


def test_nothing_of_a_visit_is_in_an_address_that_stays(fake, make_person):
    browser, _account = make_person()

    done = visit(browser, fake)

    assert not parse_qs(urlsplit(done.url).query)
