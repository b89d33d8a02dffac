# SPDX-License-Identifier: Apache-2.0
"""The pages of attestation: her phone, two attesters' phones, and the staff's desk."""

import re

import pytest
from django.utils import timezone

from satupintu.trust.identity import actions, queries
from satupintu.trust.staff.models import Proposal
from satupintu.trust.staff.tests.factories import StaffFactory, StewardFactory
from satupintu.trust.staff.tests.factories import sign_in as sign_in_staff

from .test_attest import prove

pytestmark = pytest.mark.django_db
ASK, SHOW = "/account/identity/community/", "/account/identity/community/code/"
VOUCH, CONFIRM = "/account/identity/vouch/", "/account/identity/vouch/confirm/"
COMMUNITIES, REVIEWS = "/staff/identity/communities/", "/staff/identity/reviews/"
BIG_CODE = re.compile(r"<code>([0-9A-Z]{4} [0-9A-Z]{4})</code>")
WORD = {"knows": "on", "no_kin": "on", "serious": "on"}


@pytest.fixture
def attesters(make_person):
    made = []
    for name, community in (("Wayan Sudra", "Karang Asri"), ("Maria Lende", "Sumber Rejo")):
        browser, account = make_person(full_name=name)
        prove(account)
        slug = actions.register_community(name=community, by=None, at=timezone.now())
        actions.ensure_demo_attester(community=slug, email=account.email, at=timezone.now())
        made.append((browser, account))
    return made


def read_code(phone):
    assert phone.post(ASK).url == SHOW
    [code] = BIG_CODE.findall(phone.get(SHOW).content.decode())
    return code


def test_two_people_who_know_her_vouch_and_she_sees_it(make_person, attesters):
    phone, account = make_person(level=1, full_name="Marlina Bau")

    code = read_code(phone)
    page = attesters[0][0].post(VOUCH, {"code": code})
    assert "Marlina Bau" in page.content.decode()
    assert account.email not in page.content.decode()
    assert attesters[0][0].post(CONFIRM, {"code": code, **WORD}).url == VOUCH
    assert phone.get(SHOW).url == ASK
    assert "Satu orang sudah menjamin Anda" in phone.get(ASK).content.decode()
    code = read_code(phone)
    attesters[1][0].post(VOUCH, {"code": code})
    attesters[1][0].post(CONFIRM, {"code": code, **WORD})

    assert phone.get(SHOW).url == "/account/identity/done/"
    assert "Dipastikan oleh orang yang mengenal Anda" in (
        phone.get("/account/identity/done/").content.decode()
    )
    assert queries.get_level(account_id=account.pk, at=timezone.now()) == 1


@pytest.mark.parametrize("missing", WORD)
def test_whoever_does_not_declare_all_of_it_has_not_vouched(make_person, attesters, missing):
    phone, _account = make_person(full_name="Marlina Bau")
    code = read_code(phone)
    browser = attesters[0][0]
    browser.post(VOUCH, {"code": code})

    page = browser.post(CONFIRM, {"code": code} | {k: v for k, v in WORD.items() if k != missing})

    assert page.status_code == 422
    assert "Marlina Bau" in page.content.decode()


def test_for_whoever_is_no_attester_the_page_does_not_exist(make_person):
    browser, _account = make_person()

    assert browser.get(VOUCH).status_code == 404
    assert browser.post(CONFIRM, {"code": "x"}).status_code == 404


def test_a_wrong_code_is_refused_at_its_field(attesters):
    browser = attesters[0][0]

    assert browser.post(VOUCH, {"code": "AAAA AAAA"}).status_code == 422
    assert browser.post(CONFIRM, {"code": "AAAA AAAA"}).status_code == 422
    assert browser.get(CONFIRM).status_code == 200


def test_staff_register_propose_and_end(client, make_person):
    _browser, account = make_person()
    prove(account)
    steward, other = StewardFactory(), StewardFactory()
    sign_in_staff(client, steward)

    client.post(COMMUNITIES + "register/", {"name": "Karang Asri"})
    again = client.post(COMMUNITIES + "register/", {"name": "Karang Asri"})
    wanted = {"community": "karang-asri", "email": account.email, "reason": "The elders chose her"}
    client.post("/staff/identity/attesters/enrol/", wanted)
    sign_in_staff(client, other)
    client.post(f"/staff/proposals/{Proposal.objects.get().id}/approve/")

    assert again.status_code == 422
    [card] = queries.list_attesters(at=timezone.now())
    page = client.get(COMMUNITIES).content.decode()
    assert card.account in page
    assert account.email not in page
    end = f"/staff/identity/attesters/{card.id}/end/"
    assert client.post(end, {"reason": ""}).status_code == 422
    client.post(end, {"reason": "She took money"})
    assert not queries.is_attester(account_id=account.pk)
    assert client.get(end).status_code == 404


def test_safety_26_only_the_fraud_desk_sees_how_many_people_one_vouched_for(client, attesters):
    seen = {}
    for role in ("fraud_desk", "help_desk"):
        sign_in_staff(client, StaffFactory(role=role))
        seen[role] = "orang belakangan ini" in client.get(COMMUNITIES).content.decode()

    assert seen == {"fraud_desk": True, "help_desk": False}


def test_a_review_shows_whom_to_invite_and_takes_a_decision(client, make_person, attesters):
    phone, account = make_person(full_name="Marlina Bau")
    for browser, _attester in attesters:
        code = read_code(phone)
        browser.post(VOUCH, {"code": code})
        browser.post(CONFIRM, {"code": code, **WORD})
    [card] = [
        one
        for one in queries.list_attesters(at=timezone.now())
        if one.community_name == "Karang Asri"
    ]
    actions.revoke_attester(
        attester_id=card.id, reason="She took money", by=StewardFactory().id, at=timezone.now()
    )
    sign_in_staff(client, StaffFactory(role="fraud_desk"))

    for review in queries.list_reviews():
        assert review.account in client.get(REVIEWS).content.decode()
        assert account.email in client.get(f"{REVIEWS}{review.id}/").content.decode()
        assert client.post(f"{REVIEWS}{review.id}/", {"outcome": "nonsense"}).status_code == 302
        client.post(f"{REVIEWS}{review.id}/", {"outcome": "ended"})

    assert queries.list_reviews() == []
    assert queries.get_level(account_id=account.pk, at=timezone.now()) == 0
