# SPDX-License-Identifier: Apache-2.0
"""Another person's id in every address and every field: no answer has her data, nothing of hers
changes, and nobody can tell an id of hers from one that never was.

The URL table and the forms are walked, so a new route and a new field are tried by themselves; a
route that names a kind of id that this file does not know fails here until it does.
"""

import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

import satupintu
from satupintu.dealings.inbox.tests.factories import make_token
from satupintu.foundation.ids import new_id
from satupintu.trust.accounts.tests.factories import AccountFactory, sign_in
from satupintu.trust.agencies.tests.factories import AgencyFactory, ClientFactory
from satupintu.trust.staff import rules
from satupintu.trust.staff.tests.factories import StaffFactory, StewardFactory
from satupintu.trust.staff.tests.factories import sign_in as sign_staff_in

from .victim import HER_WORDS, THEIR_WORDS, Victim, make_victim

pytestmark = pytest.mark.django_db
SOURCE = Path(satupintu.__file__).parent

# What each kind of id in an address is called, and whose it is here.
HERS: dict[tuple[str, str], Callable[[Victim], object]] = {
    ("inbox", "message_id"): lambda her: her.message_id,
    ("api", "message_id"): lambda her: her.message_id,
    ("home", "access_id"): lambda her: her.access_id,
    ("questions", "access_id"): lambda her: her.access_id,
    ("questions", "question_id"): lambda her: her.question_id,
    ("api", "question_id"): lambda her: her.question_id,
    ("protection", "link_id"): lambda her: her.frozen_link_id,
    ("cases", "number"): lambda her: her.case_number,
    ("identity_desk", "review_id"): lambda her: her.review_id,
    ("identity_desk", "attester_id"): lambda her: her.attester_id,
    ("accounts", "session_id"): lambda her: her.session_id,
    ("accounts", "passkey_id"): lambda her: her.passkey_id,
    ("consent", "consent_id"): lambda her: her.consent_id,
    ("identity", "proofing_id"): lambda her: her.proofing_id,
    ("staff", "member_id"): lambda her: her.member.id,
    ("staff", "passkey_id"): lambda her: her.staff_passkey_id,
    ("staff", "proposal_id"): lambda her: her.proposal_id,
    ("staff", "suspension_id"): lambda her: her.suspension_id,
}
# What names nobody: an agency, a size of the public log, the token of a letter to new staff.
NOBODYS = {
    ("linking", "slug"): ("pajak", "sehat"),
    ("home", "old"): ("1",),
    ("home", "new"): ("1",),
    ("staff", "token"): ("x" * 43,),
}
# Whose business it is: the fraud desk and stewards stop a person by her address, on purpose, and
# look again at a proof by attestation; those who keep cases know her case by the number that she
# tells them, and freeze for her when she calls. Each such reading is in her log.
MEANT_FOR = {
    "staff:suspend_person": {"fraud_desk", "steward"},
    "cases:case": {"help_desk", "fraud_desk", "steward"},
    "cases:freeze": {"help_desk", "fraud_desk", "steward"},
    "identity_desk:review": {"fraud_desk", "steward"},
}
# The ids of an address that only say that there is nothing else below the agency API.
NO_ROUTE = {"^.*$"}


@dataclass(frozen=True)
class Route:
    name: str
    namespace: str
    address: str
    kwargs: tuple[str, ...]


def walk(resolver: URLResolver, prefix="/", namespace="", kwargs=()) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        if not isinstance(entry.pattern, RoutePattern):
            assert str(entry.pattern) in NO_ROUTE or isinstance(entry, URLResolver)
        where = prefix + str(entry.pattern)
        named = (*kwargs, *getattr(entry.pattern, "converters", {}))
        if isinstance(entry, URLResolver):
            inner = entry.namespace or namespace
            yield from walk(entry, where, inner, named)
        elif isinstance(entry, URLPattern) and str(entry.pattern) not in NO_ROUTE:
            yield Route(f"{namespace}:{entry.name}", namespace, where, named)


ROUTES = list(walk(get_resolver()))
WITH_IDS = [route for route in ROUTES if any((route.namespace, k) in HERS for k in route.kwargs)]


def fill(route: Route, her: Victim, *, unknown=False) -> list[str]:
    """The addresses of a route with ids of hers, or with ids that never were."""
    addresses = [route.address]
    for kwarg in route.kwargs:
        key = (route.namespace, kwarg)
        if key in HERS:
            own = HERS[key](her)
            values = (("987654321" if isinstance(own, int) else new_id()) if unknown else own,)
        else:
            values = NOBODYS[key]
        addresses = [
            re.sub(rf"<(?:\w+:)?{kwarg}>", str(value), address)
            for address in addresses
            for value in values
        ]
    return addresses


def list_fields() -> set[str]:
    """Every name under which a form, a hidden input or a view of ours takes something."""
    for module in pkgutil.walk_packages([str(SOURCE)], "satupintu."):
        if module.name.endswith(".forms"):
            importlib.import_module(module.name)
    names: set[str] = set()
    waiting = [forms.Form]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.startswith("satupintu."):
            names |= set(form.base_fields)
    for page in SOURCE.rglob("jinja2/**/*.html"):
        names |= set(re.findall(r'<(?:input|button)[^>]* name="(\w+)"', page.read_text("utf-8")))
    for code in SOURCE.rglob("*.py"):
        if "tests" not in code.parts:
            taken = re.findall(
                r"request\.(?:POST|GET)(?:\.get(?:list)?\(|\[)\"(\w+)\"", code.read_text("utf-8")
            )
            names |= set(taken)
    return names - {"csrfmiddlewaretoken"}


