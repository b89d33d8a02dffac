# SPDX-License-Identifier: Apache-2.0
"""NusaID as the demo runs it: a program of its own, spoken to as a browser and a portal do."""

import contextlib
import hashlib
import re
import secrets
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from demo.nusaid.residents import list_residents
from demo.tests.running_agency import ROOT, clean_environment, find_free_port

PORTAL = "http://localhost:7999"
CALLBACK = f"{PORTAL}/account/identity/return/"
SARI, SLAMET, RADEN, *_ = list_residents()


@pytest.fixture(scope="module")
def nusaid(tmp_path_factory):
    home, port = tmp_path_factory.mktemp("nusaid"), find_free_port()
    environment = clean_environment() | {
        "SATUPINTU_IDENTITY_SECRET": "a secret: of tests",
        "SATUPINTU_PUBLIC_URL": PORTAL,
    }
    command = [sys.executable, "-m", "demo.nusaid", f"--home={home}", f"--port={port}"]
    url = f"http://127.0.0.1:{port}"
    with (home / "serve.log").open("w") as log:
        program = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline and program.poll() is None:
                with contextlib.suppress(httpx.TransportError):
                    if httpx.get(f"{url}/health", timeout=2).status_code == 200:
                        break
                time.sleep(0.05)
            yield url
        finally:
            program.terminate()
            program.wait(timeout=10)


class Visit:
    """One browser on its way, and the portal's program behind it."""

    def __init__(self, url, **changes):
        self.url = url
        self.cookies = httpx.Cookies()
        self.verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.params = {
            "client_id": "satupintu",
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "openid profile",
            "state": "state-1",
            "nonce": "nonce-1",
            "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        } | changes

    def open(self):
        params = {name: value for name, value in self.params.items() if value is not None}
        response = httpx.get(f"{self.url}/authorize", params=params, timeout=10)
        self.cookies = response.cookies
        found = re.search(r'name="ticket" value="([^"]+)"', response.text)
        self.ticket = found[1] if found else ""
        return response

    def sign_in(self, number, pin, *, decision="confirm"):
        form = {"ticket": self.ticket, "number": number, "pin": pin, "decision": decision}
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies} if cookies else {}
        return httpx.post(f"{self.url}/sign-in", data=form, headers=headers, timeout=10)

    def exchange(self, code, *, secret="a secret: of tests", **changes):
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
        } | changes
        return httpx.post(f"{self.url}/token", data=form, auth=("satupintu", secret), timeout=10)


def read_return(response):
    assert response.status_code == 303, response.text
    location = response.headers["Location"]
    assert location.startswith(f"{CALLBACK}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def come_back(nusaid, resident):
    visit = Visit(nusaid)
    visit.open()
    return visit, read_return(visit.sign_in(resident.number, resident.pin))


def test_a_resident_is_confirmed_to_the_portal(nusaid):
    visit, answer = come_back(nusaid, SARI)
    assert (answer["state"], answer["iss"]) == ("state-1", nusaid)

    token = visit.exchange(answer["code"]).json()["id_token"]

    keys = KeySet.import_key_set(httpx.get(f"{nusaid}/jwks.json").json())
    claims = jwt.decode(token, keys, algorithms=["ES256"]).claims
    assert claims["iss"] == nusaid
    assert claims["aud"] == "satupintu"
    assert claims["nonce"] == "nonce-1"
    assert claims["name"] == SARI.name
    assert claims["acr"] == "urn:nusaid:acr:substantial"
    assert SARI.number not in str(claims)


def test_a_person_has_the_same_name_at_each_visit_and_no_two_share_one(nusaid):
    def subject_of(resident):
        visit, answer = come_back(nusaid, resident)
        token = visit.exchange(answer["code"]).json()["id_token"]
        keys = KeySet.import_key_set(httpx.get(f"{nusaid}/jwks.json").json())
        return jwt.decode(token, keys, algorithms=["ES256"]).claims["sub"]

    assert subject_of(SARI) == subject_of(SARI)
    assert subject_of(SARI) != subject_of(RADEN)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "another"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": f"{CALLBACK}x"},
        {"response_type": "token"},
        {"code_challenge": None},
        {"code_challenge_method": "plain"},
        {"scope": "profile"},
    ],
    ids=str,
)
def test_a_request_that_is_not_the_portals_sends_nobody_anywhere(nusaid, changes):
    response = Visit(nusaid, **changes).open()

    assert response.status_code == 400
    assert "Location" not in response.headers


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": "wrong"},
        {"code_verifier": "x" * 64},
        {"redirect_uri": f"{CALLBACK}x"},
        {"grant_type": "client_credentials"},
        {"code": "made-up"},
    ],
    ids=str,
)
def test_a_code_is_traded_with_nobody_else(nusaid, changes):
    visit, answer = come_back(nusaid, SARI)

    response = visit.exchange(**({"code": answer["code"]} | changes))

    assert response.status_code in {400, 401}
    assert "id_token" not in response.json()


def test_a_code_works_once(nusaid):
    visit, answer = come_back(nusaid, SARI)
    assert visit.exchange(answer["code"]).status_code == 200

    assert visit.exchange(answer["code"]).json() == {"error": "invalid_grant"}


def test_a_wrong_pin_is_told_on_the_page_and_after_five_the_number_is_closed(nusaid):
    visit = Visit(nusaid, ui_locales="en")
    visit.open()
    statuses = [visit.sign_in(SLAMET.number, "000000").status_code for _ in range(5)]

    closed = visit.sign_in(SLAMET.number, SLAMET.pin)

    assert statuses == [422] * 5
    assert closed.status_code == 429
    assert "Try again in 15 minutes" in closed.text


def test_a_page_that_was_opened_in_another_browser_signs_nobody_in(nusaid):
    visit = Visit(nusaid)
    visit.open()

    visit.cookies = httpx.Cookies({"nusaid-browser": "another"})

    assert visit.sign_in(SARI.number, SARI.pin).status_code == 400


def test_who_cancels_goes_back_with_an_error(nusaid):
    visit = Visit(nusaid)
    visit.open()

    answer = read_return(visit.sign_in("", "", decision="cancel"))

    assert answer["error"] == "access_denied"
    assert "code" not in answer


@pytest.mark.parametrize(("language", "words"), [("id", "Ya, ini saya"), ("en", "Yes, this is me")])
def test_the_page_speaks_the_language_that_the_portal_names(nusaid, language, words):
    assert words in Visit(nusaid, ui_locales=language).open().text
