# SPDX-License-Identifier: Apache-2.0
import re

import httpx
import pytest

from demo.agency.definition import list_slugs
from demo.tests.running_agency import DEMO_TOKEN, run_agency

DESK = {"Authorization": f"Bearer {DEMO_TOKEN}"}


def print_letter(tax, email: str) -> dict:
    answer = httpx.post(f"{tax.url}/demo/codes", json={"record": email}, headers=DESK)
    return answer.json()


def test_the_front_page_is_indonesian_by_default_and_stays_put_when_switched(tax):
    with httpx.Client(base_url=tax.url) as browser:
        first = browser.get("/")
        switched = browser.get("/?lang=en")
        later = browser.get("/")

    assert '<html lang="id"' in first.text
    assert 'href="/?lang=en"' in first.text
    assert '<html lang="en"' in switched.text
    assert "Tax that is clear" in later.text


@pytest.mark.parametrize(
    ("spoken", "language"),
    [("en-GB,en;q=0.9", "en"), ("fr, id;q=0.5", "id"), ("fr", "id"), ("", "id"), ("*;q=x,,", "id")],
)
def test_a_first_visit_is_in_the_browsers_language_where_there_is_one(tax, spoken, language):
    with httpx.Client(base_url=tax.url, headers={"Accept-Language": spoken}) as browser:
        first = browser.get("/")
        switched = browser.get("/?lang=id")
        later = browser.get("/")

    assert f'<html lang="{language}"' in first.text
    assert "Accept-Language" in first.headers["Vary"]
    assert '<html lang="id"' in switched.text
    assert '<html lang="id"' in later.text


@pytest.mark.parametrize(
    "path", ["/", "/signed-out", "/no/such/page", "/letters/none", "/theme.css"]
)
def test_every_answer_has_a_strict_policy_and_pages_have_nothing_inline(tax, path):
    answer = httpx.get(f"{tax.url}{path}")

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", answer.text)


def test_a_page_that_is_not_there_says_so_kindly(tax):
    answer = httpx.get(f"{tax.url}/no/such/page")

    assert answer.status_code == 404
    assert "Halaman ini tidak ada" in answer.text


def test_an_address_of_the_api_that_is_not_there_is_a_problem(tax):
    answer = httpx.get(f"{tax.url}/api/no/such")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_letter_page_shows_the_newest_code_to_whoever_holds_its_address(tax):
    print_letter(tax, "slamet@surel.nusa")
    letter = print_letter(tax, "slamet@surel.nusa")

    page = httpx.get(letter["letter_url"])

    assert letter["channel"] == "letter"
    assert letter["code"] in page.text
    assert "Jalan Kenanga 3" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_a_guessed_letter_address_shows_nothing(tax):
    letter = print_letter(tax, "slamet@surel.nusa")
    guessed = letter["letter_url"][:-1] + ("a" if letter["letter_url"][-1] != "a" else "b")

    assert httpx.get(guessed).status_code == 404


def test_the_code_of_a_letter_lies_sealed_in_the_register(tax):
    letter = print_letter(tax, "slamet@surel.nusa")
    code = letter["code"].replace(" ", "").encode()

    stored = b"".join(path.read_bytes() for path in tax.home.glob("register.sqlite3*"))

    assert code not in stored


def test_an_empty_letterbox_says_when_a_letter_will_come(tax):
    sari = tax.describe()["demo_people"][0]

    page = httpx.get(sari["letter_url"])

    assert page.status_code == 200
    assert "Belum ada surat" in page.text


def test_the_desk_does_not_exist_for_those_without_its_token(tax):
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        for path in ("/demo/codes", "/demo/letters"):
            answer = httpx.post(f"{tax.url}{path}", json={"record": "x"}, headers=headers)
            assert answer.status_code == 404


@pytest.mark.parametrize("slug", [slug for slug in list_slugs() if slug != "tax"])
def test_every_other_agency_serves_its_front_record_and_questions(slug, portal, tmp_path):
    portal.subject = f"visitor-of-{slug}"
    with run_agency(slug=slug, home=tmp_path, portal=portal, residents=60) as agency:
        person = agency.describe()["demo_people"][0]
        link_id = "0190a1b2-0000-7000-8000-0000000000b1"
        joined = agency.join(email=person["email"], subject=portal.subject, link_id=link_id)
        with httpx.Client(base_url=agency.url) as browser:
            front = browser.get("/")
            sent = httpx.URL(browser.get("/signin").headers["location"])
            portal.nonce = sent.params["nonce"]
            browser.get("/callback", params={"code": "c", "state": sent.params["state"]})
            pages = [browser.get("/record"), browser.get("/record?lang=en")]

    assert joined.status_code == 201
    assert front.status_code == 200
    assert [page.status_code for page in pages] == [200, 200]
    assert all(person["name"].split()[0] in page.text for page in pages)