FIELDS = sorted(list_fields())


def come_as(role: str) -> Client:
    """A browser, or a program, of somebody new in this role."""
    browser = Client(headers={"Accept-Language": "en"}, raise_request_exception=True)
    if role in {"al1", "al2"}:
        sign_in(browser, AccountFactory(full_name="Budi"), level=int(role[-1]))
    elif role == "steward":
        sign_staff_in(browser, StewardFactory())
    elif role in rules.ROLES:
        sign_staff_in(browser, StaffFactory(role=role))
    elif role == "agency":
        token = make_token(ClientFactory(agency=AgencyFactory()))
        browser.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return browser


EVERYBODY = ("nobody", "al1", "al2", "agency", *rules.ROLES)


def read(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    said = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    return body.decode("utf-8", "replace") + said


def assert_nothing_of_hers(response, *, role: str, sent: str = "") -> None:
    said = read(response)
    words = HER_WORDS if role == "steward" else HER_WORDS + THEIR_WORDS
    assert [word for word in words if word in said and word not in sent] == []
    # 502 and 503 are pages: an agency that is not there is said to be so.
    assert response.status_code != 500


@pytest.fixture
def her(db) -> Victim:
    return make_victim()


def test_every_kind_of_id_in_an_address_is_known_here():
    kinds = {(route.namespace, kwarg) for route in ROUTES for kwarg in route.kwargs}

    assert kinds - set(HERS) - set(NOBODYS) == set()
    assert len(ROUTES) > 90
    assert len(WITH_IDS) > 15


def test_the_fields_that_are_tried_are_there():
    assert {"email", "password", "code", "attempt", "target", "next"} <= set(FIELDS)
    assert len(FIELDS) > 20


def test_she_herself_sees_what_nobody_else_may(her):
    """Or the other tests would look for words that are on no page."""
    browser = Client(headers={"Accept-Language": "en"})
    seen = ""
    for route in ROUTES:
        if route.address.startswith("/staff/"):
            continue
        for address in fill(route, her):
            sign_in(browser, her.account)
            response = browser.get(address)
            seen += read(response)
            if route in WITH_IDS and route.namespace != "api":
                assert response.status_code in {200, 302, 405}, address

    assert [word for word in HER_WORDS if word not in seen] == []


def fill_fields(her: Victim) -> dict[str, str]:
    """Every field there is, with what is hers in it."""
    hers = {
        name: her.account.email if name in {"email", "target"} else str(her.account.pk)
        for name in FIELDS
    }
    return hers | {"choice": "agree", "attempt": str(her.attempt_id)}


@pytest.mark.parametrize("role", EVERYBODY)
def test_her_ids_in_an_address_show_nothing_to_anybody_else(her, role):
    before = her.take_picture(), her.take_staff_picture()

    for route in ROUTES:
        if role in MEANT_FOR.get(route.name, ()):
            continue
        for address in fill(route, her):
            assert_nothing_of_hers(come_as(role).get(address), role=role)

    assert (her.take_picture(), her.take_staff_picture()) == before


@pytest.mark.parametrize("role", EVERYBODY)
def test_her_ids_in_every_field_and_address_change_nothing_and_show_nothing(her, role):
    before, staff_before = her.take_picture(), her.take_staff_picture()
    sent = fill_fields(her)

    for route in ROUTES:
        if role in MEANT_FOR.get(route.name, ()):
            continue
        for address in fill(route, her):
            response = come_as(role).post(address, sent)
            assert_nothing_of_hers(response, role=role, sent=her.account.email)

    assert her.take_picture() == before
    # Stewards look after all staff; what they may do to them is tested where they do it.
    assert role == "steward" or her.take_staff_picture() == staff_before


def strip(response) -> tuple[int, str, str]:
    """An answer without what two answers to one question differ in anyway."""

    def forget_ids(text: str) -> str:
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
        text = re.sub(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", "ID", text)
        return re.sub(r"(/|%2F)\d+(/|%2F)", "ID", text)

    location = response.headers.get("Location", "")
    return response.status_code, forget_ids(location), forget_ids(response.content.decode())


@pytest.mark.parametrize("role", ["nobody", "al1", "al2", "agency"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_her_ids_are_answered_like_ids_that_never_were(her, role, method):
    for route in WITH_IDS:
        if route.address.startswith("/staff/"):
            continue
        hers, nobodys = fill(route, her), fill(route, her, unknown=True)
        for one, other in zip(hers, nobodys, strict=True):
            browser = come_as(role)
            first = getattr(browser, method)(one)
            browser.cookies.pop("messages", None)
            second = getattr(browser, method)(other)

            assert strip(first) == strip(second), one


def test_an_agency_reaches_nobody_by_another_agencys_name_for_her(her):
    """Her subject at one agency, sent by another, names nobody: nothing is stored."""
    before = her.take_picture()
    client = ClientFactory(agency=AgencyFactory())
    letter: dict[str, Any] = {"subject": her.subject, "title": "Surat", "body": "Isi"}

    response = Client().post(
        "/api/v1/messages",
        data=json.dumps(letter),
        content_type="application/json",
        headers={"Authorization": f"Bearer {make_token(client)}", "Idempotency-Key": "k"},
    )

    assert response.status_code == 404
    assert her.take_picture() == before
